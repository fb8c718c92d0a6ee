"""The table of verdicts, enumerated."""

from __future__ import annotations

import itertools

import pytest

from tieout.reconcile.diff import VERDICTS, Touched, Verdict, touched, verdict
from tieout.reconcile.spec import Owner
from tieout.reconcile.state import Side


def test_every_combination_of_owner_touched_and_equal_has_exactly_one_verdict() -> None:
    assert set(VERDICTS) == set(itertools.product(Owner, Touched, [True, False]))


@pytest.mark.parametrize(
    "practice, ledger, base, expected",
    [
        ("a", "a", ("a", "a"), Verdict.NOTHING),
        ("a ", "a", ("a ", "a"), Verdict.NOTHING),  # the ledger's normal form is no difference
        ("b", "a", ("a", "a"), Verdict.TO_LEDGER),
        ("a", "b", ("a", "a"), Verdict.TO_PRACTICE),
        ("b", "b", ("a", "a"), Verdict.SETTLE),
        ("b", "c", ("a", "a"), Verdict.CONFLICT),
        ("", "b", (None, None), Verdict.TO_PRACTICE),  # never agreed: the empty side is filled
        ("b", None, (None, None), Verdict.TO_LEDGER),
        ("b", "c", (None, None), Verdict.CONFLICT),
        ("", None, ("", ""), Verdict.NOTHING),
    ],
)
def test_a_shared_unit_is_merged_three_ways(practice, ledger, base, expected) -> None:
    assert verdict(practice, ledger, *base, Owner.SHARED) is expected


def test_an_answer_decides_a_conflict_and_nothing_else() -> None:
    assert verdict("b", "c", "a", "a", Owner.SHARED, chosen=Side.PRACTICE) is Verdict.TO_LEDGER
    assert verdict("b", "c", "a", "a", Owner.SHARED, chosen=Side.LEDGER) is Verdict.TO_PRACTICE
    assert verdict("a", "c", "a", "a", Owner.SHARED, chosen=Side.PRACTICE) is Verdict.TO_PRACTICE


def test_each_side_is_compared_with_what_it_showed_itself() -> None:
    assert touched("Ada ", "Ada", "Ada ", "Ada") is Touched.NEITHER
    assert touched("Ada", "Ada", "Ada ", "Ada") is Touched.PRACTICE


def test_an_address_is_one_unit_and_missing_parts_are_empty() -> None:
    assert touched({"city": "X"}, {"city": "X", "zip": ""}, {"city": "X", "zip": None}, {"city": "X"}) is (
        Touched.NEITHER
    )
