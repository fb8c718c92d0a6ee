"""Decides: what a RefundReceipt is: money given back at once."""

from __future__ import annotations

from dataclasses import replace

from quickbooks_emulator.entities.declaration import Entity, Family, Kind, ignored, read_only, reference, text
from quickbooks_emulator.entities.sales_receipt import no_balance
from quickbooks_emulator.forms import basics, sales
from quickbooks_emulator.forms.numbers import SALES
from quickbooks_emulator.ledger.post import post, unpost
from quickbooks_emulator.ledger.sales import sale

REFUND_RECEIPT = Entity(
    name="RefundReceipt",
    family=Family.TRANSACTION,
    noun="refund receipt",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        *(field for field in sales.HEAD if field.name != "LinkedTxn"),
        *(
            replace(one, default=None) if one.name == "EmailStatus" else one for one in sales.TOTALS
        ),  # recorded
        read_only("Balance", Kind.MONEY).queried(),
        reference("PaymentMethodRef", "PaymentMethod", named=True).filtered(),
        text("PaymentRefNum", 100).filtered(),
        text("PaymentType", 20),
        reference("DepositToAccountRef", "Account", named=True).filtered(),
        *(
            ignored(name)
            for name in (
                "LinkedTxn",
                "DueDate",
                "SalesTermRef",
                "ShipDate",
                "ShipMethodRef",
                "TrackingNum",
                "ARAccountRef",
            )
        ),
        *sales.others("PaymentType"),
    ),
    rules=(
        *sales.rules("DepositToAccountRef", family=SALES),
        sales.need_deposit_account,
        no_balance,
    ),
    afterwards=(post,),
    void_by_person=(basics.open_period, *sales.VOIDING),
    removing=(basics.open_period,),
    removed=(unpost,),
    post=sale(owed=False, sign=-1),
    compute=sales.home_total,
    indexed=sales.INDEXED,
    more_indexes=sales.INDEXES,
    events=("Create", "Update", "Delete", "Void", "Emailed"),
)
