"""Acts: loads the rows an invoice may refer to, only those it names, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django.db.models import Q

from tieout.practice.access import clients_of
from tieout.practice.billing_access import is_offered, rows_of
from tieout.practice.billing_validation import Checks
from tieout.practice.clients import Client
from tieout.practice.groups import ClientGroup
from tieout.practice.invoice_fields import Choices, InvoiceFields
from tieout.practice.invoices import Invoice
from tieout.practice.ledger_lists import LedgerList, ListEntry, TaxRate
from tieout.practice.service_items import ServiceItem

_ACTIVE = Q(is_active=True)


def choices_for(firm_id: int, fields: InvoiceFields, now: Invoice, group: ClientGroup | None) -> Choices:
    """What may be chosen: what is in use, and what the invoice has already, archived or not."""
    lines = cast("Sequence[Mapping[str, object]]", fields.get("lines", ()))
    references = ("item_id", "tax_rate_id", "tracking_class_id")
    before = [dict(each) for each in now.lines.values(*references)] if now.pk else []

    def named(field: str, free: Q = _ACTIVE) -> Q:
        had = {line[field] for line in before}
        return Q(pk__in=_ids(line.get(field) for line in lines)) & (free | Q(pk__in=had))

    free = is_offered(firm_id)
    entries = rows_of(ListEntry, firm_id).filter(
        named("tracking_class_id", free)
        | _entry(fields, now, "location_id", free)
        | _entry(fields, now, "category_id", free)
    )
    of: dict[str, dict[int, ListEntry]] = {each: {} for each in LedgerList.values}
    for entry in entries:
        of[entry.list][entry.pk] = entry
    return Choices(
        items=rows_of(ServiceItem, firm_id)
        .filter(named("item_id"))
        .select_related("tax_rate", "category")
        .in_bulk(),
        tax_rates=rows_of(TaxRate, firm_id).filter(named("tax_rate_id")).in_bulk(),
        classes=of[LedgerList.TRACKING_CLASS],
        locations=of[LedgerList.LOCATION],
        categories=of[LedgerList.CATEGORY],
        line_clients=clients_of(firm_id).filter(group_membership__group=group).in_bulk() if group else {},
    )


def bill_to(firm_id: int, fields: InvoiceFields, now: Invoice, checks: Checks) -> dict[str, Any]:
    """The client that is billed and, when the group is, the group: columns to set. Problems go to ``checks``."""
    if not {"client_id", "group_id"} & fields.keys():
        return {}
    groups = (
        rows_of(ClientGroup, firm_id)
        .select_related("billed_client")
        .filter(pk__in=_ids([fields.get("group_id")]), is_active=True)
    )
    group = checks.row(
        "group_id", fields.get("group_id"), groups.in_bulk(), "Choose one of your client groups."
    )
    if group is not None:
        if group.billed_client is None:
            checks.problem("group_id", f"Say first which client of {group.name} gets its invoices.")
        return {"client": group.billed_client, "group": group}
    clients: dict[int, Client] = clients_of(firm_id).filter(pk__in=_ids([fields.get("client_id")])).in_bulk()
    client = checks.row(
        "client_id",
        fields.get("client_id"),
        clients,
        "Choose the client to bill.",
        needed="group_id" not in checks.problems,
    )
    return {"client": client or (now.client if now.pk else None), "group": None}


def _entry(fields: InvoiceFields, now: Invoice, field: str, free: Q) -> Q:
    chosen = fields.get(field)
    return Q(pk__in=_ids([chosen])) & (free | Q(pk=getattr(now, field)))


def _ids(values: Iterable[Any]) -> set[int]:
    texts = {str(value) for value in values if value is not None}
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= 18}
