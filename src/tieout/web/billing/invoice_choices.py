"""Acts: what the form of an invoice offers to choose from. What is chosen already is offered even when archived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Lower

from tieout.practice.access import clients_of
from tieout.practice.billing_access import is_offered, rows_of
from tieout.practice.billing_settings import settings_of
from tieout.practice.clients import Client
from tieout.practice.groups import ClientGroup
from tieout.practice.invoice_terms import is_terms, label_of, offered_terms
from tieout.practice.ledger_lists import LedgerList, ListEntry, TaxRate
from tieout.practice.service_items import ServiceItem
from tieout.web.billing.invoice_typed import InvoiceTyped

LISTS = (LedgerList.TRACKING_CLASS, LedgerList.LOCATION, LedgerList.CATEGORY)


@dataclass(frozen=True, slots=True)
class Offered:
    items: list[ServiceItem]
    taxes: list[TaxRate]
    classes: list[ListEntry]
    locations: list[ListEntry]
    categories: list[ListEntry]
    """Lists of the ledger that are empty, or not in use there, are not shown at all."""
    line_clients: list[Client]
    """Of the group that is billed."""
    terms: list[tuple[str, str]]


def offered(
    firm_id: int, typed: InvoiceTyped, group: ClientGroup | None, *, custom_terms: bool = True
) -> Offered:
    """Five queries, however many lines."""
    lines = [line.values for line in typed.lines]
    items = rows_of(ServiceItem, firm_id).filter(
        Q(is_active=True) | Q(pk__in=_ids(line["item_id"] for line in lines))
    )
    taxes = rows_of(TaxRate, firm_id).filter(
        Q(is_active=True) | Q(pk__in=_ids(line["tax_rate_id"] for line in lines))
    )
    chosen = [typed.head.get("location_id", ""), typed.head.get("category_id", "")]
    entries = rows_of(ListEntry, firm_id).filter(
        is_offered(firm_id) | Q(pk__in=_ids([*chosen, *(line["tracking_class_id"] for line in lines)])),
        list__in=LISTS,
    )
    of: dict[str, list[ListEntry]] = {each: [] for each in LISTS}
    for entry in entries.order_by("full_name", "id"):
        of[entry.list].append(entry)
    return Offered(
        items=list(items.select_related("category").order_by(Lower("name"), "id")),
        taxes=list(taxes.order_by("name", "id")),
        classes=of[LedgerList.TRACKING_CLASS],
        locations=of[LedgerList.LOCATION],
        categories=of[LedgerList.CATEGORY],
        line_clients=list(
            clients_of(firm_id).filter(group_membership__group=group).order_by(Lower("name"), "id")
        )
        if group
        else [],
        terms=_terms(firm_id, typed.head.get("terms", ""), custom=custom_terms),
    )


def _terms(firm_id: int, chosen: str, *, custom: bool) -> list[tuple[str, str]]:
    terms = offered_terms(settings_of(firm_id).own_terms, custom=custom)
    if is_terms(chosen) and chosen not in dict(terms):
        terms.append((chosen, label_of(chosen)))
    return terms


def _ids(values: Iterable[str]) -> set[int]:
    return {int(each) for each in values if each.isascii() and each.isdigit() and len(each) <= 18}
