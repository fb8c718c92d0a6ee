"""The proof of the proof: with each known bug planted a storm finds its law broken, or the test named for it turns red."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from django.db import transaction

from tests.sim import campaign, ledger
from tests.sim.evidence import COMES_TO_REST
from tests.sim.planted import BUGS, planted
from tests.sim.town import Towns
from tests.sync import (
    test_currency,
    test_merged_customers,
    test_review_drift,
    test_sharing,
    test_what_it_withstands,
)
from tests.sync.conftest import set_up

ROOT = Path(__file__).parent
MOST = 60
"""Seeds that each gets here if the one of the table does not show it any more; ``./run sim --planted`` gives it 1,000."""

AT_LEAST = 33
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
        return any(_breaks_its_law(towns, name, each) for each in [seed, *range(MOST)])


def _breaks_its_law(towns: Towns, name: str, seed: int) -> bool:
    """Whether the storm finds a law broken that is named for this bug; that something fell over is not enough."""
    with transaction.atomic():
        return campaign.one_storm(towns, seed)["law"] in BUGS[name].laws


def test_each_bug_names_the_laws_or_the_test_that_must_see_it() -> None:
    places = [(ROOT / f"{name}.py").read_text() for name in ("laws", "laws_of_undoing", "books", "weather")]
    known = {COMES_TO_REST, *re.findall(r'demand\(\s*(?:storm,\s*)?"([^"]+)"', "".join(places))}
    for name, bug in BUGS.items():
        assert bool(bug.laws) != bool(bug.shown_by), name
        assert set(bug.laws) <= known, name


BY_A_TEST: Mapping[str, Callable[[], None]] = {
    "preview-not-checked": lambda: (
        test_review_drift.test_a_plan_that_would_write_something_else_by_now_is_shown_again_and_nothing_is_written(
            "here"
        )
    ),
    "currency-ignored": (test_currency.test_a_document_in_another_currency_is_not_sent_and_not_called_equal),
    "gap-ignored": lambda: (
        test_what_it_withstands.test_a_change_older_than_the_feed_reaches_is_found_by_a_full_comparison_before_one_is_due(
            set_up()
        )
    ),
    "merge-event-ignored": lambda: (
        test_merged_customers.test_a_merge_there_is_one_question_nothing_is_written_and_documents_wait(
            test_merged_customers.with_webhooks()
        )
    ),
}
"""What no storm meets: only a page previews, the storms' company has one currency, a merge that goes unnoticed is listed all
the same, as something else, and after so long a gap the nightly look compares everything before the feed is asked."""
IN_PARALLEL = "refresh-without-lock"
"""A storm has one worker at a time."""


def test_each_bug_that_no_storm_meets_has_its_own_test() -> None:
    assert {name for name, bug in BUGS.items() if bug.shown_by} == {*BY_A_TEST, IN_PARALLEL}


@pytest.mark.django_db
@pytest.mark.parametrize("name", BY_A_TEST)
def test_a_bug_that_no_storm_can_meet_turns_its_own_test_red(name: str) -> None:
    with planted(name), pytest.raises((AssertionError, ValueError)):
        BY_A_TEST[name]()


@pytest.mark.django_db(transaction=True)
def test_a_refresh_without_its_lock_turns_its_own_test_red() -> None:
    with planted(IN_PARALLEL), pytest.raises(AssertionError):
        test_sharing.test_of_sixteen_that_need_a_refresh_at_once_one_refreshes_and_all_use_it()
