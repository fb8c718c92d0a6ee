"""Decides whether two records speak of the same money. Part of ``plan``; pure.

A ledger keeps one currency for each customer and takes the numbers of a document as amounts in it. So a document is not
sent to a customer of another currency, and equal numbers in two currencies are a difference. What a side does not tell
is not compared: a ledger with one currency need not name it.
"""

from __future__ import annotations

from tieout.reconcile.outcome import Blocked, Unlinked, Why
from tieout.reconcile.spec import VOID, EntitySpec
from tieout.reconcile.state import Key, Present

FACT = "currency"
"""The fact of a record that names its currency, as ISO 4217 has it."""


def refused(record: Unlinked, ours: Present) -> Blocked | None:
    """Why a new document may not be sent to the customer it names."""
    here, there = ours.facts.get(FACT), record.currency_there
    if not (here and there) or here == there:
        return None
    sentence = (
        f"It is in {here}, and its client's currency in QuickBooks is {there}. Nothing was sent: "
        f"QuickBooks would take the same numbers in {there}."
    )
    return Blocked(record.key, Why.OTHER_CURRENCY, sentence)


def differs(spec: EntitySpec, key: Key, ours: Present, theirs: Present) -> Blocked | None:
    """Why two linked documents are not equal, whatever their numbers say; a void one counts for nothing."""
    here, there = ours.facts.get(FACT), theirs.facts.get(FACT)
    void = spec.void_unit and VOID in (ours.units.get(spec.void_unit), theirs.units.get(spec.void_unit))
    if void or not (here and there) or here == there:
        return None
    sentence = (
        f"It is in {here} here and in {there} in QuickBooks: equal numbers are not equal amounts. "
        "Nothing more of it is written."
    )
    return Blocked(key, Why.OTHER_CURRENCY, sentence)
