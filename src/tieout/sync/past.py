"""Decides: how a record looked on both sides after each thing that happened to it. Pure; ``time_machine`` reads for it.

The states are worked back from today's: nothing keeps whole copies, but every change kept what it replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieout.reconcile.state import Side, Units


@dataclass(frozen=True, slots=True)
class Shift:
    """One unit of one side, or one part of a group, from one value to another."""

    side: Side
    unit: str
    before: Any
    after: Any
    part: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that happened to a record."""

    at: datetime
    who: str
    sentence: str
    shifts: tuple[Shift, ...] = ()
    fields: tuple[tuple[str, str, str], ...] = ()
    """Label, before, after, as the practice's own history says it: also what is no unit of the sync."""
    reference: str = ""
    """The ledger's reference of the call."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A turn, and what both sides showed right after it."""

    turn: Turn
    practice: Units
    ledger: Units


def moments(turns: Sequence[Turn], practice: Units, ledger: Units) -> list[Moment]:
    """``turns``: the oldest first; ``practice``, ``ledger``: as both sides are now. One moment for each turn."""
    now: dict[Side, dict[str, Any]] = {Side.PRACTICE: dict(practice), Side.LEDGER: dict(ledger)}
    found: list[Moment] = []
    for turn in reversed(turns):
        found.append(Moment(turn, dict(now[Side.PRACTICE]), dict(now[Side.LEDGER])))
        for shift in reversed(turn.shifts):
            _step_back(now[shift.side], shift)
    return found[::-1]


def _step_back(units: dict[str, Any], shift: Shift) -> None:
    if not shift.part:
        units[shift.unit] = shift.before
        return
    group = units.get(shift.unit)
    units[shift.unit] = {**(group if isinstance(group, Mapping) else {}), shift.part: shift.before}
