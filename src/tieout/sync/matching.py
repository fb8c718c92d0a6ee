"""Acts: gives ``reconcile.match`` what it asks for: fast string measures, pairs worth comparing, the fitted weights.

The decision is all in ``reconcile``. This module and ``match_search`` only make it fast enough for long lists.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path

import phonenumbers
from anyascii import anyascii
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import WRatio, ratio

from tieout.reconcile.match import Candidate, Knowledge, Proposal, Suggestion, sort_into_buckets
from tieout.reconcile.match_contacts import plain_phone
from tieout.reconcile.match_evidence import Profile, Surroundings, compare, read
from tieout.reconcile.match_habits import Habits
from tieout.reconcile.match_measures import Measures
from tieout.reconcile.match_names import Parse, parse
from tieout.reconcile.match_reasons import equal_facts, reasons_against, reasons_for
from tieout.reconcile.match_rules import has_minimum
from tieout.reconcile.match_score import ScoreModel
from tieout.reconcile.state import Side
from tieout.sync.item_matching import propose_items
from tieout.sync.match_search import lookup, nearest, search

MODEL = Path(__file__).with_name("match_data") / "model.json"
_DIGITS = re.compile(r"\d+")
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
        return "".join(_DIGITS.findall(text))[-10:]
    return _parsed(text, "US") if any(c.isdigit() for c in text) else ""


def _alike(one: str, other: str, least: float) -> float:
    return WRatio(one, other, score_cutoff=100 * least) / 100


FAST = Measures(_edits, _likeness, _alike, _phone, anyascii)


@cache
def fitted_model() -> ScoreModel:
    """The weights in the package. ``./run bench fit`` makes them again."""
    data = json.loads(MODEL.read_text())
    usual = Habits(data["usual"]["differs"], data["usual"]["shared"])
    return ScoreModel(data["weights"], data["slope"], data["shift"], data["name"], usual)


def propose(
    practice: Iterable[Candidate],
    ledger: Iterable[Candidate],
    never_pair: Collection[tuple[str, str]] = frozenset(),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Proposal]:
    """Sort two whole lists. ``progress`` is called with (done, total) in units of no meaning."""
    ours, theirs = _in_order(practice), _in_order(ledger)
    with _no_garbage():
        return _proposed(ours, theirs, never_pair, progress)


def _proposed(
    ours: Sequence[Candidate],
    theirs: Sequence[Candidate],
    never_pair: Collection[tuple[str, str]],
    progress: Callable[[int, int], None],
) -> list[Proposal]:
    once = cache(parse)  # many names stand on both sides, or are another record's company
    left, right = read_all(ours, once), read_all(theirs, once)
    del once
    progress(1, 10)
    knowledge = Knowledge(
        partners=search(left, right).of,
        measures=FAST,
        model=fitted_model(),
        profiles=(left, right),
        around=Surroundings.of(left, right),
        progress=lambda done, total: progress(4 + 6 * done // max(1, total), 10),
    )
    return sort_into_buckets(ours, theirs, never_pair, knowledge)


def _in_order(records: Iterable[Candidate]) -> list[Candidate]:
    """As they are searched and compared: whatever order they came in, since it decides which of many equally near
    names are compared; and by name, since what is compared together then lies together in memory (a fifth less time)."""
    return sorted(records, key=lambda record: (record.name.casefold(), record.key.id))


Proposer = Callable[
    [Iterable[Candidate], Iterable[Candidate], Collection[tuple[str, str]], Callable[[int, int], None]],
    list[Proposal],
]
PROPOSERS: Mapping[str, Proposer] = {"service_item": propose_items}
"""Practice word of an entity -> what sorts its two lists; everything else is matched as clients are."""


def proposer(entity: str) -> Proposer:
    return PROPOSERS.get(entity, propose)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Long lists make millions of small objects and no cycles: looking for cycles among them costs a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_all(candidates: Sequence[Candidate], parse: Parse = parse) -> list[Profile]:
    return [read(one.name, one.evidence, one.hints, FAST, parse) for one in candidates]


SHORT = 250
"""A list of so many is compared whole with a single record; of a longer one, what is found by its keys."""


class Index:
    """One side pair of lists, kept so that a changed record is matched again in milliseconds.

    For a single record only equal facts, namesakes and shared rare words are looked up; whole lists go to ``propose``.
    """

    def __init__(self, practice: Sequence[Candidate], ledger: Sequence[Candidate]) -> None:
        self._records = (_in_order(practice), _in_order(ledger))
        self._profiles = (read_all(self._records[0]), read_all(self._records[1]))
        self._around = Surroundings.of(*self._profiles)
        self._by_key = tuple(lookup(profiles) for profiles in self._profiles)

    def suggest(
        self, record: Candidate, most: int = 5, *, one_fact_is_enough: bool = False
    ) -> tuple[Suggestion, ...]:
        """Possible partners of ``record`` on the other side, best first. The record need not be in the lists.

        ``one_fact_is_enough``: also who shares nothing but an e-mail, a phone or a street, whatever the name.
        """
        side = 1 if record.key.side is Side.PRACTICE else 0
        profile = read(record.name, record.evidence, record.hints, FAST)
        few = len(self._profiles[side]) <= SHORT
        places = (
            range(len(self._profiles[side]))
            if few
            else nearest(profile, self._by_key[side], self._around.rarity)
        )
        weighed = []
        for place in places:
            found = compare(profile, self._profiles[side][place], self._around, FAST)
            if has_minimum(found) or (one_fact_is_enough and equal_facts(found)):
                weighed.append((fitted_model().score(found), place, found))
        suggestions = []
        for score, place, found in weighed:
            rivals = (other for other, at, _ in weighed if at != place)
            odds = fitted_model().against_rivals(score, rivals)
            partner = self._profiles[side][place]
            suggestions.append(
                Suggestion(
                    self._records[side][place],
                    fitted_model().probability(odds),
                    reasons_for(profile, partner, found),
                    reasons_against(profile, partner, found),
                )
            )
        suggestions.sort(key=lambda each: (-each.probability, each.record.key.id))
        return tuple(suggestions[:most])
