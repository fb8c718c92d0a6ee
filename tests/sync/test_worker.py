"""The worker process for real: it works, it is killed, another takes over."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError

from tests import bootstrap
from tests.sync.rig import Rig
from tieout.practice.isolation import every_firm_scope
from tieout.sync import tasks, worker
from tieout.sync.models import Connection, Run

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Look again and again: what another process does is waited for, never slept for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        connection.close()
    return False


@pytest.fixture(autouse=True)
def no_jobs(transactional_db: None) -> None:
    """The job library's own tables are not emptied between tests."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def process() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts workers on the test database; what a test leaves running is killed."""
    started: list[subprocess.Popen[bytes]] = []
    script = (
        "import django; django.setup();"
        "from django.db import connection;"
        f"connection.settings_dict['NAME'] = {connection.settings_dict['NAME']!r};"
        "from tieout.sync import worker; worker.STALLED_AFTER = 3.0; worker.run_worker(2)"
    )

    def start() -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        environment |= {"DJANGO_SETTINGS_MODULE": "tieout.config.settings"}
        started.append(subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait()


def runs() -> int:
    with every_firm_scope():
        return Run.objects.count()


def test_a_worker_takes_up_the_bell_and_ends_when_told(
    process: Callable[[], subprocess.Popen[bytes]],
) -> None:
    rig = Rig()
    rig.connect()
    with rig.here():
        tasks.wake(rig.connection.pk)
    running = process()
    assert within(60, lambda: runs() > 0)
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=30) == 0


class Breaking:
    """Stands in for the job library: its worker ends in each of the ways a restarting database makes it end."""

    def __init__(self) -> None:
        self.starts = 0
        self.finished = False

    @asynccontextmanager
    async def open_async(self) -> AsyncIterator[None]:
        self.starts += 1
        if self.starts == 1:
            raise OperationalError("the pool could not be opened")
        yield

    async def run_worker_async(self, **options: object) -> None:
        if self.starts == 2:
            raise ConnectorException
        if self.starts == 3:
            return  # the library stops quietly when one of its side tasks fails
        if self.starts == 5:
            raise ZeroDivisionError("no work of a database")
        os.kill(os.getpid(), signal.SIGTERM)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.finished = True  # what is under way is finished here
            raise


def test_a_worker_outlives_a_database_that_restarts_and_still_ends_when_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    breaking = Breaking()
    monkeypatch.setattr(worker, "app", breaking)
    monkeypatch.setattr(worker, "AGAIN_AFTER", 0.001)
    asyncio.run(worker._work_until_told(1, worker.AtWork()))
    assert (breaking.starts, breaking.finished) == (4, True)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(worker._work_until_told(1, worker.AtWork()))


def test_a_worker_outlives_a_real_postgresql_that_is_stopped_and_started_under_it(
    process: Callable[[], subprocess.Popen[bytes]],
) -> None:
    rig = Rig()
    rig.connect()
    running = process()

    def one_more_run() -> None:
        before = runs()
        with rig.here():
            tasks.wake(rig.connection.pk)
        assert within(60, lambda: runs() > before and lane_is_free())

    def lane_is_free() -> bool:
        with every_firm_scope():
            return Connection.objects.get().lease_until is None

    for _ in range(2):
        one_more_run()
        connection.close()
        bootstrap.restart()
    one_more_run()
    assert running.poll() is None, "the same process, not one that took its place"
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=30) == 0


def test_a_job_that_ended_without_the_database_being_told_is_put_back() -> None:
    rig = Rig()
    rig.connect()
    with rig.here():
        tasks.wake(rig.connection.pk)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
        (living,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE lock = %s RETURNING id",
            [living, tasks.lock_of(rig.connection.pk)],
        )
        (job,) = cursor.fetchone()
    rounds = worker.Rounds(at_work=worker.AtWork(living, {job}))
    now, patience = timezone.now(), timedelta(seconds=worker.STALLED_AFTER)

    def state_after(later: timedelta) -> str:
        rounds.make(now + later)
        return str(ProcrastinateJob.objects.values_list("status", flat=True).get(pk=job))

    assert state_after(timedelta(0)) == "doing"
    rounds.at_work.jobs.clear()
    assert state_after(2 * patience) == "doing", "the database may be about to be told"
    assert state_after(3 * patience) == "todo"


def test_a_job_of_a_dead_worker_is_put_back_and_run_by_another(
    process: Callable[[], subprocess.Popen[bytes]],
) -> None:
    rig = Rig()
    rig.connect()
    with rig.here():
        tasks.wake(rig.connection.pk)
    with connection.cursor() as cursor:
        # As a killed worker leaves it: taken up, no heartbeat any more.
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '10 minutes') RETURNING id"
        )
        (dead,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [dead])
    process()
    assert within(60, lambda: runs() > 0)


def test_two_rings_queue_one_job() -> None:
    rig = Rig()
    rig.connect()
    with rig.here():
        for _ in range(5):
            tasks.wake(rig.connection.pk)
    lock = tasks.lock_of(rig.connection.pk)
    assert ProcrastinateJob.objects.filter(status="todo", lock=lock).count() == 1


def test_a_job_that_was_rung_for_is_not_taken_up_before_what_it_was_rung_for_is_there() -> None:
    rig = alone()
    with rig.here():
        tasks.wake(rig.connection.pk)
    with transaction.atomic(), rig.here():
        tasks.wake(rig.connection.pk)  # what it rings for is not committed yet
        assert taken_up_elsewhere() == []
    assert taken_up_elsewhere() == [tasks.lock_of(rig.connection.pk)]


def test_a_bell_that_finds_the_job_being_taken_up_rings_anew() -> None:
    rig = alone()
    with rig.here():
        tasks.wake(rig.connection.pk)
    with psycopg.connect(**another_connection()) as worker_s:
        worker_s.execute(FETCH)  # not committed yet: still "todo" for everybody else
        with rig.here():
            tasks.wake(rig.connection.pk)
    jobs = ProcrastinateJob.objects.filter(lock=tasks.lock_of(rig.connection.pk))
    assert sorted(jobs.values_list("status", flat=True)) == ["doing", "todo"]


def alone() -> Rig:
    """A connected firm whose jobs are the only ones; other tests leave theirs."""
    rig = Rig()
    rig.connect()
    ProcrastinateJob.objects.all()._raw_delete("default")
    return rig


FETCH = "SELECT lock FROM procrastinate_fetch_job_v2(NULL, NULL)"


def another_connection() -> dict[str, Any]:
    return connection.get_connection_params() | {"autocommit": False, "row_factory": psycopg.rows.tuple_row}


def taken_up_elsewhere() -> list[str]:
    """The locks of the jobs that a worker gets at this instant; it gives them back at once."""
    with psycopg.connect(**another_connection()) as worker_s:
        found = [lock for (lock,) in worker_s.execute(FETCH) if lock]
        worker_s.rollback()
    return found


def test_a_connection_that_is_due_is_rung_for_and_one_that_is_not_is_left() -> None:
    rig = Rig()
    rig.connect()
    rig.run()
    with every_firm_scope():
        connection_row = rig.connection
    assert tasks.wake_due(connection_row.due_at - timedelta(seconds=1)) == 0
    assert tasks.wake_due(connection_row.due_at + timedelta(seconds=1)) == 1


def test_what_is_due_daily_is_looked_for_every_hour_however_often_mails_go_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[datetime] = []
    monkeypatch.setattr(worker, "do_what_is_due", looked.append)
    rounds, start = worker.Rounds(), timezone.now()
    for minutes in range(0, 151, 5):
        rounds.make(start + timedelta(minutes=minutes))
    assert [one - start for one in looked] == [timedelta(hours=hours) for hours in range(3)]


def test_old_rows_are_thrown_away_and_new_ones_kept() -> None:
    rig = Rig()
    rig.connect()
    rig.run()
    worker.tidy(rig.clock.now())
    assert runs() == 1
    worker.tidy(rig.clock.now() + worker.KEPT + timedelta(days=1))
    assert runs() == 0


def test_a_bell_is_not_swallowed_by_another_job_that_waits_for_the_same_lane() -> None:
    rig = Rig()
    rig.connect()
    with rig.here():
        tasks.collect_soon(rig.connection.pk, review_id=1)
        tasks.wake(rig.connection.pk)
    lock = tasks.lock_of(rig.connection.pk)
    waiting = ProcrastinateJob.objects.filter(status="todo", lock=lock).values_list("task_name", flat=True)
    assert sorted(waiting) == ["collect_review", "run_connection"]


def test_an_edit_whose_bell_was_lost_is_rung_for_anew() -> None:
    rig = Rig()
    rig.connect()
    rig.run()
    client_made = timezone.now()
    rig.add_client("Ada Byrne")
    ProcrastinateJob.objects.all()._raw_delete("default")
    with every_firm_scope():
        Connection.objects.update(due_at=client_made + timedelta(days=1), lease_until=None)
    assert tasks.wake_due(client_made) == 0
    assert tasks.wake_due(client_made + tasks.UNHEARD * 2) == 1
