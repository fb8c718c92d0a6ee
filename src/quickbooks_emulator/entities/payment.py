"""Decides: what a Payment of a customer is."""

from __future__ import annotations

from quickbooks_emulator.entities import references, settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    ignored,
    read_only,
    reference,
    text,
)
from quickbooks_emulator.forms import basics, payments, sales, settle
from quickbooks_emulator.forms.applied import SPENT, linked_ids
from quickbooks_emulator.forms.shapes import LINK, many, money_field, number_field
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.paid import payment
from quickbooks_emulator.ledger.post import post, unpost

TARGETS = ("Invoice", "CreditMemo", "JournalEntry", *SPENT)


def default_deposit_account(change: Change) -> None:
    """Undeposited Funds (recorded)."""
    if "DepositToAccountRef" not in change.body:
        change.body["DepositToAccountRef"] = {"value": accounts.undeposited(change.books)}


def open_period(change: Change) -> None:
    """6210; by a switch a sparse update in a closed period answers 200 and changes nothing (one report)."""
    closed = settings.preference(change.books, "AccountingInfoPrefs", "BookCloseDate")
    ignored = change.books.knobs.closed_period_payment_ignored and change.old is not None
    if ignored and closed and change.before.get("TxnDate", "9") <= closed:
        change.body = dict(change.before)
        return
    basics.open_period(change)


PAYMENT = Entity(
    name="Payment",
    family=Family.TRANSACTION,
    noun="payment",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        reference("CustomerRef", "Customer", named=True).filtered(),
        reference("DepositToAccountRef", "Account").filtered(),
        reference("PaymentMethodRef", "PaymentMethod").filtered(),
        text("PaymentRefNum", 21).filtered(),
        money_field("TotalAmt").queried(),
        read_only("UnappliedAmt", Kind.MONEY),
        boolean("ProcessPayment", default=False),
        BASE,
        Field("TxnDate", Kind.DATE).queried(),
        Field("CurrencyRef", Kind.REF),
        number_field("ExchangeRate"),
        text("PrivateNote", 4000),
        Field("LinkedTxn", form=many(LINK)),
        Field("Line", form=many(payments.LINE), show=payments.show_lines),
        Field("CreditCardPayment", Kind.OPEN),
        reference("ProjectRef", None).filtered(),
        reference("DepartmentRef", "Department", named=True),
        text("TxnSource", 100),
        *(
            ignored(name)
            for name in (
                "ARAccountRef",
                "AttachableRef",
                "CheckPayment",
                "CustomField",
                "DocNumber",
                "PaymentEx",
                "PaymentType",
                "TaxExemptionRef",
                "TransactionLocationType",
                "TxnStatus",
                "TxnTaxDetail",
                "UnappliedAmtEx",
                "DetailType",
                "Tag",
                "JournalCodeRef",
                "PaymentGroup",
            )
        ),
    ),
    rules=(
        basics.require("CustomerRef"),
        settle.refuse_deposited,
        basics.date_it,
        open_period,
        references.check_references,
        basics.currency_of("Customer", "CustomerRef"),
        basics.header_tracking,
        default_deposit_account,
        sales.need_deposit_account,
        payments.settle_lines(TARGETS),
        payments.settle_unapplied,
        payments.keep_links,
    ),
    afterwards=(post, settle.refresh_linked),
    voiding=(settle.refuse_deposited, basics.open_period, payments.void_payment, basics.void_note),
    removing=(settle.refuse_deposited, basics.open_period),
    removed=(unpost, settle.refresh_linked),
    post=payment,
    indexed=("CustomerRef", "PaymentRefNum"),
    more_indexes=(("linked", linked_ids),),
    events=("Create", "Update", "Delete", "Void"),
)
