"""The nets under the webhooks: cheap while nothing happens, close while something may be missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sync.rig import Rig
from tieout.quickbooks.ledger import QuickBooksLedger
from tieout.reconcile.ports import Activity
from tieout.sync.ledgers import calls_of_month
from tieout.sync.models import SettingsCheck
from tieout.sync.nets import Pace, Webhooks, compare_now, next_question, question_after_move

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)
PACE = Pace()


@pytest.mark.parametrize(
    ("heard", "missed", "healthy"),
    [
        (None, None, False),
        (NOW, None, True),
        (NOW, NOW - AN_HOUR, True),
        (NOW, NOW + AN_HOUR, False),
        (None, NOW, False),
    ],
)
def test_webhooks_are_healthy_when_some_came_and_none_was_missed_since(
    heard: datetime | None, missed: datetime | None, healthy: bool
) -> None:
    assert Webhooks(heard, missed).healthy is healthy


@pytest.mark.parametrize(
    ("webhooks", "moved", "wait"),
    [
        (Webhooks(), None, PACE.doubtful),
        (Webhooks(NOW, NOW + AN_HOUR), NOW, PACE.doubtful),
        (Webhooks(NOW), NOW, PACE.lively),
        (Webhooks(NOW), NOW - AN_HOUR, PACE.quiet),
        (Webhooks(NOW), None, PACE.quiet),
    ],
)
def test_the_feed_is_asked_the_less_often_the_surer_we_are(
    webhooks: Webhooks, moved: datetime | None, wait: timedelta
) -> None:
    assert next_question(webhooks, moved, NOW, PACE) == NOW + wait


def test_what_happens_brings_the_next_question_nearer_and_never_puts_it_off() -> None:
    assert question_after_move(Webhooks(NOW), NOW + PACE.quiet, NOW, PACE) == NOW + PACE.lively
    assert question_after_move(Webhooks(NOW), NOW + PACE.doubtful, NOW, PACE) == NOW + PACE.doubtful


@pytest.mark.parametrize(
    ("compared", "moved", "comes_here", "now"),
    [
        (None, None, True, True),
        (timedelta(days=1), timedelta(hours=5), True, True),
        (timedelta(days=1), timedelta(hours=5), False, False),
        (timedelta(days=7), timedelta(hours=5), False, True),
        (timedelta(days=8), timedelta(days=9), True, False),
        (timedelta(days=30), timedelta(days=40), True, True),
    ],
)
def test_what_has_moved_is_compared_whole_every_night_and_the_rest_every_month(
    compared: timedelta | None, moved: timedelta | None, comes_here: bool, now: bool
) -> None:
    at = [None if ago is None else NOW - ago for ago in (compared, moved)]
    assert compare_now(*at, comes_here=comes_here, now=NOW, pace=PACE) is now


def metered(rig: Rig) -> int:
    """Metered reads of this company as the emulator counted them."""
    reads = [one for one in rig.emulator.log.entries() if one.area == "data" and one.metered == "coreplus"]
    return len(reads)


def pass_time(rig: Rig, days: float) -> None:
    """Let this much time pass as workers would: every due time is kept, deliveries are taken as they come."""
    end = rig.clock.now() + timedelta(days=days)
    due = rig.connection.due_at
    while rig.clock.now() < end:
        # A delivery comes within ten seconds; on a quiet day nobody looks that often.
        waiting = bool(rig.emulator.webhooks.pending())
        step = timedelta(seconds=10) if waiting else max(due - rig.clock.now(), timedelta(seconds=1))
        rig.advance(min(step, end - rig.clock.now()).total_seconds())
        if rig.deliver() or due <= rig.clock.now():
            rig.run()
            due = rig.connection.due_at


@pytest.fixture
def idle() -> Rig:
    """A firm with healthy webhooks, in step, in which nothing happens any more."""
    rig = Rig("sample")
    rig.subscribe()
    rig.set_up()
    rig.add_client("Ada Byrne")
    rig.settle()
    rig.advance(10)
    rig.deliver()
    rig.settle()
    return rig


@pytest.mark.django_db
def test_an_idle_firm_costs_at_most_a_hundred_reads_a_month(idle: Rig) -> None:
    pass_time(idle, 2)
    idle.emulator.log.clear()
    pass_time(idle, 31)
    assert 30 <= metered(idle) <= 100
    with idle.here():
        assert sum(calls_of_month(idle.connection, idle.clock.now()).values()) > 0


@pytest.mark.django_db
def test_a_webhook_lost_among_others_is_found_within_a_quarter_of_an_hour(idle: Rig) -> None:
    pass_time(idle, 1)
    idle.subscribe(drop=1.0)
    idle.add_customer("Bo Diaz")
    idle.advance(10)
    idle.deliver()
    idle.subscribe()
    idle.add_customer("Cleo Marsh")
    pass_time(idle, 16 / 24 / 60)
    names = {units["name"] for units in idle.clients().values()}
    assert {"Bo Diaz", "Cleo Marsh"} <= names


@pytest.mark.django_db
def test_once_a_webhook_is_missed_the_feed_is_asked_every_few_minutes_until_one_comes(idle: Rig) -> None:
    pass_time(idle, 1)
    idle.subscribe(drop=1.0)
    idle.add_client("Dag Ruiz")
    idle.settle()
    pass_time(idle, 0.05)  # our own write was not told of
    idle.emulator.log.clear()
    pass_time(idle, 1 / 24)
    assert 10 <= metered(idle) <= 13
    idle.subscribe()
    idle.add_customer("Eva Nunez")
    pass_time(idle, 1 / 24)
    idle.emulator.log.clear()
    pass_time(idle, 1 / 24)
    assert metered(idle) <= 1


@pytest.mark.django_db
def test_a_row_that_slips_between_two_pages_is_found_and_never_taken_for_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A record removed from an earlier page while a long list is read moves the next page by one."""
    rig = Rig()
    known, _ = rig.add_customer("Ada Byrne"), rig.add_customer("Cleo Dent")
    rig.set_up()
    new = rig.add_customer("Bo Diaz")
    rig.advance(40 * 86_400)  # beyond the change feed: only the listing tells
    whole, slipped = QuickBooksLedger.list, []

    def one_page_short(self: QuickBooksLedger, entity: str, activity: Activity) -> Iterator[Any]:
        for page in whole(self, entity, activity):
            slipped.append(entity)
            yield [row for row in page if row.id not in (known, new)]

    with monkeypatch.context() as patch:
        patch.setattr(QuickBooksLedger, "list", one_page_short)
        rig.run()
    assert slipped
    rig.settle()
    assert known in rig.links().values()
    assert not rig.issues()
    assert new not in rig.links().values()
    rig.advance(86_400)
    rig.settle()
    assert new in rig.links().values()


@pytest.mark.django_db
def test_a_setting_that_is_changed_there_is_seen_every_night_without_a_read_of_its_own(idle: Rig) -> None:
    def auto_apply() -> Any:
        with idle.here():
            check = SettingsCheck.objects.get()
            return check.facts["preferences"]["SalesFormsPrefs"].get("AutoApplyCredit"), check.facts[
                "country"
            ]

    pass_time(idle, 1)
    assert auto_apply() == (None, "US")
    idle.emulator.control.set_preferences(idle.realm, {"SalesFormsPrefs": {"AutoApplyCredit": True}})
    idle.emulator.log.clear()
    pass_time(idle, 1.1)
    assert auto_apply() == (True, "US")
    alone = [
        one for one in idle.emulator.log.entries(area="data") if one.entity in ("preferences", "companyinfo")
    ]
    assert not alone
