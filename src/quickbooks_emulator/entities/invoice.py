"""Decides: what an Invoice is."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator import faults
from quickbooks_emulator.entities import settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    computed,
    read_only,
    reference,
    text,
)
from quickbooks_emulator.forms import basics, estimates, sales, settle
from quickbooks_emulator.forms.automatic import use_credits
from quickbooks_emulator.forms.numbers import SALES
from quickbooks_emulator.forms.shapes import money_field
from quickbooks_emulator.ledger.post import post, unpost
from quickbooks_emulator.ledger.sales import sale


def settle_deposit(change: Change) -> None:
    """Deposit needs AllowDeposit; it lowers the balance without a Payment (documented in part). More than the total
    is 6460 (the code is a switch)."""
    body = change.body
    deposit = Decimal(body.get("Deposit", 0) or 0)
    if not settings.preference(change.books, "SalesFormsPrefs", "AllowDeposit"):
        body.pop("Deposit", None)
        return
    if deposit < 0 or deposit > Decimal(body["TotalAmt"]):
        sentence = "The deposit is not between 0 and the total."
        if change.books.knobs.deposit_too_large_code == "6000":
            raise faults.business(sentence)
        raise faults.Fault("6460", "Invalid deposit", sentence, element="")
    if not deposit:
        body.pop("Deposit", None)


_OWN = ("SalesTermRef", "ShipMethodRef", "DeliveryInfo", "InvoiceLink")

INVOICE = Entity(
    name="Invoice",
    family=Family.TRANSACTION,
    noun="invoice",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        money_field("Deposit"),
        boolean("AllowIPNPayment", default=False),
        boolean("AllowOnlinePayment", default=False),
        boolean("AllowOnlineCreditCardPayment", default=False),
        boolean("AllowOnlineACHPayment", default=False),
        boolean("AllowOnlinePayPalPayment"),
        boolean("AllowOnlineAffirmPayment"),
        read_only("EInvoiceStatus"),
        *sales.HEAD,
        reference("SalesTermRef", "Term", named=True).filtered(),
        Field("DueDate", Kind.DATE).queried(),
        Field("ShipDate", Kind.DATE),
        reference("ShipMethodRef", None),
        text("TrackingNum", 31),
        *sales.TOTALS,
        read_only("Balance", Kind.MONEY).queried(),
        computed("HomeBalance", Kind.MONEY),
        reference("DepositToAccountRef", "Account"),
        reference("ARAccountRef", None),
        read_only("DeliveryInfo", Kind.OPEN),
        read_only("InvoiceLink"),
        *sales.others(*_OWN),
    ),
    rules=(
        *sales.rules("CustomerRef", family=SALES),
        settle.refuse_changed_name,
        basics.default_due_date,
        sales.need_deposit_account,
        settle_deposit,
        estimates.check_link,
        settle.set_balance,
    ),
    afterwards=(post, settle.trim, estimates.follow_link, use_credits),
    voiding=(settle.refuse_void_of_paid, basics.open_period, *sales.VOIDING),
    removing=(basics.open_period,),
    removed=(unpost, settle.release, estimates.reopen),
    post=sale(owed=True, sign=1),
    compute=sales.home_total,
    indexed=sales.INDEXED,
    more_indexes=sales.INDEXES,
    events=("Create", "Update", "Delete", "Void", "Emailed"),
)
