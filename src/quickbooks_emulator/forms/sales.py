"""Decides: the members and rules that Invoice, CreditMemo, SalesReceipt, RefundReceipt and Estimate have in common."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.entities import references, settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Body,
    Field,
    Kind,
    Rule,
    Values,
    boolean,
    computed,
    ignored,
    read_only,
    reference,
    text,
)
from quickbooks_emulator.forms import basics, numbers
from quickbooks_emulator.forms.amounts import settle_amounts
from quickbooks_emulator.forms.applied import linked_ids
from quickbooks_emulator.forms.lines import SUBTOTAL, settle_lines, show_lines
from quickbooks_emulator.forms.shapes import (
    CUSTOM,
    LINK,
    MEMO,
    SALES_LINE,
    TAX_DETAIL,
    ZERO,
    many,
    number_field,
    one,
)
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

INDEXED = ("DocNumber", "CustomerRef")
INDEXES: tuple[tuple[str, Values], ...] = (("linked", linked_ids),)

HEAD: tuple[Field, ...] = (
    BASE,
    Field("CustomField", form=many(CUSTOM)),
    text("DocNumber", 21).queried(),
    Field("TxnDate", Kind.DATE).queried(),
    reference("DepartmentRef", "Department", named=True).filtered(),
    Field("CurrencyRef", Kind.REF),
    number_field("ExchangeRate"),
    text("PrivateNote", 4000),
    Field("LinkedTxn", form=many(LINK)),
    Field("Line", form=many(SALES_LINE), show=show_lines),
    Field("TxnTaxDetail", form=one(TAX_DETAIL)),
    reference("CustomerRef", "Customer", named=True).filtered(),
    Field("CustomerMemo", form=one(MEMO)),
    Field("BillAddr", Kind.ADDRESS),
    Field("ShipAddr", Kind.ADDRESS),
    boolean("FreeFormAddress"),
    Field("ShipFromAddr", Kind.ADDRESS),
    reference("ClassRef", "Class", named=True),
    reference("ProjectRef", None).filtered(),
)


def head_with(status: Field) -> tuple[Field, ...]:
    """The head with a status before the links (recorded for Estimate)."""
    place = next(number for number, field in enumerate(HEAD) if field.name == "LinkedTxn")
    return (*HEAD[:place], status, *HEAD[place:])


TOTALS: tuple[Field, ...] = (
    Field("GlobalTaxCalculation", form=basics.calculation),
    read_only("TotalAmt", Kind.MONEY).queried(),
    computed("HomeTotalAmt", Kind.MONEY),
    boolean("ApplyTaxAfterDiscount"),
    Field("PrintStatus", Kind.ENUM, values=("NotSet", "NeedToPrint", "PrintComplete"), default="NeedToPrint"),
    Field("EmailStatus", Kind.ENUM, values=("NotSet", "NeedToSend", "EmailSent"), default="NotSet"),
    Field("BillEmail", Kind.EMAIL, 100, form=basics.bill_emails),
    Field("BillEmailCc", Kind.EMAIL, 200, form=basics.bill_emails),
    Field("BillEmailBcc", Kind.EMAIL, 200, form=basics.bill_emails),
)
NEVER_KEPT = (
    "AttachableRef", "AutoDocNumber", "CheckPayment", "CreditCardPayment", "DebitMemo", "DeliveryAddr",
    "DiscountAmt", "DiscountRate", "DocumentLocationCode", "DueEpocDate", "FinanceCharge", "FOB",
    "ManuallyClosed", "PONumber", "RecurDataRef", "RemitToRef", "ReimburseCharge", "SalesRepRef", "ShipMethodName",
    "Tag", "TaxExemptionRef", "TaxFormNum", "TaxFormType", "TemplateRef", "TransactionLocationType", "TxnSource",
    "TxnStatusEx", "UnitPricing", "OverrideItemAccountEnabled", "PaymentType", "TxnApprovalInfo", "PaymentRefNumEx",
)  # fmt: skip
"""Members the service knows and a client may send; the emulator drops them."""


def others(*own: str) -> tuple[Field, ...]:
    """The never kept members, without those an entity has as its own."""
    return tuple(ignored(name) for name in NEVER_KEPT if name not in own)


def print_status(change: Change) -> None:
    """PrintStatus left out on create (recorded: NeedToPrint; a switch)."""
    if change.old is None and "PrintStatus" not in change.given:
        change.body["PrintStatus"] = change.books.knobs.new_print_status


def copies(change: Change) -> None:
    """BillEmailCc and BillEmailBcc left out on create come from SalesEmailCc and SalesEmailBcc (documented)."""
    for name, switch in (("BillEmailCc", "SalesEmailCc"), ("BillEmailBcc", "SalesEmailBcc")):
        wanted = settings.preference(change.books, "SalesFormsPrefs", switch)
        address = wanted.get("Address") if isinstance(wanted, dict) else wanted
        if change.old is None and name not in change.given and address:
            change.body[name] = {"Address": str(address)}


def rules(*needed: str, family: tuple[str, ...], posts: bool = True) -> tuple[Rule, ...]:
    """The rules up to the total. The service answers one fault, and so do these: of several mistakes the first here."""
    return (
        basics.require(*needed),
        basics.date_it,
        print_status,
        copies,
        *((basics.open_period,) if posts else ()),
        references.check_references,
        basics.currency_of("Customer", "CustomerRef"),
        basics.header_tracking,
        settle_lines,
        basics.customer_addresses,
        settle_amounts,
        basics.custom_fields("Sales"),
        basics.need_email,
        numbers.number(family),
    )


def home_total(books: Books, record: Record) -> Body:
    """HomeTotalAmt (and HomeBalance) where the company has several currencies (documented)."""
    body = record.body
    if "ExchangeRate" not in body:
        return {}
    made = {"HomeTotalAmt": basics.home_amount(body, Decimal(body["TotalAmt"]))}
    if "Balance" in body:
        made["HomeBalance"] = basics.home_amount(body, Decimal(body["Balance"]))
    return made


def void_lines(change: Change) -> None:
    """Each line's Amount, Qty and UnitPrice 0 where present, the subtotal 0, tax {TotalTax 0}, total and balance 0
    (recorded)."""
    body = change.body
    body["Line"] = [_emptied(line) for line in body["Line"]]
    if "TxnTaxDetail" in body:
        body["TxnTaxDetail"] = {"TotalTax": ZERO}
    body.pop("_stock", None)
    body.pop("_tax_override", None)
    for name in ("TotalAmt", "Balance", "RemainingCredit", "Deposit"):
        if name in body:
            body[name] = ZERO
    if "LinkedTxn" in body:
        body["LinkedTxn"] = []


VOIDING = (void_lines, basics.void_note)


def need_deposit_account(change: Change) -> None:
    """Money goes to (or leaves) a Bank or Other Current Asset account; another type is 6430 (documented)."""
    reference_ = change.body.get("DepositToAccountRef")
    if reference_ is None or not change.changed("DepositToAccountRef"):
        return
    account = change.books.get("Account", reference_["value"])
    if account is None:
        raise faults.invalid_reference("Accounts", reference_["value"])
    if account.body["AccountType"] not in ("Bank", "Other Current Asset"):
        raise faults.invalid_account_type(
            "DepositToAccountRef must be a bank or other current asset account."
        )


def _emptied(line: Body) -> Body:
    kept: dict[str, Any] = {**line}
    if "Amount" in line:
        kept["Amount"] = ZERO
    kind = line["DetailType"]
    detail = line.get(kind)
    if detail and kind != SUBTOTAL:
        kept[kind] = {name: ZERO if name in ("Qty", "UnitPrice") else value for name, value in detail.items()}
        kept[kind].pop("TaxInclusiveAmt", None)
        if "Line" in detail:
            kept[kind]["Line"] = [_emptied(each) for each in detail["Line"]]
    return kept
