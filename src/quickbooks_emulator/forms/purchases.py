"""Decides: the lines and totals of what a company buys: Bill, VendorCredit, Purchase, PurchaseOrder."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.entities import settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body, Field, Kind, Values
from quickbooks_emulator.forms import tax
from quickbooks_emulator.forms.applied import linked_ids
from quickbooks_emulator.forms.shapes import (
    LINE_OF,
    ZERO,
    Shape,
    money_field,
    number_field,
    one,
    padded,
    ref,
    rounded,
)
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

ACCOUNT, ITEM = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"
INDEXED = ("DocNumber", "VendorRef")
INDEXES: tuple[tuple[str, Values], ...] = (("linked", linked_ids),)
BILLABLE = ("Billable", "NotBillable", "HasBeenBilled")
_COMMON: tuple[Field, ...] = (
    Field("BillableStatus", Kind.ENUM, values=BILLABLE),
    ref("CustomerRef", "Customer"),
    ref("ClassRef", "Class"),
    Field("TaxCodeRef", Kind.REF),
    money_field("TaxInclusiveAmt"),
)
LINE = LINE_OF(
    (
        Field(
            ACCOUNT,
            form=one(
                Shape(
                    ACCOUNT,
                    (*_COMMON[1:2], *_COMMON[2:3], ref("AccountRef", "Account"), _COMMON[0], *_COMMON[3:]),
                    ignored=("TaxAmount", "MarkupInfo", "ProjectRef"),
                )
            ),
        ),
        Field(
            ITEM,
            form=one(
                Shape(
                    ITEM,
                    (
                        *_COMMON[:3],
                        ref("ItemRef", "Item"),
                        number_field("UnitPrice"),
                        number_field("Qty"),
                        *_COMMON[3:],
                    ),
                    ignored=("MarkupInfo", "PriceLevelRef", "ItemAccountRef", "ProjectRef", "UOMRef"),
                )
            ),
        ),
        Field("DescriptionLineDetail", Kind.OPEN),
        Field("GroupLineDetail", Kind.OPEN),
    )
)
_ORDER = (
    "Id",
    "LineNum",
    "Description",
    "Amount",
    "LinkedTxn",
    "DetailType",
    ACCOUNT,
    ITEM,
    "DescriptionLineDetail",
)


def settle_lines(change: Change) -> None:
    """Every line needs Amount and an account or an item (2020); Id and LineNum are the server's; without tax code
    and billable status the recorded defaults NON and NotBillable."""
    books, body = change.books, change.body
    old = {line["Id"]: line for line in change.before.get("Line", ()) if "Id" in line}
    last = int(change.before.get("_lines", 0))
    lines: list[Body] = []
    stock: dict[str, list[Any]] = {}
    free = set(old)
    for line in body.get("Line") or ():
        kind = line.get("DetailType")
        if kind is None:
            raise faults.required("Line.DetailType")
        if kind not in (ACCOUNT, ITEM, "DescriptionOnly"):
            raise faults.Fault("2170", "Invalid Enumeration", f"Invalid Enumeration : {kind}", element="")
        line_id = str(line.get("Id", ""))
        if line_id not in free:
            last += 1
            line_id = str(last)
        free.discard(line_id)
        settled = {**line, "Id": line_id, "LineNum": len(lines) + 1}
        if kind != "DescriptionOnly":
            if "Amount" not in line:
                raise faults.required("Line.Amount")
            detail, before = dict(line.get(kind, {})), old.get(line_id, {}).get(kind, {})
            detail.setdefault("BillableStatus", "NotBillable")
            if settings.is_us(books):
                detail.setdefault("TaxCodeRef", {"value": "NON"})
            if "ClassRef" in detail and not settings.classes_per_line(books):
                del detail["ClassRef"]
            if "CustomerRef" in detail:
                _check(books, "Customer", detail["CustomerRef"], before.get("CustomerRef"))
            if kind == ACCOUNT:
                if "AccountRef" not in detail:
                    raise faults.required(f"Line.{ACCOUNT}.AccountRef")
                _check(books, "Account", detail["AccountRef"], before.get("AccountRef"))
            else:
                moved = _item(change, line_id, settled, detail, before)
                if moved is not None:
                    stock[line_id] = moved
            settled[kind] = detail
        lines.append({name: settled[name] for name in _ORDER if name in settled})
    if not lines:
        raise faults.required("Line")
    body["Line"], body["_lines"] = lines, last
    body["_bought"] = stock
    if not stock:
        del body["_bought"]


def settle_total(change: Change) -> None:
    """The sum of the lines and, outside the US, the tax of their codes on top or inside (as for sales)."""
    body = change.body
    lines = [line for line in body["Line"] if "Amount" in line]
    net = sum((Decimal(line["Amount"]) for line in lines), ZERO)
    if settings.is_us(change.books):
        body["TotalAmt"] = padded(net)
        body.pop("TxnTaxDetail", None)
        body.pop("GlobalTaxCalculation", None)
    else:
        _taxed(change, lines, net)
    if Decimal(body["TotalAmt"]) < 0:
        raise faults.business("Transaction amount must be 0 or greater.")


def _taxed(change: Change, lines: list[Body], net: Decimal) -> None:
    body = change.body
    mode = body.setdefault("GlobalTaxCalculation", "TaxExcluded")
    if mode == "NotApplicable":
        body["TotalAmt"] = padded(net)
        body.pop("TxnTaxDetail", None)
        return
    bases: dict[tax.Rate, Decimal] = {}
    gross_total = ZERO
    for line in lines:
        detail = line[line["DetailType"]]
        code = detail.get("TaxCodeRef", {}).get("value", "")
        if not code:
            raise faults.business("Make sure all your transactions have a GST/HST rate before you save.")
        if change.books.get("TaxCode", code) is None:
            raise faults.invalid_reference("TaxCodes", code)
        rates = tax.rates_of(change.books, code, purchases=True)
        if mode == "TaxInclusive":
            gross = Decimal(detail.get("TaxInclusiveAmt", line["Amount"]))
            detail["TaxInclusiveAmt"] = padded(gross)
            line["Amount"] = padded(gross / tax.factor(rates))
            gross_total += gross
        for rate in rates:
            bases[rate] = bases.get(rate, ZERO) + Decimal(line["Amount"])
    amounts = {rate: rounded(base * rate.percent / 100) for rate, base in bases.items()}
    net = sum((Decimal(line["Amount"]) for line in lines), ZERO)
    if mode == "TaxInclusive" and amounts:
        amounts[list(amounts)[-1]] += gross_total - net - sum(amounts.values(), ZERO)
    total = sum(amounts.values(), ZERO)
    body["TxnTaxDetail"] = {
        "TotalTax": padded(total),
        "TaxLine": [tax.tax_line(rate, amount, bases[rate]) for rate, amount in amounts.items()],
    }
    body["TotalAmt"] = padded(net + total)


def _item(change: Change, line_id: str, line: Body, detail: Body, before: Body) -> list[Any] | None:
    if "ItemRef" not in detail:
        raise faults.required(f"Line.{ITEM}.ItemRef")
    item = _check(change.books, "Item", detail["ItemRef"], before.get("ItemRef"))
    quantity, price = detail.get("Qty"), detail.get("UnitPrice")
    if quantity is not None and price is not None and "TaxInclusiveAmt" not in detail:
        product = rounded(Decimal(quantity) * Decimal(price))
        if product != Decimal(line["Amount"]):
            raise faults.amount_differs(rounded(Decimal(line["Amount"])))
    tracked = item.body.get("TrackQtyOnHand")
    if tracked and change.body.get("TxnDate", "9") < item.body.get("InvStartDate", ""):
        raise faults.before_inventory_start()
    kept = change.before.get("_bought", {}).get(line_id)
    if kept is not None and kept[0] == item.id:
        account = kept[1]
    else:
        name = "AssetAccountRef" if tracked else "ExpenseAccountRef"
        if name not in item.body:
            raise faults.business(f"The item {item.body['Name']} has no account to buy it on.")
        account = item.body[name]["value"]
    return [item.id, account, (quantity if quantity is not None else Decimal(1)) if tracked else ZERO]


def _check(books: Books, entity: str, reference: Body, before: Body | None) -> Record:
    record = books.get(entity, reference["value"])
    if record is None:
        raise faults.invalid_reference(books.entities[entity].reference_label, reference["value"])
    if not record.active and (before is None or before["value"] != reference["value"]):
        raise faults.inactive_reference(settings.inactive_code(books, entity))
    return record
