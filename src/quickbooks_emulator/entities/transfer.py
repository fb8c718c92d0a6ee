"""Decides: what a Transfer between two accounts and a CreditCardPayment are."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator import faults
from quickbooks_emulator.entities import references
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    Field,
    Kind,
    Rule,
    ignored,
    reference,
    text,
)
from quickbooks_emulator.forms import basics
from quickbooks_emulator.forms.shapes import ZERO, money_field, number_field
from quickbooks_emulator.ledger.paid import between
from quickbooks_emulator.ledger.post import post, unpost

_BALANCE_SHEET = ("Bank", "Other Current Asset", "Fixed Asset", "Other Asset", "Credit Card",
                  "Other Current Liability", "Long Term Liability", "Equity")  # fmt: skip


def _amount(name: str) -> Rule:
    """More than nothing: 2240 for a negative amount, 6000 for none (a switch)."""

    def rule(change: Change) -> None:
        if Decimal(change.body[name]) < 0:
            raise faults.bad_value("2240", "Number Range", change.body[name], name)
        if not Decimal(change.body[name]) and not change.body.get("PrivateNote", "").startswith(
            basics.VOIDED
        ):
            if change.books.knobs.empty_transfer_code == "2240":
                raise faults.bad_value("2240", "Number Range", change.body[name], name)
            raise faults.business("You must set a transaction amount.")

    return rule


def _types(**allowed: tuple[str, ...]) -> Rule:
    def rule(change: Change) -> None:
        for name, types in allowed.items():
            account = change.books.get("Account", change.body[name]["value"])
            if account is not None and account.body["AccountType"] not in types:
                raise faults.invalid_account_type(f"{name} cannot be an account of this type.")

    return rule


def _two_accounts(change: Change) -> None:
    if change.body["FromAccountRef"]["value"] == change.body["ToAccountRef"]["value"]:
        raise faults.business("You can't transfer money to the same account.")


def _void(name: str) -> Rule:
    def rule(change: Change) -> None:
        change.body[name] = ZERO

    return rule


_HEAD = (
    BASE,
    Field("TxnDate", Kind.DATE).queried(),
    Field("CurrencyRef", Kind.REF),
    number_field("ExchangeRate"),
    text("PrivateNote", 4000),
)
_IGNORED = ("AttachableRef", "CustomField", "RecurDataRef", "Tag", "TransactionLocationType", "TxnSource", "TxnStatus",
            "LinkedTxn", "Line", "DocNumber", "TxnTaxDetail")  # fmt: skip

TRANSFER = Entity(
    name="Transfer",
    family=Family.TRANSACTION,
    noun="transfer",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        reference("FromAccountRef", "Account", named=True),
        reference("ToAccountRef", "Account", named=True),
        money_field("Amount").queried(),
        *_HEAD,
        *(ignored(name) for name in (*_IGNORED, "TransferEx")),
    ),
    rules=(
        basics.require("FromAccountRef", "ToAccountRef", "Amount"),
        basics.date_it,
        basics.open_period,
        references.check_references,
        basics.currency_of("Customer", "CustomerRef"),
        _amount("Amount"),
        _types(FromAccountRef=_BALANCE_SHEET, ToAccountRef=_BALANCE_SHEET),
        _two_accounts,
    ),
    afterwards=(post,),
    void_by_person=(basics.open_period, _void("Amount"), basics.void_note),
    removing=(basics.open_period,),
    removed=(unpost,),
    post=between("ToAccountRef", "FromAccountRef", "Amount"),
    events=("Create", "Update", "Delete", "Void"),
)

CREDIT_CARD_PAYMENT = Entity(
    name="CreditCardPayment",
    family=Family.TRANSACTION,
    noun="credit card payment",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        reference("BankAccountRef", "Account", named=True),
        reference("CreditCardAccountRef", "Account", named=True),
        money_field("Amount").queried(),
        reference("VendorRef", "Vendor", named=True),
        text("CheckNum", 21),
        text("Memo", 4000),
        Field("PrintStatus", Kind.ENUM, values=("NotSet", "NeedToPrint", "PrintComplete")),
        *_HEAD,
        *(ignored(name) for name in _IGNORED),
    ),
    rules=(
        basics.require("BankAccountRef", "CreditCardAccountRef", "Amount"),
        basics.date_it,
        basics.open_period,
        references.check_references,
        basics.currency_of("Vendor", "VendorRef"),
        _amount("Amount"),
        _types(BankAccountRef=("Bank",), CreditCardAccountRef=("Credit Card",)),
    ),
    afterwards=(post,),
    removing=(basics.open_period,),
    removed=(unpost,),
    post=between("CreditCardAccountRef", "BankAccountRef", "Amount"),
    events=("Create", "Update", "Delete", "Void"),
)
