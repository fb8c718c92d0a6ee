"""Decides: what a BillPayment is."""

from __future__ import annotations

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
    boolean,
    ignored,
    reference,
    text,
)
from quickbooks_emulator.forms import basics, numbers, payments, settle
from quickbooks_emulator.forms.applied import linked_ids
from quickbooks_emulator.forms.shapes import LINK, Shape, many, money_field, number_field, one, ref
from quickbooks_emulator.ledger.paid import bill_payment, paying_account
from quickbooks_emulator.ledger.post import post, unpost
from quickbooks_emulator.store.books import Books

TARGETS = ("Bill", "VendorCredit", "JournalEntry")
_GROUP = {"Check": ("CheckPayment", "BankAccountRef", "Bank"), "CreditCard": ("CreditCardPayment", "CCAccountRef", "Credit Card")}  # fmt: skip
_CHECK = Shape(
    "BillPaymentCheck",
    (
        ref("BankAccountRef", "Account"),
        Field("PrintStatus", Kind.ENUM, values=("NotSet", "NeedToPrint", "PrintComplete")),
    ),
    ignored=("CheckDetail", "PayeeAddr"),
)
_CARD = Shape("BillPaymentCreditCard", (ref("CCAccountRef", "Account"),), ignored=("CCDetail",))


def check_account(change: Change) -> None:
    """Check is paid from a bank account, CreditCard from a card (6430); the group of the other is dropped."""
    body = change.body
    group, name, type_ = _GROUP[body["PayType"]]
    for other, _, _ in _GROUP.values():
        if other != group:
            body.pop(other, None)
    if name not in body.get(group, {}):
        raise faults.required(f"{group}.{name}")
    account = change.books.get("Account", paying_account(body))
    if account is None:
        raise faults.invalid_reference("Accounts", paying_account(body))
    if account.body["AccountType"] != type_:
        raise faults.invalid_account_type(f"{name} must be an account of type {type_}.")
    if group == "CheckPayment":
        body[group] = {**body[group], "PrintStatus": body[group].get("PrintStatus", "NotSet")}


def _show(books: Books, group: Body) -> Body:
    printed = dict(group)
    for name in ("BankAccountRef", "CCAccountRef"):
        account = books.get("Account", group[name]["value"]) if name in group else None
        if account is not None:
            printed[name] = {"value": account.id, "name": account.body["FullyQualifiedName"]}
    return printed


BILL_PAYMENT = Entity(
    name="BillPayment",
    family=Family.TRANSACTION,
    noun="bill payment",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        reference("VendorRef", "Vendor", named=True).filtered(),
        Field("PayType", Kind.ENUM, values=("Check", "CreditCard")),
        Field("CheckPayment", form=one(_CHECK), show=_show),
        Field("CreditCardPayment", form=one(_CARD), show=_show),
        money_field("TotalAmt").queried(),
        BASE,
        text("DocNumber", 21).queried(),
        Field("TxnDate", Kind.DATE).queried(),
        reference("DepartmentRef", "Department", named=True),
        Field("CurrencyRef", Kind.REF),
        number_field("ExchangeRate"),
        text("PrivateNote", 4000),
        boolean("ProcessBillPayment"),
        Field("LinkedTxn", form=many(LINK)),
        Field("Line", form=many(payments.LINE), show=payments.show_plain_lines),
        reference("APAccountRef", "Account"),
        *(
            ignored(name)
            for name in (
                "AttachableRef",
                "BillPaymentEx",
                "CustomField",
                "PayeeAddr",
                "Tag",
                "TransactionLocationType",
                "TxnSource",
                "TxnStatus",
                "TxnTaxDetail",
            )
        ),
    ),
    rules=(
        basics.require("VendorRef", "PayType"),
        basics.date_it,
        basics.open_period,
        references.check_references,
        basics.currency_of("Vendor", "VendorRef"),
        basics.header_tracking,
        check_account,
        payments.settle_lines(TARGETS),
        payments.settle_paid,
        numbers.number(("BillPayment",), automatic=False, warning="WarnDuplicateCheckNumber"),
        payments.keep_links,
    ),
    afterwards=(post, settle.refresh_linked),
    voiding=(basics.open_period, payments.void_payment, basics.void_note),
    removing=(basics.open_period,),
    removed=(unpost, settle.refresh_linked),
    post=bill_payment,
    indexed=("DocNumber", "VendorRef"),
    more_indexes=(("linked", linked_ids),),
    events=("Create", "Update", "Delete", "Void"),
)
