"""Decides how an invoice's rows and the lines, discount and tax of a QuickBooks sales form say the same. Pure.

A row is what the practice's door shows: kind (item, discount, tax, write_off), item, description, quantity, rate,
amount, date, taxable, class; and which tax code a taxable one has, see ``row_taxes``. Amounts that lower the total are
negative; all rows add up to the total.

In QuickBooks a discount is one line for the whole form, tax stands beside the lines, and a write-off is an item line
of a negative amount (Intuit's Invoice reference; a negative line is recorded on a credit memo).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tieout.quickbooks.codecs import plain
from tieout.reconcile.spec import Document
from tieout.reconcile.state import Scalar, Value

SALES, DISCOUNT, GROUP = "SalesItemLineDetail", "DiscountLineDetail", "GroupLineDetail"
SUBTOTAL, TEXT = "SubTotalLineDetail", "DescriptionOnly"
TAXED, UNTAXED = "TAX", "NON"
"""The American line codes; elsewhere a step puts real ones in their place."""
LINE_CODES = "line_codes"
"""The fact of a document outside the US: the tax code of each item line, with spaces between."""
MOST_LINES = 745
"""QuickBooks takes 750 lines on a taxed form, its own subtotal and the discount among them."""
LONGEST_DESCRIPTION = 4000
_CENT = Decimal("0.01")
Row = Mapping[str, Scalar]


def rows_of(document: Document) -> Value:
    """A form's lines, discount and tax as rows, in QuickBooks' order."""
    rows = list(_item_rows(document, document.get("Line") or ()))
    tax = document.get("TxnTaxDetail") or {}
    if total := _decimal(tax.get("TotalTax")):
        rows.append(_row("tax", amount=total, tax_code=_ref(tax, "TxnTaxCodeRef")))
    return tuple(rows)


def write_rows(value: Value, document: dict[str, Any]) -> None:
    """The lines, discount and tax that say these rows. A write-off still lacks its item: a step gives it."""
    rows: tuple[Row, ...] = value if isinstance(value, tuple) else ()
    lines = [_item_line(row) for row in rows if row["kind"] in ("item", "write_off")]
    discount = -_sum(rows, "discount")
    if discount:
        lines.append({"Amount": discount, "DetailType": DISCOUNT, DISCOUNT: {"PercentBased": False}})
    document["Line"] = lines
    document["ApplyTaxAfterDiscount"] = True
    tax = _sum(rows, "tax")
    if tax or any(row["kind"] == "tax" for row in rows):
        document["TxnTaxDetail"] = {"TotalTax": tax}
        codes = {str(row.get("tax_code") or "") for row in item_rows(rows) if row.get("taxable")} - {""}
        if len(codes) == 1:
            document["TxnTaxDetail"]["TxnTaxCodeRef"] = {"value": codes.pop()}


def problem_with(value: Value) -> str | None:
    """Why QuickBooks would not take these rows, as the end of a sentence."""
    rows: tuple[Row, ...] = value if isinstance(value, tuple) else ()
    items = item_rows(rows)
    if not items:
        return "have no service item"
    if len(rows) > MOST_LINES:
        return f"are {len(rows)}; the limit there is {MOST_LINES}"
    for number, row in enumerate(items, 1):
        if len(str(row.get("description") or "")) > LONGEST_DESCRIPTION:
            return f"have a description in row {number} that is longer than {LONGEST_DESCRIPTION} characters"
        if product(row) != _decimal(row.get("amount")):
            return f"have an amount in row {number} that is not quantity times rate"
    return None


def item_rows(rows: tuple[Row, ...]) -> list[Row]:
    return [row for row in rows if row.get("kind") == "item"]


def line_codes(document: Document) -> str:
    """The fact ``LINE_CODES``; empty in the US, where lines have no codes of their own. "-" for a line without one."""
    codes = [code or "-" for code in _codes(document.get("Line") or ())]
    return " ".join(codes) if set(codes) - {TAXED, UNTAXED, "-"} else ""


def _codes(lines: Any) -> Iterator[str]:
    for line in lines:
        if line.get("DetailType") == SALES and _decimal(line.get("Amount")) >= 0:
            yield _ref(line.get(SALES) or {}, "TaxCodeRef")
        elif line.get("DetailType") == GROUP:
            yield from _codes((line.get(GROUP) or {}).get("Line") or ())


def product(row: Row) -> Decimal:
    """Quantity times rate, rounded half up as QuickBooks checks it (6070)."""
    return (_decimal(row.get("quantity")) * _decimal(row.get("rate"))).quantize(_CENT, ROUND_HALF_UP)


def class_of_all(lines: list[dict[str, Any]]) -> set[str]:
    """The classes the item lines have, "" among them when one has none."""
    return {_ref(line.get(SALES) or {}, "ClassRef") for line in lines if line["DetailType"] == SALES}


def _item_line(row: Row) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "Qty": plain(_decimal(row.get("quantity"))),
        "UnitPrice": plain(_decimal(row.get("rate"))),
        "TaxCodeRef": {"value": (row.get("tax_code") or TAXED) if row.get("taxable") else UNTAXED},
    }
    for member, part in (("ItemRef", "item"), ("ClassRef", "class")):
        if row.get(part):
            detail[member] = {"value": row[part]}
    if row.get("date"):
        detail["ServiceDate"] = row["date"]
    line = {"Amount": _decimal(row.get("amount")), "DetailType": SALES, SALES: detail}
    if row.get("description"):
        line["Description"] = row["description"]
    return line


def _item_rows(document: Document, lines: Any) -> Iterator[dict[str, Scalar]]:
    for line in lines:
        kind = line.get("DetailType")
        text, amount = str(line.get("Description") or ""), _decimal(line.get("Amount"))
        if kind == SALES:
            detail = line.get(SALES) or {}
            quantity = _decimal(detail.get("Qty", 1))
            yield _row(
                "item" if amount >= 0 else "write_off",
                item=_ref(detail, "ItemRef") if amount >= 0 else "",
                description=text,
                quantity=plain(quantity),
                rate=plain(_decimal(detail.get("UnitPrice", amount))),
                amount=amount,
                date=str(detail.get("ServiceDate") or ""),
                taxable=_ref(detail, "TaxCodeRef") not in ("", UNTAXED),
                **{"class": _ref(detail, "ClassRef") or _ref(document, "ClassRef")},
            )
        elif kind == DISCOUNT:
            yield _row("discount", description="Discount", amount=-amount)
        elif kind == GROUP:
            yield from _item_rows(document, (line.get(GROUP) or {}).get("Line") or ())
        elif kind == TEXT:
            yield _row("text", description=text)


def _row(kind: str, *, amount: Decimal = Decimal(0), **parts: Scalar) -> dict[str, Scalar]:
    empty: dict[str, Scalar] = {
        "item": "",
        "description": "",
        "quantity": Decimal(1),
        "rate": amount,
        "date": "",
        "taxable": False,
        "class": "",
    }
    return {"kind": kind, "amount": amount, **empty, **parts}


def _sum(rows: tuple[Row, ...], kind: str) -> Decimal:
    return sum((_decimal(row.get("amount")) for row in rows if row["kind"] == kind), Decimal(0))


def _decimal(value: object) -> Decimal:
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


def _ref(holder: Mapping[str, Any], name: str) -> str:
    return str((holder.get(name) or {}).get("value") or "")
