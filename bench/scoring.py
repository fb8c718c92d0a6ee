"""Decides the figures of a run: precision, recall, best F1, recall at 99.9 % precision, calibration. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log

Scored = tuple[float, str, str]
"""Score, id here, id there."""


@dataclass(frozen=True, slots=True)
class Curve:
    best_f1: float
    recall_at_999: float
    """The largest recall at which precision is still at least 99.9 %, whatever threshold that takes."""


def one_to_one(scored: Iterable[Scored]) -> list[Scored]:
    """Greedy by score; ties by ids, so that two runs agree."""
    here: set[str] = set()
    there: set[str] = set()
    kept = []
    for each in sorted(scored, key=lambda one: (-one[0], one[1], one[2])):
        if each[1] not in here and each[2] not in there:
            here.add(each[1])
            there.add(each[2])
            kept.append(each)
    return kept


def curve(runs: Sequence[tuple[Sequence[Scored], frozenset[tuple[str, str]]]]) -> Curve:
    """Over several lists pooled, one threshold for all. Pairs of one score stand or fall together."""
    pooled: list[tuple[float, bool]] = []
    links = 0
    for scored, truth in runs:
        pooled += [(score, (one, other) in truth) for score, one, other in one_to_one(scored)]
        links += linkable(truth)
    pooled.sort(key=lambda each: -each[0])
    best = at = 0.0
    right = seen = 0
    for place, (score, is_right) in enumerate(pooled):
        seen += 1
        right += is_right
        if place + 1 < len(pooled) and pooled[place + 1][0] == score:
            continue
        precision, recall = right / seen, right / links
        if precision + recall:
            best = max(best, 2 * precision * recall / (precision + recall))
        if precision >= 0.999:
            at = max(at, recall)
    return Curve(best, at)


def linkable(truth: frozenset[tuple[str, str]]) -> int:
    """How many links one-to-one linking can make at most: a client that stands twice here counts once."""
    left: dict[str, set[str]] = {}
    for one, other in truth:
        left.setdefault(one, set()).add(other)
    matched: dict[str, str] = {}

    def place(one: str, seen: set[str]) -> bool:
        for other in sorted(left[one]):
            if other not in seen:
                seen.add(other)
                if other not in matched or place(matched[other], seen):
                    matched[other] = one
                    return True
        return False

    return sum(place(one, set()) for one in sorted(left))


def upper_bound(wrong: int, total: int, confidence: float = 0.95) -> float:
    """The error rate that ``wrong`` of ``total`` still allows, exact binomial (Clopper-Pearson), by bisection."""
    if not total:
        return 1.0
    low, high = wrong / total, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(wrong, total, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(wrong: int, total: int, rate: float) -> float:

    if rate <= 0:
        return 1.0
    if rate >= 1:
        return 0.0
    terms = (
        exp(
            lgamma(total + 1)
            - lgamma(k + 1)
            - lgamma(total - k + 1)
            + k * log(rate)
            + (total - k) * log(1 - rate)
        )
        for k in range(wrong + 1)
    )
    return sum(terms)


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The share of (positive, negative) pairs in the right order; a tie counts half."""
    ordered = sorted([(score, 1) for score in positive] + [(score, 0) for score in negative])
    rank_sum = 0.0
    place = 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            end += 1
        average = (place + 1 + end) / 2
        rank_sum += average * sum(label for _, label in ordered[place:end])
        place = end
    many, few = len(positive), len(negative)
    return (rank_sum - many * (many + 1) / 2) / (many * few) if many and few else 0.0
