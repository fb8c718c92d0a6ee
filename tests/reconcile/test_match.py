"""Sorting two lists into duplicates, unmatched, matches and new."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.reconcile.match import Bucket, Candidate, normalise, sort_into_buckets
from tieout.reconcile.state import Key, Side

NAMES = st.sampled_from(
    ["Ada Byrne", "ADA  byrne", "Cool Cars", "Cool Cars, Inc.", "", "::", "Ünal & Co", "x"]
)


def here(id: str, name: str, active: bool = True) -> Candidate:
    return Candidate(Key("client", Side.PRACTICE, id), name, active)


def there(id: str, name: str, active: bool = True) -> Candidate:
    return Candidate(Key("client", Side.LEDGER, id), name, active)


@pytest.mark.parametrize(
    "one, other",
    [
        ("Amy's Bird Sanctuary", "AMYS BIRD  SANCTUARY"),
        ("Smith & Lee", "Smith and Lee"),
        ("José Núñez", "Jose Nunez"),
        ("Cool Cars (deleted)", "Cool Cars"),
        ("Acme, Inc.", "acme inc"),
    ],
)
def test_spelling_differences_are_folded(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    "one, other", [("Acme LLC", "Acme Inc"), ("Lee Smith", "Smith Lee"), ("Ada", "Adam")]
)
def test_differences_of_substance_are_kept(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_a_name_on_each_side_once_is_a_match_and_twice_is_a_duplicate() -> None:
    found = sort_into_buckets(
        [here("1", "Ada"), here("2", "Bo"), here("3", "bo")], [there("7", "ADA"), there("8", "Bo")]
    )
    assert {(p.bucket, p.practice and p.practice.key.id, p.ledger and p.ledger.key.id) for p in found} == {
        (Bucket.MATCH, "1", "7"),
        (Bucket.DUPLICATE, "2", None),
        (Bucket.DUPLICATE, "3", None),
        (Bucket.DUPLICATE, None, "8"),
    }


def test_an_inactive_twin_makes_a_duplicate_and_says_so() -> None:
    found = sort_into_buckets([here("1", "Ada")], [there("7", "Ada"), there("8", "Ada (deleted)", False)])
    assert {p.bucket for p in found} == {Bucket.DUPLICATE}
    assert "One of them is inactive." in found[0].reasons


def test_a_pair_declared_different_is_never_proposed_again() -> None:
    found = sort_into_buckets([here("1", "Ada")], [there("7", "Ada")], never_pair={("1", "7")})
    assert {p.bucket for p in found} == {Bucket.UNMATCHED, Bucket.NEW}


def test_a_thousand_empty_names_match_nothing() -> None:
    found = sort_into_buckets([here(str(i), " ") for i in range(1000)], [there("7", "")])
    assert {p.bucket for p in found} == {Bucket.UNMATCHED, Bucket.NEW}


@settings(max_examples=300, deadline=None)
@given(st.lists(NAMES, max_size=8), st.lists(NAMES, max_size=8), st.randoms(use_true_random=False))
def test_every_record_appears_once_and_the_order_given_does_not_matter(ours, theirs, shuffler) -> None:
    left = [here(f"p{i}", n) for i, n in enumerate(ours)]
    right = [there(f"q{i}", n) for i, n in enumerate(theirs)]
    found = sort_into_buckets(left, right)
    seen = [c.key for p in found for c in (p.practice, p.ledger) if c]
    assert sorted(seen, key=str) == sorted((c.key for c in left + right), key=str)
    shuffler.shuffle(left)
    shuffler.shuffle(right)
    assert sort_into_buckets(left, right) == found
