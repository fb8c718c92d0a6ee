"""Acts: billing records as files that can be imported again: loads what the rows name, and nothing twice.

Between a list, narrowed as its page is, and ``write_csv``. What a row says is decided in ``item_csv``, ``invoice_csv``
and ``payment_csv``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import Count, Prefetch, QuerySet
from django.db.models.functions import Lower

from tieout.practice.access import clients_of
from tieout.practice.billing_access import rows_of
from tieout.practice.billing_csv import COLUMNS
from tieout.practice.invoice_csv import balance_cells, client_named, invoice_cells
from tieout.practice.invoices import Invoice, InvoiceLine
from tieout.practice.item_csv import item_cells
from tieout.practice.payment_csv import payment_cells
from tieout.practice.payments import Allocation, Payment, Refund, RefundStatus
from tieout.practice.service_items import ServiceItem

CHUNK = 1_000


def headings(kind: str) -> list[str]:
    return [column.label for column in COLUMNS[kind]]


def item_rows(items: QuerySet[ServiceItem]) -> Iterator[Sequence[str]]:
    found = items.select_related("category", "income_account", "tax_rate")
    return (item_cells(item) for item in found.iterator(chunk_size=CHUNK))


def invoice_rows(firm_id: int, invoices: QuerySet[Invoice]) -> Iterator[Sequence[str]]:
    """One row for each line. Records are numbered as they stand in the file."""
    shared = _shared_names(firm_id)
    items = Counter(name.lower() for name in rows_of(ServiceItem, firm_id).values_list("name", flat=True))
    for place, invoice in enumerate(_with_lines(invoices), start=1):
        lines = list(invoice.lines.all())
        names = [_item_named(line.item, items) if line.item else "" for line in lines]
        client = client_named(invoice.client, shared)
        yield from invoice_cells(invoice, lines, str(place), client, names)


def balance_rows(firm_id: int, invoices: QuerySet[Invoice]) -> Iterator[Sequence[str]]:
    """What is still owed on each."""
    shared = _shared_names(firm_id)
    for invoice in _with_lines(invoices.filter(balance__gt=0)):
        described = next((line.description for line in invoice.lines.all() if line.description), "")
        yield balance_cells(invoice, described, client_named(invoice.client, shared))


def payment_rows(firm_id: int, payments: QuerySet[Payment]) -> Iterator[Sequence[str]]:
    """One row for each invoice a payment is on."""
    shared = _shared_names(firm_id)
    parts = Prefetch("allocations", queryset=Allocation.objects.select_related("invoice"))
    back = Prefetch("refunds", queryset=Refund.objects.filter(status=RefundStatus.DONE).order_by("-date"))
    found = payments.select_related("client", "deposit_to").prefetch_related(parts, back)
    for place, payment in enumerate(found.iterator(chunk_size=CHUNK), start=1):
        on = [(each.invoice.number, each.amount) for each in payment.allocations.all()]
        last = next(iter(payment.refunds.all()), None)
        refunded_on = last.date.isoformat() if last else ""
        yield from payment_cells(payment, on, refunded_on, str(place), client_named(payment.client, shared))


def _with_lines(invoices: QuerySet[Invoice]) -> Iterator[Invoice]:
    lines = InvoiceLine.objects.select_related("item__category", "tax_rate", "tracking_class", "client")
    found = invoices.select_related("client", "group", "location", "category")
    with_lines = found.prefetch_related(Prefetch("lines", queryset=lines.order_by("position")))
    return with_lines.iterator(chunk_size=CHUNK)


def _shared_names(firm_id: int) -> frozenset[str]:
    """Names of clients, in lower case, that are no one's alone."""
    named = clients_of(firm_id).order_by().values_list(Lower("name")).annotate(many=Count("*"))
    return frozenset(name for name, _ in named.filter(many__gt=1))


def _item_named(item: ServiceItem, names: Counter[str]) -> str:
    return f"{item.category or ''}:{item.name}" if names[item.name.lower()] > 1 else item.name
