"""Decides: what a Purchase is: an expense paid by cash, check or credit card."""

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
    computed,
    ignored,
    read_only,
    reference,
    text,
)
from quickbooks_emulator.forms import basics, numbers, purchases, settle
from quickbooks_emulator.forms.lines import show_lines
from quickbooks_emulator.forms.shapes import LINK, TAX_DETAIL, Shape, many, number_field, one
from quickbooks_emulator.ledger.accounts import PAYABLE, RECEIVABLE
from quickbooks_emulator.ledger.post import post, unpost
from quickbooks_emulator.ledger.purchases import bought
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

TYPES = ("Cash", "Check", "CreditCard")
_PAID_FROM = {"Cash": ("Bank", "Other Current Asset"), "Check": ("Bank",), "CreditCard": ("Credit Card",)}
_OWED = {RECEIVABLE: "Customer", PAYABLE: "Vendor"}
_ENTITY = Shape("ReferenceType", (Field("value"), Field("type")), ignored=("name",))


def check_account(change: Change) -> None:
    """The account must fit the payment type: 6430 (documented code). Credit is about cards only, PrintStatus about checks
    (recorded)."""
    body = change.body
    account = change.books.get("Account", body["AccountRef"]["value"])
    if account is not None and account.body["AccountType"] not in _PAID_FROM[body["PaymentType"]]:
        raise faults.invalid_account_type(f"{body['PaymentType']} cannot be paid from this account.")
    credit, printing = bool(body.pop("Credit", False)), body.pop("PrintStatus", "NotSet")
    if body["PaymentType"] == "CreditCard":
        body["Credit"] = credit
    elif body["PaymentType"] == "Check":
        body["PrintStatus"] = printing


def check_payee(change: Change) -> None:
    """EntityRef may be a customer, a vendor or an employee; without a type it is looked for in all three."""
    entity = change.body.get("EntityRef")
    if not entity:
        return
    kinds = (entity["type"],) if entity.get("type") else ("Vendor", "Customer", "Employee")
    for kind in kinds:
        if kind in change.books.entities and change.books.get(kind, entity["value"]) is not None:
            change.body["EntityRef"] = {"value": entity["value"], "type": kind}
            return
    raise faults.invalid_reference("Names", entity["value"])


def need_name(change: Change) -> None:
    """A line on A/R needs a customer as the payee, one on A/P a vendor (6000, as for journal entries)."""
    kind = change.body.get("EntityRef", {}).get("type", "")
    for line in change.body["Line"]:
        account = change.books.get(
            "Account", line.get(purchases.ACCOUNT, {}).get("AccountRef", {}).get("value", "")
        )
        type_ = account.body["AccountType"] if account is not None else ""
        if type_ in _OWED and kind != _OWED[type_]:
            raise faults.business(
                f"When you use {type_}, you must choose a {_OWED[type_].lower()} in the Name field."
            )


def payees_currency(change: Change) -> None:
    """The currency is the payee's (as for customers and vendors)."""
    basics.currency_of(change.body.get("EntityRef", {}).get("type", "Vendor"), "EntityRef")(change)


def _payee(books: Books, value: Body) -> Body:
    record = books.get(value.get("type", ""), value["value"]) if value.get("type") else None
    name = {"name": record.body["DisplayName"]} if record else {}
    return {"value": value["value"], **name, "type": value.get("type", "Vendor")}


def _unnumbered(books: Books, lines: list[Body]) -> list[Body]:
    """The lines of a purchase have an Id and no LineNum, unlike those of a bill (recorded)."""
    return [{name: line[name] for name in line if name != "LineNum"} for line in show_lines(books, lines)]


def _type_number(books: Books, record: Record) -> Body:
    """PurchaseEx names the kind of transaction (recorded: 1 for a card expense)."""
    value = {"Cash": "54", "Check": "3", "CreditCard": "1"}[record.body["PaymentType"]]
    pair = {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": "TxnType", "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }
    return {"PurchaseEx": {"any": [pair]}}


PURCHASE = Entity(
    name="Purchase",
    family=Family.TRANSACTION,
    noun="expense",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        reference("AccountRef", "Account", named=True).filtered(),
        reference("PaymentMethodRef", "PaymentMethod"),
        text("PaymentRefNum", 21),
        Field("PaymentType", Kind.ENUM, values=TYPES).queried(),
        Field("EntityRef", form=one(_ENTITY), show=_payee),
        boolean("Credit"),
        read_only("TotalAmt", Kind.MONEY).queried(),
        Field("PrintStatus", Kind.ENUM, values=("NotSet", "NeedToPrint", "PrintComplete")),
        computed("PurchaseEx"),
        BASE,
        text("DocNumber", 21).queried(),
        Field("TxnDate", Kind.DATE).queried(),
        reference("DepartmentRef", "Department", named=True).filtered(),
        Field("CurrencyRef", Kind.REF),
        number_field("ExchangeRate"),
        text("PrivateNote", 4000),
        Field("LinkedTxn", form=many(LINK)),
        Field("Line", form=many(purchases.LINE), show=_unnumbered),
        Field("TxnTaxDetail", form=one(TAX_DETAIL)),
        Field("GlobalTaxCalculation", form=basics.calculation),
        Field("RemitToAddr", Kind.ADDRESS),
        *(
            ignored(name)
            for name in (
                "AttachableRef",
                "CheckPayment",
                "CreditCardPayment",
                "CustomField",
                "RecurDataRef",
                "Tag",
                "TransactionLocationType",
                "TxnSource",
                "TxnStatus",
                "TxnNum",
                "Memo",
                "ExpenseOnBehalfOf",
                "IncludeInAnnualTPAR",
                "HomeTotalAmt",
            )
        ),
    ),
    rules=(
        basics.require("PaymentType", "AccountRef"),
        basics.date_it,
        basics.open_period,
        references.check_references,
        check_account,
        check_payee,
        payees_currency,
        basics.header_tracking,
        purchases.settle_lines,
        need_name,
        purchases.settle_total,
        settle.keep_owed,
        numbers.number(("Purchase",), automatic=False, warning="WarnDuplicateCheckNumber"),
    ),
    afterwards=(post, settle.trim_owed),
    removing=(basics.open_period,),
    removed=(unpost, settle.release),
    post=bought(owed=False, sign=lambda body: -1 if body.get("Credit") else 1),
    compute=_type_number,
    indexed=("DocNumber",),
    more_indexes=purchases.INDEXES,
    events=("Create", "Update", "Delete", "Void"),
)
