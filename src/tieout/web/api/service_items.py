"""Decides nothing: the operations on service items and tax rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from django.db.models import QuerySet

from tieout.practice.access import require
from tieout.practice.actions.ledger_lists import change_tax_rate, create_tax_rate
from tieout.practice.actions.service_items import (
    UsedBy,
    archive_service_item,
    change_service_item,
    create_service_item,
    restore_service_item,
    used_by,
)
from tieout.practice.billing_access import access_item, not_there, row_number, rows_of, visible_items
from tieout.practice.ledger_lists import TaxRate
from tieout.practice.permissions import Permission
from tieout.practice.service_items import SERVICE_ITEM, ServiceItem
from tieout.web.api.calling import ApiRequest
from tieout.web.api.history import HISTORY, Change, history_of_one
from tieout.web.api.kinds_of_value import Exact, Given, Instant, NumberText, RowId, Shown, Text, left_out
from tieout.web.api.routes import Record, Section
from tieout.web.billing.item_list import ITEMS, narrowed
from tieout.web.listing import Asked, Column, Filter, ListKind

section = Section("Service items", "What the firm sells, and the tax rates on it.")
VIEW, EDIT, SETTINGS = Permission.VIEW_BILLING, Permission.EDIT_SERVICE_ITEMS, Permission.BILLING_AND_PAYMENTS


class Used(Shown):
    """On how many documents an item stands."""

    drafts: int
    invoices: int
    credits: int
    recurring: int


class ItemRow(Shown):
    id: int
    version: int
    name: str
    description: str
    charge: str
    rate: Exact | None
    sku: str
    taxable: bool
    tax_rate_id: int | None
    income_account_id: int | None
    category_id: int | None
    is_active: bool
    used_by: Used
    created_at: Instant
    updated_at: Instant


class ItemChange(Given):
    name: Text = left_out()
    description: Text = left_out()
    charge: Literal["service", "hour"] = left_out()
    rate: NumberText | None = left_out()
    sku: Text = left_out()
    taxable: bool = left_out()
    tax_rate_id: RowId | None = left_out()
    income_account_id: RowId | None = left_out()
    category_id: RowId | None = left_out()


class ItemNew(ItemChange):
    name: Text


class Rate(Shown):
    id: int
    version: int
    name: str
    percent: Exact
    tax_code_id: int | None
    is_active: bool


class RateChange(Given):
    name: Text = left_out()
    percent: NumberText = left_out()
    tax_code_id: RowId | None = left_out()
    is_active: bool = left_out()


class RateNew(RateChange):
    name: Text
    percent: NumberText


RATES = ListKind(
    columns=(Column("name", "Name", "name", folds_case=True),),
    filters=(Filter("show", "Status", (("active", "Active"), ("archived", "Archived"), ("all", "All"))),),
    sort="name",
)


def found(request: ApiRequest, asked: Asked) -> QuerySet[ServiceItem]:
    return narrowed(asked, visible_items(request.member))


def with_use(request: ApiRequest, items: Sequence[ServiceItem]) -> None:
    """Three queries, however many items."""
    if items:
        uses = used_by(items[0].firm_id, [item.pk for item in items])
        for item in items:
            item.used_by = uses.get(item.pk, UsedBy())  # type: ignore[attr-defined]


def shows_made(request: ApiRequest, item: ServiceItem) -> ServiceItem:
    with_use(request, [item])
    return item


def shows(request: ApiRequest, item_id: int) -> ServiceItem:
    return shows_made(request, access_item(request.member, item_id))


def finds(request: ApiRequest, item_id: int) -> ServiceItem:
    return access_item(request.member, item_id, to_edit=True)


def found_rates(request: ApiRequest, asked: Asked) -> QuerySet[TaxRate]:
    require(request.member, VIEW)
    rates = rows_of(TaxRate, request.member.firm_id)
    if asked["show"] != "all":
        rates = rates.filter(is_active=asked["show"] == "active")
    return rates.filter(name__icontains=asked.search) if asked.search else rates


def rate(request: ApiRequest, tax_rate_id: int) -> TaxRate:
    row = rows_of(TaxRate, request.member.firm_id).filter(pk=row_number(TaxRate, tax_rate_id)).first()
    if row is None:
        raise not_there(TaxRate)
    return row


def rate_made(request: ApiRequest, row: TaxRate) -> TaxRate:
    return row


ONE = "/service-items/{item_id}"
one = Record(section, ONE, ItemRow, shows, finds)
section.rows(
    "/service-items",
    VIEW,
    "list_service_items",
    kind=ITEMS,
    shape=ItemRow,
    found=found,
    prepared=with_use,
    summary="Service items",
)
section.act(
    "/service-items",
    EDIT,
    "create_service_item",
    create_service_item,
    takes=ItemNew,
    shape=ItemRow,
    shows=shows_made,
    makes="get_service_item",
    summary="Add a service item",
)
one.get(VIEW, "get_service_item", summary="One service item")
one.act(
    "",
    EDIT,
    "change_service_item",
    change_service_item,
    method="PATCH",
    takes=ItemChange,
    summary="Change a service item",
)
one.act("/archive", EDIT, "archive_service_item", archive_service_item, summary="Archive a service item")
one.act("/restore", EDIT, "restore_service_item", restore_service_item, summary="Restore a service item")
section.rows(
    f"{ONE}/history",
    VIEW,
    "list_service_item_history",
    kind=HISTORY,
    shape=Change,
    found=history_of_one(shows, SERVICE_ITEM),
    searches=False,
    summary="A service item's history",
)
section.rows(
    "/tax-rates", VIEW, "list_tax_rates", kind=RATES, shape=Rate, found=found_rates, summary="Tax rates"
)
section.act(
    "/tax-rates",
    SETTINGS,
    "create_tax_rate",
    create_tax_rate,
    takes=RateNew,
    shape=Rate,
    shows=rate_made,
    makes="get_tax_rate",
    summary="Add a tax rate",
)
section.one("/tax-rates/{tax_rate_id}", VIEW, "get_tax_rate", shape=Rate, shows=rate, summary="One tax rate")
section.act(
    "/tax-rates/{tax_rate_id}",
    SETTINGS,
    "change_tax_rate",
    change_tax_rate,
    method="PATCH",
    takes=RateChange,
    finds=rate,
    shape=Rate,
    shows=rate,
    summary="Change a tax rate",
)
