"""Acts: the bell. The only module that knows the job library; nothing of the engine's own state lives in it.

A job says "look at this connection" and nothing else. Losing one costs until the next tick, never data;
running one twice costs a pass that finds nothing to do. One lock per connection keeps its runs in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction
from django.db.models import Max, Q
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tieout.practice.firms import Plan
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.models import OutboxNote
from tieout.sync import lease
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, ConnectionState, InboxEvent, Review, ReviewState, Run

QUEUE = "sync"
NOBODY_WAITS = -1
"""The priority of what no person waits for: taken up when nothing else is to be done."""
UNHEARD = timedelta(seconds=5)
"""After so long something that waits to be taken up has lost its bell."""


def lock_of(connection_id: int) -> str:
    return f"connection:{connection_id}"


def ring(firm_id: int) -> None:
    """Wake the firm's connections. Called by the practice's verbs inside their transaction: no commit, no bell."""
    for connection_id in Connection.objects.filter(firm_id=firm_id, state=ConnectionState.ACTIVE).values_list(
        "id", flat=True
    ):
        wake(connection_id)


def wake(connection_id: int) -> None:
    """Ask for a run of one connection soon. Rung again while one waits, nothing more is queued.

    Other jobs wait behind the same lock (a review, a comparison); they are no run.
    """
    if not _waits(connection_id, "run_connection"):
        run_connection.configure(lock=lock_of(connection_id)).defer(connection_id=connection_id)


_WAITS = """
SELECT id FROM procrastinate_jobs WHERE lock = %s AND task_name = %s AND status = 'todo'
AND (scheduled_at IS NULL OR scheduled_at <= now()) ORDER BY id FOR SHARE SKIP LOCKED LIMIT 1
"""


def _waits(connection_id: int, task: str) -> bool:
    """Whether such a job waits, and goes on waiting until the caller's transaction ends.

    Without the lock a worker could take the job up now and be through before the caller has committed what it rings
    for, and nobody would look at that. A job that a worker is just taking up does not count for the same reason.
    """
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(_WAITS, [lock_of(connection_id), task])
        return cursor.fetchone() is not None


@app.task(name="run_connection", queue=QUEUE)
def run_connection(connection_id: int) -> None:
    """One pass over one connection."""
    from tieout.sync.runner import run_once  # the runner needs the app registry to be ready

    with every_firm_scope():
        known = Connection.objects.filter(id=connection_id).exists()
    if known and (passed := run_once(connection_id, engine())) and passed.more:
        wake(connection_id)


def engine() -> Engine:
    """A worker's surroundings of a run."""
    return Engine(others_wait=others_wait, broken_off=lambda pk, epoch: BROKEN_OFF.add((pk, epoch)))


BROKEN_OFF: set[tuple[int, int]] = set()
"""(connection, epoch) of runs of this process that the database broke off: nobody else can know that they are over."""


def free_broken_off(now: datetime, runs: set[tuple[int, int]] = BROKEN_OFF) -> int:
    """Free the lanes of these runs and ring for them, instead of waiting until their leases run out.

    Called every few seconds by the worker: while the database is away it fails, and is called again. What such a run
    had sent without an answer is in doubt, as after any other end, and is looked for before it is sent again.
    """
    freed = 0
    for connection_id, epoch in sorted(runs):
        with every_firm_scope(), transaction.atomic():
            freed += lease.free(connection_id, epoch, now)
        runs.discard((connection_id, epoch))
    return freed


_WAITING = """
SELECT EXISTS (SELECT 1 FROM procrastinate_jobs w
    WHERE w.status = 'todo' AND w.queue_name = %s AND w.priority >= 0 AND (w.scheduled_at IS NULL OR w.scheduled_at <= now())
    AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs d WHERE d.status = 'doing' AND d.lock = w.lock))
"""


def others_wait() -> bool:
    """Whether a connection whose lane is free waits for a worker: then a long run ends its turn and queues anew."""
    with database.cursor() as cursor:
        cursor.execute(_WAITING, [QUEUE])
        return bool(cursor.fetchone()[0])


@app.task(name="collect_review", queue=QUEUE)
def collect_review(review_id: int) -> None:
    """Read both sides and sort them into the review's buckets."""
    from tieout.sync.review_jobs import collect

    collect(review_id)


@app.task(name="apply_review", queue=QUEUE)
def apply_review(review_id: int, connection_id: int) -> None:
    """Link as reviewed, turn the section on, and have the records synced."""
    from tieout.sync.review_jobs import apply_now

    apply_now(review_id)
    with every_firm_scope():
        wake(connection_id)


@app.task(name="compare_due", queue=QUEUE)
def compare_due(connection_id: int) -> None:
    """Make the tie-out that is due."""
    from tieout.sync import tie_out_daily

    tie_out_daily.compare_due(connection_id)


def compare_soon(connection_ids: Iterable[int]) -> None:
    """Ask for the tie-outs that are due; asked again while one waits, nothing more is queued."""
    for connection_id in connection_ids:
        if not _waits(connection_id, "compare_due"):
            compare_due.configure(lock=lock_of(connection_id), priority=NOBODY_WAITS).defer(
                connection_id=connection_id
            )


@app.task(name="keep_signed_in", queue=QUEUE)
def keep_signed_in(connection_id: int) -> None:
    """Refresh a pair of tokens that has lain unused, so that it does not run out."""
    from tieout.sync import tokens

    with every_firm_scope():
        connection = Connection.objects.filter(pk=connection_id).first()
    if connection is not None:
        with firm_scope(connection.firm_id):
            tokens.keep_alive(connection, Engine())


def keep_signed_in_soon(connection_ids: Iterable[int]) -> None:
    """Ask for these refreshes; asked again while one waits, nothing more is queued."""
    for connection_id in connection_ids:
        if not _waits(connection_id, "keep_signed_in"):
            keep_signed_in.configure(lock=lock_of(connection_id), priority=NOBODY_WAITS).defer(
                connection_id=connection_id
            )


@app.task(name="roll_back", queue=QUEUE)
def roll_back_run(review_id: int, connection_id: int) -> None:
    """Take a run of the set-up back; asked for again a little later while something of it is not through."""
    from tieout.sync.rollback import roll_back

    if not roll_back(review_id):
        with every_firm_scope():
            wake(connection_id)
        roll_back_soon(connection_id, review_id, after=30)


@app.task(name="mail_report", queue=QUEUE)
def mail_report(review_id: int) -> None:
    """Mail the report of a finished run."""
    from tieout.sync.report_mail import send

    send(review_id)


@app.task(name="mail_ready", queue=QUEUE)
def mail_ready(review_id: int, ended_at: str, tries: int = 0) -> None:
    """Mail that a review is ready, to who left and who asked."""
    from tieout.sync.ready_mail import send

    send(review_id, datetime.fromisoformat(ended_at), tries)


LED_ON = timedelta(minutes=1)
"""By then whoever still sits before the page of the reading has been led on."""


def mail_ready_soon(review_id: int, ended_at: datetime, tries: int = 0, *, after: timedelta = LED_ON) -> None:
    mail_ready.configure(schedule_in={"seconds": int(after.total_seconds())}).defer(
        review_id=review_id, ended_at=ended_at.isoformat(), tries=tries
    )


def mail_report_soon(review_id: int, *, after: timedelta = timedelta()) -> None:
    seconds = int(after.total_seconds())
    # A time of ours would be another machine's future where the clocks are apart: what is due now has none.
    when = mail_report.configure(schedule_in={"seconds": seconds}) if seconds else mail_report
    when.defer(review_id=review_id)


def roll_back_soon(connection_id: int, review_id: int, *, after: int = 0) -> None:
    if after:
        _later("roll_back", connection_id, review_id, after)
    else:
        roll_back_run.configure(lock=lock_of(connection_id)).defer(
            review_id=review_id, connection_id=connection_id
        )


def collect_soon(connection_id: int, review_id: int, *, after: int = 0) -> None:
    if after:
        _later("collect_review", connection_id, review_id, after)
    else:
        collect_review.configure(lock=lock_of(connection_id)).defer(review_id=review_id)


def apply_soon(connection_id: int, review_id: int, *, after: int = 0) -> None:
    if after:
        _later("apply_review", connection_id, review_id, after)
    else:
        apply_review.configure(lock=lock_of(connection_id)).defer(
            review_id=review_id, connection_id=connection_id
        )


_SOON = {"roll_back": roll_back_soon, "collect_review": collect_soon, "apply_review": apply_soon}


def _later(task: str, connection_id: int, review_id: int, seconds: int) -> None:
    """Queue such a job in so many seconds. It must not wait behind the connection's lock itself: the library lets no job
    pass an earlier one of its lock, due or not, and every edit and webhook of the firm would wait with it."""
    queue_later.configure(schedule_in={"seconds": seconds}).defer(
        task=task, connection_id=connection_id, review_id=review_id
    )


@app.task(name="queue_later", queue=QUEUE)
def queue_later(task: str, connection_id: int, review_id: int) -> None:
    """The bell of a job whose time has come."""
    _SOON[task](connection_id, review_id)


@app.task(name="tell_firms", queue=QUEUE)
def tell_firms() -> None:
    """Mail what is new about each firm's connection."""
    from tieout.sync.notices import tell_all

    tell_all(Engine().now())


def tell_firms_soon() -> None:
    """Ask for these mails. A job, since a mail server that hangs must hold up nothing else; asked again while one waits or
    is at it, nothing more is queued."""
    under_way = ProcrastinateJob.objects.filter(task_name="tell_firms", status__in=("todo", "doing"))
    if not under_way.exists():
        tell_firms.configure(lock="tell_firms", priority=NOBODY_WAITS).defer()


_JOBLESS = """
SELECT r.id, r.connection_id, r.state FROM {reviews} r JOIN {connections} c ON c.id = r.connection_id
WHERE c.state <> 'needs_reconnect'
AND (r.state = 'collecting' OR (r.state = 'applying' AND NOT r.summary ? 'applied'))
AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing')
    AND j.task_name IN ('collect_review', 'apply_review', 'queue_later') AND (j.args->>'review_id')::bigint = r.id)
"""


def ring_reviews() -> int:
    """Queue the job anew of each review that is under way and has none: its last one broke off with the database, or it
    waited until somebody signed in again.

    Called every few seconds by the worker. Both jobs find what they have done before.
    """
    with every_firm_scope(), transaction.atomic():
        with database.cursor() as cursor:
            cursor.execute(
                _JOBLESS.format(reviews=Review._meta.db_table, connections=Connection._meta.db_table)
            )
            jobless = cursor.fetchall()
        for review_id, connection_id, state in jobless:
            soon = collect_soon if state == ReviewState.COLLECTING else apply_soon
            soon(connection_id, review_id)
    return len(jobless)


STANDSTILL = timedelta(minutes=10)


def ask_first_after_a_standstill(now: datetime) -> int:
    """Have each connection ask the ledger what changed before it writes again, when nothing has run for a while.

    Called before a worker begins, and again when its database was away: it may be an older one by now, put back from a
    backup, and then the ledger has what it has forgotten. One read for each firm that has something to write.
    """
    with every_firm_scope():
        last = Run.objects.aggregate(at=Max("finished_at"))["at"]
        if last is None or now - last < STANDSTILL:
            return 0
        return Connection.objects.filter(state=ConnectionState.ACTIVE).update(changes_due_at=now)


def wake_due(now: datetime) -> int:
    """Ring for every connection that is due, or has something to take up that no run has taken. A firm whose plan does not
    include QuickBooks is left alone: what waits there is kept.

    Called every few seconds by the worker: a lost bell costs that long.
    """
    with every_firm_scope():
        noted = OutboxNote.objects.filter(created_at__lte=now - UNHEARD).values("firm_id")
        told = InboxEvent.objects.filter(handled_at=None, received_at__lte=now - UNHEARD).values(
            "connection_id"
        )
        due = (
            Connection.objects.filter(state=ConnectionState.ACTIVE, firm__plan=Plan.PAID)
            .filter(Q(due_at__lte=now) | Q(firm_id__in=noted) | Q(pk__in=told))
            .exclude(lease_until__gt=now)
        )
        ids = list(due.values_list("id", flat=True))
        for connection_id in ids:
            wake(connection_id)
    return len(ids)
