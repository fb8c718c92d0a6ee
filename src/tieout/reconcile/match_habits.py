"""Decides how telling contact facts are in the two lists at hand. Pure; between ``match_evidence`` and ``match_score``.

The score's weights come from lists in which relatives and companies share contact facts and clients move. Other firms'
lists are otherwise, and the lists themselves show it: how often two records of one side share a fact, and how often
records that are surely the same (an equal, rare name) differ in it. Where a fact is shared less than usual, an equal one
says more; where sure pairs differ in it less than usual, a different one does. It only ever adds to what a fact says in
its own direction, so more agreeing evidence still never lowers a score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import NamedTuple

from tieout.reconcile.match_evidence import Profile
from tieout.reconcile.match_findings import EXACT_NAME, NO_NAME, Agree, Findings

SURE = 4.0
"""Surplus from which an equal name is taken for the same client while counting."""
PRIOR_PAIRS = 10
"""Sure pairs that the usual habit is worth: short lists change little."""
PRIOR_RECORDS = 100
MOST_FOR_EQUAL, MOST_FOR_DIFFERENT = 5.0, 3.0
"""Nats that the lists may add to one fact, either way."""
RATHER_LIKE = 0.5
MOST_WITHOUT_A_NAME = 0.5
"""For two names that have nothing in common: the tenant before, or the shop next door."""
FACTS = ("email", "phone", "street")
COMPARED = (*FACTS, "place")
"""A place is shared by half a town; only that it differs can be telling."""
_MARKS = {"e": "email", "p": "phone", "s": "street"}


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares of what sure pairs and neighbours do, by fact."""

    differs: Mapping[str, float] = field(default_factory=dict)
    """Of sure pairs of which both sides have the fact: the share that differs in it."""
    shared: Mapping[str, float] = field(default_factory=dict)
    """How many other records of its own side a record shares the fact with, on average."""

    @classmethod
    def of(
        cls, sure: Iterable[Findings], sides: Iterable[Sequence[Profile]], usual: Habits | None = None
    ) -> Habits:
        """Count; ``usual`` is what is assumed until the lists are long enough to tell."""
        both: Counter[str] = Counter()
        apart: Counter[str] = Counter()
        for found in sure:
            for name in COMPARED:
                agree = getattr(found, name)
                if agree is not Agree.MISSING:
                    both[name] += 1
                    apart[name] += agree is Agree.DIFFERENT
        having: Counter[str] = Counter()
        others: Counter[str] = Counter()
        for side in sides:
            for fact, count in Counter(fact for profile in side for fact in profile.facts).items():
                if marked := _MARKS.get(fact[0]):
                    having[marked] += count
                    others[marked] += count * (count - 1)
        prior_pairs, prior_records = (PRIOR_PAIRS, PRIOR_RECORDS) if usual else (0, 0)
        usual = usual or cls()
        differs, shared = {}, {}
        for name in COMPARED:
            if pairs := both[name] + prior_pairs:
                differs[name] = (apart[name] + prior_pairs * usual.differs.get(name, 0.0)) / pairs
        for name in FACTS:
            if records := having[name] + prior_records:
                shared[name] = (others[name] + prior_records * usual.shared.get(name, 0.0)) / records
        return cls(differs, shared)


class Compared(NamedTuple):
    """What of a pair's findings says how much its contact facts are worth."""

    agree: tuple[Agree, ...]
    """As ``COMPARED``."""
    strangers: bool
    """The names have nothing in common."""


def compared(found: Findings) -> Compared:
    strangers = found.name.level is NO_NAME and found.likeness < RATHER_LIKE
    return Compared((found.email, found.phone, found.street, found.place), strangers)


def is_sure(found: Findings) -> bool:
    return found.name.level is EXACT_NAME and found.surplus >= SURE and not found.vetoes


@dataclass(frozen=True, slots=True)
class Telling:
    """Nats to add for an equal and for a different fact."""

    equal: Mapping[str, float] = field(default_factory=dict)
    different: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def beside(cls, usual: Habits, here: Habits) -> Telling:
        return cls(
            {
                name: min(MOST_FOR_EQUAL, max(0.0, log(usual.shared[name] / max(share, 1e-6))))
                for name, share in here.shared.items()
                if usual.shared.get(name)
            },
            {
                name: max(-MOST_FOR_DIFFERENT, min(0.0, log(max(share, 1e-6) / usual.differs[name])))
                for name, share in here.differs.items()
                if usual.differs.get(name)
            },
        )

    def adds(self, facts: Compared) -> float:
        """To the log odds of a pair. Nearly equal counts half."""
        more = less = 0.0
        for name, agree in zip(COMPARED, facts.agree, strict=True):
            if agree is Agree.EQUAL:
                more += self.equal.get(name, 0.0)
            elif agree is Agree.NEAR:
                more += self.equal.get(name, 0.0) / 2
            elif agree is Agree.DIFFERENT:
                less += self.different.get(name, 0.0)
        if facts.strangers:
            more = min(more, MOST_WITHOUT_A_NAME)
        return more + less


NOTHING_SPECIAL = Telling()
