"""Acts: what recurring invoices would bill today, from what they say and the rates as they are. Saves nothing.

For their list and their page, in a constant number of queries however many they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tieout.practice.access import clients_of
from tieout.practice.billing_access import rows_of
from tieout.practice.billing_settings import settings_of
from tieout.practice.billing_validation import Checks
from tieout.practice.groups import ClientGroup
from tieout.practice.invoice_content import set_amounts
from tieout.practice.invoice_fields import Choices, clean_line
from tieout.practice.invoice_totals import DiscountKind
from tieout.practice.invoices import Invoice, InvoiceLine
from tieout.practice.ledger_lists import LedgerList, ListEntry, TaxRate
from tieout.practice.recurring import RecurringInvoice
from tieout.practice.service_items import ServiceItem
from tieout.practice.validation import Invalid


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The invoice one recurring invoice would write today."""

    invoice: Invoice
    """Not saved; with its amounts, unless there is a ``problem``."""
    lines: Sequence[InvoiceLine]
    group: ClientGroup | None
    problem: str
    """Why it does not come to anything; empty when it does."""


def upcoming_of(firm_id: int, recurring: Sequence[RecurringInvoice]) -> dict[int, Upcoming]:
    """By id of the recurring invoice. What was archived or retired since is there all the same, as the page names it."""
    contents = [each.content for each in recurring]
    lines = [line for content in contents for line in content.get("lines", ())]
    entries = rows_of(ListEntry, firm_id).in_bulk(
        _ids(lines, "tracking_class_id") | _ids(contents, "location_id", "category_id")
    )
    choices = Choices(
        items=rows_of(ServiceItem, firm_id).select_related("tax_rate").in_bulk(_ids(lines, "item_id")),
        tax_rates=rows_of(TaxRate, firm_id).in_bulk(_ids(lines, "tax_rate_id")),
        classes={pk: each for pk, each in entries.items() if each.list == LedgerList.TRACKING_CLASS},
        line_clients=clients_of(firm_id).in_bulk(_ids(lines, "client_id")),
    )
    groups = rows_of(ClientGroup, firm_id).in_bulk(_ids(contents, "group_id"))
    currency = settings_of(firm_id).currency
    return {
        each.pk: _upcoming(each, choices, entries, groups.get(each.content.get("group_id") or 0), currency)
        for each in recurring
    }


def _upcoming(
    recurring: RecurringInvoice,
    choices: Choices,
    entries: Mapping[int, ListEntry],
    group: ClientGroup | None,
    currency: str,
) -> Upcoming:
    content, checks = recurring.content, Checks()
    discount = checks.discount(
        content.get("discount_kind") or DiscountKind.NONE, content.get("discount_value") or 0
    )
    invoice = Invoice(
        firm_id=recurring.firm_id,
        client_id=recurring.client_id,
        terms=recurring.terms,
        currency=currency,
        memo=content.get("memo", ""),
        location=entries.get(content.get("location_id") or 0),
        category=entries.get(content.get("category_id") or 0),
        discount_kind=discount.kind.value,
        discount_value=discount.value,
    )
    lines = [clean_line(each, place, choices, checks) for place, each in enumerate(content.get("lines", ()))]
    try:
        set_amounts(invoice, lines)
        checks.done()
    except Invalid as invalid:
        return Upcoming(invoice, lines, group, str(invalid))
    return Upcoming(invoice, lines, group, "")


def _ids(parts: Iterable[Mapping[str, Any]], *names: str) -> set[int]:
    return {int(part[name]) for part in parts for name in names if str(part.get(name) or "").isdigit()}
