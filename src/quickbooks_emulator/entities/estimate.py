"""Decides: what an Estimate is: an offer that posts nothing."""

from __future__ import annotations

from quickbooks_emulator.entities.declaration import Entity, Family, Field, Kind, read_only, reference, text
from quickbooks_emulator.forms import estimates, sales

STATUSES = ("Pending", "Accepted", "Closed", "Rejected", "Converted")

ESTIMATE = Entity(
    name="Estimate",
    family=Family.TRANSACTION,
    noun="estimate",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        *sales.head_with(
            Field("TxnStatus", Kind.ENUM, values=STATUSES, default="Pending", sticky=True).filtered()
        ),
        reference("SalesTermRef", "Term", named=True).filtered(),
        Field("DueDate", Kind.DATE).queried(),
        Field("ShipDate", Kind.DATE),
        reference("ShipMethodRef", None),
        Field("ExpirationDate", Kind.DATE).queried(),
        text("AcceptedBy", 1000),
        Field("AcceptedDate", Kind.DATE),
        *sales.TOTALS,
        read_only("DeliveryInfo", Kind.OPEN),
        *sales.others(),
    ),
    rules=(*sales.rules("CustomerRef", family=("Estimate",), posts=False), estimates.keep_links),
    compute=sales.home_total,
    removing=(estimates.refuse_deletion_of_source,),
    removed=(estimates.unlink,),
    indexed=sales.INDEXED,
    more_indexes=sales.INDEXES,
    events=("Create", "Update", "Delete", "Emailed"),
)
