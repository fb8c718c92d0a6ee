"""Decides: what a VendorCredit is."""

from __future__ import annotations

from quickbooks_emulator.entities import references
from quickbooks_emulator.entities.bill import NEVER_KEPT, payable_account
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
from quickbooks_emulator.forms import basics, numbers, purchases, settle
from quickbooks_emulator.forms.lines import show_lines
from quickbooks_emulator.forms.shapes import LINK, TAX_DETAIL, many, number_field, one
from quickbooks_emulator.ledger.post import post, unpost
from quickbooks_emulator.ledger.purchases import bought

VENDOR_CREDIT = Entity(
    name="VendorCredit",
    family=Family.TRANSACTION,
    noun="vendor credit",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        read_only("Balance", Kind.MONEY),
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
        *(ignored(name) for name in (*NEVER_KEPT, "DueDate", "SalesTermRef")),
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
        payable_account,
        numbers.number(("VendorCredit",), automatic=False, warning="WarnDuplicateBillNumber"),
        settle.refuse_below_applied,
        settle.refuse_changed_name,
        settle.set_balance,
    ),
    afterwards=(post, settle.trim),
    removing=(basics.open_period, settle.refuse_deletion_of_used),
    removed=(unpost, settle.release),
    post=bought(owed=True, sign=lambda body: -1),
    indexed=purchases.INDEXED,
    more_indexes=purchases.INDEXES,
    events=("Create", "Update", "Delete"),
)
