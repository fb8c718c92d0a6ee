"""Decides: what an Estimate is: an offer that posts nothing."""

from __future__ import annotations

from quickbooks_emulator.entities.declaration import Entity, Family, Field, Kind, reference, text
from quickbooks_emulator.forms import estimates, sales

STATUSES = ("Pending", "Accepted", "Closed", "Rejected", "Converted")

ESTIMATE = Entity(
    name="Estimate",
    family=Family.TRANSACTION,
    noun="estimate",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        *sales.HEAD,
        reference("SalesTermRef", "Term", named=True).filtered(),
        Field("DueDate", Kind.DATE).queried(),
        Field("ShipDate", Kind.DATE),
        reference("ShipMethodRef", None),
        Field("TxnStatus", Kind.ENUM, values=STATUSES, default="Pending", sticky=True).filtered(),
        Field("ExpirationDate", Kind.DATE).queried(),
        text("AcceptedBy", 1000),
        Field("AcceptedDate", Kind.DATE),
        *sales.TOTALS,
        *sales.others(),
    ),
    rules=(*sales.rules("CustomerRef", family=("Estimate",), posts=False), estimates.keep_links),
    compute=sales.home_total,
    removed=(estimates.unlink,),
    indexed=sales.INDEXED,
    more_indexes=sales.INDEXES,
    events=("Create", "Update", "Delete", "Emailed"),
)
