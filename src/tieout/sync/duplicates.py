"""Decides which members of a duplicate group stay when the most recently active ones are kept. Pure; for ``review_duplicates``.

Of each side the one is kept that is active, has the latest document, or, where none has one, was changed last. Two that
are equal in all of that are a question for a person: the group stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout.reconcile.state import Side


@dataclass(frozen=True, slots=True)
class Recency:
    """How lately something happened to one record."""

    active: bool = True
    last_document: str = ""
    """ISO date of its latest invoice, payment or credit; empty when it never had one."""
    changed_at: str = ""
    """ISO time of its last change; it counts only between records without documents."""

    @property
    def rank(self) -> tuple[bool, str, str]:
        return self.active, self.last_document, "" if self.last_document else self.changed_at


@dataclass(frozen=True, slots=True)
class Twin:
    """One member of a group."""

    row_id: int
    side: Side
    record_id: str
    recency: Recency


@dataclass(frozen=True, slots=True)
class Kept:
    """What becomes of one group: the one kept on each side, as far as there is one, and the rest."""

    ours: Twin | None
    theirs: Twin | None
    rest: tuple[Twin, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What keeping the most recently active ones would do to all groups that nobody has touched."""

    kept: Mapping[str, Kept]
    """Group -> what becomes of it."""
    ties: int
    """Groups that stay open, because two records are equally recent."""

    @property
    def linked(self) -> int:
        return sum(one.ours is not None and one.theirs is not None for one in self.kept.values())

    @property
    def created(self) -> int:
        return len(self.kept) - self.linked

    @property
    def left_out(self) -> int:
        return sum(len(one.rest) for one in self.kept.values())


def keep_most_recent(groups: Mapping[str, Sequence[Twin]]) -> Preview:
    """Deterministic, and independent of the order of the members."""
    kept: dict[str, Kept] = {}
    ties = 0
    for group, members in groups.items():
        sides = [[one for one in members if one.side is side] for side in Side]
        if any(_tied(side) for side in sides):
            ties += 1
            continue
        ours, theirs = (max(side, key=lambda one: one.recency.rank, default=None) for side in sides)
        kept[group] = Kept(ours, theirs, tuple(one for one in members if one not in (ours, theirs)))
    return Preview(kept, ties)


def _tied(members: Sequence[Twin]) -> bool:
    ranks = sorted((one.recency.rank for one in members), reverse=True)
    return len(ranks) > 1 and ranks[0] == ranks[1]
