"""Decides nothing: what goes into matching and what comes out of it, as plain data. Used by ``match`` and its callers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tieout.reconcile.match_contacts import Evidence
from tieout.reconcile.match_names import NO_HINTS, Hints
from tieout.reconcile.state import Key

LIKELY = 0.5
POSSIBLE = 0.05
"""Probabilities from which a suggestion is called likely, and from which it is shown."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record as matching sees it."""

    key: Key
    name: str
    active: bool = True
    evidence: Evidence = field(default_factory=dict)
    hints: Hints = NO_HINTS


class Bucket(StrEnum):
    DUPLICATE = "duplicate"
    UNMATCHED = "unmatched"
    MATCH = "match"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A possible partner of a record that has none. Never linked without a person's decision."""

    record: Candidate
    probability: float
    """0 to 0.999, calibrated."""
    reasons: tuple[str, ...] = ()
    against: tuple[str, ...] = ()

    @property
    def likely(self) -> bool:
        return self.probability >= LIKELY


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of the review: a pair, a lone record, or one member of a duplicate group."""

    bucket: Bucket
    practice: Candidate | None
    ledger: Candidate | None
    group: str
    """Members of one duplicate group share it; for others it is unique."""
    reasons: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    confirmed: bool = False
    """A match that a rule allows to link without asking. A match that is not confirmed is to be checked first."""
    probability: float | None = None
    """Of a pair, calibrated."""
    suggestions: tuple[Suggestion, ...] = ()
