"""The catalogue of faults and invariants is whole, and what it points to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sim import planted
from tests.sim.catalogue import FAULTS, INVARIANTS, STORMS, page
from tests.sim.kinds import POINTS

TESTS = Path(__file__).resolve().parents[1]
SOURCE = TESTS.parent / "src" / "tieout" / "sync"


def _injected() -> set[str]:
    text = "".join(path.read_text() for path in (TESTS / "sim").glob("*.py") if path.name != "catalogue.py")
    return set(re.findall(r'"(F\d+)"', text))


def test_all_faults_and_invariants_are_there() -> None:
    assert list(FAULTS) == [f"F{number}" for number in range(1, 73)]
    assert list(INVARIANTS) == [f"I{number}" for number in range(1, 38)]


def test_what_storms_are_to_bring_is_brought() -> None:
    assert {fault for fault, shown in FAULTS.items() if STORMS in shown.by} <= _injected()


def test_what_is_open_says_why_and_nothing_else_is() -> None:
    for name, shown in {**FAULTS, **INVARIANTS}.items():
        assert bool(shown.by) != bool(shown.open), name


def test_the_page_for_people_says_the_same() -> None:
    assert (TESTS.parent / "docs" / "faults.md").read_text() == page(), "python -m tests.sim.catalogue"


@pytest.mark.parametrize("name", [*FAULTS, *INVARIANTS])
def test_what_shows_it_exists(name: str) -> None:
    for place in {**FAULTS, **INVARIANTS}[name].by:
        if place != STORMS:
            file, _, function = place.partition("::")
            text = (TESTS / file).read_text()
            assert not function or f"def {function}(" in text, place


def test_every_named_point_of_the_engine_is_a_place_to_die_at() -> None:
    points = {
        found
        for path in SOURCE.rglob("*.py")
        for found in re.findall(r"at_point\(\"([^\"]+)\"\)", path.read_text())
    }
    assert points == set(POINTS)


def test_thirty_bugs_can_be_planted() -> None:
    assert len(planted.BUGS) >= 30
