"""Decides how a practice's payment and a QuickBooks Payment show the same facts. Goes to QuickBooks only.

What pays no invoice stays unapplied there: a retainer is a Payment without lines. Without an account of its own it goes
to Undeposited Funds, which is QuickBooks' own default and therefore not sent. Source: Intuit's Payment reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tieout.quickbooks import documents
from tieout.quickbooks.codecs import reference
from tieout.quickbooks.documents import linked
from tieout.quickbooks.entity import Draft, QuickBooksEntity, Sending
from tieout.reconcile.codecs import money, text
from tieout.reconcile.spec import Direction, Document, EntitySpec, Field, Reference, Whole
from tieout.reconcile.state import Scalar, Side, Value

INVOICE = "Invoice"


def allocations(document: Document) -> Value:
    """What it pays, in the order of its lines. A person may have linked something else to it: then ``link`` says what,
    as ``CreditMemo 45``, so that it is seen and sent back unharmed."""
    return tuple(_row(line) for line in document.get("Line") or ())


def _row(line: Mapping[str, Any]) -> Mapping[str, Scalar]:
    amount = Decimal(str(line.get("Amount") or 0))
    if invoice := linked(line, INVOICE):
        return {"invoice": invoice, "amount": amount}
    others = [f"{link.get('TxnType')} {link.get('TxnId')}" for link in line.get("LinkedTxn") or ()]
    return {"invoice": "", "amount": amount, "link": ", ".join(others)}


def write_allocations(value: Value, document: Draft) -> None:
    rows = value if isinstance(value, tuple) else ()
    document["Line"] = [{"Amount": row["amount"], "LinkedTxn": _links(row)} for row in rows]


def _links(row: Mapping[str, Scalar]) -> list[dict[str, str]]:
    if row.get("invoice"):
        return [{"TxnId": str(row["invoice"]), "TxnType": INVOICE}]
    others = (one.split(" ") for one in str(row.get("link") or "").split(", ") if one)
    return [{"TxnId": txn_id, "TxnType": kind} for kind, txn_id in others]


def deposit_account(draft: Draft, sending: Sending) -> None:
    """The payment's own account, else the one chosen for its method, else the one for all, else QuickBooks' default."""
    if not sending.creating or (draft.get("DepositToAccountRef") or {}).get("value"):
        return
    method = (draft.get("PaymentMethodRef") or {}).get("value", "")
    account = sending.rules.setting(f"deposit_account.{method}", "deposit_account")
    if account:
        draft["DepositToAccountRef"] = {"value": account}


UNITS = (
    documents.client(),
    documents.dated(),
    Field("amount", "TotalAmt", money(), "Amount", required=True),
    Field("method", "PaymentMethodRef.value", reference(), "Method"),
    Field("reference", "PaymentRefNum", text(21), "Reference"),
    documents.note("memo", "Memo"),
    Field("deposit_to", "DepositToAccountRef.value", reference(), "Deposit to"),
    Whole("allocations", "Paid invoices", allocations, write_allocations),
    documents.state(),
)

ENTITY = QuickBooksEntity(
    spec=EntitySpec(
        practice="payment",
        ledger="Payment",
        label="Payment",
        plural="Payments",
        direction=Direction.TO_LEDGER,
        void_unit="state",
        emptied_by_void=frozenset({"amount", "allocations"}),
        units=UNITS,
        name_unit="date",
        date_unit="date",
        depends_on=("client", "invoice"),
        references=(
            Reference("client", "client"),
            Reference("allocations", "invoice", "invoice", amount="amount"),
        ),
        eligible={Side.PRACTICE: documents.never_void},
    ),
    facts=documents.facts_with(unapplied="UnappliedAmt"),
    page="app/recvpayment?txnId={id}",
    marker=documents.of_client_and_date,
    is_name_list=False,
    members={"allocations": ("Line",), "memo": ("PrivateNote",)},
    steps=(deposit_account, documents.payment_method),
    repeated=frozenset({"client", "amount", "date", "allocations"}),
    signed=True,
    settles=True,
    void="operation=update&include=void",
)
