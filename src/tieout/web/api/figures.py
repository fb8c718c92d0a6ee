"""Decides nothing: the figures of the dashboard: what is owed and how old it is, what came in, what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from ninja import Schema
from pydantic import Field

from tieout.practice.billing_figures import ageing, cash_between
from tieout.practice.invoices import Status
from tieout.practice.money import ZERO, total
from tieout.practice.payments import PaymentStatus
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid
from tieout.web.api import credits, invoices, payments
from tieout.web.api.calling import ApiRequest
from tieout.web.api.kinds_of_value import Day, Money, Shown, ShownDay
from tieout.web.api.paging import Narrowed, asked, query_for, whole
from tieout.web.api.routes import Section
from tieout.web.billing.board import waiting, week_of
from tieout.web.billing.invoice_list import INVOICES
from tieout.web.billing.payment_list import CREDITS, PAYMENTS

section = Section("Figures", "What the dashboard shows: sums over the documents a token may see.")
VIEW = Permission.VIEW_BILLING
LONGEST = timedelta(days=3660)


class BucketShown(Shown):
    """``name``: also a value of `age` of the list of invoices."""

    name: str
    label: str
    count: int
    owed: Money


class Receivables(Shown):
    """What is owed on open invoices today, and how long it is overdue."""

    date: ShownDay
    owed: Money
    count: int
    buckets: list[BucketShown]


class CashShown(Shown):
    since: ShownDay
    until: ShownDay
    received: Money
    refunded: Money
    net: Money


class InvoiceSums(Shown):
    """As the head of the list says: void invoices count, but their amounts do not."""

    count: int
    total: Money
    owed: Money


class PaymentSums(Shown):
    """``amount``: of payments that were received; ``on_account``: what of them is on no invoice."""

    count: int
    amount: Money
    on_account: Money


class CreditSums(Shown):
    """``left``: what can still be applied."""

    count: int
    amount: Money
    left: Money


class Waiting(Shown):
    """What asks for somebody."""

    drafts: int
    payments_on_account: int
    on_account: Money
    stopped_recurring: int


class Days(Schema):
    since: Day | None = Field(None, description="From this date on. Left out: Monday of this week.")
    until: Day | None = Field(None, description="Up to this date. Left out: today.")


def receivables(request: ApiRequest) -> dict[str, Any]:
    buckets = ageing(request.member, request.today)
    return {
        "date": request.today,
        "owed": total(each.owed for each in buckets),
        "count": sum(each.count for each in buckets),
        "buckets": buckets,
    }


def cash(request: ApiRequest, query: Days) -> dict[str, Any]:
    until = query.until or request.today
    since = query.since or week_of(until)
    if since > until:
        raise Invalid({"since": "It ends before it begins: give a day up to the last one."})
    if until - since > LONGEST:
        raise Invalid({"since": "That is more than ten years. Ask for less at once."})
    found = cash_between(request.member, since, until)
    return {
        "since": since,
        "until": until,
        "received": found.received,
        "refunded": found.refunded,
        "net": found.net,
    }


def invoice_sums(request: ApiRequest, query: Narrowed) -> dict[str, Any]:
    rows = invoices.found(request, asked(whole(INVOICES), query)).order_by()
    counts = ~Q(status=Status.VOID)
    return rows.aggregate(
        count=Count("id"),
        total=Sum("total", filter=counts, default=ZERO),
        owed=Sum("balance", default=ZERO),
    )


def payment_sums(request: ApiRequest, query: Narrowed) -> dict[str, Any]:
    rows = payments.found(request, asked(whole(PAYMENTS), query)).order_by()
    return rows.aggregate(
        count=Count("id"),
        amount=Sum("amount", filter=Q(status=PaymentStatus.RECEIVED), default=ZERO),
        on_account=Sum("unapplied", default=ZERO),
    )


def credit_sums(request: ApiRequest, query: Narrowed) -> dict[str, Any]:
    rows = credits.found(request, asked(whole(CREDITS), query)).order_by()
    return rows.aggregate(
        count=Count("id"),
        amount=Sum("amount", filter=Q(is_void=False), default=ZERO),
        left=Sum("left", default=ZERO),
    )


def waits(request: ApiRequest) -> dict[str, Any]:
    found = waiting(request.member)
    return {
        "drafts": found.drafts,
        "payments_on_account": found.payments,
        "on_account": found.on_account,
        "stopped_recurring": found.stopped,
    }


section.one(
    "/figures/receivables",
    VIEW,
    "get_receivables",
    shape=Receivables,
    shows=receivables,
    summary="What is owed",
)
section.one(
    "/figures/cash",
    VIEW,
    "get_cash",
    shape=CashShown,
    shows=cash,
    query=Days,
    summary="What came in and went back",
)
section.one(
    "/figures/waiting", VIEW, "get_waiting", shape=Waiting, shows=waits, summary="What waits for somebody"
)
for _word, _kind, _shape, _sums in (
    ("invoices", INVOICES, InvoiceSums, invoice_sums),
    ("payments", PAYMENTS, PaymentSums, payment_sums),
    ("credits", CREDITS, CreditSums, credit_sums),
):
    section.one(
        f"/figures/{_word}",
        VIEW,
        f"sum_{_word}",
        shape=_shape,
        shows=_sums,
        query=query_for(f"Sum{_word.capitalize()}", _kind, base=Narrowed),
        summary=f"What the {_word} that are asked for come to",
    )
