"""What a contact fact is worth is learnt from the two lists themselves, and only in its own direction."""

from __future__ import annotations

import pytest

from tieout.reconcile.match_evidence import Surroundings, compare, read
from tieout.reconcile.match_findings import Agree, Findings, Level, NameFindings
from tieout.reconcile.match_habits import (
    MOST_FOR_DIFFERENT,
    MOST_FOR_EQUAL,
    MOST_WITHOUT_A_NAME,
    Habits,
    Telling,
    compared,
)
from tieout.sync.matching import FAST, fitted_model

USUAL = Habits({"email": 0.1, "phone": 0.1, "street": 0.1}, {"email": 0.5, "phone": 0.3, "street": 0.3})


def found(**facts: Agree) -> Findings:
    return Findings(NameFindings(Level.EXACT, nats=20.0), surplus=10.0, likeness=1.0, **facts)


def households(size: int, of: int) -> list:
    """``size`` records, ``of`` of them at each address and telephone."""
    rows = []
    for number in range(size):
        evidence = {
            "phone": f"415555{number // of:04d}",
            "street": f"{number // of + 1} Elm Street",
            "city": "X",
        }
        rows.append(read(f"Name{number} Person", evidence, measures=FAST))
    return rows


def test_an_equal_address_says_more_where_nobody_shares_one() -> None:
    alone = Telling.beside(USUAL, Habits.of([], [households(400, 1)], USUAL))
    shared = Telling.beside(USUAL, Habits.of([], [households(400, 4)], USUAL))
    same_street = found(street=Agree.EQUAL)
    assert alone.adds(compared(same_street)) > 1.0
    assert shared.adds(compared(same_street)) == 0.0


def test_another_phone_says_more_where_sure_pairs_never_differ_in_it() -> None:
    steady = Habits.of([found(phone=Agree.EQUAL)] * 200, [], USUAL)
    changing = Habits.of([found(phone=Agree.EQUAL), found(phone=Agree.DIFFERENT)] * 100, [], USUAL)
    other_phone = found(phone=Agree.DIFFERENT)
    assert Telling.beside(USUAL, steady).adds(compared(other_phone)) < -1.0
    assert Telling.beside(USUAL, changing).adds(compared(other_phone)) == 0.0


def test_short_lists_change_next_to_nothing() -> None:
    few = Habits.of([found(phone=Agree.EQUAL)] * 2, [households(4, 1)], USUAL)
    telling = Telling.beside(USUAL, few)
    assert telling.adds(compared(found(phone=Agree.DIFFERENT))) == pytest.approx(0.0, abs=0.25)
    assert telling.adds(compared(found(street=Agree.EQUAL))) == pytest.approx(0.0, abs=0.25)


def test_what_the_lists_may_add_is_bounded() -> None:
    extreme = Telling.beside(USUAL, Habits({"phone": 0.0}, {"phone": 0.0}))
    assert extreme.adds(compared(found(phone=Agree.EQUAL))) == MOST_FOR_EQUAL
    assert extreme.adds(compared(found(phone=Agree.DIFFERENT))) == -MOST_FOR_DIFFERENT


def test_the_tenant_before_is_not_the_client() -> None:
    telling = Telling.beside(USUAL, Habits({}, {"phone": 0.0, "street": 0.0}))
    strangers = Findings(NameFindings(Level.NONE), phone=Agree.EQUAL, street=Agree.EQUAL)
    assert telling.adds(compared(strangers)) == MOST_WITHOUT_A_NAME


def test_the_package_knows_the_habits_its_weights_were_fitted_to() -> None:
    usual = fitted_model().usual
    assert {*usual.shared} == {"email", "phone", "street"}
    assert {*usual.differs} == {"email", "phone", "street", "place"}


@pytest.mark.parametrize(
    "one, other, level",
    [
        ("Spago (Los Angeles)", "Spago", Level.EXACT),
        ("JSC Murom Plant", "Murom Plant OJSC", Level.EXACT),
        ("PricewaterhouseCoopers LLP", "Pricewaterhouse Coopers LLP", Level.NEAR),
        ("First Harbor Bank", "1st Harbor Bank", Level.EXACT),
        ("RamiMakhlouf", "Rami Makhlouf", Level.NEAR),
    ],
)
def test_names_written_otherwise_are_read_alike(one: str, other: str, level: Level) -> None:
    place = {"city": "Los Angeles"}
    around = Surroundings.of()
    assert compare(read(one, place), read(other, place), around).name.level is level


def test_a_branch_in_another_place_stays_apart_by_its_place() -> None:
    around = Surroundings.of()
    denver = read("Acme Roofing (Denver)", {"city": "Denver"})
    boulder = read("Acme Roofing (Boulder)", {"city": "Boulder"})
    assert compare(denver, boulder, around).place is Agree.DIFFERENT
