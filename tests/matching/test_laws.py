"""Laws of matching, on generated lists: symmetry, order, monotony, repetition, and input nobody would type."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.reconcile.match import Candidate, normalise
from tieout.reconcile.match_evidence import Profile, Surroundings, compare, read
from tieout.reconcile.match_findings import Agree, Rarity
from tieout.reconcile.match_rules import Standing, rule_for
from tieout.reconcile.match_text import fold
from tieout.reconcile.state import Key, Side
from tieout.sync.matching import FAST, fitted_model, propose

PARTS = st.sampled_from(
    [
        "John",
        "Jon",
        "Jane",
        "Bob",
        "Robert",
        "Smith",
        "Smyth",
        "Okafor",
        "O'Brien",
        "de",
        "la",
        "Cruz",
        "&",
        "and",
        ",",
        "Jr.",
        "III",
        "LLC",
        "Inc",
        "Trust",
        "Estate",
        "of",
        "Family",
        "Plumbing",
        "Holdings",
        "12",
        "2",
        "(deleted)",
        "dba",
        "St.",
        "-",
        "1040",
        "#",
        "4711",
        "Núñez",
        "Ünal",
        "株式会社",
        "عمر",
        "Фуад",
        "c/o",
        ":",
        "Q.",
    ]
)
NAMES = st.one_of(st.lists(PARTS, max_size=7).map(" ".join), st.text(max_size=40))
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "e-mail": st.sampled_from(["a@x.example", "A@x.example", "b@x.example", "none", ""]),
        "phone": st.sampled_from(["217 555 0101", "+1 (217) 555-0101", "2175550102", "+49 30 901820", "n/a"]),
        "street": st.sampled_from(["12 Oak St", "12 Oak Street", "14 Oak St", "PO Box 12"]),
        "city": st.sampled_from(["Reno", "reno", "Tulsa"]),
        "company": NAMES,
        "external id": st.sampled_from(["77", "78"]),
    },
)  # fmt: skip
PROFILES = st.builds(lambda name, facts: read(name, facts, measures=FAST), NAMES, FACTS)
AROUND = Surroundings(Rarity(), {})


@settings(max_examples=300, deadline=None)
@given(PROFILES, PROFILES)
def test_which_of_two_is_asked_first_does_not_matter(one: Profile, other: Profile) -> None:
    there, back = compare(one, other, AROUND, FAST), compare(other, one, AROUND, FAST)
    assert fitted_model().score(there) == pytest.approx(fitted_model().score(back))
    assert set(there.vetoes) == set(back.vetoes)
    assert (there.email, there.phone, there.street) == (back.email, back.phone, back.street)
    rules = [rule_for(found, Standing()) for found in (there, back)]
    assert rules[0] is rules[1]


@settings(max_examples=300, deadline=None)
@given(PROFILES, PROFILES, st.sampled_from(["email", "phone", "street", "external_id", "place", "domain"]))
def test_more_agreeing_evidence_never_lowers_a_score(one: Profile, other: Profile, fact: str) -> None:
    found = compare(one, other, AROUND, FAST)
    ladder = [found._replace(**{fact: agree}) for agree in sorted(Agree)]
    scores = [fitted_model().score(each) for each in ladder]
    assert scores == sorted(scores)


@settings(max_examples=200, deadline=None)
@given(PROFILES, PROFILES)
def test_a_rule_kept_is_kept_when_another_contact_agrees_too(one: Profile, other: Profile) -> None:
    found = compare(one, other, AROUND, FAST)
    if rule_for(found, Standing()) is not None:
        for fact in ("email", "phone", "street"):
            assert rule_for(found._replace(**{fact: Agree.EQUAL}), Standing()) is not None


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_a_normal_form_is_its_own_normal_form(name: str) -> None:
    assert fold(fold(name)) == fold(name)
    assert normalise(normalise(name)) == normalise(name)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(NAMES, FACTS, st.booleans()), max_size=7),
    st.lists(st.tuples(NAMES, FACTS, st.booleans()), max_size=7),
    st.randoms(use_true_random=False),
)
def test_every_record_once_and_the_same_result_whatever_the_order(ours, theirs, shuffler) -> None:  # type: ignore[no-untyped-def]
    left = [
        Candidate(Key("client", Side.PRACTICE, f"p{i}"), *each[:1], each[2], each[1])
        for i, each in enumerate(ours)
    ]
    right = [
        Candidate(Key("client", Side.LEDGER, f"q{i}"), *each[:1], each[2], each[1])
        for i, each in enumerate(theirs)
    ]
    found = propose(left, right)
    seen = [one.key for each in found for one in (each.practice, each.ledger) if one]
    assert sorted(seen, key=str) == sorted((one.key for one in left + right), key=str)
    shuffler.shuffle(left)
    shuffler.shuffle(right)
    assert propose(left, right) == found


def test_which_of_many_equally_near_names_are_compared_does_not_depend_on_the_order() -> None:
    names = ["Okafor Stone", *(f"Zq{i}" for i in range(23))]
    left = [Candidate(Key("client", Side.PRACTICE, f"p{i}"), name) for i, name in enumerate(names)]
    right = [Candidate(Key("client", Side.LEDGER, f"q{i}"), "Okafor Stones") for i in range(24)]
    found = propose(left, right)
    assert any(each.suggestions for each in found)
    for seed in range(4):
        Random(seed).shuffle(right)
        assert propose(left, right) == found


def test_who_stands_out_from_a_crowd_is_matched_whatever_the_order() -> None:
    left = [Candidate(Key("client", Side.PRACTICE, f"p{i}"), f"Bob Okafor {i}") for i in range(300)]
    left.append(Candidate(Key("client", Side.PRACTICE, "p"), "Bob Okafor", True, {"e-mail": "b@x.example"}))
    right = [Candidate(Key("client", Side.LEDGER, "q"), "Bob Okafor", True, {"e-mail": "b@x.example"})]
    found = propose(left, right)
    assert [each.practice.key.id for each in found if each.practice and each.ledger] == ["p"]
    Random(1).shuffle(left)
    assert propose(left, right) == found


@pytest.mark.parametrize(
    "names",
    [
        [""] * 1_000,
        ["Ada Byrne"] * 1_000,
        ["x" * 500] * 300,
        [f"{'&' * 250}{i}{',' * 240}" for i in range(100)],
        ["\u202e\u05d0\u05d1\u05d2 \u0639\u0645\u0631"] * 200,
        [f"\x00\x07\x1b[31m{i}" for i in range(200)],
        ["((((" * 100 + "))))" * 20] * 50,
        ["a.b.c.d.e.f." * 40] * 50,
        ["John " * 100] * 50,
    ],
    ids=[
        "empty",
        "namesakes",
        "long",
        "ampersands",
        "right to left",
        "control",
        "brackets",
        "dots",
        "repetition",
    ],
)
def test_input_nobody_would_type_finds_its_place(names: list[str]) -> None:
    left = [Candidate(Key("client", Side.PRACTICE, f"p{i}"), name) for i, name in enumerate(names)]
    right = [Candidate(Key("client", Side.LEDGER, f"q{i}"), name) for i, name in enumerate(names)]
    found = propose(left, right)
    assert sum((each.practice is not None) + (each.ledger is not None) for each in found) == 2 * len(names)
    assert not any(each.confirmed for each in found if normalise(names[0]) == normalise(names[-1]))
