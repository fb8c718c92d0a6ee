"""Decides: what a PurchaseOrder is: an order that posts nothing, closed by the bill that links to it."""

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
from quickbooks_emulator.forms import basics, estimates, numbers, orders, purchases
from quickbooks_emulator.forms.lines import show_lines
from quickbooks_emulator.forms.shapes import CUSTOM, LINK, TAX_DETAIL, many, number_field, one

PURCHASE_ORDER = Entity(
    name="PurchaseOrder",
    family=Family.TRANSACTION,
    noun="purchase order",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        Field("VendorAddr", Kind.ADDRESS),
        Field("ShipAddr", Kind.ADDRESS),
        Field("POStatus", Kind.ENUM, values=("Open", "Closed"), default="Open", sticky=True),
        Field("POEmail", Kind.EMAIL, 100),
        BASE,
        Field("CustomField", form=many(CUSTOM)),
        text("DocNumber", 21).queried(),
        Field("TxnDate", Kind.DATE).queried(),
        Field("DueDate", Kind.DATE).queried(),
        Field("CurrencyRef", Kind.REF),
        number_field("ExchangeRate"),
        text("PrivateNote", 4000),
        text("Memo", 4000),
        Field("LinkedTxn", form=many(LINK)),
        Field("Line", form=many(purchases.LINE), show=show_lines),
        Field("TxnTaxDetail", form=one(TAX_DETAIL)),
        Field("GlobalTaxCalculation", form=basics.calculation),
        reference("VendorRef", "Vendor", named=True).filtered(),
        reference("APAccountRef", "Account", named=True),
        reference("ShipTo", "Customer", named=True),
        reference("ClassRef", "Class", named=True),
        reference("SalesTermRef", "Term"),
        Field("EmailStatus", Kind.ENUM, values=("NotSet", "NeedToSend", "EmailSent")),
        read_only("TotalAmt", Kind.MONEY).queried(),
        *(
            ignored(name)
            for name in NEVER_KEPT
            if name not in ("CustomField", "Memo", "ShipAddr", "VendorAddr")
        ),
        ignored("ShipMethodRef"),
        ignored("TemplateRef"),
    ),
    rules=(
        basics.require("VendorRef"),
        basics.date_it,
        references.check_references,
        basics.currency_of("Vendor", "VendorRef"),
        basics.header_tracking,
        purchases.settle_lines,
        purchases.settle_total,
        basics.custom_fields("Purchase"),
        payable_account,
        numbers.number(("PurchaseOrder",)),
        orders.keep_links,
    ),
    removing=(estimates.refuse_deletion_of_source,),
    removed=(orders.unlink,),
    indexed=purchases.INDEXED,
    more_indexes=purchases.INDEXES,
    events=("Create", "Update", "Delete", "Emailed"),
)
