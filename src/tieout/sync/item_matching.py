"""Decides which service items are proposed to a person as one: only equal name, rate and SKU pair by themselves.

What is only similar is shown side by side, with what fails, and paired once somebody says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from rapidfuzz.fuzz import ratio

from tieout.reconcile.match import Bucket, Candidate, Proposal, Suggestion
from tieout.reconcile.match_items import RATE, SKU, sort_items_into_buckets
from tieout.reconcile.match_text import normalise

FAILS = {
    "name": "The names are not the same.",
    RATE: "The rates are not the same.",
    SKU: "The SKUs are not the same.",
}
"""What may keep two items apart -> the sentence for it."""


def propose_items(
    practice: Iterable[Candidate],
    ledger: Iterable[Candidate],
    never_pair: Collection[tuple[str, str]] = frozenset(),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Proposal]:
    """Every item of both sides exactly once; a pair only when name, rate and SKU agree."""
    proposed = sort_items_into_buckets(practice, ledger, never_pair, _likeness)
    progress(10, 10)
    found: list[Proposal] = []
    for one in proposed:
        found += [one] if one.bucket is not Bucket.MATCH or one.confirmed else _apart(one)
    return found


def failing(ours: Candidate, theirs: Candidate) -> tuple[str, ...]:
    """Which of name, rate and SKU are not the same."""
    apart = {
        "name": normalise(ours.name) != normalise(theirs.name),
        RATE: ours.evidence.get(RATE, "") != theirs.evidence.get(RATE, ""),
        SKU: ours.evidence.get(SKU, "").casefold() != theirs.evidence.get(SKU, "").casefold(),
    }
    return tuple(name for name, differs in apart.items() if differs)


def _likeness(one: str, other: str) -> float:
    return ratio(one, other) / 100


def _apart(pair: Proposal) -> list[Proposal]:
    """A likely pair as two lines that name each other, so that each can still go its own way."""
    ours, theirs = pair.practice, pair.ledger
    assert ours is not None
    assert theirs is not None
    against = tuple(FAILS[name] for name in failing(ours, theirs))
    lone = replace(pair, bucket=Bucket.UNMATCHED, against=against, confirmed=False, probability=None)
    return [
        replace(lone, ledger=None, suggestions=(_suggest(pair, theirs, against),)),
        replace(lone, practice=None, suggestions=(_suggest(pair, ours, against),)),
    ]


def _suggest(pair: Proposal, other: Candidate, against: tuple[str, ...]) -> Suggestion:
    return Suggestion(other, pair.probability or 0.5, pair.reasons, against)
