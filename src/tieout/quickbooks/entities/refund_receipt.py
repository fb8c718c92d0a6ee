"""Decides how a practice's refund and a QuickBooks RefundReceipt show the same facts. Goes to QuickBooks only.

QuickBooks wants to know what is refunded and which account the money leaves; the practice keeps neither, so both come
from the settings of the connection. A refund receipt leaves the customer's balance as it is (Intuit's reference).
"""

from __future__ import annotations

from decimal import Decimal

from tieout.quickbooks import documents
from tieout.quickbooks.codecs import reference
from tieout.quickbooks.documents import needs_setting
from tieout.quickbooks.entity import Draft, QuickBooksEntity, Sending
from tieout.quickbooks.sales_lines import SALES, UNTAXED
from tieout.reconcile.spec import Direction, Document, EntitySpec, Field, Reference, Whole
from tieout.reconcile.state import Value


def _amount(document: Document) -> Value:
    return documents.amount(document, "TotalAmt")


def _put_amount(value: Value, document: Draft) -> None:
    amount = Decimal(str(value or 0))
    document["TotalAmt"] = amount
    document["Line"] = [
        {"Amount": amount, "DetailType": SALES, SALES: {"TaxCodeRef": {"value": UNTAXED}}},
    ]


def from_settings(draft: Draft, sending: Sending) -> None:
    """The item and the account, as chosen for all refunds."""
    if "Line" in draft:
        item = sending.rules.setting("refund_item")
        if not item:
            raise needs_setting("refund_item", "an item for each refund", "amount")
        draft["Line"][0][SALES]["ItemRef"] = {"value": item}
    if sending.creating:
        account = sending.rules.setting("refund_account")
        if not account:
            raise needs_setting("refund_account", "the account a refund is paid from", "amount")
        draft["DepositToAccountRef"] = {"value": account}


UNITS = (
    documents.client(),
    documents.dated(),
    Whole("amount", "Amount", _amount, _put_amount, required=True),
    Field("method", "PaymentMethodRef.value", reference(), "Method"),
    documents.note("reason", "Reason"),
)

ENTITY = QuickBooksEntity(
    spec=EntitySpec(
        practice="refund",
        ledger="RefundReceipt",
        label="Refund",
        plural="Refunds",
        direction=Direction.TO_LEDGER,
        units=UNITS,
        name_unit="date",
        date_unit="date",
        depends_on=("client", "payment"),
        references=(Reference("client", "client"), Reference("payment", "payment")),
    ),
    facts=documents.facts,
    page="app/refundreceipt?txnId={id}",
    marker=documents.of_client_and_date,
    is_name_list=False,
    members={"amount": ("Line",), "reason": ("PrivateNote",)},
    steps=(from_settings, documents.payment_method, documents.settle_tax),
    signed=True,
    settles=True,
)
