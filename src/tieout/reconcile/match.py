"""Decides which records of the two sides are the same, before anything is linked. Pure; standard library only.

The rule here is the first and safest: equal normalised name, unique on both sides. Whatever is repeated on
either side, an inactive twin included, is a *duplicate* and waits for a person; whatever has no partner is
*unmatched* (here) or *new* (there). Evidence beyond the name (``Candidate.evidence``) is carried for the
reasons shown, and is the seat of scored matching.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tieout.reconcile.state import Key, Side

_NOT_WORD = re.compile(r"[^\w]+")
_DELETED = re.compile(r"\s*\(deleted\)(\s*\d+)?\s*$", re.IGNORECASE)


def normalise(name: str) -> str:
    """A name as compared: case, accents, punctuation and spacing folded; "&" is "and"; "(deleted)" dropped.

    Legal forms and word order stay: folding those is a judgement, not a normal form.
    """
    shown = _DELETED.sub("", name).replace("&", " and ")
    # Apostrophes vanish ("Amy's" = "Amys") while other punctuation separates ("Smith-Lee" = "Smith Lee").
    shown = re.sub(r"['’`´]", "", shown)
    folded = unicodedata.normalize("NFKD", shown).casefold()
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare).strip()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record as matching sees it."""

    key: Key
    name: str
    active: bool = True
    evidence: Mapping[str, str] = field(default_factory=dict)
    """E-mail, phone, city ... as text; what is missing is absent."""


class Bucket(StrEnum):
    DUPLICATE = "duplicate"
    UNMATCHED = "unmatched"
    MATCH = "match"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of the review: a pair, a lone record, or one member of a duplicate group."""

    bucket: Bucket
    practice: Candidate | None
    ledger: Candidate | None
    group: str
    """Members of one duplicate group share it; for others it is unique."""
    reasons: tuple[str, ...] = ()


def sort_into_buckets(
    practice: Iterable[Candidate],
    ledger: Iterable[Candidate],
    never_pair: Collection[tuple[str, str]] = frozenset(),
) -> list[Proposal]:
    """Every record of both sides exactly once. Deterministic; independent of the order given.

    ``never_pair`` holds (practice id, ledger id) pairs that a person has declared different.
    """
    groups: dict[str, tuple[list[Candidate], list[Candidate]]] = defaultdict(lambda: ([], []))
    for candidate in practice:
        groups[_group_of(candidate)][0].append(candidate)
    for candidate in ledger:
        groups[_group_of(candidate)][1].append(candidate)
    found: list[Proposal] = []
    for name in sorted(groups):
        ours, theirs = (sorted(side, key=lambda c: c.key.id) for side in groups[name])
        found += _sort_group(name, ours, theirs, never_pair)
    return found


def _group_of(candidate: Candidate) -> str:
    # A name of nothing but punctuation is no name: such a record can equal nothing but itself.
    return normalise(candidate.name) or f"\x00{candidate.key.side}:{candidate.key.id}"


def _sort_group(
    group: str,
    ours: list[Candidate],
    theirs: list[Candidate],
    never_pair: Collection[tuple[str, str]],
) -> list[Proposal]:
    if len(ours) > 1 or len(theirs) > 1:
        reasons = _duplicate_reasons(ours, theirs)
        return [Proposal(Bucket.DUPLICATE, one, None, group, reasons) for one in ours] + [
            Proposal(Bucket.DUPLICATE, None, one, group, reasons) for one in theirs
        ]
    if ours and theirs and (ours[0].key.id, theirs[0].key.id) not in never_pair:
        return [Proposal(Bucket.MATCH, ours[0], theirs[0], group, match_reasons(ours[0], theirs[0]))]
    return [
        Proposal(Bucket.UNMATCHED, one, None, group, ("No QuickBooks record has this name.",)) for one in ours
    ] + [Proposal(Bucket.NEW, None, one, group, ("No client here has this name.",)) for one in theirs]


def _duplicate_reasons(ours: list[Candidate], theirs: list[Candidate]) -> tuple[str, ...]:
    counts = {Side.PRACTICE: (ours, "here"), Side.LEDGER: (theirs, "in QuickBooks")}
    reasons = [
        f"{len(side)} records {where} have this name." for side, where in counts.values() if len(side) > 1
    ]
    if any(not one.active for one in ours + theirs):
        reasons.append("One of them is inactive.")
    return tuple(reasons)


def match_reasons(ours: Candidate, theirs: Candidate) -> tuple[str, ...]:
    """Why the two are taken for one, and what speaks for or against it, as sentences."""
    same_spelling = ours.name.strip() == theirs.name.strip()
    reasons = [
        "The names are the same." if same_spelling else "The names differ only in how they are written."
    ]
    for what in sorted({*ours.evidence} & {*theirs.evidence}):
        agree = normalise(ours.evidence[what]) == normalise(theirs.evidence[what])
        reasons.append(f"The {what} is the same." if agree else f"The {what} differs.")
    if ours.active != theirs.active:
        where = "here" if not ours.active else "in QuickBooks"
        reasons.append(f"It is inactive {where}.")
    return tuple(reasons)
