"""Decides nothing: the plain data the planner reads. First stage of the pure core (state -> diff -> plan).

A *unit* is a field, or a group of fields that only makes sense whole (an address). Both sides are read
into units in the same canonical form, so that they can be compared without knowing either system.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

Scalar = str | bool | int | Decimal | None
Value = Scalar | Mapping[str, Scalar] | tuple[Mapping[str, Scalar], ...]
"""One unit's value: a scalar, a group (part name -> scalar), or rows of a group (an invoice's lines).
Money is ``Decimal``; there is no float. ``None``, ``""`` and a group of only empties all mean *empty*."""

Units = Mapping[str, Value]


class Side(StrEnum):
    """Where a record lives. *Practice* is ours, *ledger* is the accounting system's."""

    PRACTICE = "practice"
    LEDGER = "ledger"

    @property
    def other(self) -> Side:
        return Side.LEDGER if self is Side.PRACTICE else Side.PRACTICE


@dataclass(frozen=True, slots=True)
class Key:
    """The name of one record: the only thing a webhook, a change feed or the outbox tells us."""

    entity: str
    side: Side
    id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not read, or not readable now. Never treated as missing: nothing is decided on it."""

    reason: str = "not read yet"


@dataclass(frozen=True, slots=True)
class Absent:
    """Gone, *with evidence*: a deleted marker, a merge notice, or "not found" for exactly this id.

    A row missing from a listing is ``Unknown``, not ``Absent``.
    """

    evidence: str


@dataclass(frozen=True, slots=True)
class Present:
    """One record as seen at a moment."""

    units: Units
    token: str
    """That side's version of the record: the ledger's SyncToken, or our own version number as text."""
    facts: Mapping[str, Value] = field(default_factory=dict)
    """What the planner may need to know but never writes (``parent``, ``balance``, ``kind`` ...)."""


Observation = Unknown | Absent | Present


@dataclass(frozen=True, slots=True)
class Baseline:
    """What each side showed when they last agreed: the merge base, as a *pair*.

    One common value would not do: a ledger that trims a trailing space would make us push for ever.
    A unit that is missing here has never been agreed on and counts as empty on both sides.
    """

    practice: Units = field(default_factory=dict)
    ledger: Units = field(default_factory=dict)

    def agreed(self, practice: Units, ledger: Units) -> Baseline:
        """This baseline, with the given units now agreed as shown."""
        return Baseline({**self.practice, **practice}, {**self.ledger, **ledger})


def is_empty(value: Value) -> bool:
    """Whether a value says nothing: None, an empty or blank text, a group of only such, no rows."""
    if value is None or value == ():
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(is_empty(part) for part in value.values())
    return False


def same(one: Value, other: Value) -> bool:
    """Whether two values say the same. All empties are equal; in a group, missing parts are empty."""
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(same(one.get(part), other.get(part)) for part in {*one, *other})
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other
