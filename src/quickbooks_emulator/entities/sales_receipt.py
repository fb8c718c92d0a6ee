"""Decides: what a SalesReceipt is: a sale paid at once."""

from __future__ import annotations

from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    Entity,
    Family,
    Kind,
    ignored,
    read_only,
    reference,
    text,
)
from quickbooks_emulator.forms import basics, sales, settle
from quickbooks_emulator.forms.numbers import SALES
from quickbooks_emulator.forms.shapes import ZERO
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.post import post, unpost
from quickbooks_emulator.ledger.sales import sale


def default_deposit_account(change: Change) -> None:
    """Undeposited Funds (recorded)."""
    if "DepositToAccountRef" not in change.body:
        change.body["DepositToAccountRef"] = {"value": accounts.undeposited(change.books)}


def no_balance(change: Change) -> None:
    """Balance is always 0 (recorded)."""
    change.body["Balance"] = ZERO


SALES_RECEIPT = Entity(
    name="SalesReceipt",
    family=Family.TRANSACTION,
    noun="sales receipt",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        *sales.HEAD,
        reference("ShipMethodRef", None),
        text("TrackingNum", 31),
        *sales.TOTALS,
        read_only("Balance", Kind.MONEY).queried(),
        reference("PaymentMethodRef", "PaymentMethod", named=True).filtered(),
        text("PaymentRefNum", 21).filtered(),
        reference("DepositToAccountRef", "Account", named=True).filtered(),
        *(ignored(name) for name in ("DueDate", "SalesTermRef", "ShipDate", "DeliveryInfo", "ARAccountRef")),
        *sales.others("ShipMethodRef"),
    ),
    rules=(
        *sales.rules(family=SALES),
        settle.refuse_deposited,
        default_deposit_account,
        sales.need_deposit_account,
        no_balance,
    ),
    afterwards=(post,),
    voiding=(settle.refuse_deposited, basics.open_period, *sales.VOIDING),
    removing=(basics.open_period, settle.refuse_deposited),
    removed=(unpost,),
    post=sale(owed=False, sign=1),
    compute=sales.home_total,
    indexed=sales.INDEXED,
    more_indexes=sales.INDEXES,
    events=("Create", "Update", "Delete", "Void", "Emailed"),
)
