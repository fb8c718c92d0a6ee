"""Decides whether voiding a document in the ledger would undo more than ours. Part of ``plan``; pure.

A void there empties the document and takes off it whatever pays it. While it shows what we made of it, that is what was
asked for here. What somebody received on it there, or wrote into it, is not: then nothing is written until a person has
said so, for the very version that was seen. While it is not known whether it is ours that pays it, nobody is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from tieout.reconcile.action import Update
from tieout.reconcile.outcome import Blocked, Linked, Outcome, Question, Why
from tieout.reconcile.spec import VOID, EntitySpec
from tieout.reconcile.state import Present, Side, Value, is_empty, same

TOTAL, BALANCE = "total", "balance"
"""The facts of a ledger's document that say what it comes to and what is left to pay; what has none is paid by nothing."""
UNSURE = "What pays it in QuickBooks is still being checked."


def asked_first(
    spec: EntitySpec, record: Linked, here: Present, there: Present, outcomes: Sequence[Outcome]
) -> Question | Blocked | None:
    """The question that takes the place of these outcomes; None when they void nothing, or nothing but ours.

    ``here`` and ``there``: what the two sides of the record show.
    """
    if record.void_confirmed or spec.voided_by_hand or not any(_voids(spec, one) for one in outcomes):
        return None
    paid = [*_paid(record, there)]
    if paid and record.settled_unsure:
        return Blocked(record.practice_key, Why.IN_FLIGHT, UNSURE)
    undone = [*paid, *_written(spec, record, here, there)]
    if not undone:
        return None
    sentence = (
        f"It is void here. Voiding it in QuickBooks too would undo what was done there: {'; '.join(undone)}. "
        "Nothing of it is written until you have decided."
    )
    return Question(record.practice_key, Why.UNDONE_BY_VOID, sentence)


def paid_by_others(there: Present, settled_by_us: Decimal) -> Decimal:
    """What is paid or credited on it there beyond what our linked payments and credits settle; never below zero."""
    total, balance = there.facts.get(TOTAL), there.facts.get(BALANCE)
    if not (isinstance(total, Decimal) and isinstance(balance, Decimal)):
        return Decimal(0)
    return max(total - balance - settled_by_us, Decimal(0))


def _voids(spec: EntitySpec, one: Outcome) -> bool:
    return isinstance(one, Update) and one.side is Side.LEDGER and one.units.get(spec.void_unit or "") == VOID


def _paid(record: Linked, there: Present) -> Iterable[str]:
    if paid := paid_by_others(there, record.settled_by_us):
        yield f"{paid:,.2f} that did not come from here is paid or credited on it"


def _written(spec: EntitySpec, record: Linked, here: Present, there: Present) -> Iterable[str]:
    """What is written there otherwise than was agreed. A total, which is never sent, is agreed only when it is next
    compared: it may also stand as it does here, where a void document keeps what it said."""
    agreed = record.baseline.ledger
    computed = {name: here.units.get(name) for name in spec.verified}
    drifted = [
        unit.label
        for unit in spec.units
        if unit.name in spec.emptied_by_void
        and unit.name in agreed
        and _says_more(there.units.get(unit.name), agreed[unit.name], computed.get(unit.name))
    ]
    if drifted:
        yield f"{' and '.join(drifted).lower()} changed there"


def _says_more(now: Value, *ours: Value) -> bool:
    """Whether something stands there now that none of ours says. What only went is lost to nobody: voiding an invoice
    takes it off the payments that settle it."""
    if is_empty(now) or now == 0:
        return False
    return not any(_is_part(now, one) for one in ours)


def _is_part(now: Value, ours: Value) -> bool:
    if isinstance(now, tuple) and isinstance(ours, tuple):
        return all(any(same(row, one) for one in ours) for row in now)
    return same(now, ours)
