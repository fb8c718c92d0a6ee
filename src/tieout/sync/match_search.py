"""Decides which pairs of two long lists are worth comparing: near names, equal contact facts, namesakes. No database.

Near names are found by the cosine of their character trigrams, weighed by rarity, a sparse product at a time; the
rest by dictionaries. The pairs say nothing yet: ``reconcile.match`` compares and decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

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

Places = tuple[int, int]


def search(ours: Sequence[Profile], theirs: Sequence[Profile]) -> set[Places]:
    """Places in the two lists; the same set whatever the order within them."""
    found = set(_same_facts(ours, theirs))
    found.update(_namesakes(ours, theirs))
    found.update(_neighbours(ours, theirs))
    found.update(_initials(ours, theirs))
    found.update(_near_names(ours, theirs))
    return found


# -- equal keys ----------------------------------------------------------------------------------------------


def _same_facts(ours: Sequence[Profile], theirs: Sequence[Profile]) -> Iterable[Places]:
    return _joined([sorted(one.facts) for one in ours], [sorted(one.facts) for one in theirs])


def _namesakes(ours: Sequence[Profile], theirs: Sequence[Profile]) -> Iterable[Places]:
    return _joined([_person_keys(one) for one in ours], [_person_keys(one) for one in theirs])


def _neighbours(ours: Sequence[Profile], theirs: Sequence[Profile]) -> Iterable[Places]:
    return _joined([one.contacts.address_keys for one in ours], [one.contacts.address_keys for one in theirs])


def _initials(ours: Sequence[Profile], theirs: Sequence[Profile]) -> Iterable[Places]:
    """ "SMT" and "Superior Moon Transportation", either way round."""
    for left, right in ((_alone, _initials_of), (_initials_of, _alone)):
        yield from _joined([left(one) for one in ours], [right(one) for one in theirs])


def _alone(profile: Profile) -> list[str]:
    return [name.alone for name in (profile.name, profile.second) if name is not None and len(name.alone) > 1]


def _initials_of(profile: Profile) -> list[str]:
    return [name.initials for name in (profile.name, profile.second) if name is not None and name.initials]


def _person_keys(profile: Profile) -> list[str]:
    """Surname with every name the given name may stand for, so that Bob Lee meets Robert Lee; and for Lee, R."""
    found: set[str] = set()
    for name in (profile.name, profile.second):
        if name is not None and name.surname and name.given:
            for given in (name.given, name.spouse):
                if given:
                    found.update(
                        f"{name.surname}|{each}" for each in (given, given[0], *NICKNAMES.get(given, ()))
                    )
    return sorted(found)


def _joined(ours: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]]) -> Iterable[Places]:
    here: dict[str, list[int]] = defaultdict(list)
    there: dict[str, list[int]] = defaultdict(list)
    for side, found in ((ours, here), (theirs, there)):
        for place, keys in enumerate(side):
            for key in keys:
                found[key].append(place)
    for key, places in here.items():
        others = there.get(key)
        if others is not None and len(places) <= LARGEST_BLOCK and len(others) <= LARGEST_BLOCK:
            for i in places:
                for j in others:
                    yield i, j


# -- near names ----------------------------------------------------------------------------------------------


def _near_names(ours: Sequence[Profile], theirs: Sequence[Profile]) -> Iterable[Places]:
    left, left_owner = _texts(ours)
    right, right_owner = _texts(theirs)
    if not left or not right:
        return
    a, b = _trigrams(left, right)
    near = sp_matmul_topn(a, b.T.tocsr(), top_n=NEAREST, threshold=LEAST_COSINE, n_threads=THREADS).tocoo()
    best_left, best_right = np.zeros(a.shape[0], near.dtype), np.zeros(b.shape[0], near.dtype)
    np.maximum.at(best_left, near.row, near.data)
    np.maximum.at(best_right, near.col, near.data)
    kept = near.data >= NEARLY_BEST * np.minimum(best_left[near.row], best_right[near.col])
    yield from zip(left_owner[near.row[kept]].tolist(), right_owner[near.col[kept]].tolist(), strict=True)


def _texts(profiles: Sequence[Profile]) -> tuple[list[bytes], np.ndarray]:
    texts: list[bytes] = []
    owner: list[int] = []
    for place, profile in enumerate(profiles):
        for name in (profile.name, profile.second):
            if name is not None and (text := _text(name)):
                texts.append(text)
                owner.append(place)
    return texts, np.array(owner, dtype=np.int32)


def _text(name: Name) -> bytes:
    words = " ".join((*name.words, *name.numbers))
    return f" {words} ".encode("ascii", "replace") if words else b""


def _trigrams(left: list[bytes], right: list[bytes]) -> tuple[csr_matrix, csr_matrix]:
    """Rows of unit length, one per text; columns are trigrams that both sides have, weighed by rarity."""
    rows, codes = _codes([*left, *right])
    kinds, columns = np.unique(codes, return_inverse=True)
    total = len(left) + len(right)
    one_each = np.unique(rows.astype(np.int64) * len(kinds) + columns)
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


def _codes(texts: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Row and code of every trigram within a word, its edges included; none across two words or two texts."""
    whole = np.frombuffer(b"\0".join(texts) + b"\0\0", dtype=np.uint8).astype(np.int32)
    row_of = np.cumsum(whole == 0)
    first, middle, last = whole[:-2], whole[1:-1], whole[2:]
    kept = (first != 0) & (middle != 0) & (last != 0) & (middle != ord(" "))
    codes = (first << 16) | (middle << 8) | last
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
