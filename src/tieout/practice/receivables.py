"""Acts: what every client owed at the end of a day, from the documents as they are now. A constant number of queries.

A document counts from its own date on, whole: an invoice adds its total, a payment and a credit take theirs away, a
refund puts back what it returned. What pays what moves nothing between clients, so it does not matter here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from tieout.practice.access import clients_of
from tieout.practice.billing_access import rows_of
from tieout.practice.credits import CREDIT, Credit
from tieout.practice.invoices import INVOICE, UNCOUNTED, Invoice
from tieout.practice.money import ZERO
from tieout.practice.payments import PAYMENT, REFUND, Payment, PaymentStatus, Refund, RefundStatus


@dataclass(frozen=True, slots=True)
class Posted:
    """One document's part in what its client owes."""

    kind: str
    """Its word at the records door: ``invoice``, ``payment``, ``credit`` or ``refund``."""
    id: str
    client_id: str
    label: str
    date: date
    amount: Decimal
    """What it adds to the client's debt; below zero for money and credits."""


@dataclass(frozen=True, slots=True)
class Owing:
    """One client and what it owed."""

    client_id: str
    name: str
    owed: Decimal


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of document moves a client's debt."""

    kind: str
    model: type[Any]
    counts: Q
    sign: int
    amount: str
    word: str
    name: str
    """The column that tells documents of one day apart."""


_KINDS = (
    _Kind(INVOICE, Invoice, ~Q(status__in=UNCOUNTED), 1, "total", "Invoice", "number"),
    _Kind(PAYMENT, Payment, Q(status=PaymentStatus.RECEIVED), -1, "amount", "Payment", "reference"),
    _Kind(CREDIT, Credit, Q(is_void=False), -1, "amount", "Credit", "number"),
    _Kind(REFUND, Refund, Q(status=RefundStatus.DONE), 1, "amount", "Refund", "processor_reference"),
)


def owed_on(firm_id: int, day: date) -> list[Owing]:
    """Every client that had a document by that day, by name; one that has paid all is there with zero."""
    sums: dict[int, Decimal] = {}
    for each in _KINDS:
        rows = rows_of(each.model, firm_id).filter(each.counts, date__lte=day).order_by()
        for client_id, amount in rows.values_list("client_id").annotate(Sum(each.amount)):
            sums[client_id] = sums.get(client_id, ZERO) + each.sign * amount
    named = clients_of(firm_id).filter(pk__in=sums).order_by("name", "id").values_list("pk", "name")
    return [Owing(str(pk), name, sums[pk]) for pk, name in named]


def posted_by(firm_id: int, day: date, client_ids: Collection[str]) -> list[Posted]:
    """The documents behind the sums of these clients, oldest first."""
    found: list[Posted] = []
    for each in _KINDS:
        rows = rows_of(each.model, firm_id).filter(each.counts, date__lte=day, client_id__in=client_ids)
        columns = ("pk", "client_id", "date", each.amount, each.name)
        found += [_posted(each, *row) for row in rows.order_by().values_list(*columns)]
    return sorted(found, key=lambda one: (one.date, one.kind, int(one.id)))


def _posted(each: _Kind, pk: Any, client_id: Any, day: date, amount: Decimal, name: str) -> Posted:
    label = f"{each.word} {name}" if name else each.word
    return Posted(each.kind, str(pk), str(client_id), label, day, each.sign * amount)
