"""Decides nothing: the closed set of actions a plan may hold, each with a glyph and a sentence for people.

Last stage of the pure core: the executor in ``tieout.sync`` obeys these and adds no decision of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from tieout.reconcile.state import Baseline, Key, Side, Units, Value

LEDGER_NAME = "QuickBooks"
PRACTICE_NAME = "Tieout"
SIDE_NAMES = {Side.PRACTICE: PRACTICE_NAME, Side.LEDGER: LEDGER_NAME}


@dataclass(frozen=True, slots=True)
class Overwrite:
    """A value the write will replace although its side had changed it: said beforehand, kept in the history."""

    unit: str
    loser: Value
    winner: Value


@dataclass(frozen=True, slots=True)
class Create:
    """Make the partner of ``source`` on ``side`` and link the two."""

    side: Side
    source: Key
    units: Units
    left_out: tuple[str, ...] = ()
    """Units that do not fit there; each is a problem a person can see."""

    def glyph(self) -> str:
        return "+"

    def describe(self, name: str) -> str:
        return f"Create {name} in {SIDE_NAMES[self.side]}"


@dataclass(frozen=True, slots=True)
class Update:
    """Change units of a linked record on ``side``; refused there if its token is no longer ``expected``."""

    side: Side
    target: Key
    units: Units
    expected: str
    overwrites: tuple[Overwrite, ...] = ()

    def glyph(self) -> str:
        return "~"

    def describe(self, name: str) -> str:
        return f"Change {', '.join(sorted(self.units))} of {name} in {SIDE_NAMES[self.side]}"


@dataclass(frozen=True, slots=True)
class Retire:
    """Archive, deactivate or void the target, as its entity's policy says. Never deletes."""

    side: Side
    target: Key
    expected: str

    def glyph(self) -> str:
        return "-"

    def describe(self, name: str) -> str:
        return f"Retire {name} in {SIDE_NAMES[self.side]}"


@dataclass(frozen=True, slots=True)
class Settle:
    """Record that both sides agree on these units. Writes to neither side."""

    practice: Key
    ledger: Key
    agreed: Baseline

    def glyph(self) -> str:
        return "="

    def describe(self, name: str) -> str:
        return f"Record that both sides agree on {name}"


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop the link between two records that are both gone. Touches neither side."""

    practice: Key
    ledger: Key

    def glyph(self) -> str:
        return "."

    def describe(self, name: str) -> str:
        return f"Forget the link of {name}"


Action = Create | Update | Retire | Settle | Forget
