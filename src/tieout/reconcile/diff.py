"""Decides one unit's fate: the three-way verdict. Second stage of the pure core (state -> *diff* -> plan).

The whole rule is the table ``VERDICTS``; it is enumerated by a test and printed into the documentation.
"""

from __future__ import annotations

from enum import StrEnum

from tieout.reconcile.spec import Owner
from tieout.reconcile.state import Side, Value, same


class Verdict(StrEnum):
    """What is to happen to one unit of a linked record."""

    NOTHING = "nothing changed since both sides agreed"
    SETTLE = "both sides show the same now: record the agreement"
    TO_LEDGER = "copy our value to the ledger"
    TO_PRACTICE = "copy the ledger's value to the practice"
    CONFLICT = "both sides changed to different values: ask, write nothing"


class Touched(StrEnum):
    """Which sides differ from what they showed when they last agreed."""

    NEITHER = "neither"
    PRACTICE = "practice"
    LEDGER = "ledger"
    BOTH = "both"


_SHARED = {
    Touched.NEITHER: Verdict.NOTHING,
    Touched.PRACTICE: Verdict.TO_LEDGER,
    Touched.LEDGER: Verdict.TO_PRACTICE,
    Touched.BOTH: Verdict.CONFLICT,
}

VERDICTS: dict[tuple[Owner, Touched, bool], Verdict] = {
    # (owner, touched, equal now) -> verdict. Equal now: nothing to write, whoever changed.
    **{
        (owner, touched, True): Verdict.NOTHING if touched is Touched.NEITHER else Verdict.SETTLE
        for owner in Owner
        for touched in Touched
    },
    **{(Owner.SHARED, touched, False): verdict for touched, verdict in _SHARED.items()},
    # An owned unit always ends as its owner shows it, but "nothing changed" stays nothing: the standing
    # difference is the other side's normal form of the same value, and pushing again would never end.
    (Owner.PRACTICE, Touched.NEITHER, False): Verdict.NOTHING,
    (Owner.PRACTICE, Touched.PRACTICE, False): Verdict.TO_LEDGER,
    (Owner.PRACTICE, Touched.LEDGER, False): Verdict.TO_LEDGER,
    (Owner.PRACTICE, Touched.BOTH, False): Verdict.TO_LEDGER,
    (Owner.LEDGER, Touched.NEITHER, False): Verdict.NOTHING,
    (Owner.LEDGER, Touched.PRACTICE, False): Verdict.TO_PRACTICE,
    (Owner.LEDGER, Touched.LEDGER, False): Verdict.TO_PRACTICE,
    (Owner.LEDGER, Touched.BOTH, False): Verdict.TO_PRACTICE,
}


def touched(practice: Value, ledger: Value, base_practice: Value, base_ledger: Value) -> Touched:
    """Which sides moved. Each side is compared with what *it* showed, never with the other."""
    moved_here, moved_there = not same(practice, base_practice), not same(ledger, base_ledger)
    if moved_here and moved_there:
        return Touched.BOTH
    if moved_here:
        return Touched.PRACTICE
    return Touched.LEDGER if moved_there else Touched.NEITHER


def verdict(
    practice: Value,
    ledger: Value,
    base_practice: Value,
    base_ledger: Value,
    owner: Owner,
    chosen: Side | None = None,
) -> Verdict:
    """The fate of one unit.

    ``chosen`` is a person's answer to this very conflict: the side whose value is to be kept.
    """
    found = VERDICTS[(owner, touched(practice, ledger, base_practice, base_ledger), same(practice, ledger))]
    if found is Verdict.CONFLICT and chosen is not None:
        return Verdict.TO_LEDGER if chosen is Side.PRACTICE else Verdict.TO_PRACTICE
    return found
