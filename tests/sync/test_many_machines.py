"""Many firms and many machines: whoever has much to do leaves the others their workers, and clocks may be apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.sync.rig import SOMEBODY, Rig
from tieout.practice.actions.bulk import carry_on, start_client_bulk
from tieout.practice.actions.tags import create_tag
from tieout.practice.bulk import BulkAct, BulkVerb
from tieout.practice.isolation import every_firm_scope
from tieout.sync import bulk_tasks, notices, status, tasks, worker
from tieout.sync.models import Connection
from tieout.sync.tasks import lock_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rig() -> Rig:
    """A connected firm whose jobs are the only ones."""
    made = Rig()
    made.connect()
    ProcrastinateJob.objects.all()._raw_delete("default")
    return made


def taken_up() -> list[str]:
    """The tasks that workers take up now, one after the other, until nothing more can be."""
    found = []
    with transaction.atomic():
        while task := _next():
            found.append(task)
        transaction.set_rollback(True)
    return found


def _next() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_fetch_job_v2(NULL, NULL)")
        (name,) = cursor.fetchone()
    return name or ""


# -- turns ------------------------------------------------------------------------------------------------


def a_list(rig: Rig, clients: int) -> BulkAct:
    ids = [int(rig.add_client(f"Client {one}")) for one in range(clients)]
    with rig.here():
        tag = create_tag(firm_id=rig.firm.pk, name=f"Tag {ids[0]}", actor=SOMEBODY)
        return start_client_bulk(
            member=rig.member,
            verb=BulkVerb.TAG,
            client_ids=ids,
            now=timezone.now(),
            tag_id=tag.pk,
        )


def test_lists_of_one_firm_are_gone_through_one_at_a_time(rig: Rig) -> None:
    lists = [a_list(rig, 2) for _ in range(3)]
    ProcrastinateJob.objects.all()._raw_delete("default")
    with rig.here():
        for one in (*lists, *lists):
            bulk_tasks.ring_bulk(one.pk)
    assert ProcrastinateJob.objects.filter(task_name="run_bulk").count() == 3
    assert taken_up() == ["run_bulk"]


def test_a_long_list_ends_its_turn_when_others_wait_and_goes_on_later(rig: Rig) -> None:
    act, turns = a_list(rig, 5), iter((True, False))

    def waiting() -> int:
        return act.rows.filter(state="waiting").count()

    with rig.here():
        carry_on(firm_id=rig.firm.pk, act_id=act.pk, clock=timezone.now, go_on=lambda: next(turns))
        act.refresh_from_db()
        assert (waiting(), act.finished_at) == (3, None)
    ProcrastinateJob.objects.all()._raw_delete("default")
    bulk_tasks.run_bulk(str(act.pk))
    with rig.here():
        act.refresh_from_db()
        assert waiting() == 0
        assert act.finished_at is not None
    assert not ProcrastinateJob.objects.filter(task_name="run_bulk").exists()


def test_what_is_left_of_a_list_whose_turn_is_over_is_queued_anew(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = a_list(rig, 3)
    ProcrastinateJob.objects.all()._raw_delete("default")
    monkeypatch.setattr(bulk_tasks, "others_wait", lambda: True)
    monkeypatch.setattr(bulk_tasks, "Engine", lambda: replace(rig.engine, turn=timedelta(0)))
    for left in (2, 1, 0):
        bulk_tasks.run_bulk(str(act.pk))
        with rig.here():
            assert act.rows.filter(state="waiting").count() == left
        queued = ProcrastinateJob.objects.filter(task_name="run_bulk", status="todo")
        assert queued.count() == bool(left)
        queued._raw_delete("default")


def test_an_edit_passes_what_nobody_waits_for(rig: Rig) -> None:
    with rig.here():
        tasks.compare_soon([rig.connection.pk])
        tasks.keep_signed_in_soon([rig.connection.pk])
        assert not tasks.others_wait()
        tasks.wake(rig.connection.pk)
        assert tasks.others_wait()
    assert taken_up() == ["run_connection"]


def test_a_job_for_later_does_not_hold_the_lane_of_its_connection(rig: Rig) -> None:
    with rig.here():
        for soon in (tasks.collect_soon, tasks.apply_soon, tasks.roll_back_soon):
            soon(rig.connection.pk, 1, after=60)
        tasks.wake(rig.connection.pk)
    assert taken_up() == ["run_connection"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'queue_later'")
    assert sorted(taken_up()) == ["queue_later"] * 3 + ["run_connection"]
    for job in ProcrastinateJob.objects.filter(task_name="queue_later"):
        tasks.queue_later(**job.args)
    lane = ProcrastinateJob.objects.filter(lock=lock_of(rig.connection.pk)).values_list(
        "task_name", flat=True
    )
    assert sorted(lane) == ["apply_review", "collect_review", "roll_back", "run_connection"]


# -- mails --------------------------------------------------------------------------------------------------


def test_a_mail_server_that_hangs_does_not_stop_the_loop(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(now: object) -> int:
        raise AssertionError("the loop itself mails nothing")

    monkeypatch.setattr(notices, "tell_all", never)
    rounds = worker.Rounds()
    for minutes in (0, 2, 4):
        rounds.make(timezone.now() + timedelta(minutes=minutes))
    assert ProcrastinateJob.objects.filter(task_name="tell_firms").count() == 1


# -- clocks -------------------------------------------------------------------------------------------------


@pytest.fixture
def at_work(rig: Rig) -> int:
    """A job that a living worker, whose heartbeat has just come, is at."""
    with rig.here():
        tasks.wake(rig.connection.pk)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
        (living,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s RETURNING id", [living]
        )
        (job,) = cursor.fetchone()
    return job


@pytest.mark.parametrize("apart", [timedelta(minutes=9), timedelta(minutes=-9)])
def test_a_machine_whose_clock_is_off_takes_nobody_for_dead_and_everybody_dead_for_dead(
    at_work: int, apart: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(worker.timezone, "now", lambda: now + apart)
    assert worker.put_back_stalled() == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")
    assert worker.put_back_stalled() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, scheduled_at <= clock_timestamp() FROM procrastinate_jobs")
        assert cursor.fetchall() == [("todo", True)], "whoever comes next can take it up"


def test_a_bell_is_not_swallowed_by_a_job_that_is_not_due(rig: Rig) -> None:
    with rig.here():
        tasks.wake(rig.connection.pk)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '5 minutes'")
        tasks.wake(rig.connection.pk)
    assert ProcrastinateJob.objects.filter(task_name="run_connection").count() == 2


# -- when QuickBooks asks for quiet ---------------------------------------------------------------------------


def test_when_it_asks_to_wait_nothing_that_rings_asks_earlier_and_all_goes_afterwards(rig: Rig) -> None:
    rig.set_up()
    rig.fault("status", status=429, retry_after=120, times=1)
    rig.add_client("Ada Byrne")
    rig.run()
    calls = len(rig.emulator.log.entries())
    for number in range(5):
        rig.add_client(f"Client {number}")
        rig.advance(20)
        passed = rig.run()
        assert passed is not None
        assert passed.outcome == "waiting"
    assert len(rig.emulator.log.entries()) == calls
    with every_firm_scope():
        waits: Any = Connection.objects.get()
    assert waits.due_at == waits.quiet_until
    rig.advance(30)
    rig.settle()
    assert len(rig.customers()) == 6
    assert not rig.issues()


def test_somebody_may_ask_anyhow(rig: Rig) -> None:
    rig.set_up()
    rig.fault("status", status=429, retry_after=3600, times=1)
    rig.add_client("Ada Byrne")
    rig.run()
    with rig.here():
        status.sync_now(rig.connection, rig.member, engine=rig.engine)
    rig.run()
    assert len(rig.customers()) == 1
