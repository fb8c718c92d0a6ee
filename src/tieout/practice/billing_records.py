"""Acts: everything a firm bills with at the records door: which rows are shown, how, and which may be written.

A kind is a ``BillingRecords``: data, no subclass. Only service items and the ledger's lists can be written from
outside, through their verbs; documents go one way. Drafts, pending and declined payments are not there at all.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.db.models import Prefetch, Q, QuerySet

from tieout.practice.actions.ledger_lists import change_list_entry, keep_list_entry
from tieout.practice.actions.service_items import change_service_item, create_service_item
from tieout.practice.actor import Actor
from tieout.practice.billing_access import rows_of
from tieout.practice.billing_record_views import (
    LOADED_LINES,
    application_view,
    credit_view,
    entry_view,
    invoice_view,
    item_view,
    payment_view,
    refund_view,
)
from tieout.practice.billing_rows import BillingRow
from tieout.practice.credits import CREDIT, CREDIT_APPLICATION, Credit, CreditApplication
from tieout.practice.invoices import INVOICE, Invoice, InvoiceLine, Status
from tieout.practice.ledger_lists import LedgerList, ListEntry
from tieout.practice.money import rounded_rate
from tieout.practice.payments import PAYMENT, REFUND, Payment, PaymentStatus, Refund, RefundStatus
from tieout.practice.record_views import PAGE, OneWay, Records, RecordView, Units
from tieout.practice.service_items import SERVICE_ITEM, ServiceItem
from tieout.practice.validation import Invalid, NotHereYet, without_control_characters

Row = TypeVar("Row", bound=BillingRow)
Write = Callable[..., BillingRow]


@dataclass(frozen=True, slots=True)
class BillingRecords(Generic[Row]):
    """One kind of record at the door; keeps the ``Records`` protocol."""

    kind: str
    rows: Callable[[int], QuerySet[Row]]
    """The firm's rows that are shown, with all that the view needs."""
    view: Callable[[Row], RecordView]
    is_active: Q
    make: Write | None = None
    """(firm_id, units, actor, facts) -> row, raising Invalid keyed by unit; None: never made from outside."""
    set: Write | None = None
    """(firm_id, record_id, units, actor, expected_version) -> row, likewise."""

    def read(self, firm_id: int, ids: Collection[str]) -> dict[str, RecordView]:
        numbers = [int(each) for each in ids if each.isascii() and each.isdigit() and len(each) <= 18]
        return {str(row.pk): self.view(row) for row in self.rows(firm_id).filter(pk__in=numbers)}

    def all_ids(self, firm_id: int) -> builtins.set[str]:
        return {str(pk) for pk in self.rows(firm_id).order_by().values_list("pk", flat=True)}

    def list(self, firm_id: int, activity: str = "all") -> Iterator[tuple[str, RecordView]]:
        chosen = {"all": Q(), "active": self.is_active, "inactive": ~self.is_active}[activity]
        rows = self.rows(firm_id).filter(chosen).order_by("pk")
        last = 0
        while page := [*rows.filter(pk__gt=last)[:PAGE]]:
            yield from ((str(row.pk), self.view(row)) for row in page)
            last = page[-1].pk

    def create(
        self, firm_id: int, units: Units, actor: Actor, *, facts: Mapping[str, Any] | None = None
    ) -> tuple[str, RecordView]:
        if self.make is None:
            raise OneWay(self.kind)
        record_id = str(self.make(firm_id, units, actor, facts or {}).pk)
        return record_id, self.read(firm_id, [record_id])[record_id]

    def change(
        self, firm_id: int, record_id: str, units: Units, actor: Actor, *, expected_version: int | None
    ) -> RecordView:
        if self.set is None:
            raise OneWay(self.kind)
        self.set(firm_id, record_id, units, actor, expected_version)
        return self.read(firm_id, [record_id])[record_id]


# -- service items ------------------------------------------------------------------------------------

_ITEM_LISTS = {"income_account": LedgerList.ACCOUNT, "category": LedgerList.CATEGORY}
_ITEM_TEXTS = ("name", "sku")


def _items(firm_id: int) -> QuerySet[ServiceItem]:
    return rows_of(ServiceItem, firm_id).select_related("income_account", "category")


def _make_item(firm_id: int, units: Units, actor: Actor, facts: Mapping[str, Any]) -> ServiceItem:
    fields = _item_fields(firm_id, units)
    if "charge" in facts:
        fields["charge"] = facts["charge"]
    try:
        return create_service_item(firm_id=firm_id, actor=actor, **fields)
    except Invalid as invalid:
        raise _by_unit(invalid) from invalid


def _set_item(
    firm_id: int, record_id: str, units: Units, actor: Actor, expected_version: int | None
) -> ServiceItem:
    fields = _item_fields(firm_id, units)
    try:
        return change_service_item(
            firm_id=firm_id, item_id=record_id, actor=actor, expected_version=expected_version, **fields
        )
    except Invalid as invalid:
        raise _by_unit(invalid) from invalid


def _item_fields(firm_id: int, units: Units) -> dict[str, Any]:
    """The verb's fields. Raises KeyError for a unit an item has not (a bug of the caller), NotHereYet by unit."""
    fields: dict[str, Any] = {}
    missing: dict[str, tuple[str, str]] = {}
    for unit, value in units.items():
        if unit == "active":
            fields["is_active"] = bool(value)
        elif unit == "taxable":
            fields["taxable"] = bool(value)
        elif unit == "rate":
            fields["rate"] = None if value is None else rounded_rate(value)
        elif unit == "description":
            fields["description"] = value or ""
        elif unit in _ITEM_TEXTS:
            fields[unit] = without_control_characters(value or "")
        elif unit in _ITEM_LISTS:
            fields[f"{unit}_id"] = found = _entry_id(firm_id, unit, value)
            if value and found is None:
                missing[unit] = (_ITEM_LISTS[unit].value, value)
        else:
            raise KeyError(unit)
    if missing:
        raise NotHereYet({unit: _not_yet(_ITEM_LISTS[unit]) for unit in missing}, missing)
    return fields


def _entry_id(firm_id: int, unit: str, ledger_id: str | None) -> int | None:
    """Our id of the list entry with this ledger id; None without one, or while it has not come yet."""
    if not ledger_id:
        return None
    entries = rows_of(ListEntry, firm_id).filter(list=_ITEM_LISTS[unit], ledger_id=ledger_id, is_current=True)
    return entries.values_list("pk", flat=True).first()


def _not_yet(of: LedgerList) -> str:
    return f"Its {of.label.lower()} is not in the lists here yet; it is set once the lists are up to date."


def _by_unit(invalid: Invalid) -> Invalid:
    unit_of = {"is_active": "active", **{f"{unit}_id": unit for unit in _ITEM_LISTS}}
    return Invalid({unit_of.get(name, name): sentence for name, sentence in invalid.problems.items()})


# -- documents ----------------------------------------------------------------------------------------


def _invoices(firm_id: int) -> QuerySet[Invoice]:
    lines = InvoiceLine.objects.select_related("tax_rate__tax_code", "tracking_class")
    return (
        rows_of(Invoice, firm_id)
        .exclude(status=Status.DRAFT)
        .select_related("location")
        # Under a name of their own: else every invoice gets a manager and a query that nobody asks.
        .prefetch_related(Prefetch("lines", queryset=lines.order_by("position"), to_attr=LOADED_LINES))
    )


def _payments(firm_id: int) -> QuerySet[Payment]:
    shown = (PaymentStatus.RECEIVED, PaymentStatus.BOUNCED, PaymentStatus.VOID)
    payments = rows_of(Payment, firm_id).filter(status__in=shown)
    return payments.select_related("deposit_to").prefetch_related("allocations")


def _applications(firm_id: int) -> QuerySet[CreditApplication]:
    return rows_of(CreditApplication, firm_id).select_related("credit", "invoice")


# -- lists from the ledger ----------------------------------------------------------------------------

_ENTRY_UNITS = {
    "name": "name",
    "full_name": "full_name",
    "parent": "parent",
    "active": "is_active",
    "account_type": "account_type",
}


def _make_entry(
    of: LedgerList, firm_id: int, units: Units, actor: Actor, facts: Mapping[str, Any]
) -> ListEntry:
    """``facts["ledger_id"]`` is needed: it is what documents will carry, in the company ``facts["company"]``."""
    return keep_list_entry(
        firm_id=firm_id,
        of=of,
        ledger_id=str(facts.get("ledger_id") or ""),
        company=str(facts.get("company") or ""),
        actor=actor,
        **_entry_fields(units),
    )


def _set_entry(
    of: LedgerList, firm_id: int, record_id: str, units: Units, actor: Actor, expected_version: int | None
) -> ListEntry:
    return change_list_entry(
        firm_id=firm_id,
        of=of,
        entry_id=record_id,
        actor=actor,
        expected_version=expected_version,
        **_entry_fields(units),
    )


def _entry_fields(units: Units) -> dict[str, Any]:
    """Raises KeyError for a unit an entry has not (a bug of the caller)."""
    fields: dict[str, Any] = {}
    for unit, value in units.items():
        name = _ENTRY_UNITS[unit]
        fields[name] = bool(value) if unit == "active" else without_control_characters(str(value or ""))
    return fields


def _list_records(of: LedgerList) -> BillingRecords[ListEntry]:
    return BillingRecords(
        of.value,
        lambda firm_id: rows_of(ListEntry, firm_id).filter(list=of, is_current=True),
        entry_view,
        Q(is_active=True),
        partial(_make_entry, of),
        partial(_set_entry, of),
    )


BILLING_KINDS: Mapping[str, Records] = {
    SERVICE_ITEM: BillingRecords(SERVICE_ITEM, _items, item_view, Q(is_active=True), _make_item, _set_item),
    INVOICE: BillingRecords(INVOICE, _invoices, invoice_view, ~Q(status=Status.VOID)),
    PAYMENT: BillingRecords(PAYMENT, _payments, payment_view, Q(status=PaymentStatus.RECEIVED)),
    REFUND: BillingRecords(
        REFUND, lambda firm_id: rows_of(Refund, firm_id).filter(status=RefundStatus.DONE), refund_view, Q()
    ),
    CREDIT: BillingRecords(CREDIT, lambda firm_id: rows_of(Credit, firm_id), credit_view, Q(is_void=False)),
    CREDIT_APPLICATION: BillingRecords(CREDIT_APPLICATION, _applications, application_view, Q(is_void=False)),
    **{of.value: _list_records(of) for of in LedgerList},
}
