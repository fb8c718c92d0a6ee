"""Acts: the worker process: runs jobs, and beside them a plain loop that no lost bell, lock or job can stop.

The loop rings for connections that are due, puts jobs of dead workers back, has the practice do what is due daily,
and throws old rows away. It is a thread of its own and not a job: a job can itself be lost or wait behind a lock.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import Error as DjangoDatabaseError
from django.db import close_old_connections
from django.db import connection as database
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker as LibraryWorker
from psycopg import Error as DatabaseError

from tieout.practice.audit_chain import chain_all
from tieout.practice.daily import do_what_is_due
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import OutboxNote
from tieout.sync import tokens, versions
from tieout.sync.bulk_tasks import ring_unfinished
from tieout.sync.merged_there import MERGED
from tieout.sync.models import LIVE_STATES, Connection, InboxEvent, Link, Run
from tieout.sync.tasks import (
    QUEUE,
    ask_first_after_a_standstill,
    compare_soon,
    free_broken_off,
    keep_signed_in_soon,
    ring_reviews,
    tell_firms_soon,
    wake_due,
)
from tieout.sync.tie_out_daily import due_connections

log = logging.getLogger(__name__)

TICK = 2.0
"""Seconds between two looks at what is due: how long a lost bell can cost."""
STALLED_AFTER = 60.0
"""Seconds without a heartbeat after which a worker is taken for dead. Long enough for a machine that swaps."""
AGAIN_AFTER = 1.0
"""Seconds until a worker that ended by itself starts again."""
TIDY_EVERY = timedelta(hours=1)
TELL_EVERY = timedelta(minutes=1)
"""How soon a change of state is mailed."""
KEPT = timedelta(days=30)
"""How long handled webhook events and runs are kept."""


@dataclass(slots=True)
class AtWork:
    """The jobs that this process is working on, and the name it goes by in the job library's table."""

    worker_id: int | None = None
    jobs: set[int | None] = field(default_factory=set)

    async def note(
        self, go_on: Callable[[], Awaitable[Any]], context: JobContext, worker: LibraryWorker
    ) -> Any:
        """Around each job, as the library's middleware."""
        self.worker_id = worker.worker_id
        self.jobs.add(context.job.id)
        try:
            return await go_on()
        finally:
            self.jobs.discard(context.job.id)


def stays() -> None:
    """What is loaded when the work begins is there for good: the garbage collector need not look through it again and again.

    It did for a fifth of the processor time of a large push, and found nothing.
    """
    gc.collect()
    gc.freeze()


def run_worker(concurrency: int) -> None:
    """Work until SIGTERM or SIGINT; a job under way is finished first. A database that restarts is waited for.

    Raises ``SystemExit``, with a sentence, when the database is of another version.
    """
    if problem := versions.mismatch():
        raise SystemExit(problem)
    stays()
    stop, at_work = threading.Event(), AtWork()
    loop = threading.Thread(target=_tick_until, args=(stop, at_work), name="ticker", daemon=True)
    loop.start()
    try:
        worker_connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # Django's has it
        with app.replace_connector(worker_connector):
            asyncio.run(_work_until_told(concurrency, at_work))
    finally:
        stop.set()
        loop.join(timeout=10)


async def _work_until_told(concurrency: int, at_work: AtWork) -> None:
    """The library's worker ends when its connections break, quietly or with an error: then it is started again."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    # Ours and not the library's, so that a signal also counts while the database is away.
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    # Jobs are plain functions and run in the default executor, which is sized by cores unless we say so.
    loop.set_default_executor(ThreadPoolExecutor(max_workers=concurrency + 2))
    while not told.is_set():
        try:
            await asyncio.to_thread(_before_work)
            await _work(concurrency, told, at_work)
        except (ConnectorException, DatabaseError, DjangoDatabaseError) as error:
            log.warning("the database does not answer (%s)", error)
        if not told.is_set():
            log.warning("the worker ended by itself; it starts again in %s seconds", AGAIN_AFTER)
            with suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), AGAIN_AFTER)


def _before_work() -> None:
    """In a thread of its own, as the jobs are."""
    try:
        ask_first_after_a_standstill(timezone.now())
    finally:
        database.close()


async def _work(concurrency: int, told: asyncio.Event, at_work: AtWork) -> None:
    """Work until told to stop or until it ends by itself. Raises what ended it."""
    async with app.open_async():
        work = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=concurrency,
                # A lock that comes free does not wake the worker; polling does.
                fetch_job_polling_interval=0.2,
                stalled_worker_timeout=STALLED_AFTER,
                update_heartbeat_interval=STALLED_AFTER / 6,
                delete_jobs="successful",
                install_signal_handlers=False,
                worker_middleware=[at_work.note],
            )
        )
        stop = asyncio.create_task(told.wait())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not work.done():
            work.cancel()  # the library's way to be told: it finishes what is under way
            await asyncio.wait({work})
        if not work.cancelled() and (error := work.exception()):
            raise error


@dataclass(slots=True)
class Rounds:
    """What the plain loop does at each look, and how long ago it did what is not due at each."""

    tidied: datetime | None = None
    told: datetime | None = None
    at_work: AtWork = field(default_factory=AtWork)
    end: Callable[[], object] = lambda: os.kill(os.getpid(), signal.SIGTERM)
    """Ends this worker, after what is under way."""
    ended: dict[int, datetime] = field(default_factory=dict)
    """Jobs that are this worker's by the table and not by itself -> since when."""

    def make(self, now: datetime) -> None:
        free_broken_off(now)
        wake_due(now)
        ring_reviews()
        ring_unfinished(now)
        put_back_stalled()
        self._put_back_ended(now)
        chain_all()
        if self.tidied is None or now - self.tidied >= TIDY_EVERY:
            tidy(now)
            do_what_is_due(now)
            compare_soon(due_connections(now))
            with every_firm_scope():
                keep_signed_in_soon(tokens.unused(now))
            self.tidied = now
        if self.told is None or now - self.told >= TELL_EVERY:
            if problem := versions.mismatch():
                log.error("%s This worker ends.", problem)
                self.end()
                return
            tell_firms_soon()
            self.told = now

    def _put_back_ended(self, now: datetime) -> None:
        """Give back jobs that ended here without the database being told, because it went away at that instant.

        Their worker lives, so nobody takes them for stalled; and their lock would keep the connection from any run.
        """
        if self.at_work.worker_id is None:
            return
        held = ProcrastinateJob.objects.filter(status="doing", worker_id=self.at_work.worker_id)
        ended = [one for one in held.values_list("id", flat=True) if one not in self.at_work.jobs]
        self.ended = {one: self.ended.get(one, now) for one in ended}
        _put_back(one for one, since in self.ended.items() if now - since >= timedelta(seconds=STALLED_AFTER))


def _tick_until(stop: threading.Event, at_work: AtWork) -> None:
    rounds = Rounds(at_work=at_work)
    while not stop.wait(TICK):
        try:
            close_old_connections()
            rounds.make(timezone.now())
        except Exception:
            # The database may be restarting: this loop is the one that must outlive it.
            log.exception("the worker's loop failed; it goes on")


def put_back_stalled() -> int:
    """Give jobs of workers without a heartbeat to the others. The epoch on the connection fences the dead one.

    By the database's clock, as the heartbeats are: a machine whose own is a minute ahead would take everybody for dead.
    """
    stalled = list(
        ProcrastinateJob.objects.filter(
            status="doing", worker__last_heartbeat__lt=Now() - timedelta(seconds=STALLED_AFTER)
        ).values_list("id", flat=True)
    )
    stalled += ProcrastinateJob.objects.filter(status="doing", worker__isnull=True).values_list(
        "id", flat=True
    )
    return _put_back(stalled)


def _put_back(job_ids: Iterable[int]) -> int:
    put_back = 0
    for job_id in job_ids:
        try:
            app.job_manager.retry_job_by_id(job_id, retry_at=_database_now())
        except ConnectorException:
            log.info("job %s was put back by another worker", job_id)
        else:
            put_back += 1
    return put_back


def _database_now() -> datetime:
    with database.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def tidy(now: datetime) -> None:
    """Throw away what nobody will ask for again: handled events, old runs, notes of firms without a ledger, failed jobs.

    A firm that is paused, signed out or disconnected has its notes kept for as long as that lasts; of several about one
    record the newest says it all.
    """
    with every_firm_scope():
        InboxEvent.objects.filter(handled_at__lt=now - KEPT).exclude(operation=MERGED).delete()
        Run.objects.filter(started_at__lt=now - KEPT).delete()
        old = OutboxNote.objects.filter(created_at__lt=now - KEPT)
        tied = Connection.objects.filter(
            Q(state__in=LIVE_STATES) | Exists(Link.objects.filter(connection=OuterRef("pk")))
        )
        newer = OutboxNote.objects.filter(
            firm=OuterRef("firm"),
            kind=OuterRef("kind"),
            record_id=OuterRef("record_id"),
            id__gt=OuterRef("id"),
        )
        old.exclude(firm_id__in=tied.values("firm_id")).delete()
        old.filter(Exists(newer)).delete()
    with database.cursor() as cursor:
        # The library's model is read-only, and its own call for this is asynchronous.
        cursor.execute(
            "DELETE FROM procrastinate_jobs j WHERE status IN ('failed', 'cancelled', 'aborted')"
            " AND NOT EXISTS (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at >= %s)",
            [now - KEPT],
        )
