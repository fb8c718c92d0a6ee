"""Service items: what tells two services apart must be equal before anything else counts."""

from __future__ import annotations

import pytest

from tieout.reconcile.match import Bucket, Candidate
from tieout.reconcile.match_items import RATE, SKU, sort_items_into_buckets
from tieout.reconcile.state import Key, Side


def item(side: Side, id: str, name: str, rate: str = "", sku: str = "") -> Candidate:
    evidence = {word: text for word, text in ((RATE, rate), (SKU, sku)) if text}
    return Candidate(Key("service_item", side, id), name, True, evidence)


def here(id: str, *facts: str) -> Candidate:
    return item(Side.PRACTICE, id, *facts)


def there(id: str, *facts: str) -> Candidate:
    return item(Side.LEDGER, id, *facts)


@pytest.mark.parametrize(
    "one, other",
    [
        ("Form 1040 Preparation", "Form 1120 Preparation"),
        ("Monthly Bookkeeping", "Quarterly Bookkeeping"),
        ("Basic Payroll", "Premium Payroll"),
        ("CA State Return", "NY State Return"),
        ("Senior Consulting", "Staff Consulting"),
        ("Form 1120 Preparation", "Form 1120-S Preparation"),
    ],
)
def test_another_form_period_tier_state_or_role_is_another_service_whatever_the_sku(
    one: str, other: str
) -> None:
    found = sort_items_into_buckets([here("1", one, "100", "X1")], [there("7", other, "100", "X1")])
    assert {each.bucket for each in found} == {Bucket.UNMATCHED, Bucket.NEW}
    assert not any(each.suggestions for each in found)


def test_only_equal_name_rate_and_sku_link_without_asking() -> None:
    for theirs, confirmed in (
        (("Monthly Bookkeeping", "100", "BK"), True),
        (("Monthly bookkeeping", "100.00", "bk"), True),
        (("Monthly Bookkeeping", "125", "BK"), False),
        (("Mo Bkkp", "100", "BK"), False),
    ):
        [pair] = sort_items_into_buckets(
            [here("1", "Monthly Bookkeeping", "100", "BK")], [there("7", *theirs)]
        )
        assert (pair.bucket, pair.confirmed) == (Bucket.MATCH, confirmed), theirs


def test_the_rate_breaks_a_tie_and_without_it_a_person_decides() -> None:
    ours = [here("1", "Tax Research", "150")]
    found = sort_items_into_buckets(
        ours, [there("7", "Research, Tax", "150"), there("8", "Tax - Research", "200")]
    )
    assert [each.ledger.key.id for each in found if each.practice and each.ledger] == ["7"]
    found = sort_items_into_buckets(
        ours, [there("7", "Research, Tax", "175"), there("8", "Tax - Research", "200")]
    )
    assert not [each for each in found if each.bucket is Bucket.MATCH]


def test_two_items_alike_in_all_three_are_duplicates() -> None:
    found = sort_items_into_buckets(
        [here("1", "Payroll", "50"), here("2", "payroll", "50")], [there("7", "Payroll", "50")]
    )
    assert {each.bucket for each in found} == {Bucket.DUPLICATE}
    assert len(found) == 3
