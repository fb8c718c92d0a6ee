"""Decides: what a CreditMemo is."""

from __future__ import annotations

from quickbooks_emulator.entities.declaration import (
    Entity,
    Family,
    Kind,
    computed,
    ignored,
    read_only,
    reference,
)
from quickbooks_emulator.forms import basics, sales, settle
from quickbooks_emulator.forms.automatic import use_new_credit
from quickbooks_emulator.forms.numbers import SALES
from quickbooks_emulator.ledger.post import post, unpost
from quickbooks_emulator.ledger.sales import sale

CREDIT_MEMO = Entity(
    name="CreditMemo",
    family=Family.TRANSACTION,
    noun="credit memo",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        read_only("RemainingCredit", Kind.MONEY),
        *(field for field in sales.HEAD if field.name != "LinkedTxn"),
        reference("SalesTermRef", "Term", named=True).filtered(),
        *sales.TOTALS,
        read_only("Balance", Kind.MONEY).queried(),
        computed("HomeBalance", Kind.MONEY),
        *(  # sent ones are dropped in current versions (recorded)
            ignored(name)
            for name in (
                "LinkedTxn",
                "DepositToAccountRef",
                "PaymentMethodRef",
                "PaymentRefNum",
                "ARAccountRef",
                "InvoiceRef",
                "DueDate",
                "ShipDate",
                "ShipMethodRef",
                "TrackingNum",
            )
        ),
        *sales.others(),
    ),
    rules=(
        *sales.rules("CustomerRef", family=SALES),
        settle.refuse_changed_name,
        settle.refuse_below_applied,
        settle.set_balance,
    ),
    afterwards=(post, settle.trim, use_new_credit),
    void_by_person=(basics.open_period, *sales.VOIDING),
    removing=(basics.open_period, settle.refuse_deletion_of_used),
    removed=(unpost, settle.release),
    post=sale(owed=True, sign=-1),
    compute=sales.home_total,
    indexed=sales.INDEXED,
    more_indexes=sales.INDEXES,
    events=("Create", "Update", "Delete", "Void", "Emailed"),
)
