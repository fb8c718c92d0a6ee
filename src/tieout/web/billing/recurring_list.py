"""Decides: what the list of recurring invoices shows."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tieout.practice.billing_figures import found_among
from tieout.practice.firms import Member
from tieout.practice.recurring import RecurringInvoice
from tieout.web.listing import Asked, Column, Filter, ListKind

SHOWN = Filter(
    "show",
    "Status",
    (
        ("all", "All"),
        ("active", "Active"),
        ("paused", "Paused"),
        ("stopped", "Stopped by a problem"),
        ("ended", "Ended"),
    ),
)
RECURRING = ListKind(
    columns=(
        Column("name", "Name", "name", folds_case=True),
        Column("client", "Client", "client__name", folds_case=True),
        Column("schedule", "Schedule"),
        Column("next", "Next", "next_date"),
        Column("amount", "Amount", is_number=True),
        Column("written", "Written", "done", is_number=True),
        Column("status", "Status"),
    ),
    filters=(SHOWN,),
    sort="next",
    ids=("client",),
)
_SHOWS = {
    "active": Q(is_active=True, next_date__isnull=False),
    "paused": Q(is_active=False, next_date__isnull=False),
    "stopped": Q(is_active=True) & ~Q(problem=""),
    "ended": Q(next_date=None),
}


def narrowed(asked: Asked, rows: QuerySet[RecurringInvoice], member: Member) -> QuerySet[RecurringInvoice]:
    """A search finds a part of the name, or the client."""
    rows = rows.filter(_SHOWS.get(asked["show"], Q()))
    if asked["client"]:
        rows = rows.filter(client_id=asked["client"])
    if asked.search:
        rows = found_among(rows, member, asked.search, Q(name__icontains=asked.search))
    return rows
