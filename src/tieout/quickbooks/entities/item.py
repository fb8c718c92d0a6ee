"""Decides how a practice's service item and a QuickBooks Item of type Service show the same facts. Read by ``ledger``.

Field names and lengths: Intuit's Item reference. A name is unique within its category. QuickBooks keeps no empty
price: it shows 0, which is read as none. Items of other types are the firm's own business in QuickBooks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout.quickbooks.api.query import Condition, one_of
from tieout.quickbooks.codecs import number, reference
from tieout.quickbooks.documents import needs_setting
from tieout.quickbooks.entity import Draft, QuickBooksEntity, Sending
from tieout.quickbooks.inactive_names import as_marked, unmarked
from tieout.reconcile.codecs import flag, text
from tieout.reconcile.spec import Direction, Document, EntitySpec, Field, Whole
from tieout.reconcile.state import Present, Scalar, Side, Value

SERVICE = "Service"
_OTHERS = ("Inventory", "NonInventory", "Group")
_KINDS: Mapping[str, str] = {
    "Inventory": "a product with an inventory",
    "NonInventory": "a product without an inventory",
    "Group": "a bundle",
    "Category": "a category",
}
"""Types of items as QuickBooks' own pages call them."""


def _category(document: Document) -> Value:
    return str((document.get("ParentRef") or {}).get("value") or "")


def _put_category(value: Value, document: dict[str, Any]) -> None:
    document["SubItem"] = bool(value)
    document["ParentRef"] = {"value": str(value or "")}


UNITS = (
    Field(
        "name",
        "Name",
        text(100, forbid=':\t\n\r"', names="a colon, a double quote, a tab or a line break"),
        "Name",
        required=True,
    ),
    Field("description", "Description", text(4000), "Description"),
    Field("rate", "UnitPrice", number(7, zero_is_none=True), "Rate"),
    Field("sku", "Sku", text(100), "SKU"),
    Field("taxable", "Taxable", flag(default=False), "Taxable"),
    Field("income_account", "IncomeAccountRef.value", reference(), "Income account"),
    Whole("category", "Category", _category, _put_category),
    Field("active", "Active", flag(default=True), "Active"),
)


def as_service(draft: Draft, sending: Sending) -> None:
    """Ours are services, and a service needs an income account: its own, or the one chosen for all."""
    own = (draft.get("IncomeAccountRef") or {}).get("value")
    if not sending.creating:
        if own == "":
            draft.pop("IncomeAccountRef")  # QuickBooks keeps the one it has; it has to have one
        return
    draft["Type"] = SERVICE
    account = own or sending.rules.setting("income_account")
    if not account:
        raise needs_setting("income_account", "an income account for each service item", "income_account")
    draft["IncomeAccountRef"] = {"value": account}
    if not draft.get("SubItem"):
        draft.pop("SubItem", None)


def facts(document: Document) -> Mapping[str, Scalar]:
    times = document.get("MetaData") or {}
    return {
        "type": str(document.get("Type") or ""),
        "full_name": document.get("FullyQualifiedName"),
        "created_at": times.get("CreateTime"),
        "updated_at": times.get("LastUpdatedTime"),
    }


def marker(sent: Document) -> tuple[Condition, ...]:
    """An item has no room for a mark of ours; its name, unique in its category, is the mark."""
    return (one_of("Name", as_marked(str(sent.get("Name", "")).strip())),)


def _services_only(record: Present) -> str | None:
    kind = str(record.facts.get("type") or "")
    if kind == SERVICE:
        return None
    return f"Only services are kept in step; this is {_KINDS.get(kind, 'of another type')} and stays in QuickBooks."


ENTITY = QuickBooksEntity(
    spec=EntitySpec(
        practice="service_item",
        ledger="Item",
        label="Service item",
        plural="Service items",
        direction=Direction.BOTH,
        units=UNITS,
        name_unit="name",
        active_unit="active",
        follows_merge=True,
        depends_on=("account", "category"),
        eligible={Side.LEDGER: _services_only},
    ),
    facts=facts,
    page="app/items",
    marker=marker,
    tidy=unmarked("Name", "FullyQualifiedName"),
    name_field="Name",
    name_pool=("Item",),
    among=(one_of("Type", (SERVICE, *_OTHERS)),),
    belongs=lambda document: document.get("Type") != "Category",
    members={"category": ("ParentRef", "SubItem")},
    steps=(as_service,),
)
