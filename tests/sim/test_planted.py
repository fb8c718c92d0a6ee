"""The proof of the proof: with each known bug planted a storm turns red, or the test that is named for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.sim import campaign, ledger
from tests.sim.planted import BUGS, planted
from tests.sim.town import Towns
from tests.sync import test_review_drift

MOST = 60
"""Seeds that each gets here if the one of the table does not show it any more; ``./run sim --planted`` gives it 1,000."""

AT_LEAST = 29
"""Bugs that the table says are caught by a seed."""


@pytest.fixture
def quiet() -> Iterator[None]:
    """What a bug has the product log is not worth reading."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
@pytest.mark.usefixtures("quiet")
def test_each_planted_bug_turns_a_storm_red() -> None:
    towns = Towns()
    known = {name: seed for name in BUGS if (seed := ledger.seed_that_caught(name)) is not None}
    missed = [name for name, seed in known.items() if not _caught(towns, name, seed)]
    assert not missed, f"not caught within {MOST} seeds: {missed}"
    assert len(known) >= AT_LEAST


def _caught(towns: Towns, name: str, seed: int) -> bool:
    with planted(name):
        return any(_turns_red(towns, each) for each in [seed, *range(MOST)])


def _turns_red(towns: Towns, seed: int) -> bool:
    with transaction.atomic():
        return bool(campaign.one_storm(towns, seed)["failure"])


@pytest.mark.django_db
def test_the_bug_that_no_storm_can_meet_turns_its_own_test_red() -> None:
    """Only a page previews a plan."""
    assert [name for name, bug in BUGS.items() if bug.shown_by] == ["preview-not-checked"]
    test = test_review_drift.test_a_plan_that_would_write_something_else_by_now_is_shown_again_and_nothing_is_written
    assert BUGS["preview-not-checked"].shown_by.endswith(test.__name__)
    with planted("preview-not-checked"), pytest.raises(AssertionError):
        test("here")
