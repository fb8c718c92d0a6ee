"""Decides which service items are proposed to a person as one: only equal name, rate and SKU pair by themselves.

What is only similar is shown side by side, with what fails, and paired once somebody says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from rapidfuzz.fuzz import ratio

from tieout.reconcile.match import Bucket, Candidate, Proposal, Suggestion
from tieout.reconcile.match_items import RATE, SKU, sort_items_into_buckets
from tieout.reconcile.match_text import normalise
from tieout.reconcile.state import Side

FAILS = {
    "name": "The names are not the same.",
    RATE: "The rates are not the same.",
    SKU: "The SKUs are not the same.",
}
"""What may keep two items apart -> the sentence for it."""
BLANK = {
    RATE: ("There is no rate here.", "There is no rate in QuickBooks."),
    SKU: ("There is no SKU here.", "There is no SKU in QuickBooks."),
}
"""The same where one side says nothing: ours, theirs."""
INACTIVE = {Side.PRACTICE: "It is archived here.", Side.LEDGER: "It is inactive in QuickBooks."}
PARTNER_INACTIVE = {
    Side.PRACTICE: "The item here is archived.",
    Side.LEDGER: "The item in QuickBooks is inactive.",
}
WHERE = {Side.PRACTICE: "here", Side.LEDGER: "in QuickBooks"}


def propose_items(
    practice: Iterable[Candidate],
    ledger: Iterable[Candidate],
    never_pair: Collection[tuple[str, str]] = frozenset(),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Proposal]:
    """Every item of both sides exactly once; a pair only when name, rate and SKU agree."""
    ours, theirs = list(practice), list(ledger)
    proposed = sort_items_into_buckets(ours, theirs, never_pair, _likeness)
    progress(10, 10)
    found: list[Proposal] = []
    for one in proposed:
        found += [one] if one.bucket is not Bucket.MATCH or one.confirmed else _apart(one)
    named = Counter((each.key.side, normalise(each.name)) for each in (*ours, *theirs))
    return [_explained(one, named) for one in found]


def failing(ours: Candidate, theirs: Candidate) -> tuple[str, ...]:
    """Which of name, rate and SKU are not the same."""
    apart = {
        "name": normalise(ours.name) != normalise(theirs.name),
        RATE: ours.evidence.get(RATE, "") != theirs.evidence.get(RATE, ""),
        SKU: ours.evidence.get(SKU, "").casefold() != theirs.evidence.get(SKU, "").casefold(),
    }
    return tuple(name for name, differs in apart.items() if differs)


def why_apart(ours: Candidate, theirs: Candidate) -> tuple[str, ...]:
    """A sentence for each of name, rate and SKU that is not the same; one that is missing on a side is said to be."""
    said = []
    for name in failing(ours, theirs):
        missing = [not each.evidence.get(name) for each in (ours, theirs)]
        blank = BLANK.get(name) if any(missing) else None
        said.append(blank[missing.index(True)] if blank else FAILS[name])
    return tuple(said)


def _explained(one: Proposal, named: Mapping[tuple[Side, str], int]) -> Proposal:
    """With what a person would otherwise have to find out: namesakes on its own side, and who is not active."""
    alone = one.practice or one.ledger
    if one.bucket is Bucket.MATCH or alone is None:
        return one
    side = alone.key.side
    reasons = [*one.reasons]
    if one.bucket is not Bucket.DUPLICATE and (twins := named[(side, normalise(alone.name))]) > 1:
        reasons.append(f"{twins} items {WHERE[side]} have this name, with other rates or SKUs.")
    if not alone.active:
        reasons.append(INACTIVE[side])
    nearest = one.suggestions[0].record if one.suggestions else None
    against = [*one.against]
    if nearest is not None and not nearest.active:
        against.append(PARTNER_INACTIVE[nearest.key.side])
    return replace(one, reasons=tuple(reasons), against=tuple(against))


def _likeness(one: str, other: str) -> float:
    return ratio(one, other) / 100


def _apart(pair: Proposal) -> list[Proposal]:
    """A likely pair as two lines that name each other, so that each can still go its own way."""
    ours, theirs = pair.practice, pair.ledger
    assert ours is not None
    assert theirs is not None
    against = why_apart(ours, theirs)
    lone = replace(pair, bucket=Bucket.UNMATCHED, against=against, confirmed=False, probability=None)
    return [
        replace(lone, ledger=None, suggestions=(_suggest(pair, theirs, against),)),
        replace(lone, practice=None, suggestions=(_suggest(pair, ours, against),)),
    ]


def _suggest(pair: Proposal, other: Candidate, against: tuple[str, ...]) -> Suggestion:
    return Suggestion(other, pair.probability or 0.5, pair.reasons, against)
