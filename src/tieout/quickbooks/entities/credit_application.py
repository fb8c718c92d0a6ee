"""Decides how a credit that pays an invoice is said in QuickBooks: a Payment of zero with a line for each. One way.

Source: Intuit's guide to linked transactions. The payment lists both, the invoice lists the payment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tieout.quickbooks import documents
from tieout.quickbooks.documents import linked
from tieout.quickbooks.entity import Draft, QuickBooksEntity, Sending
from tieout.reconcile.ports import AskHuman
from tieout.reconcile.spec import Direction, Document, EntitySpec, Reference, Whole
from tieout.reconcile.state import Side, Value

KINDS = ("Invoice", "CreditMemo")


AND = ", "
"""Between several where we have one: a person has added to it there, and so it reads as different."""


def _lines(document: Document, kind: str) -> list[dict[str, Any]]:
    return [line for line in document.get("Line") or () if linked(line, kind)]


def _own_lines(document: Draft) -> list[dict[str, Any]]:
    """One line for each of ``KINDS``, in that order."""
    found: list[dict[str, Any]] = document.setdefault(
        "Line", [{"LinkedTxn": [{"TxnType": kind, "TxnId": ""}]} for kind in KINDS]
    )
    return found


def _link(kind: str) -> Callable[[Document], Value]:
    return lambda document: AND.join(dict.fromkeys(linked(line, kind) for line in _lines(document, kind)))


def _put_link(kind: str) -> Callable[[Value, Draft], None]:
    def write(value: Value, document: Draft) -> None:
        _own_lines(document)[KINDS.index(kind)]["LinkedTxn"][0]["TxnId"] = str(value or "")

    return write


def _amount(document: Document) -> Value:
    lines = _lines(document, "Invoice")
    return sum((documents.amount(line, "Amount") for line in lines), documents.AMOUNT)


def _put_amount(value: Value, document: Draft) -> None:
    for line in _own_lines(document):
        line["Amount"] = Decimal(str(value or 0))


def facts(document: Document) -> Mapping[str, Value]:
    """Those of every document, and how much of each invoice it pays: more than one where a person has added to it there."""
    shares: Value = tuple(
        {"invoice": linked(line, "Invoice"), "amount": documents.amount(line, "Amount")}
        for line in _lines(document, "Invoice")
    )
    return {**documents.facts(document), "shares": shares}


def only_ours(draft: Draft, sending: Sending) -> None:
    """One line for each is all we can say: what a person has added there would be lost."""
    for line in draft.get("Line", ()):
        if AND in line["LinkedTxn"][0]["TxnId"]:
            raise AskHuman(
                "Somebody has applied more with it in QuickBooks than here. Nothing was sent, for it would be lost. "
                "Take what was added off there, or keep what is here in every field that differs.",
            )


def of_zero(draft: Draft, sending: Sending) -> None:
    """No money comes in; QuickBooks wants it said."""
    draft["TotalAmt"] = Decimal(0)


UNITS = (
    documents.client(),
    documents.dated(),
    Whole("credit", "Credit", _link("CreditMemo"), _put_link("CreditMemo"), required=True),
    Whole("invoice", "Invoice", _link("Invoice"), _put_link("Invoice"), required=True),
    Whole("amount", "Amount", _amount, _put_amount, required=True),
    documents.state(),
)

ENTITY = QuickBooksEntity(
    spec=EntitySpec(
        practice="credit_application",
        ledger="CreditApplication",
        label="Applied credit",
        plural="Applied credits",
        direction=Direction.TO_LEDGER,
        void_unit="state",
        emptied_by_void=frozenset({"credit", "invoice", "amount"}),
        units=UNITS,
        name_unit="date",
        date_unit="date",
        depends_on=("client", "invoice", "credit"),
        references=(
            Reference("client", "client"),
            Reference("credit", "credit", amount="amount"),
            Reference("invoice", "invoice", amount="amount", shares="shares"),
        ),
        eligible={Side.PRACTICE: documents.never_void},
    ),
    facts=facts,
    page="app/recvpayment?txnId={id}",
    marker=documents.of_client_and_date,
    is_name_list=False,
    kept_as="Payment",
    members=dict.fromkeys(("credit", "invoice", "amount"), ("Line",)),
    steps=(only_ours, of_zero),
    repeated=frozenset({"client", "date", "credit", "invoice", "amount"}),
    signed=True,
    settles=True,
    void="operation=update&include=void",
)
