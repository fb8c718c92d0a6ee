"""Decides: the words of the steps that set documents up: what numbering means, where money goes, a document's lines. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieout.practice.money import exact, plain, shown


@dataclass(frozen=True, slots=True)
class Numbering:
    found: str
    means: str


def numbering(facts: Mapping[str, Any]) -> Numbering:
    """Read from QuickBooks' "Custom transaction numbers"; what is not told is said to be so."""
    sales = (facts.get("preferences") or {}).get("SalesFormsPrefs") or {}
    custom = sales.get("CustomTxnNumbers")
    if custom is None:
        return Numbering(
            "QuickBooks does not tell how it numbers invoices.",
            "Invoices are sent with the number they have here; the number QuickBooks answers with is shown beside it.",
        )
    if custom:
        return Numbering(
            "Custom transaction numbers are on in QuickBooks.",
            "Invoices keep the number they have here. Should QuickBooks hold one already, you are asked; nothing is "
            "overwritten and nothing is numbered anew behind your back.",
        )
    return Numbering(
        "Custom transaction numbers are off in QuickBooks: it numbers invoices itself.",
        "Each invoice is sent without a number and gets QuickBooks' next one, which is shown beside ours on the "
        "invoice list. A search there finds an invoice by either number.",
    )


MONEY_TRAIL: Sequence[tuple[str, str]] = (
    ("A payment", "One QuickBooks Payment, paying the same invoices with the same amounts."),
    ("A retainer", "A Payment that pays no invoice yet. It stays unapplied until you use it."),
    ("A credit", "A Credit Memo."),
    ("A credit that pays an invoice", "A Payment of zero that ties the Credit Memo to the invoice."),
    ("A refund", "A Refund Receipt, from the account chosen below."),
)
"""What is recorded here -> what it becomes in QuickBooks."""


def shown_lines(document: Mapping[str, Any], currency: str) -> list[tuple[str, str, str, str]]:
    """(Description, quantity, rate, amount) of each row of a document in QuickBooks' own shape, as one reads them."""
    found = []
    for line in document.get("Line", ()):
        detail = line.get("SalesItemLineDetail") or {}
        what = str(line.get("Description") or line.get("DetailType", "").removesuffix("LineDetail"))
        found.append(
            (
                what,
                _grouped(detail.get("Qty"), 0),
                _grouped(detail.get("UnitPrice"), 2),
                shown(exact(line["Amount"]), currency) if "Amount" in line else "",
            )
        )
    return found


def _grouped(value: Decimal | int | None, places: int) -> str:
    """With thousands separators and at least so many places; more where it has them, as a rate of an hour may."""
    if value is None:
        return ""
    short = plain(exact(value))
    return f"{short:,.{max(places, -int(short.as_tuple().exponent))}f}"
