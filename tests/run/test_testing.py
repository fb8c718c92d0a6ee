"""``./run test`` itself: which pytests it starts, and that a failure anywhere is a failure."""

from __future__ import annotations

import subprocess

import pytest
from tools import testing


def test_without_arguments_all_but_the_journeys_are_spread_and_the_journeys_have_a_process_of_their_own() -> (
    None
):
    rest, journeys = testing.steps([], browser=True, processors=2, own_database=False)
    assert rest == ["-n", "2", "--dist", "loadfile", "-m", "not e2e and not long"]
    assert journeys == ["tests/e2e", "-m", "e2e and not long"]


def test_without_a_browser_there_are_no_journeys() -> None:
    assert len(testing.steps([], browser=False, processors=2, own_database=False)) == 1


def test_a_database_of_yours_is_used_by_one_process_at_a_time() -> None:
    rest, _ = testing.steps([], browser=True, processors=8, own_database=True)
    assert "-n" not in rest


def test_arguments_make_it_one_plain_pytest() -> None:
    chosen = ["tests/reconcile", "-x"]
    assert testing.steps(chosen, browser=True, processors=2, own_database=False) == [chosen]
    without = testing.steps(chosen, browser=False, processors=2, own_database=False)
    assert without == [["-m", "not e2e and not long", *chosen]]


@pytest.mark.parametrize("codes, expected", [([0, 0], 0), ([1, 0], 1), ([0, 2], 2)])
def test_every_step_is_run_and_one_that_fails_fails_the_whole(
    monkeypatch: pytest.MonkeyPatch, codes: list[int], expected: int
) -> None:
    left = list(codes)

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, left.pop(0))

    monkeypatch.setattr(testing.subprocess, "run", run)
    assert testing.main([], environ={}) == expected
    assert left == []
