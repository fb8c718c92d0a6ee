"""Decides which pairs of two long lists are worth comparing: near names, equal contact facts, namesakes. No database.

Near names are found by the cosine of their character trigrams, weighed by rarity, a sparse product at a time; the
rest by dictionaries. The pairs say nothing yet: ``reconcile.match`` compares and decides.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

from tieout.reconcile.match_evidence import Profile
from tieout.reconcile.match_findings import Rarity
from tieout.reconcile.match_names import Name
from tieout.reconcile.match_nicknames import NICKNAMES

NEAREST = 8
"""Near names looked at for each record of the shorter list."""
LEAST_COSINE = 0.3
NEARLY_BEST = 0.7
"""A near name is kept when it comes to this share of the best one of either record; the rest never wins."""
LARGEST_BLOCK = 20
"""A fact or a surname-with-given-name that more records of one side share brings no pairs: it tells nobody apart."""
MOST_COMMON = 0.04
"""Trigrams that more than this share of the names have are left out of long lists: they only cost time."""
LONG_LIST = 5_000
THREADS = 2


class Pairs:
    """Places in two lists, each pair once, by place in the first: a million of them in eight megabytes."""

    def __init__(self, codes: np.ndarray, ours: int, theirs: int) -> None:
        """``codes``: place in ours times the length of theirs, plus place in theirs."""
        self._theirs = max(theirs, 1)
        self._codes = _distinct(codes)
        self._starts = np.searchsorted(self._codes, np.arange(ours + 1) * self._theirs)

    def of(self, place: int) -> list[int]:
        """Places in theirs, for one place in ours."""
        codes = self._codes[self._starts[place] : self._starts[place + 1]]
        found: list[int] = (codes - place * self._theirs).tolist()
        return found

    def __len__(self) -> int:
        return len(self._codes)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for place in range(len(self._starts) - 1):
            for other in self.of(place):
                yield place, other


def _distinct(values: np.ndarray) -> np.ndarray:
    """In order. ``np.unique`` says the same, in three times the time: it looks each number up first."""
    ordered = np.sort(values)
    distinct: np.ndarray = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return distinct


def search(ours: Sequence[Profile], theirs: Sequence[Profile]) -> Pairs:
    """Ties between names that are equally near are broken by the places: give the lists in an order of their own."""
    found = [
        *(_joined(ours, theirs, keys, keys) for keys in (_facts, _person_keys, _address_keys)),
        # "SMT" and "Superior Moon Transportation", either way round.
        _joined(ours, theirs, _alone, _initials_of),
        _joined(ours, theirs, _initials_of, _alone),
        _near_names(ours, theirs),
    ]
    return Pairs(np.concatenate(found), len(ours), len(theirs))


# -- equal keys ----------------------------------------------------------------------------------------------


def _facts(profile: Profile) -> Iterable[str]:
    return profile.facts


def _address_keys(profile: Profile) -> Iterable[str]:
    return profile.contacts.address_keys


def _alone(profile: Profile) -> list[str]:
    return [name.alone for name in (profile.name, profile.second) if name is not None and len(name.alone) > 1]


def _initials_of(profile: Profile) -> list[str]:
    return [name.initials for name in (profile.name, profile.second) if name is not None and name.initials]


def _person_keys(profile: Profile) -> set[str]:
    """Surname with every name the given name may stand for, so that Bob Lee meets Robert Lee; and for Lee, R."""
    found: set[str] = set()
    for name in (profile.name, profile.second):
        if name is not None and name.surname and name.given:
            for given in (name.given, name.spouse):
                if given:
                    found.update(
                        f"{name.surname}|{each}" for each in (given, given[0], *NICKNAMES.get(given, ()))
                    )
    return found


def _joined(
    ours: Sequence[Profile],
    theirs: Sequence[Profile],
    here: Callable[[Profile], Iterable[str]],
    there: Callable[[Profile], Iterable[str]],
) -> np.ndarray:
    """Codes of all pairs that have a key in common, unless too many records do."""
    left, right = _places_by_key(ours, here), _places_by_key(theirs, there)
    width = len(theirs)
    codes = array("q")  # eight bytes a pair, where a set of pairs takes a hundred
    for key, places in left.items():
        others = right.get(key)
        if others is not None and len(places) <= LARGEST_BLOCK and len(others) <= LARGEST_BLOCK:
            for place in places:
                start = place * width
                codes.extend([start + other for other in others])
    return np.frombuffer(codes, dtype=np.int64) if codes else np.empty(0, np.int64)


def _places_by_key(
    profiles: Sequence[Profile], keys: Callable[[Profile], Iterable[str]]
) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, profile in enumerate(profiles):
        for key in keys(profile):
            found[key].append(place)
    return found


# -- near names ----------------------------------------------------------------------------------------------


def _near_names(ours: Sequence[Profile], theirs: Sequence[Profile]) -> np.ndarray:
    left, left_owner = _texts(ours)
    right, right_owner = _texts(theirs)
    if not left or not right:
        return np.empty(0, np.int64)
    a, b = _trigrams(left, right)
    near = sp_matmul_topn(a, b.T.tocsr(), top_n=NEAREST, threshold=LEAST_COSINE, n_threads=THREADS).tocoo()
    best_left, best_right = np.zeros(a.shape[0], near.dtype), np.zeros(b.shape[0], near.dtype)
    np.maximum.at(best_left, near.row, near.data)
    np.maximum.at(best_right, near.col, near.data)
    kept = near.data >= NEARLY_BEST * np.minimum(best_left[near.row], best_right[near.col])
    codes: np.ndarray = left_owner[near.row[kept]] * len(theirs) + right_owner[near.col[kept]]
    return codes


def _texts(profiles: Sequence[Profile]) -> tuple[list[bytes], np.ndarray]:
    """The names as texts, and whose they are. In alphabetical order: names alike then lie side by side in memory,
    which takes a third off the time of the product."""
    found = sorted(
        (text, place)
        for place, profile in enumerate(profiles)
        for name in (profile.name, profile.second)
        if name is not None and (text := _text(name))
    )
    return [text for text, _ in found], np.array([place for _, place in found], dtype=np.int64)


def _text(name: Name) -> bytes:
    words = " ".join((*name.words, *name.numbers))
    return f" {words} ".encode("ascii", "replace") if words else b""


def _trigrams(left: list[bytes], right: list[bytes]) -> tuple[csr_matrix, csr_matrix]:
    """Rows of unit length, one per text; columns are trigrams that both sides have, weighed by rarity."""
    rows, codes = _codes([*left, *right])
    column_of = np.zeros(_CODES, dtype=np.int32)
    column_of[codes] = 1
    kinds = np.flatnonzero(column_of)
    column_of[kinds] = np.arange(len(kinds), dtype=np.int32)
    total = len(left) + len(right)
    one_each = _distinct(rows * len(kinds) + column_of[codes])
    rows, columns = one_each // len(kinds), one_each % len(kinds)
    counts = np.bincount(columns, minlength=len(kinds))
    weights = np.log((total + 1) / counts).astype(np.float32)
    if total > LONG_LIST:
        weights[counts > MOST_COMMON * total] = 0
    kept = weights[columns] > 0
    matrix = csr_matrix(
        (weights[columns[kept]], (rows[kept], columns[kept])), shape=(total, len(kinds)), dtype=np.float32
    )
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    matrix.data /= np.repeat(lengths, np.diff(matrix.indptr)).astype(np.float32)
    return matrix[: len(left)], matrix[len(left) :]


_CODES = 1 << 21
"""Three ASCII characters of seven bits."""


def _codes(texts: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Row and code of every trigram within a word, its edges included; none across two words or two texts."""
    whole = np.frombuffer(b"\0".join(texts) + b"\0\0", dtype=np.uint8).astype(np.int32)
    row_of = np.cumsum(whole == 0)
    first, middle, last = whole[:-2], whole[1:-1], whole[2:]
    kept = (first != 0) & (middle != 0) & (last != 0) & (middle != ord(" "))
    codes = (first << 14) | (middle << 7) | last
    return row_of[:-2][kept], codes[kept]


# -- one record ----------------------------------------------------------------------------------------------

MOST_PLACES = 40
"""Records of the other side that are compared with a single changed one."""


def lookup(profiles: Sequence[Profile]) -> dict[str, list[int]]:
    """Places by contact fact, by person key, by word and by the first letters of a word."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, profile in enumerate(profiles):
        for key in _keys(profile):
            found[key].append(place)
    return found


def _keys(profile: Profile) -> set[str]:
    words = {word for word in profile.words if len(word) > 1}
    return {
        *profile.facts,
        *_person_keys(profile),
        *words,
        *(f"{word[:4]}*" for word in words if len(word) > 4),
    }


def nearest(profile: Profile, by_key: dict[str, list[int]], rarity: Rarity) -> list[int]:
    """Places of the records that share most, rare words and facts counting more."""
    weights: dict[int, float] = defaultdict(float)
    keys = sorted(_keys(profile), key=lambda key: (len(by_key.get(key, ())), key))
    for key in keys:
        places = by_key.get(key, ())
        if len(places) > 300 and weights:
            break
        for place in places[:300]:
            weights[place] += rarity.word(key) if key not in profile.facts else 10.0
    return sorted(weights, key=lambda place: (-weights[place], place))[:MOST_PLACES]
