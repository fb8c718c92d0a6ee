"""Acts: what billing says on a client's page: the balance, the open invoices, and what happened last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from tieout.practice.billing_access import visible_documents
from tieout.practice.client_balances import ClientBalance
from tieout.practice.clients import Client
from tieout.practice.credits import Credit
from tieout.practice.firms import Member
from tieout.practice.invoices import OPEN, Invoice, Status
from tieout.practice.payments import Payment, Refund
from tieout.practice.permissions import Permission
from tieout.web.billing.acting import today_of

MOST_OPEN = 10
MOST_EVENTS = 10


@dataclass(frozen=True, slots=True)
class Event:
    on: date
    words: str
    amount: Decimal
    url: str
    state: str
    state_words: str


def part_of(member: Member, client: Client) -> dict[str, Any]:
    """Six queries, whatever the client has."""
    invoices = visible_documents(member, Invoice).filter(client=client)
    open_invoices = list(invoices.filter(status__in=OPEN).order_by("due_date", "id")[: MOST_OPEN + 1])
    return {
        "balance": ClientBalance.objects.filter(client=client).first() or ClientBalance(),
        "open_invoices": open_invoices[:MOST_OPEN],
        "more_open": len(open_invoices) > MOST_OPEN,
        "events": _events(member, client),
        "today": today_of(member),
        "may_invoice": member.may(Permission.EDIT_INVOICES),
        "may_record": member.may(Permission.RECORD_PAYMENTS),
    }


def _events(member: Member, client: Client) -> list[Event]:
    """The latest documents of all kinds, newest first."""
    newest = ("-date", "-id")
    found = [
        Event(
            each.date,
            str(each),
            each.total,
            reverse("invoice", args=[each.pk]),
            each.status,
            each.get_status_display(),
        )
        for each in visible_documents(member, Invoice)
        .filter(client=client)
        .exclude(status=Status.DRAFT)
        .order_by(*newest)[:MOST_EVENTS]
    ]
    found += [
        Event(
            each.date,
            f"Payment, {each.get_method_display().lower()}",
            each.amount,
            reverse("payment", args=[each.pk]),
            each.status,
            each.get_status_display(),
        )
        for each in visible_documents(member, Payment).filter(client=client).order_by(*newest)[:MOST_EVENTS]
    ]
    found += [
        Event(
            each.date,
            "Refund",
            each.amount,
            reverse("payment", args=[each.payment_id]),
            each.status,
            each.get_status_display(),
        )
        for each in visible_documents(member, Refund).filter(client=client).order_by(*newest)[:MOST_EVENTS]
    ]
    found += [
        Event(
            each.date,
            str(each),
            each.amount,
            reverse("credit", args=[each.pk]),
            "void" if each.is_void else "info",
            "Void" if each.is_void else "Credit",
        )
        for each in visible_documents(member, Credit).filter(client=client).order_by(*newest)[:MOST_EVENTS]
    ]
    return sorted(found, key=lambda event: event.on, reverse=True)[:MOST_EVENTS]
