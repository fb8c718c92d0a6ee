"""Acts: one pass over one connection: lease, discover, resolve doubts, observe, plan, execute.

The only entry of the engine. Whoever wants something synced marks a key dirty and rings; whoever runs calls
``run_once``. It may be stopped at any instant and called again: everything it knows is in the tables.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction

from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.reconcile.order import in_order
from tieout.reconcile.ports import (
    LedgerError,
    Reconnect,
    RetryLater,
    UnknownOutcome,
)
from tieout.reconcile.room import settles
from tieout.sync import discover, doubt, lease, ledgers, together, waiting, watch
from tieout.sync.batches import let_go_first, work_through
from tieout.sync.engine import Engine
from tieout.sync.executor import Executor
from tieout.sync.lease import Lease, LeaseLost, NoLongerAllowed
from tieout.sync.listing import say
from tieout.sync.models import Connection, ConnectionState, Run, SectionState
from tieout.sync.policy import on_trial
from tieout.sync.review_jobs import note_progress
from tieout.sync.tokens import sign_in_ended

log = logging.getLogger(__name__)

BROKEN_OFF = (OperationalError, InterfaceError)
"""What the database raises when it is away, full, or has chosen this transaction to give way to another."""
WRITTEN_THERE = ("created_there", "updated_there", "in_doubt")
"""What a run counts when it has written to the ledger."""
PATIENCE = timedelta(seconds=60)
"""How long a whole company waits when QuickBooks asks for it without saying how long."""
LONG = timedelta(minutes=15)
"""How long it waits when somebody has to mend something that is no record's."""


@dataclass(slots=True)
class Pass:
    """What one run did; its numbers end up in the ``Run`` row."""

    outcome: str = "done"
    counts: dict[str, int] = field(default_factory=dict)
    more: bool = False
    due_at: datetime | None = None
    meter: Counter[str] = field(default_factory=Counter)
    heard: int = 0
    """Webhook notices taken up."""
    signed_in_at: datetime | None = None
    """When the grant was given that the run began with."""

    def add(self, counts: Mapping[str, int]) -> None:
        for what, number in counts.items():
            self.counts[what] = self.counts.get(what, 0) + number


def run_once(connection_id: int, engine: Engine | None = None) -> Pass | None:
    """Run one pass. None when another run holds the lane, or the connection is not active.

    Raises what the database raises when it breaks the run off: then nothing half is left, and another run goes on. A fault
    of ours is raised too, after the firm has been told: it is tried again a quarter of an hour later, not for ever at once.
    """
    engine = engine or Engine()
    with every_firm_scope():
        firm_id = Connection.objects.values_list("firm_id", flat=True).get(pk=connection_id)
    with firm_scope(firm_id):
        held = lease.take(connection_id, engine)
        if held is None:
            return None
        started = engine.now()
        passed = Pass(signed_in_at=held.connection.connected_at)
        try:
            _run_to_its_end(held, passed)
            _finish(held, passed, started)
        except LeaseLost:
            log.warning("connection %s was taken over by another run", connection_id)
            passed.outcome = "taken over"
            return passed
        except BROKEN_OFF:
            engine.broken_off(connection_id, held.connection.epoch)
            raise
        except Exception:
            _fail(held, passed, started)
            raise  # a fault of ours: whoever runs the worker sees it too
        finally:
            with suppress(*BROKEN_OFF):  # what it has called is counted, however it ended
                ledgers.keep_calls(held.connection, passed.meter, engine.now())
        return passed


def _run_to_its_end(held: Lease, passed: Pass) -> None:
    """The run, and what its end is to be called. Raises ``LeaseLost``, also when the lane is lost while it ends."""
    try:
        _run(held, passed)
    except NoLongerAllowed:
        passed.outcome = "stopped"
    except RetryLater as error:
        _wait(held, passed, error)
    except UnknownOutcome as error:
        _wait(held, passed, RetryLater(error.sentence))
    except Reconnect as error:
        _needs_reconnect(held, passed, error)
    except discover.Halted as halted:
        _halt(held, passed, str(halted))
    except LedgerError as error:
        # Our keys are refused, or a listing made no sense: not one record's fault, so none is blamed.
        _wait(held, passed, RetryLater(error.sentence, after=LONG, reference=error.reference), "problem")


def _run(held: Lease, passed: Pass) -> None:
    connection, engine = held.connection, held.engine
    provider = engine.provider(connection.ledger)
    ledger = ledgers.Watched(ledgers.open_ledger(connection, engine, passed.meter, held.check), held.check)
    on = [spec for spec in in_order(provider.specs) if connection.section(spec.practice) is SectionState.ON]
    waits = waiting.ask(held)
    if waits.notes:
        discover.take_outbox(held, provider.specs)
    if waits.notices:
        passed.heard = discover.take_inbox(held, provider.specs)
    if waits.cut_off:
        doubt.own_up(held)
    if connection.quiet_until and connection.quiet_until > engine.now():
        # Our own writes come back as webhooks, and people go on working: none of that is a reason to ask too early.
        passed.outcome, passed.due_at = "waiting", connection.quiet_until
        return
    looked = bool(on) and watch.look(held, ledger, on)
    if looked or waits.notes or waits.notices or waits.cut_off:
        waits = waiting.ask(held)
    began = engine.now()

    def go_on() -> bool:
        """Until its turn is over and another firm waits."""
        return engine.now() - began < engine.turn or not engine.others_wait()

    tried = {
        spec.practice: record for spec in in_order(provider.specs) if (record := on_trial(connection, spec))
    }
    executors = [
        Executor(held, ledger, spec)
        for spec in in_order(provider.specs)
        if spec in on or spec.practice in tried
    ]
    for executor in executors:
        if executor.spec.practice in waits.doubtful:
            doubt.resolve_due(executor)
    if waits.doubtful:
        waits = waiting.ask(held)
    for executor in executors:
        word = executor.spec.practice
        try:
            if word in waits.dirty and settles(executor.spec):
                # Of those that come after it: what they let go of, this one may take.
                for later in executors[executors.index(executor) + 1 :]:
                    if later.spec.practice in waits.dirty and settles(later.spec) and later.spec in on:
                        let_go_first(later, go_on)
            if word in waits.dirty:
                passed.more |= work_through(executor, go_on, only=tried.get(word, ""))
                if executor is not executors[-1]:
                    waits = waiting.ask(held)  # what came into step may have waked others
        finally:
            passed.add(executor.counts)


# -- how a run ends --------------------------------------------------------------------------------------


def _wait(held: Lease, passed: Pass, error: RetryLater, result: str = "waiting") -> None:
    passed.outcome = "waiting"
    passed.due_at = held.engine.now() + (error.after or PATIENCE)
    with held.commit() as connection:
        if result == "waiting":
            Connection.objects.filter(pk=connection.pk).update(quiet_until=passed.due_at)
        say(connection, held.engine.now(), error.sentence, result=result, reference=error.reference)


UNEXPECTED = "Something unexpected stopped the sync. Nothing is lost; it is tried again in 15 minutes. Please report this."


def _fail(held: Lease, passed: Pass, started: datetime) -> None:
    passed.outcome = "failed"
    passed.due_at = held.engine.now() + LONG
    with suppress(LeaseLost):
        with held.commit() as connection:
            say(connection, held.engine.now(), UNEXPECTED, result="problem")
        _finish(held, passed, started)


def _needs_reconnect(held: Lease, passed: Pass, error: Reconnect) -> None:
    with held.commit() as connection:
        since = passed.signed_in_at or connection.connected_at
        if sign_in_ended(connection, since, error, held.engine):
            passed.outcome = "needs reconnect"
        else:  # somebody has signed in again meanwhile, or has paused or disconnected: the next run finds out
            passed.outcome, passed.due_at = "stopped", held.engine.now()


def _halt(held: Lease, passed: Pass, sentence: str) -> None:
    passed.outcome = "halted"
    with held.commit() as connection:
        Connection.objects.filter(pk=connection.pk).update(
            state=ConnectionState.PAUSED, state_reason=sentence[:500]
        )
        say(connection, held.engine.now(), sentence, result="problem")


def _finish(held: Lease, passed: Pass, started: datetime) -> None:
    engine, connection = held.engine, held.connection
    now = engine.now()
    together.insert(
        Run,
        [
            {
                "firm_id": connection.firm_id,
                "connection_id": connection.pk,
                "epoch": connection.epoch,
                "started_at": started,
                "finished_at": now,
                "outcome": passed.outcome,
                "counts": passed.counts,
            }
        ],
    )
    ledgers.keep_calls(connection, passed.meter, now)
    if passed.heard or any(passed.counts.get(what) for what in WRITTEN_THERE):
        with suppress(LeaseLost):  # then whoever has the lane asks
            watch.note_move(held)
    with transaction.atomic():
        # Whoever decides something holds this row: it is either seen here, or it finds the lane free.
        fresh = lease.locked(held)
        left = waiting.left(fresh, _sections_on(fresh), now)
        changes = {"due_at": passed.due_at or _next_due(fresh, engine, passed, left)}
        if passed.outcome == "done":
            changes["last_checked_at"] = now
            if left.ripe_at is None and fresh.dry_run_until is None:
                changes["last_in_step_at"] = now
        lease.give_back(held, **changes)
    if left.reviews:
        note_progress(connection, engine)


def _next_due(connection: Connection, engine: Engine, passed: Pass, left: waiting.Left) -> datetime:
    """When this connection wants a run even if nothing rings: the earliest of all that waits for a time."""
    now = engine.now()
    if passed.more:
        return now
    # What belongs to a section that is off waits for it.
    nets = (connection.changes_due_at, connection.sweep_due_at)
    waits: list[datetime | None] = [
        *(nets if _sections_on(connection) else [now + engine.nets.look]),
        left.look_at,
        left.ripe_at,
    ]
    return max(min(at for at in waits if at), now + timedelta(seconds=1))


def _sections_on(connection: Connection) -> list[str]:
    return [entity for entity, state in connection.sections.items() if state == SectionState.ON]
