"""Decides: how reports call transactions, and which columns a call chose."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from quickbooks_emulator import faults
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.reports.asked import Asked

_NAMES = {
    "BillPayment": "Bill Payment",
    "CreditCardPayment": "Credit Card Payment",
    "CreditMemo": "Credit Memo",
    "InventoryAdjustment": "Inventory Qty Adjust",
    "Item": "Inventory Starting Value",
    "JournalEntry": "Journal Entry",
    "PurchaseOrder": "Purchase Order",
    "RefundReceipt": "Refund",
    "SalesReceipt": "Sales Receipt",
    "TimeActivity": "Time Charge",
    "VendorCredit": "Vendor Credit",
}
_PAID_BY = {"Check": "Bill Payment (Check)", "CreditCard": "Bill Payment (Credit Card)"}
_SPENT_BY = {"Cash": "Expense", "Check": "Check", "CreditCard": "Credit Card Expense"}


def type_name(entity: str, body: Body) -> str:
    """The words of the Transaction Type column."""
    if entity == "BillPayment":
        return _PAID_BY.get(body.get("PayType", ""), _NAMES[entity])
    if entity == "Purchase":
        if body.get("Credit") and body.get("PaymentType") == "CreditCard":
            return "Credit Card Credit"
        return _SPENT_BY.get(body.get("PaymentType", ""), "Expense")
    return _NAMES.get(entity, entity)


def named_columns(asked: Asked, known: Collection[str], default: Sequence[str]) -> list[str]:
    """The columns of `columns=`, in its order; the report's own without it. 2170 for one it does not have."""
    names = [name.lower() for name in asked.filter("columns")]
    for name in names:
        if name not in known:
            raise faults.Fault(
                "2170", "Invalid Enumeration", f"Invalid Enumeration : {name}", element="columns"
            )
    return list(dict.fromkeys(names)) or list(default)
