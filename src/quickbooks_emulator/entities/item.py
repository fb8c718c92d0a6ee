"""Decides: what an Item is: services, goods, stock, categories and bundles."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from quickbooks_emulator import faults
from quickbooks_emulator.entities import references, tree
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    ZERO,
    Access,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    ignored,
    name_text,
    read_only,
    reference,
    text,
)
from quickbooks_emulator.forms.shapes import Shape, many, number_field, one, padded, ref
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.documents import Posting
from quickbooks_emulator.ledger.post import post
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

TYPES = ("Inventory", "Service", "NonInventory", "Category", "Group")
_LEVELS = 5
_INCOME, _EXPENSE = ("Income", "Other Income"), ("Cost of Goods Sold", "Expense", "Other Expense")
_ACCOUNTS = (
    ("IncomeAccountRef", _INCOME),
    ("ExpenseAccountRef", (*_EXPENSE, "Other Current Asset")),
    ("AssetAccountRef", ("Other Current Asset",)),
)
_GROUP = Shape(
    "ItemGroupDetail",
    (
        Field(
            "ItemGroupLine",
            form=many(
                Shape("ItemComponentLine", (ref("ItemRef", "Item"), number_field("Qty")), ignored=("UOMRef",))
            ),
        ),
    ),
)


def settle_type(change: Change) -> None:
    """Type is one of the five; a bundle cannot be made over the API, an inventory item stays one (documented).
    Left out on create it is Service (a switch)."""
    body = change.body
    if change.old is None and not body.get("Type") and change.books.knobs.item_type_required:
        raise faults.required("Type")
    type_ = body.get("Type") or change.before.get("Type") or "Service"
    if type_ not in TYPES:
        raise faults.Fault("2170", "Invalid Enumeration", f"Invalid Enumeration : {type_}", element="")
    body["Type"] = type_
    before = change.before.get("Type")
    if type_ == "Group" and before is None and not change.books.person:
        raise faults.business("Bundles cannot be created over the API.")
    if before == "Inventory" and type_ != "Inventory":
        raise faults.business("The type of an inventory item cannot be changed.")
    if type_ == "Category":
        for name in (*_CATEGORY_HAS_NOT, "TrackQtyOnHand", "Taxable", "UnitPrice", "PurchaseCost"):
            body.pop(name, None)
        return
    body.setdefault("UnitPrice", ZERO)
    body.setdefault("PurchaseCost", ZERO)
    body.setdefault("Taxable", False)
    body["TrackQtyOnHand"] = type_ == "Inventory"


_CATEGORY_HAS_NOT = tuple(name for name, _ in _ACCOUNTS)


def need_accounts(change: Change) -> None:
    """Which accounts each type needs: 2020 in the documented words for the asset account; 6430 for an account of
    a type that does not go there (documented code)."""
    body = change.body
    if body["Type"] in ("Category", "Group"):
        return
    if body["Type"] == "Inventory":
        if "AssetAccountRef" not in body:
            raise faults.Fault(
                "2020",
                "Required param missing, need to supply the required value for the API",
                "An inventory assetaccount is required if you are tracking inventory quantities for this product.",
                element="AssetAccountRef",
            )
        needed: tuple[str, ...] = ("IncomeAccountRef", "ExpenseAccountRef")
        if change.old is None:
            needed = (*needed, "InvStartDate")
            if "QtyOnHand" not in body:
                raise faults.required("QtyOnHand")
    else:
        needed = () if "ExpenseAccountRef" in body else ("IncomeAccountRef",)
    for name in needed:
        if name not in body:
            raise faults.required(name)
    for name, types in _ACCOUNTS:
        if name in body and change.changed(name):
            account = change.books.get("Account", body[name]["value"])
            if account is not None and account.body["AccountType"] not in types:
                raise faults.invalid_account_type(f"{name} must be an account of type {', '.join(types)}.")


def keep_quantity(change: Change) -> None:
    """QtyOnHand is set on create; afterwards only transactions change it (documented)."""
    body = change.body
    if body["Type"] != "Inventory":
        body.pop("QtyOnHand", None)
        body.pop("InvStartDate", None)
        return
    if change.old is None:
        body["_opening"] = [body["QtyOnHand"], padded(body["QtyOnHand"] * body["PurchaseCost"])]
    elif change.before.get("Type") != "Inventory":
        body.setdefault("QtyOnHand", ZERO)
        body["_opening"] = [body["QtyOnHand"], padded(body["QtyOnHand"] * body["PurchaseCost"])]


def parent_is_category(change: Change) -> None:
    """Items hang below categories, categories below categories (documented); other parents stay possible for
    companies without categories (recorded in old ones)."""
    if change.body["Type"] == "Category" and "ParentRef" in change.body and change.changed("ParentRef"):
        parent = change.books.get("Item", change.body["ParentRef"]["value"])
        if parent is not None and parent.body["Type"] != "Category":
            raise faults.business("A category can only be inside another category.")


def opening_stock(books: Books, record: Record) -> Iterator[Posting]:
    """The quantity on hand at the start: debit the asset account, credit Opening Balance Equity."""
    quantity, value = record.body.get("_opening", (ZERO, ZERO))
    if quantity or value:
        asset = record.body["AssetAccountRef"]["value"]
        yield Posting(asset, Decimal(value), item=record.id, quantity=Decimal(quantity))
        yield Posting(accounts.opening_equity(books), -Decimal(value))


def post_stock(change: Change) -> None:
    if change.after.body["Type"] == "Inventory":
        post(change)


_NEVER_KEPT = (
    "AbatementRate", "AssetTag", "AttachableRef", "AvgCost", "CustomField", "ItemAssemblyDetail",
    "ItemCategoryType", "ItemEx", "ManPartNum", "MinReorderPoint", "QtyOnPurchaseOrder", "QtyOnSalesOrder",
    "ReverseChargeRate", "ServiceType", "Source", "SpecialItem", "SpecialItemType", "UOMSetRef", "PriceLevelRef",
    "DepositToAccountRef", "PaymentMethodRef", "DeferredRevenue", "RatePercent",
)  # fmt: skip
"""Members the service knows and a client may send; the emulator drops them."""

ITEM = Entity(
    name="Item",
    family=Family.NAME_LIST,
    noun="product or service",
    sequence="items",
    name_field="Name",
    order_field="FullyQualifiedName",
    reference_label="Items",
    reference_name="FullyQualifiedName",
    fields=(
        name_text("Name", 100).queried(),
        text("Description", 4000).queried(),
        boolean("Active", default=True, sticky=True).filtered(),
        boolean("SubItem").queried(),
        reference("ParentRef", "Item", named=True).queried(),
        read_only("Level", Kind.NUMBER),
        read_only("FullyQualifiedName").queried(),
        boolean("Taxable"),
        boolean("SalesTaxIncluded"),
        number_field("UnitPrice", sortable=True),
        text("Type", 20, sticky=True).queried(),
        reference("IncomeAccountRef", "Account", named=True),
        text("PurchaseDesc", 1000),
        boolean("PurchaseTaxIncluded"),
        number_field("PurchaseCost", sortable=True),
        reference("ExpenseAccountRef", "Account", named=True),
        reference("AssetAccountRef", "Account", named=True),
        reference("PrefVendorRef", "Vendor", named=True),
        reference("SalesTaxCodeRef", "TaxCode"),
        reference("PurchaseTaxCodeRef", "TaxCode"),
        reference("ClassRef", "Class", named=True),
        text("TaxClassificationRef", 50, form=lambda field, value: value),
        boolean("TrackQtyOnHand"),
        number_field("QtyOnHand", access=Access.CREATE_ONLY),
        number_field("ReorderPoint"),
        text("Sku", 100).queried(),
        Field("InvStartDate", Kind.DATE),
        boolean("PrintGroupedItems"),
        Field("ItemGroupDetail", form=one(_GROUP)),
        BASE,
        *(ignored(name) for name in _NEVER_KEPT),
    ),
    rules=(
        *tree.FLAT,
        tree.characters('":\t\n'),
        settle_type,
        tree.place("SubItem", with_level=True, levels=_LEVELS),
        parent_is_category,
        references.check_references,
        need_accounts,
        keep_quantity,
        *tree.NAMED,
        tree.qualify,
    ),
    afterwards=(tree.cascade, post_stock),
    post=opening_stock,
    indexed=("Name", "FullyQualifiedName", "Sku", "Type"),
    events=("Create", "Update", "Delete", "Merge"),
)
