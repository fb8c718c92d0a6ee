"""Decides how a practice's credit and a QuickBooks CreditMemo show the same facts. Goes to QuickBooks only.

A credit is one line. No program can void a credit memo (Intuit's reference has no such operation); a person can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tieout.quickbooks import documents
from tieout.quickbooks.codecs import plain
from tieout.quickbooks.documents import needs_setting
from tieout.quickbooks.entity import Draft, QuickBooksEntity, Sending
from tieout.quickbooks.sales_lines import SALES, UNTAXED
from tieout.reconcile.spec import Direction, Document, EntitySpec, Reference, Whole
from tieout.reconcile.state import Scalar, Side, Value

LINE_UNITS = ("item", "description", "quantity", "rate", "amount")


def _line(document: Document) -> dict[str, Any]:
    """The first item line; an empty one when there is none."""
    lines = (line for line in document.get("Line") or () if line.get("DetailType") == SALES)
    return next(lines, {})


def _own_line(document: Draft) -> dict[str, Any]:
    found: list[dict[str, Any]] = document.setdefault("Line", [{"DetailType": SALES, SALES: {}}])
    return found[0]


def _decimal(value: object) -> Decimal:
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


def _item(document: Document) -> Value:
    return str((_line(document).get(SALES, {}).get("ItemRef") or {}).get("value") or "")


def _put_item(value: Value, document: Draft) -> None:
    _own_line(document)[SALES]["ItemRef"] = {"value": str(value or "")}


def _description(document: Document) -> Value:
    return str(_line(document).get("Description") or "")


def _put_description(value: Value, document: Draft) -> None:
    _own_line(document)["Description"] = str(value or "")


def _detail(member: str, default: Decimal | None) -> Callable[[Document], Value]:
    def read(document: Document) -> Value:
        found = _line(document).get(SALES, {}).get(member, default)
        return None if found is None else plain(_decimal(found))

    return read


def _put_detail(member: str) -> Callable[[Value, Draft], None]:
    def write(value: Value, document: Draft) -> None:
        _own_line(document)[SALES][member] = plain(_decimal(value))

    return write


def _amount(document: Document) -> Value:
    return documents.amount(document, "TotalAmt")


def _put_amount(value: Value, document: Draft) -> None:
    """QuickBooks computes the total from the line."""
    document["TotalAmt"] = _decimal(value)
    _own_line(document)["Amount"] = _decimal(value)


def _rather_short(value: Value) -> str | None:
    return "is longer than the 4000 characters it can have there" if len(str(value or "")) > 4000 else None


LINE_FACTS = {"line_class": "ClassRef", "line_tax": "TaxCodeRef", "line_date": "ServiceDate"}
"""Facts -> what QuickBooks has on the line beside the units: a line that is sent replaces the one there, whole."""
LINE_AMOUNT = "line_amount"
"""The fact of what the line comes to before tax; the unit is the credit's total."""


def _facts(document: Document) -> Mapping[str, Scalar]:
    line = _line(document)
    detail = line.get(SALES, {})
    told = {fact: detail.get(member) for fact, member in LINE_FACTS.items()}
    beside = {
        fact: str((found.get("value") if isinstance(found, Mapping) else found) or "")
        for fact, found in told.items()
    }
    amounts = {LINE_AMOUNT: documents.amount(line, "Amount")} if line else {}
    return {**documents.facts_with(left="RemainingCredit")(document), **beside, **amounts}


def complete_line(draft: Draft, sending: Sending) -> None:
    """The item of the credit, or the one chosen for credits, and what somebody put on its line there.

    Our own credits are not taxed. One that somebody taxed there comes to more than here: it keeps that, and what its line
    comes to without, unless the amount itself is what is sent."""
    if "Line" not in draft:
        return
    line = _own_line(draft)
    detail = line[SALES]
    shown = sending.shown.facts if sending.shown else {}
    if shown.get("line_class"):
        detail["ClassRef"] = {"value": str(shown["line_class"])}
    if shown.get("line_date"):
        detail["ServiceDate"] = str(shown["line_date"])
    if not (detail.get("ItemRef") or {}).get("value"):
        item = sending.rules.setting("credit_item")
        if not item:
            raise needs_setting("credit_item", "an item for each credit", "item")
        detail["ItemRef"] = {"value": item}
    keeps_tax = bool(shown.get("line_tax")) and "amount" not in sending.asked
    detail["TaxCodeRef"] = {"value": str(shown["line_tax"]) if keeps_tax else UNTAXED}
    if keeps_tax and LINE_AMOUNT in shown:
        line["Amount"] = shown[LINE_AMOUNT]


UNITS = (
    documents.client(),
    documents.number(),
    documents.dated(),
    Whole("item", "Item", _item, _put_item),
    Whole("description", "Description", _description, _put_description, _rather_short),
    Whole("quantity", "Quantity", _detail("Qty", Decimal(1)), _put_detail("Qty")),
    Whole("rate", "Rate", _detail("UnitPrice", None), _put_detail("UnitPrice")),
    Whole("amount", "Amount", _amount, _put_amount, required=True),
    documents.customer_memo(),
    documents.state(),
)

ENTITY = QuickBooksEntity(
    spec=EntitySpec(
        practice="credit",
        ledger="CreditMemo",
        label="Credit",
        plural="Credits",
        direction=Direction.TO_LEDGER,
        void_unit="state",
        voided_by_hand=True,
        units=UNITS,
        name_unit="number",
        date_unit="date",
        worked_out_there=frozenset({"amount"}),
        depends_on=("client", "service_item"),
        references=(Reference("client", "client"), Reference("item", "service_item")),
        eligible={Side.PRACTICE: documents.never_void},
    ),
    facts=_facts,
    page="app/creditmemo?txnId={id}",
    marker=documents.of_client_and_date,
    is_name_list=False,
    members=dict.fromkeys(LINE_UNITS, ("Line",)),
    steps=(documents.own_number, complete_line, documents.settle_tax),
    worked_out=dict.fromkeys(LINE_UNITS, LINE_UNITS),
    signed=True,
    settles=True,
    number_field="DocNumber",
)
