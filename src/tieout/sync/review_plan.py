"""Decides what applying a review does with each of its rows. Pure; what the pages forecast and what is done are this.

A row's *fate* follows from its bucket, from what a person decided, and from the switch "Create x new clients".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from tieout.reconcile.match import Bucket
from tieout.reconcile.plan import baseline_for_link
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Baseline, Side, Units
from tieout.sync.models import ReviewRow
from tieout.sync.review_rows import JOINED, OUTSIDE


class Decision(StrEnum):
    """What a person may say of a row."""

    NONE = ""
    ACCEPT = "accept"
    """Of a pair: they are the same."""
    REJECT = "reject"
    """Of a pair: they are different."""
    LINK = "link"
    """Link with another record; the other one's row says the same."""
    CREATE = "create"
    EXCLUDE = "exclude"
    DIFFERENT = "different"
    """Of a member of a duplicate group: like no other of it."""


class Fate(StrEnum):
    LINK = "link"
    CREATE_HERE = "create_here"
    CREATE_THERE = "create_there"
    LEAVE_OUT = "leave_out"
    """Takes no part until somebody restores it."""
    WAIT = "wait"
    """Untouched, and listed under Needs you."""
    ELSEWHERE = "elsewhere"
    """Decided in other rows: a pair that is none, by its two records; and those, while it is one, by the pair."""


ALLOWED: Mapping[str, frozenset[Decision]] = {
    Bucket.MATCH: frozenset({Decision.ACCEPT, Decision.REJECT, Decision.EXCLUDE}),
    Bucket.DUPLICATE: frozenset({Decision.LINK, Decision.CREATE, Decision.EXCLUDE, Decision.DIFFERENT}),
    Bucket.UNMATCHED: frozenset({Decision.LINK, Decision.CREATE, Decision.EXCLUDE}),
    Bucket.NEW: frozenset({Decision.LINK, Decision.EXCLUDE}),
    OUTSIDE: frozenset({Decision.LINK}),
    JOINED: frozenset(),
}
"""Bucket -> the decisions it offers; taking one back is always allowed."""


def fate(row: ReviewRow, create_new: bool) -> Fate:
    """What becomes of the row's records."""
    decision = Decision(row.decision)
    if row.bucket == JOINED or (decision is Decision.REJECT and APART in row.choice):
        return Fate.ELSEWHERE
    if decision is Decision.LINK:
        return Fate.LINK
    if decision is Decision.EXCLUDE:
        return Fate.LEAVE_OUT
    if row.bucket == Bucket.MATCH:
        return Fate.LINK if row.will_be_linked else Fate.WAIT
    if decision is Decision.CREATE:
        return Fate.CREATE_THERE if row.practice_id else Fate.CREATE_HERE
    if row.bucket == Bucket.NEW:
        return Fate.CREATE_HERE if create_new else Fate.LEAVE_OUT
    return Fate.LEAVE_OUT if row.bucket == OUTSIDE else Fate.WAIT


APART = "apart"
"""In the ``choice`` of a pair that is none: its two records have rows of their own."""
LEFT_OUT_BEFORE = "left_out_before"
"""In a row's ``choice``: a person left the record out before this review was read, and nobody has said otherwise in it."""


def left_out_before(row: ReviewRow) -> bool:
    """Whether it is left out by an earlier decision, that this review only carries on."""
    return row.decision == Decision.EXCLUDE and LEFT_OUT_BEFORE in row.choice


def reason_of(row: ReviewRow) -> str:
    """Why a person leaves it out, in that person's words; empty when nothing was said."""
    return str(row.choice.get("reason", "")) if row.decision == Decision.EXCLUDE else ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that applying links."""

    practice_id: str
    ledger_id: str
    row: ReviewRow
    keep: Mapping[str, str] = field(default_factory=dict)
    """Unit -> the side whose value both get, where a person chose one. Elsewhere a difference is asked about."""

    @property
    def by_hand(self) -> bool:
        return self.row.bucket != Bucket.MATCH


def is_pair(row: ReviewRow) -> bool:
    """Proposed as one, or made by a person."""
    return row.bucket == Bucket.MATCH or row.decision == Decision.LINK


def both_of(row: ReviewRow) -> tuple[str, str]:
    """The ids of a pair's two records, here and there, whichever of its rows this is."""
    other = str(row.choice.get("with", ""))
    return row.practice_id or other, row.ledger_id or other


def pairs(rows: Iterable[ReviewRow], create_new: bool) -> list[Pair]:
    """Every pair once, in the order of the rows, although both rows of a pair made by hand name it."""
    found: dict[tuple[str, str], Pair] = {}
    for row in rows:
        if fate(row, create_new) is not Fate.LINK:
            continue
        pair = both_of(row)
        found.setdefault(pair, Pair(*pair, row, row.choice.get("keep", {})))
    return list(found.values())


def forecast(rows: Sequence[ReviewRow], create_new: bool) -> dict[str, int]:
    """How many records each fate has. A pair counts once; a row outside the choice is not counted as left.

    ``fields``: of the pairs as they were proposed, what linking fills, and what it changes where a side was chosen.
    """
    counted = Counter(fate(row, create_new) for row in rows if row.bucket != OUTSIDE)
    linked = pairs(rows, create_new)
    return {
        "link": len(linked),
        "fields": sum(
            pair.row.fills + len(set(pair.keep) & set(pair.row.differs))
            for pair in linked
            if not pair.by_hand
        ),
        "create_here": counted[Fate.CREATE_HERE],
        "create_there": counted[Fate.CREATE_THERE],
        "leave": counted[Fate.LEAVE_OUT] + counted[Fate.WAIT],
    }


def different(rows: Sequence[ReviewRow]) -> list[tuple[str, str]]:
    """Pairs that a person has declared different: rejected ones, and whoever is like no other of its group."""
    rejected = [(row.practice_id, row.ledger_id) for row in rows if row.decision == Decision.REJECT]
    groups: dict[str, list[ReviewRow]] = {}
    for row in rows:
        if row.bucket == Bucket.DUPLICATE:
            groups.setdefault(row.group, []).append(row)
    apart = [
        (one.practice_id, other.ledger_id)
        for members in groups.values()
        for one in members
        for other in members
        if one.practice_id and other.ledger_id and Decision.DIFFERENT in (one.decision, other.decision)
    ]
    return rejected + apart


def agreed_at_link(spec: EntitySpec, practice: Units, ledger: Units, keep: Mapping[str, str]) -> Baseline:
    """The baseline of a new pair. Where a side was chosen, the other's value counts as agreed: so it gives way."""
    found = baseline_for_link(spec, practice, ledger)
    chosen = {
        unit: (ledger if side == Side.PRACTICE else practice).get(unit)
        for unit, side in keep.items()
        if any(each.name == unit for each in spec.units)
    }
    return found.agreed(chosen, chosen)


def fingerprint(rows: Iterable[ReviewRow], create_new: bool) -> str:
    """Changes with every decision: a plan that was looked at is applied only while this is the same."""
    said = [f"{create_new}"]
    said += [
        f"{row.pk}:{row.decision}:{sorted(row.choice.items())}" for row in rows if row.decision or row.choice
    ]
    return sha256("\n".join(sorted(said)).encode()).hexdigest()[:24]
