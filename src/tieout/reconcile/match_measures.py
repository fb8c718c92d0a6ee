"""Decides nothing: how strings are measured while matching, as functions the caller may replace by faster ones.

``sync.matching`` passes those of the chosen libraries; ``PLAIN`` needs only the standard library.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

from tieout.reconcile.match_contacts import plain_phone
from tieout.reconcile.match_text import as_it_is


def plain_edits(one: str, other: str, most: int) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours between two words; ``most`` + 1 when more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return min(last[-1], most + 1)


def plain_likeness(one: str, other: str) -> float:
    """0 to 1, the same both ways round."""
    first, second = sorted((one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def plain_alike(one: str, other: str, least: float) -> float:
    """0 to 1 for two texts of words: as they are, or nine tenths of what the words of one find in the other."""
    short, long = sorted((one.split(), other.split()), key=len)
    if not short:
        return 0.0
    found = sum(len(word) * max(plain_likeness(word, each) for each in long) for word in short)
    return max(plain_likeness(one, other), 0.9 * found / sum(map(len, short)))


@dataclass(frozen=True, slots=True)
class Measures:
    """The functions matching is given. All pure; ``edits``, ``likeness`` and ``alike`` symmetric."""

    edits: Callable[[str, str, int], int] = plain_edits
    likeness: Callable[[str, str], float] = plain_likeness
    alike: Callable[[str, str, float], float] = plain_alike
    """Of whole names, 0 to 1; a name within a longer one is rather like it. Any less when not even ``least``."""
    phone: Callable[[str], str] = plain_phone
    to_latin: Callable[[str], str] = as_it_is


PLAIN = Measures()


def nearly(one: str, other: str, measures: Measures) -> bool:
    """Whether two different words are one but for a slip of the pen: one edit from four letters, two from ten."""
    shorter = min(len(one), len(other))
    if shorter < 4:
        return False
    most = 2 if shorter >= 10 and one[0] == other[0] else 1
    if len(one) + len(other) - 2 * shorter > most:  # each letter more is one edit
        return False
    return measures.edits(one, other, most) <= most
