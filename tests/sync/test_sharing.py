"""What many processes share: one company's allowance of calls, one refresh of its tokens, workers among firms."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.sync.rig import Rig
from tests.sync.test_review_decisions import reviewed
from tieout.practice.isolation import firm_scope
from tieout.reconcile.ports import Tokens
from tieout.sync import review, review_holds, review_jobs, runner, tasks, throttle, tokens
from tieout.sync.models import InboxEvent, TokenSet
from tieout.sync.throttle import SharedTurns


def most_within(moments: Sequence[datetime], span: timedelta) -> int:
    first, most = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - span:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.django_db
def test_workers_that_share_a_company_never_exceed_its_allowance_together(rig: Rig) -> None:
    left: list[datetime] = []
    with rig.here():
        workers = [SharedTurns(rig.connection, rig.engine) for _ in range(3)]
        for call in range(1500):
            rig.advance(workers[call % 3]())
            left.append(rig.clock.now())
            if call == 700:
                rig.advance(90)  # a pause saves nothing up
    assert most_within(left, timedelta(minutes=1)) <= throttle.PER_MINUTE
    assert most_within(left, timedelta(seconds=1)) <= 9
    busy = (left[700] - left[0]).total_seconds() / 60
    assert 700 / busy >= 0.98 * throttle.PER_MINUTE


@pytest.mark.django_db
def test_turns_taken_ahead_are_the_same_turns_and_cost_an_eighth_of_the_statements(rig: Rig) -> None:
    left: list[datetime] = []
    with rig.here(), CaptureQueriesContext(connection) as asked:
        turns = SharedTurns(rig.connection, rig.engine)
        asked_before = len(asked)
        for call in range(900):
            rig.advance(turns(call) + (0.05 if call % 50 == 0 else 0))  # now and then a little late
            left.append(rig.clock.now())
    assert len(asked) - asked_before <= 900 / 8 + 8
    assert most_within(left, timedelta(minutes=1)) <= throttle.PER_MINUTE
    assert most_within(left, timedelta(seconds=1)) <= 9
    assert 900 / ((left[-1] - left[0]).total_seconds() / 60) >= 0.98 * throttle.PER_MINUTE


@pytest.mark.django_db
def test_a_turn_that_is_not_used_in_time_is_lost(rig: Rig) -> None:
    left: list[datetime] = []
    with rig.here():
        turns = SharedTurns(rig.connection, rig.engine)
        for _ in range(40):
            for call in range(12):
                rig.advance(turns(call))
                left.append(rig.clock.now())
            rig.advance(5)
    assert most_within(left, timedelta(minutes=1)) <= throttle.PER_MINUTE
    assert most_within(left, timedelta(seconds=1)) <= 9


@pytest.mark.django_db
def test_every_call_of_a_run_takes_its_turn(rig: Rig) -> None:
    with rig.here():
        before = rig.clock.now()
        for number in range(40):
            rig.add_client(f"Client {number}")
        rig.run()
    assert len(rig.links()) == 40
    assert rig.clock.now() - before >= timedelta(seconds=(40 - throttle.AT_ONCE) * throttle.GAP)


@pytest.mark.django_db
def test_a_long_run_ends_its_turn_when_another_firm_waits_and_goes_on_later(rig: Rig) -> None:
    for number in range(100):
        rig.add_client(f"Client {number}")
    before = rig.clock.now()
    passed = runner.run_once(rig.connection.pk, replace(rig.engine, others_wait=lambda: True))
    took = rig.clock.now() - before
    assert passed is not None
    assert passed.more
    assert 0 < len(rig.links()) < 100
    assert took < rig.engine.turn + timedelta(seconds=3)
    rig.settle()
    assert len(rig.links()) == 100
    assert not rig.issues()


@pytest.mark.django_db
def test_another_firm_waits_only_when_its_lane_is_free(rig: Rig) -> None:
    with rig.here():
        ProcrastinateJob.objects.all()._raw_delete("default")
        tasks.wake(rig.connection.pk)
        assert tasks.others_wait()
        with database.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        tasks.wake(rig.connection.pk)  # its own next run: nobody else waits
        assert not tasks.others_wait()


class OneRefresh:
    """A provider that counts refreshes, and is slow at it."""

    def __init__(self, now: datetime) -> None:
        self.now, self.refreshes = now, 0
        self.begun, self.others_are_here = threading.Event(), threading.Event()

    def refresh(self, old: Tokens) -> Tokens:
        self.refreshes += 1
        self.begun.set()
        self.others_are_here.wait(20)
        later = self.now + timedelta(hours=1)
        return Tokens(f"access {self.refreshes}", f"refresh {self.refreshes}", later, later)


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_that_need_a_refresh_at_once_one_refreshes_and_all_use_it() -> None:
    rig = Rig()
    rig.connect()
    connection, firm_id = rig.connection, rig.firm.pk
    with rig.here():
        old = tokens.current(connection)
    provider: Any = OneRefresh(rig.clock.now())

    def renew(number: int) -> str:
        try:
            with firm_scope(firm_id):
                if number:
                    provider.begun.wait(20)
                return tokens.StoredTokens(connection, provider, rig.engine).renew(old.access)
        finally:
            database.close()

    with ThreadPoolExecutor(16) as pool:
        found = [pool.submit(renew, number) for number in range(16)]
        provider.begun.wait(20)
        provider.others_are_here.set()
        given = Counter(one.result() for one in found)
    assert (provider.refreshes, given) == (1, Counter({"access 1": 16}))
    with rig.here():
        assert TokenSet.objects.get().generation == 2
        assert tokens.current(connection).access == "access 1"


@pytest.mark.django_db(transaction=True)
def test_many_writes_at_once_meet_an_expired_token_together_and_all_arrive() -> None:
    rig = Rig(at_once=6)
    rig.set_up()
    for number in range(20):
        rig.add_client(f"Client {number}")
    with rig.here():  # QuickBooks ends it earlier than it said
        held = tokens.current(rig.connection)
        tokens.store(
            rig.connection, replace(held, access_expires_at=held.access_expires_at + timedelta(days=1))
        )
    ended: list[str] = []

    def at_point(name: str) -> None:
        if name == "journalled" and not ended:
            ended.append(name)
            rig.advance((held.access_expires_at - rig.clock.now()).total_seconds() + 1)

    rig.engine = replace(rig.engine, at_point=at_point)
    rig.emulator.log.clear()
    rig.settle()
    assert len(rig.customers()) == len(rig.links()) == 20
    assert not rig.issues()
    log = rig.emulator.log.entries()
    assert [one.status for one in log if "/customer?" in one.path].count(401) > 1
    assert len([one for one in log if one.path.endswith("/tokens/bearer")]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_webhook_is_stored_while_a_set_up_is_applied_to_its_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rig = Rig()
    found = reviewed(rig)
    rig.subscribe()
    with rig.here():
        review.apply(found, rig.member)
    rig.add_customer("Ada Byrne")
    rig.advance(10)
    nearly_done, go_on = threading.Event(), threading.Event()

    def at_its_end(*_: object) -> None:
        nearly_done.set()
        go_on.wait(20)

    def apply() -> None:
        try:
            review_jobs.apply_now(found.pk, rig.engine)
        finally:
            database.close()

    monkeypatch.setattr(review_holds, "say_left_out", at_its_end)
    with ThreadPoolExecutor(1) as pool:
        applied = pool.submit(apply)
        try:
            assert nearly_done.wait(20)
            with database.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            assert rig.deliver() == 1
            with rig.here():
                assert InboxEvent.objects.filter(handled_at=None).count() == 1
        finally:
            go_on.set()
            with database.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
        applied.result()
    rig.settle()
    assert rig.connection.webhook_heard_at is not None
    assert [one["name"] for one in rig.clients().values()] == ["Ada Byrne"]
