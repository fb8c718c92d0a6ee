"""Decides: what the list of invoices shows."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from tieout.practice.billing_figures import BUCKETS, found_among, in_bucket, numbered
from tieout.practice.firms import Member
from tieout.practice.invoices import INVOICE, Invoice, Status
from tieout.sync import partners
from tieout.web.listing import Asked, Column, Filter, ListKind

STATUS = Filter(
    "status",
    "Status",
    (
        ("", "All"),
        ("open", "Owed"),
        ("overdue", "Overdue"),
        *Status.choices,
        ("late_fee", "Late fee added"),
    ),
)
AGE = Filter("age", "Age", (("", "All"), *((name, label) for name, label, _ in BUCKETS)))
INVOICES = ListKind(
    columns=(
        Column("number", "Number", "number"),
        Column("client", "Client"),
        Column("status", "Status"),
        Column("date", "Date", "date"),
        Column("due", "Due", "due_date"),
        Column("total", "Total", "total", is_number=True),
        Column("balance", "Owed", "balance", is_number=True),
    ),
    filters=(STATUS, AGE),
    sort="-date",
    dates=True,
    ids=("client", "group"),
)


def narrowed(asked: Asked, invoices: QuerySet[Invoice], member: Member, today: date) -> QuerySet[Invoice]:
    """Those of ``invoices``, which the member may see, that were asked for."""
    status = asked["status"]
    if status == "open":
        invoices = invoices.filter(balance__gt=0)
    elif status == "overdue":
        invoices = invoices.filter(balance__gt=0, due_date__lt=today)
    elif status == "late_fee":
        invoices = invoices.filter(late_fee_on__isnull=False)
    elif status:
        invoices = invoices.filter(status=status)
    if asked["age"]:
        invoices = invoices.filter(in_bucket(asked["age"], today))
    if asked["client"]:
        invoices = invoices.filter(client_id=asked["client"])
    if asked["group"]:
        invoices = invoices.filter(group_id=int(asked["group"]))
    if since := asked.day("since"):
        invoices = invoices.filter(date__gte=since)
    if until := asked.day("until"):
        invoices = invoices.filter(date__lte=until)
    if asked.search:
        number = asked.search.removeprefix("#")
        there = partners.called_there(member.firm_id, INVOICE, number)
        named = numbered(number) | Q(pk__in=there) if there else numbered(number)
        invoices = found_among(invoices, member, asked.search, named)
    return asked.sorted(invoices)
