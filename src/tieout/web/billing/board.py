"""Acts: what the first page says of billing: what asks for a person, how old what is owed is, what came in this week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse

from tieout.practice.billing_access import visible_documents
from tieout.practice.billing_figures import ageing, cash_between
from tieout.practice.firms import Member
from tieout.practice.invoices import Invoice, Status
from tieout.practice.money import ZERO, total
from tieout.practice.payments import Payment
from tieout.practice.permissions import Permission
from tieout.practice.recurring import RecurringInvoice
from tieout.web.tasks import Figure, Task


def week_of(today: date) -> date:
    """The Monday the week began on."""
    return today - timedelta(days=today.weekday())


@dataclass(frozen=True, slots=True)
class Waits:
    """What of a firm's billing asks for a person."""

    drafts: int
    payments: int
    """With money on account."""
    on_account: Decimal
    stopped: int
    """Recurring invoices that could not be written."""


def waiting(member: Member) -> Waits:
    """Of what the member may see. Three queries. Raises NotAllowed."""
    on_account: Any = (
        visible_documents(member, Payment)
        .filter(unapplied__gt=0)
        .aggregate(count=Count("id"), sum=Sum("unapplied", default=ZERO))
    )
    return Waits(
        visible_documents(member, Invoice).filter(status=Status.DRAFT).count(),
        on_account["count"],
        on_account["sum"],
        visible_documents(member, RecurringInvoice).filter(is_active=True).exclude(problem="").count(),
    )


def board(member: Member, today: date) -> dict[str, Any]:
    """For members who may see billing; the caller asks that first. Six queries, however much there is."""
    buckets = ageing(member, today)
    owed = total(bucket.owed for bucket in buckets)
    late = [bucket for bucket in buckets if bucket.name != "current"]
    monday = week_of(today)
    waits = waiting(member)
    invoices = reverse("invoices")
    return {
        "ageing": buckets,
        "owed": owed,
        "whole": max((bucket.owed for bucket in buckets), default=Decimal(0)),
        "cash": cash_between(member, monday, today),
        "monday": monday,
        "today": today,
        "billing_figures": [
            Figure(
                sum(bucket.count for bucket in buckets),
                "open invoices",
                f"{invoices}?status=open",
                "open invoice",
            ),
            Figure(waits.drafts, "drafts", f"{invoices}?status=draft", "draft"),
            Figure(
                waits.payments,
                "payments with money on account",
                f"{reverse('payments')}?status=unapplied",
                "payment with money on account",
            ),
        ],
        "billing_tasks": _tasks(member, sum(bucket.count for bucket in late), waits.drafts, waits.stopped),
    }


def _tasks(member: Member, late: int, drafts: int, stopped: int) -> list[Task]:
    found = []
    if stopped:
        sentence = f"{_many(stopped, 'recurring invoice')} could not be written."
        found.append(Task("problem", sentence, "Look", "recurring"))
    if late:
        sentence = f"{_many(late, 'invoice')} {'is' if late == 1 else 'are'} overdue."
        found.append(Task("overdue", sentence, "Look", "invoices", "?status=overdue&sort=due"))
    if drafts and member.may(Permission.EDIT_INVOICES):
        sentence = f"{_many(drafts, 'draft invoice')} {'waits' if drafts == 1 else 'wait'} to be finalized."
        found.append(Task("draft", sentence, "Look", "invoices", "?status=draft"))
    return found


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
