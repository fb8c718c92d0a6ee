"""Acts: gives ``reconcile.match`` what it asks for: fast string measures, pairs worth comparing, the fitted weights.

The decision is all in ``reconcile``. This module and ``match_search`` only make it fast enough for long lists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path

import phonenumbers
from anyascii import anyascii
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from tieout.reconcile.match import Candidate, Knowledge, Proposal, sort_into_buckets
from tieout.reconcile.match_contacts import plain_phone
from tieout.reconcile.match_evidence import Profile, Surroundings, read
from tieout.reconcile.match_measures import Measures
from tieout.reconcile.match_score import ScoreModel
from tieout.sync.match_search import search

MODEL = Path(__file__).with_name("match_data") / "model.json"
_NORTH_AMERICAN = re.compile(r"^(?:\+?1[\s.-]?)?\(?[2-9]\d\d\)?[\s./-]*\d{3}[\s.-]*\d{4}$")


def _edits(one: str, other: str, most: int) -> int:
    return OSA.distance(one, other, score_cutoff=most)


def _likeness(one: str, other: str) -> float:
    return ratio(one, other) / 100


@lru_cache(maxsize=4_096)
def _parsed(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return plain_phone(text)
    national = str(number.national_number)
    return national if number.country_code == 1 else f"{number.country_code}{national}"


def _phone(text: str) -> str:
    """Comparable digits; a number without a country is read as a North American one."""
    if _NORTH_AMERICAN.match(text):
        return plain_phone(text)
    return _parsed(text, "US") if any(c.isdigit() for c in text) else ""


FAST = Measures(_edits, _likeness, _phone, anyascii)


@cache
def fitted_model() -> ScoreModel:
    """The weights in the package. ``./run bench fit`` makes them again."""
    data = json.loads(MODEL.read_text())
    return ScoreModel(data["weights"], data["slope"], data["shift"], data["name"])


def propose(
    practice: Iterable[Candidate],
    ledger: Iterable[Candidate],
    never_pair: Collection[tuple[str, str]] = frozenset(),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Proposal]:
    """Sort two whole lists. ``progress`` is called with (done, total) in units of no meaning."""
    ours, theirs = list(practice), list(ledger)
    left, right = read_all(ours), read_all(theirs)
    progress(1, 10)
    pairs = search(left, right)
    progress(4, 10)
    return sort_into_buckets(
        ours,
        theirs,
        never_pair,
        Knowledge(
            pairs=pairs,
            measures=FAST,
            model=fitted_model(),
            profiles=(left, right),
            around=Surroundings.of(left, right),
            progress=lambda done, total: progress(4 + 6 * done // max(1, total), 10),
        ),
    )


def read_all(candidates: Sequence[Candidate]) -> list[Profile]:
    return [read(one.name, one.evidence, one.hints, FAST) for one in candidates]
