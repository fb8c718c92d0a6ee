"""Decides whether a document here and one in the ledger can be one and the same. Pure; asked before any two are linked.

Documents are no names: two payments of a day are not alike for being of that day. Of the same client and of the same
amount they may be one, and then a person is asked.
"""

from __future__ import annotations

from decimal import Decimal

from tieout.practice.money import shown
from tieout.reconcile.state import Present, Units

AMOUNTS = ("total", "amount")
"""The unit in which a document says what it comes to."""


def what_tells_apart(here: Units, there: Present, currency: str = "USD") -> str:
    """The first fact in which two documents differ that no edit explains, as a sentence; empty when they may be one.

    ``here`` with the ledger's ids where it names other records.
    """
    if there.facts.get("voided"):
        return "the one in QuickBooks is void."
    if here.get("client") != there.units.get("client"):
        return "the one in QuickBooks is of another client."
    ours, theirs = _amount(here), _amount(there.units)
    if ours is None or ours != theirs:
        return f"it comes to {_said(theirs, currency)} in QuickBooks and to {_said(ours, currency)} here."
    return ""


def _amount(units: Units) -> Decimal | None:
    found = next((units[one] for one in AMOUNTS if one in units), None)
    return found if isinstance(found, Decimal) else None


def _said(amount: Decimal | None, currency: str) -> str:
    return "nothing" if amount is None else shown(amount, currency)
