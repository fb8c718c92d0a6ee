"""Decides: what a printed transaction says, as lines of text for a fixed-width font."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.store.books import Books

_WIDTH = 92
_AMOUNT = 14
_TITLES = {
    "CreditMemo": "CREDIT MEMO", "PurchaseOrder": "PURCHASE ORDER", "RefundReceipt": "REFUND RECEIPT",
    "SalesReceipt": "SALES RECEIPT",
}  # fmt: skip
_ADDRESS = ("Line1", "Line2", "Line3", "Line4", "Line5", "City", "CountrySubDivisionCode", "PostalCode")


def lines(books: Books, entity: str, shown: Body) -> list[str]:
    """`shown`: the transaction as a client reads it."""
    made = [books.company.name, "", _TITLES.get(entity, entity.upper()), ""]
    made += [f"{label:<10}{value}" for label, value in _head(shown) if value]
    made += ["", *_party(shown), "", _columns("Description", "Amount"), "-" * _WIDTH]
    for line in shown.get("Line", ()):
        made += _line(line)
    made += ["-" * _WIDTH, *_totals(shown)]
    memo = shown.get("CustomerMemo", {}).get("value", "")
    return [*made, "", *textwrap.wrap(memo, _WIDTH)]


def _head(shown: Body) -> Iterator[tuple[str, str]]:
    yield "Number", str(shown.get("DocNumber", shown.get("PaymentRefNum", "")))
    yield "Date", shown.get("TxnDate", "")
    yield "Due", shown.get("DueDate", "")
    yield "Terms", shown.get("SalesTermRef", {}).get("name", "")


def _party(shown: Body) -> Iterator[str]:
    party = shown.get("CustomerRef") or shown.get("VendorRef") or {}
    yield party.get("name", "")
    address = shown.get("BillAddr") or shown.get("VendorAddr") or {}
    for name in _ADDRESS:
        if address.get(name):
            yield str(address[name])


def _line(line: Body) -> list[str]:
    detail: Any = line.get(line.get("DetailType", ""), {})
    if line.get("DetailType") == "SubTotalLineDetail":
        return [_columns("Subtotal", line.get("Amount", ""))]
    name = detail.get("ItemRef", {}).get("name") or detail.get("AccountRef", {}).get("name") or ""
    text = " - ".join(part for part in (name, line.get("Description", "")) if part)
    if detail.get("Qty") is not None and detail.get("UnitPrice") is not None:
        text += f" ({detail['Qty']} x {detail['UnitPrice']})"
    wrapped = textwrap.wrap(text or line.get("DetailType", ""), _WIDTH - _AMOUNT - 2) or [""]
    return [_columns(wrapped[0], line.get("Amount", "")), *wrapped[1:]]


def _totals(shown: Body) -> Iterator[str]:
    tax = shown.get("TxnTaxDetail", {}).get("TotalTax")
    if tax:
        yield _columns("Tax", tax)
    currency = shown.get("CurrencyRef", {}).get("value", "")
    yield _columns(f"Total {currency}".strip(), shown.get("TotalAmt", 0))
    if "Balance" in shown:
        yield _columns("Balance due", shown["Balance"])


def _columns(text: str, amount: object) -> str:
    return f"{text:<{_WIDTH - _AMOUNT}.{_WIDTH - _AMOUNT - 1}}{amount!s:>{_AMOUNT}}"
