"""Decides: what an InventoryAdjustment is: a counted difference of stock, at cost."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator import faults
from quickbooks_emulator.entities import references
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Body,
    Entity,
    Family,
    Field,
    Kind,
    ignored,
    reference,
    text,
)
from quickbooks_emulator.forms import basics, numbers
from quickbooks_emulator.forms.shapes import LINE_OF, ZERO, Shape, many, number_field, one, ref
from quickbooks_emulator.ledger.post import post, unpost
from quickbooks_emulator.ledger.purchases import adjusted
from quickbooks_emulator.store.books import Books

DETAIL = "ItemAdjustmentLineDetail"
_SHAPE = Shape(DETAIL, (ref("ItemRef", "Item"), number_field("QtyDiff")), ignored=("SalesPrice", "NewQty"))
_LINE = LINE_OF((Field(DETAIL, form=one(_SHAPE)),))


def settle_lines(change: Change) -> None:
    """Each line names a stock item and a difference (2020); the value is the item's cost when first written."""
    kept = {moved[0]: moved[2] for moved in change.before.get("_moved", ())}
    lines, moves = [], []
    for number, line in enumerate(change.body.get("Line") or (), 1):
        detail = line.get(DETAIL, {})
        for name in ("ItemRef", "QtyDiff"):
            if name not in detail:
                raise faults.required(f"Line.{DETAIL}.{name}")
        item = change.books.get("Item", detail["ItemRef"]["value"])
        if item is None:
            raise faults.invalid_reference("Items", detail["ItemRef"]["value"])
        if not item.body.get("TrackQtyOnHand"):
            raise faults.business("Only inventory items can be adjusted.")
        if change.body["TxnDate"] < item.body.get("InvStartDate", ""):
            raise faults.before_inventory_start()
        cost = kept.get(item.id, item.body.get("PurchaseCost", ZERO))
        moves.append([item.id, detail["QtyDiff"], cost, item.body["AssetAccountRef"]["value"]])
        lines.append(
            {"Id": str(number), "LineNum": number, "Amount": ZERO, "DetailType": DETAIL, DETAIL: detail}
        )
    if not lines:
        raise faults.required("Line")
    change.body["Line"], change.body["_moved"] = lines, moves


def _show(books: Books, lines: list[Body]) -> list[Body]:
    printed = []
    for line in lines:
        item = books.get("Item", line[DETAIL]["ItemRef"]["value"])
        named = (
            {"value": item.id, "name": item.body["FullyQualifiedName"]} if item else line[DETAIL]["ItemRef"]
        )
        printed.append(
            {**line, DETAIL: {**line[DETAIL], "ItemRef": named, "QtyDiff": Decimal(line[DETAIL]["QtyDiff"])}}
        )
    return printed


INVENTORY_ADJUSTMENT = Entity(
    name="InventoryAdjustment",
    family=Family.TRANSACTION,
    noun="inventory adjustment",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        reference("AdjustAccountRef", "Account", named=True),
        BASE,
        text("DocNumber", 21).queried(),
        Field("TxnDate", Kind.DATE).queried(),
        Field("CurrencyRef", Kind.REF),
        text("PrivateNote", 4000),
        Field("Line", form=many(_LINE), show=_show),
        reference("DepartmentRef", "Department", named=True),
        *(
            ignored(name)
            for name in ("AttachableRef", "CustomField", "CustomerRef", "TxnSource", "ExchangeRate")
        ),
    ),
    rules=(
        basics.require("AdjustAccountRef"),
        basics.date_it,
        basics.open_period,
        references.check_references,
        basics.currency_of("Customer", "CustomerRef"),
        basics.header_tracking,
        settle_lines,
        numbers.number(("InventoryAdjustment",)),
    ),
    afterwards=(post,),
    removing=(basics.open_period,),
    removed=(unpost,),
    post=adjusted,
    indexed=("DocNumber",),
    events=("Create", "Update", "Delete"),
)
