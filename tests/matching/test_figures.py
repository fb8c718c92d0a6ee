"""The benchmark's own arithmetic, and that its worlds are what they claim: seeded, linked, unseen."""

from __future__ import annotations

import pytest
from bench.scoring import auc, curve, linkable, one_to_one, upper_bound
from bench.worlds.items import make_items
from bench.worlds.lists import make
from bench.worlds.vocabulary import BUILD, COMMON_SURNAMES, UNSEEN


def test_one_to_one_takes_the_best_pair_of_each() -> None:
    assert one_to_one([(0.9, "a", "x"), (0.8, "a", "y"), (0.7, "b", "x"), (0.6, "b", "y")]) == [
        (0.9, "a", "x"),
        (0.6, "b", "y"),
    ]


def test_a_perfect_ranking_has_full_marks_and_one_error_at_the_top_spoils_the_strict_one() -> None:
    truth = frozenset((f"a{i}", f"x{i}") for i in range(10))
    right = [(1.0 - i / 100, f"a{i}", f"x{i}") for i in range(10)]
    assert (curve([(right, truth)]).best_f1, curve([(right, truth)]).recall_at_999) == (1.0, 1.0)
    spoiled = curve([([(2.0, "b", "z"), *right], truth)])
    assert spoiled.recall_at_999 == 0.0
    assert spoiled.best_f1 == pytest.approx(20 / 21)


def test_a_client_that_stands_twice_counts_once() -> None:
    assert linkable(frozenset({("a", "x"), ("b", "x"), ("c", "y")})) == 2


def test_the_bound_on_errors_is_the_exact_one() -> None:
    assert upper_bound(0, 3_000) == pytest.approx(0.000998, abs=1e-6)
    assert upper_bound(4, 9_150) == pytest.approx(0.001, abs=1e-5)


def test_the_area_under_the_curve_counts_ties_half() -> None:
    assert auc([3, 2], [1, 2]) == pytest.approx(0.875)


def test_a_world_is_its_seed_and_every_link_joins_two_of_its_rows() -> None:
    one, again = make(5, 300, UNSEEN), make(5, 300, UNSEEN)
    assert (one.practice, one.ledger, one.truth) == (again.practice, again.ledger, again.truth)
    ours, theirs = ({row.key.id for row in side} for side in (one.practice, one.ledger))
    assert all(a in ours and b in theirs for a, b in one.truth)
    assert len({row.name.casefold() for row in one.ledger}) == len(one.ledger)
    assert make_items(3).truth == make_items(3).truth


def test_the_unseen_vocabulary_shares_only_the_commonest_surnames() -> None:
    assert {*BUILD.surnames} & {*UNSEEN.surnames} == {*COMMON_SURNAMES}
    for part in ("rare_surnames", "adjectives", "nouns", "invented", "trades", "causes", "cities"):
        assert not {*getattr(BUILD, part)} & {*getattr(UNSEEN, part)}, part
