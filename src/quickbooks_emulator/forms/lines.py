"""Decides: what becomes of the lines of a sales form: items, ids, accounts, groups, and how they are printed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.entities import settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.forms import basics
from quickbooks_emulator.forms.shapes import ZERO, padded, rounded, unpadded
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

SALES, SUBTOTAL, DISCOUNT = "SalesItemLineDetail", "SubTotalLineDetail", "DiscountLineDetail"
GROUP, DESCRIPTION = "GroupLineDetail", "DescriptionOnly"
KINDS = (SALES, SUBTOTAL, DISCOUNT, GROUP, DESCRIPTION)
SHIPPING_ITEM = "SHIPPING_ITEM_ID"
_NAMED = {
    "ItemRef": "Item", "GroupItemRef": "Item", "ClassRef": "Class", "ItemAccountRef": "Account",
    "DiscountAccountRef": "Account", "AccountRef": "Account", "CustomerRef": "Customer",
    "DepartmentRef": "Department",
}  # fmt: skip
_DETAIL_ORDER = (
    "ServiceDate", "ItemRef", "ClassRef", "UnitPrice", "Qty", "DiscountRate", "DiscountAmt", "ItemAccountRef",
    "TaxCodeRef", "TaxInclusiveAmt", "TaxClassificationRef",
)  # fmt: skip


def items_of(lines: list[Body]) -> Iterator[Body]:
    """The item lines, those inside groups included."""
    for line in lines:
        if line["DetailType"] == SALES:
            yield line
        elif line["DetailType"] == GROUP:
            yield from items_of(line[GROUP].get("Line", []))


def settle_lines(change: Change) -> None:
    """Every line is checked and completed; the server gives Id and LineNum. A line sent with a known Id keeps it,
    one without is new, ids are never used again (recorded). SubTotal is the server's: what a client sent of it is
    dropped. At least one line must name an item or describe something (2020)."""
    body = change.body
    kept, discounts = [], []
    run = _Run(change)
    for line in body.get("Line") or ():
        kind = line.get("DetailType")
        if kind is None:
            raise faults.required("Line.DetailType")
        if kind not in KINDS:
            raise faults.Fault("2170", "Invalid Enumeration", f"Invalid Enumeration : {kind}", element="")
        if kind == SUBTOTAL:
            continue
        if kind == DISCOUNT:
            discounts += _discount(change, line)
        else:
            kept.append(run.settle(line))
    if not kept:
        raise faults.required("Line")
    _refuse_too_many(change, [*kept, *discounts])
    if len(discounts) > 1:
        raise faults.business("A transaction can have only one discount line.")
    for number, line in enumerate(kept, 1):
        line["LineNum"] = number
    body["Line"] = [_ordered_line(line) for line in kept] + discounts
    body["_lines"] = run.last_id
    body.pop("_stock", None)
    if run.stock:
        body["_stock"] = run.stock


def _refuse_too_many(change: Change, lines: list[Body]) -> None:
    """At most 750 lines once one of them is taxable (documented; the code, and whether the lines inside a bundle count,
    are switches)."""
    most, us = change.books.knobs.taxable_lines, settings.is_us(change.books)
    codes = (line[SALES].get("TaxCodeRef", {}).get("value", "NON") for line in items_of(lines))
    taxable = any(code == "TAX" if us else code != "NON" for code in codes)
    inside = change.books.knobs.bundle_lines_count
    count = sum(1 + (len(line.get(GROUP, {}).get("Line", ())) if inside else 0) for line in lines)
    if taxable and count > most:
        sentence = f"A taxable transaction can have at most {most} lines; this one has {count}."
        raise faults.too_many_lines(change.books.knobs.too_many_lines_code, sentence)


class _Run:
    """One pass over the lines of one transaction: the ids given out and the stock that moves."""

    def __init__(self, change: Change) -> None:
        self.change, self.books = change, change.books
        self.old: dict[str, Body] = {line["Id"]: line for line in _with_ids(change.before.get("Line", ()))}
        self.used: set[str] = set()
        self.last_id = int(change.before.get("_lines", 0))
        self.stock: dict[str, list[Any]] = {}
        self.us = settings.is_us(self.books)
        self.line_classes = settings.classes_per_line(self.books)

    def settle(self, line: Body) -> Body:
        line = dict(line)
        line["Id"] = self._id(line.get("Id"))
        kind = line["DetailType"]
        if kind == SALES:
            return self._sale(line)
        if kind == GROUP:
            return self._group(line)
        line.setdefault("Amount", None)
        if line["Amount"] is None:
            del line["Amount"]
        return line

    def _id(self, sent: Any) -> str:
        if sent is not None and str(sent) in self.old and str(sent) not in self.used:
            self.used.add(str(sent))
            return str(sent)
        self.last_id += 1
        return str(self.last_id)

    def _sale(self, line: Body) -> Body:
        """Amount is needed (documented); with both Qty and UnitPrice it must be their product, rounded half up:
        6070. Without ItemRef the company's default item is meant (documented)."""
        if SALES not in line:
            raise faults.required(f"Line.{SALES}")
        if "Amount" not in line:
            raise faults.required("Line.Amount")
        detail, before = dict(line[SALES]), self.old.get(line["Id"], {})
        priced = "Qty" in detail and "UnitPrice" in detail and "TaxInclusiveAmt" not in detail
        if priced and rounded(Decimal(detail["Qty"]) * Decimal(detail["UnitPrice"])) != Decimal(
            line["Amount"]
        ):
            raise faults.amount_differs(rounded(Decimal(line["Amount"])))
        if "ItemRef" not in detail:
            default = settings.other_preference(self.books, "SalesFormsPrefs.DefaultItem")
            if not default:
                raise faults.required("Line.SalesItemLineDetail.ItemRef")
            detail["ItemRef"] = {"value": default}
        self._item(line["Id"], detail, before.get(SALES, {}))
        self._tax_code(detail)
        if "ClassRef" in detail:
            if self.line_classes:
                _check(self.books, "Class", detail["ClassRef"], before.get(SALES, {}).get("ClassRef"))
            else:
                basics.refuse_misplaced_class(self.books)
                del detail["ClassRef"]  # sent in the wrong place it is dropped without a word (reported)
        line[SALES] = {name: detail[name] for name in _DETAIL_ORDER if name in detail}
        return line

    def _item(self, line_id: str, detail: Body, before: Body) -> None:
        if detail["ItemRef"]["value"] == SHIPPING_ITEM:
            account = settings.preference(self.books, "SalesFormsPrefs", "DefaultShippingAccount")
            detail["ItemAccountRef"] = {"value": str(account or default_income(self.books))}
            return
        same = before.get("ItemRef", {}).get("value") == detail["ItemRef"]["value"]
        item = _check(self.books, "Item", detail["ItemRef"], before.get("ItemRef"))
        if same and "ItemAccountRef" in before:
            detail["ItemAccountRef"] = before["ItemAccountRef"]
        else:
            if item.body["Type"] in ("Category", "Group"):
                raise faults.business(f"A {item.body['Type'].lower()} cannot be sold on a line of its own.")
            if "IncomeAccountRef" not in item.body:
                raise faults.Fault(
                    "2390", "Item has no income account", "The item has no income account.", element=""
                )
            detail["ItemAccountRef"] = item.body["IncomeAccountRef"]
        if item.body.get("TrackQtyOnHand"):
            self._move(line_id, item, detail)

    def _move(self, line_id: str, item: Record, detail: Body) -> None:
        """Stock leaves at the item's purchase cost of the day (the real service counts first in, first out)."""
        if self.change.body.get("TxnDate", "9") < item.body.get("InvStartDate", ""):
            raise faults.before_inventory_start()
        known = self.change.before.get("_stock", {}).get(line_id)
        cost = known[2] if known and known[0] == item.id else item.body.get("PurchaseCost", ZERO)
        moved = [
            item.id,
            detail.get("Qty", Decimal(1)),
            cost,
            item.body["AssetAccountRef"]["value"],
            item.body["ExpenseAccountRef"]["value"],
        ]
        self.stock[line_id] = moved

    def _tax_code(self, detail: Body) -> None:
        """US: TAX or NON, 6100 for another (documented), NON when left out (recorded). Elsewhere a real code."""
        code = detail.get("TaxCodeRef", {}).get("value")
        if self.us:
            if code is None:
                detail["TaxCodeRef"] = {"value": "NON"}
            elif code not in ("TAX", "NON"):
                raise faults.bad_line_tax_code(code)
            return
        if self.change.body.get("GlobalTaxCalculation") == "NotApplicable":
            detail.pop("TaxCodeRef", None)
            return
        if code is None:
            raise faults.business("Make sure all your transactions have a GST/HST rate before you save.")
        if self.books.get("TaxCode", code) is None:
            raise faults.invalid_reference("TaxCodes", code)

    def _group(self, line: Body) -> Body:
        """A bundle's components become lines inside of it; the outer amount is 0 (recorded in newer answers)."""
        detail = dict(line.get(GROUP, {}))
        if "GroupItemRef" not in detail:
            raise faults.required("Line.GroupLineDetail.GroupItemRef")
        before = self.old.get(line["Id"], {}).get(GROUP, {}).get("GroupItemRef")
        bundle = _check(self.books, "Item", detail["GroupItemRef"], before)
        detail.setdefault("Quantity", Decimal(1))
        inner = detail.get("Line") or [
            self._component(part, Decimal(detail["Quantity"]))
            for part in bundle.body.get("ItemGroupDetail", {}).get("ItemGroupLine", ())
        ]
        settled = [self.settle(each) for each in inner]
        for number, each in enumerate(settled, 1):
            each["LineNum"] = number
        detail["Line"] = [_ordered_line(each) for each in settled]
        return {**line, "Amount": ZERO, GROUP: detail}

    def _component(self, part: Body, times: Decimal) -> Body:
        item = _check(self.books, "Item", part["ItemRef"], None)
        quantity, price = Decimal(part.get("Qty", 1)) * times, Decimal(item.body.get("UnitPrice", 0))
        detail: Body = {"ItemRef": part["ItemRef"], "Qty": unpadded(quantity), "UnitPrice": price}
        if not self.us and "SalesTaxCodeRef" in item.body:
            detail["TaxCodeRef"] = item.body["SalesTaxCodeRef"]
        elif self.us and item.body.get("Taxable"):
            detail["TaxCodeRef"] = {"value": "TAX"}
        return {"Amount": padded(quantity * price), "DetailType": SALES, SALES: detail}


def default_income(books: Books) -> str:
    """The income account of the default item."""
    item = books.get("Item", settings.other_preference(books, "SalesFormsPrefs.DefaultItem"))
    if item is None or "IncomeAccountRef" not in item.body:
        raise faults.required("Line.SalesItemLineDetail.ItemRef")
    return str(item.body["IncomeAccountRef"]["value"])


def show_lines(books: Books, lines: list[Body]) -> list[Body]:
    """Lines as a client sees them: references with the names their targets have now."""
    printed = []
    for line in lines:
        name = _detail_name(line)
        if line.get(name):
            line = {**line, name: _shown(books, line[name])}
        printed.append(line)
    return printed


def _detail_name(line: Body) -> str:
    """The member a line's detail is in; the linked lines of a deposit have no DetailType (recorded)."""
    kind: str = line.get("DetailType", "DepositLineDetail")
    return "DescriptionLineDetail" if kind == DESCRIPTION else kind


def _shown(books: Books, detail: Body) -> Body:
    printed = dict(detail)
    for name, value in detail.items():
        entity = _NAMED.get(name)
        if entity is not None:
            record = books.table(entity).rows.get(value["value"])
            if record is not None:
                body = record.body
                shown = (
                    body["DisplayName"]
                    if entity == "Customer"
                    else body.get("FullyQualifiedName") or body["Name"]
                )
                printed[name] = {"value": value["value"], "name": shown}
        elif name == "Line":
            printed[name] = show_lines(books, value)
    return printed


def _discount(change: Change, line: Body) -> list[Body]:
    """Needs AllowDiscount (without it refused or, by a switch, dropped); the account is DefaultDiscountAccount
    (recorded)."""
    if not settings.preference(change.books, "SalesFormsPrefs", "AllowDiscount", True):
        if not change.books.knobs.discounts_off_refused:
            return []
        raise faults.business("Discounts are turned off for this company.")
    detail = dict(line.get(DISCOUNT, {}))
    detail.setdefault("PercentBased", "DiscountPercent" in detail)
    if detail["PercentBased"] and "DiscountPercent" not in detail:
        raise faults.required("Line.DiscountLineDetail.DiscountPercent")
    if not detail["PercentBased"] and "Amount" not in line:
        raise faults.required("Line.Amount")
    if "DiscountAccountRef" not in detail:
        account = settings.preference(change.books, "SalesFormsPrefs", "DefaultDiscountAccount")
        if account is None:
            raise faults.required("Line.DiscountLineDetail.DiscountAccountRef")
        detail["DiscountAccountRef"] = {"value": str(account)}
    if change.books.get("Account", detail["DiscountAccountRef"]["value"]) is None:
        raise faults.invalid_reference("Accounts", detail["DiscountAccountRef"]["value"])
    if not settings.classes_per_line(change.books):
        detail.pop("ClassRef", None)
    return [{"Amount": line.get("Amount", ZERO), "DetailType": DISCOUNT, DISCOUNT: detail}]


def _check(books: Books, entity: str, reference: Body, before: Body | None) -> Record:
    """The record a line points to: 2500 when missing, in other words when inactive and newly pointed to."""
    record = books.get(entity, reference["value"])
    if record is None:
        raise faults.invalid_reference(books.entities[entity].reference_label, reference["value"])
    if not record.active and (before is None or before["value"] != reference["value"]):
        raise faults.inactive_reference(settings.inactive_code(books, entity))
    return record


def _with_ids(lines: Any) -> Iterator[Body]:
    for line in lines:
        if "Id" in line:
            yield line
        if line["DetailType"] == GROUP:
            yield from _with_ids(line[GROUP].get("Line", ()))


_LINE_ORDER = (
    "Id", "LineNum", "Description", "Amount", "LinkedTxn", "DetailType", SALES, GROUP, "DescriptionLineDetail",
)  # fmt: skip


def _ordered_line(line: Body) -> Body:
    return {name: line[name] for name in _LINE_ORDER if name in line}
