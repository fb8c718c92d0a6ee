"""Decides what becomes of a record of which the ledger has more than one with our mark. Part of ``plan``; pure.

Two may come of one write where the ledger forgot a request id and its listings lagged, and a person who copies a
document there copies our mark with it. Which of the two it is only a person can tell: nothing is written to any of them
until then.
"""

from __future__ import annotations

from collections.abc import Sequence

from tieout.reconcile.action import Update
from tieout.reconcile.outcome import Linked, Outcome, Question, Why
from tieout.reconcile.spec import VOID, EntitySpec
from tieout.reconcile.state import Present, Side, same


def outcomes(spec: EntitySpec, record: Linked) -> Sequence[Outcome]:
    """The question, and the one void that a person has asked for. One at a time: no two writes of one record."""
    label = spec.label.lower()
    more = "another one" if len(record.copies) == 1 else f"{len(record.copies)} more"
    sentence = (
        f"QuickBooks has {more} with the mark of this {label}: it was sent twice, or somebody copied it there. "
        "Nothing is written to any of them until you have decided."
    )
    question = Question(
        record.practice_key, Why.TWICE_THERE, sentence, tuple(one.key for one in record.copies)
    )
    chosen = next((one for one in record.copies if one.void), None)
    if chosen is None or spec.void_unit is None:
        return [question]
    return [question, Update(Side.LEDGER, chosen.key, {spec.void_unit: VOID}, chosen.record.token)]


def why_not_void(spec: EntitySpec, linked: Present, other: Present) -> str:
    """Why the other one may not be voided from here, as a sentence; empty when it may.

    It may while it shows what the linked one shows and nothing is settled on it: then nothing but itself goes.
    """
    label = spec.label.lower()
    if spec.void_unit is None or spec.voided_by_hand:
        return f"QuickBooks lets no program void a {label}. Void it there; Tieout sees it by itself."
    told_by = [one.unit for one in spec.references if not one.part] + [spec.date_unit, *sorted(spec.verified)]
    if not all(same(linked.units.get(unit), other.units.get(unit)) for unit in told_by if unit):
        return "It does not show the same as the linked one. Look at it in QuickBooks, and void it there."
    balance = other.facts.get("balance")
    if balance is not None and balance != other.facts.get("total"):
        return "Something is paid or credited on it. Look at it in QuickBooks, and void it there."
    return ""
