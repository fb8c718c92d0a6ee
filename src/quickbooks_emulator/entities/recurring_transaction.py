"""Decides: what a RecurringTransaction is: a template kept as it was sent; it posts nothing by itself."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import BASE, Entity, Family, Field, Kind

KINDS = (
    "Bill", "CreditMemo", "Deposit", "Estimate", "Invoice", "JournalEntry", "Purchase", "PurchaseOrder",
    "RefundReceipt", "SalesReceipt", "Transfer", "VendorCredit",
)  # fmt: skip


def one_template(change: Change) -> None:
    """Exactly one kind of transaction, with RecurringInfo.RecurType (documented)."""
    named = [kind for kind in KINDS if kind in change.body]
    if len(named) != 1 or not isinstance(change.body[named[0]], dict):
        raise faults.required("RecurringTransaction")
    info = change.body[named[0]].get("RecurringInfo")
    if not isinstance(info, dict) or not info.get("RecurType"):
        raise faults.required("RecurringInfo.RecurType")


RECURRING_TRANSACTION = Entity(
    name="RecurringTransaction",
    family=Family.TRANSACTION,
    noun="recurring transaction",
    sequence="transactions",
    reference_label="Transactions",
    fields=(*(Field(kind, Kind.OPEN) for kind in KINDS), BASE),
    rules=(one_template,),
    events=(),
)
