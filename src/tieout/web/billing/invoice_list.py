"""Decides: what the list of invoices shows, and what stands in its export."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet

from tieout.practice.billing_figures import BUCKETS, found_among, in_bucket, numbered
from tieout.practice.firms import Member
from tieout.practice.invoice_terms import label_of
from tieout.practice.invoices import Invoice, Status
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
    ids=("client",),
)
EXPORTED = (
    "Number", "Client", "Status", "Date", "Terms", "Due", "Currency", "Subtotal", "Discount", "Tax", "Written off",
    "Total", "Paid", "Credited", "Owed", "Memo",
)  # fmt: skip


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
    if since := asked.day("since"):
        invoices = invoices.filter(date__gte=since)
    if until := asked.day("until"):
        invoices = invoices.filter(date__lte=until)
    if asked.search:
        invoices = found_among(invoices, member, asked.search, numbered(asked.search.removeprefix("#")))
    return asked.sorted(invoices)


def export_rows(invoices: QuerySet[Invoice]) -> Iterator[tuple[str, ...]]:
    for each in invoices.select_related("client").iterator(chunk_size=2000):
        amounts = (
            each.subtotal, each.discount_total, each.tax_total, each.written_off, each.total, each.paid,
            each.credited, each.balance,
        )  # fmt: skip
        yield (
            each.number,
            each.client.name,
            each.get_status_display(),
            each.date.isoformat(),
            label_of(each.terms),
            each.due_date.isoformat(),
            each.currency,
            *(str(amount) for amount in amounts),
            each.memo,
        )
