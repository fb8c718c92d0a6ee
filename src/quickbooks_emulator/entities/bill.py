"""Decides: what a Bill of a vendor is."""

from __future__ import annotations

from quickbooks_emulator.entities import references
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    Field,
    Kind,
    ignored,
    read_only,
    reference,
    text,
)
from quickbooks_emulator.forms import basics, numbers, orders, purchases, settle
from quickbooks_emulator.forms.lines import show_lines
from quickbooks_emulator.forms.shapes import LINK, TAX_DETAIL, many, number_field, one
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.post import post, unpost
from quickbooks_emulator.ledger.purchases import bought


def payable_account(change: Change) -> None:
    """APAccountRef is printed (recorded); the vendor's currency decides it."""
    currency = change.body["CurrencyRef"]["value"]
    change.body["APAccountRef"] = {"value": accounts.payable(change.books, currency)}


NEVER_KEPT = (
    "AttachableRef", "BillEx", "CheckPayment", "CreditCardPayment", "CustomField", "HomeBalance", "HomeTotalAmt",
    "IncludeInAnnualTPAR", "LessCIS", "PayerRef", "PaymentRefNum", "PaymentType", "RecurDataRef", "RemitToAddr",
    "RemitToRef", "ReplyEmail", "ShipAddr", "Tag", "TransactionLocationType", "TxnSource", "TxnStatus", "VendorAddr",
    "Memo",
)  # fmt: skip

BILL = Entity(
    name="Bill",
    family=Family.TRANSACTION,
    noun="bill",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        reference("SalesTermRef", "Term").filtered(),
        Field("DueDate", Kind.DATE).queried(),
        read_only("Balance", Kind.MONEY).queried(),
        BASE,
        text("DocNumber", 21).queried(),
        Field("TxnDate", Kind.DATE).queried(),
        reference("DepartmentRef", "Department", named=True).filtered(),
        Field("CurrencyRef", Kind.REF),
        number_field("ExchangeRate"),
        text("PrivateNote", 4000),
        Field("LinkedTxn", form=many(LINK)),
        Field("Line", form=many(purchases.LINE), show=show_lines),
        Field("TxnTaxDetail", form=one(TAX_DETAIL)),
        Field("GlobalTaxCalculation", form=basics.calculation),
        reference("VendorRef", "Vendor", named=True).filtered(),
        reference("APAccountRef", "Account", named=True),
        read_only("TotalAmt", Kind.MONEY).queried(),
        *(ignored(name) for name in NEVER_KEPT),
    ),
    rules=(
        basics.require("VendorRef"),
        basics.date_it,
        basics.open_period,
        references.check_references,
        basics.currency_of("Vendor", "VendorRef"),
        basics.header_tracking,
        purchases.settle_lines,
        purchases.settle_total,
        basics.default_due_date,
        payable_account,
        numbers.number(("Bill",), automatic=False, warning="WarnDuplicateBillNumber"),
        orders.check_links,
        settle.refuse_changed_name,
        settle.set_balance,
    ),
    afterwards=(post, settle.trim, orders.follow_links),
    removing=(basics.open_period,),
    removed=(unpost, settle.release, orders.follow_links),
    post=bought(owed=True, sign=lambda body: 1),
    indexed=purchases.INDEXED,
    more_indexes=purchases.INDEXES,
    events=("Create", "Update", "Delete"),
)
