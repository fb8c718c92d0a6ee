"""Acts: one pass over one connection: lease, discover, resolve doubts, observe, plan, execute.

The only entry of the engine. Whoever wants something synced marks a key dirty and rings; whoever runs calls
``run_once``. It may be stopped at any instant and called again: everything it knows is in the tables.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.reconcile.action import Action, Create, Retire, Update
from tieout.reconcile.guard import mass_retire
from tieout.reconcile.order import in_order
from tieout.reconcile.plan import Conflict, Linked, Outcome, plan
from tieout.reconcile.ports import (
    Bug,
    Ledger,
    LedgerError,
    Reconnect,
    RetryLater,
    UnknownOutcome,
)
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Present, Side
from tieout.sync import dirty, discover, doubt, lease, ledgers
from tieout.sync.engine import Engine
from tieout.sync.executor import Again, Executor
from tieout.sync.lease import Lease, LeaseLost, NoLongerAllowed
from tieout.sync.listing import Problem, problem_from, problem_of, say, set_conflicts, set_issues
from tieout.sync.models import (
    UNRESOLVED,
    Attempt,
    Connection,
    ConnectionState,
    Dirty,
    Link,
    Run,
    SectionState,
)
from tieout.sync.observe import Work, gather
from tieout.sync.policy import switches_of
from tieout.sync.review_jobs import note_progress

log = logging.getLogger(__name__)

MOST_TRIES = 5
"""So often a record that keeps moving is planned anew within a run before it waits for the next one."""
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

    def add(self, counts: Mapping[str, int]) -> None:
        for what, number in counts.items():
            self.counts[what] = self.counts.get(what, 0) + number


def run_once(connection_id: int, engine: Engine | None = None) -> Pass | None:
    """Run one pass. None when another run holds the lane, or the connection is not active."""
    engine = engine or Engine()
    with every_firm_scope():
        firm_id = Connection.objects.values_list("firm_id", flat=True).get(pk=connection_id)
    with firm_scope(firm_id):
        held = lease.take(connection_id, engine)
        if held is None:
            return None
        started, passed = engine.now(), Pass()
        try:
            _run(held, passed)
        except LeaseLost:
            log.warning("connection %s was taken over by another run", connection_id)
            passed.outcome = "taken over"
            return passed
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
        _finish(held, passed, started)
        note_progress(held.connection, engine)
        return passed


def _run(held: Lease, passed: Pass) -> None:
    connection, engine = held.connection, held.engine
    provider = engine.provider(connection.ledger)
    ledger = ledgers.open_ledger(connection, engine, passed.meter)
    on = [spec for spec in in_order(provider.specs) if connection.section(spec.practice) is SectionState.ON]
    discover.take_outbox(held, provider.specs)
    discover.take_inbox(held, provider.specs)
    doubt.own_up(held)
    if on:
        _look_at_ledger(held, ledger, on)
    executors = [Executor(held, ledger, spec) for spec in on]
    for executor in executors:
        doubt.resolve_due(executor)
    for executor in executors:
        try:
            _work_through(executor, passed)
        finally:
            passed.add(executor.counts)


def _look_at_ledger(held: Lease, ledger: Ledger, specs: Sequence[EntitySpec]) -> None:
    """The nets under the webhooks: the change feed every few minutes, a full comparison every day."""
    engine, connection = held.engine, held.connection
    to_sweep: list[EntitySpec] = []
    if connection.sweep_due_at <= engine.now():
        to_sweep = list(specs)
    elif connection.changes_due_at <= engine.now():
        to_sweep = discover.ask_changes(held, ledger, specs)
    else:
        return
    if to_sweep:
        # The cursor after a listing is the ledger's own clock from before it began.
        told = [spec.ledger for spec in to_sweep if spec.in_change_feed]
        before = ledger.changes(told, engine.now() - timedelta(hours=1)).until
        for spec in to_sweep:
            discover.sweep(held, ledger, spec, before)
    with held.commit() as fresh:
        due = {"changes_due_at": engine.now() + engine.changes_every}
        if to_sweep:
            due["sweep_due_at"] = engine.now() + engine.sweep_every
        Connection.objects.filter(pk=fresh.pk).update(**due)


def _work_through(executor: Executor, passed: Pass) -> None:
    """Plan and execute dirty records in batches until none is left that can be worked on now."""
    held, spec = executor.lease, executor.spec
    last_id, done = 0, 0
    while True:
        rows = list(
            Dirty.objects.filter(
                Q(not_before=None) | Q(not_before__lte=held.engine.now()),
                connection=held.connection,
                entity=spec.practice,
                id__gt=last_id,
            ).order_by("id")[: held.engine.batch]
        )
        if not rows:
            return
        last_id = rows[-1].pk
        works = gather(held, executor.ledger, spec, rows)
        planned = plan(spec, [work.record for work in works], switches_of(held.connection, spec))
        if halt := mass_retire(spec, planned, lambda: _linked_total(held.connection, spec)):
            raise discover.Halted(halt.sentence)
        for work in works:
            _carry_out(executor, work, planned.outcomes.get(work.key, ()), passed)
        done += len(works)
        if done >= held.engine.most_records:
            passed.more = True
            return


def _linked_total(connection: Connection, spec: EntitySpec) -> int:
    return Link.objects.filter(connection=connection, entity=spec.practice).count()


def _carry_out(executor: Executor, work: Work, outcomes: Sequence[Outcome], passed: Pass) -> None:
    """Do all that is to happen to one record, then list what is left. One bad record stops no other."""
    problems: list[Problem] = []
    try:
        for outcome in outcomes:
            if found := problem_of(outcome):
                problems.append(found)
            elif isinstance(outcome, Action):
                problems += executor.carry_out(outcome, _written_side(work, outcome), work.name)
    except Again:
        if _try_again(executor.lease, work):
            passed.more = True
        return
    except (LeaseLost, NoLongerAllowed, RetryLater, Reconnect, discover.Halted):
        raise
    except LedgerError as error:
        problems.append(problem_from(error))
    except Exception:
        # A poison record is quarantined and listed, with its trace in the log; the others flow on.
        log.exception("record %s of connection %s", work.key, executor.lease.connection.pk)
        problems.append(problem_from(Bug("Something unexpected happened while syncing this record.")))
    _list(executor, work, outcomes, problems)


def _written_side(work: Work, outcome: object) -> Present | None:
    """What the plan saw of the record that an action writes, or, for a create, of the one it copies."""
    record = work.record
    if not isinstance(record, Linked):
        return record.record if isinstance(record.record, Present) else None
    if isinstance(outcome, Create | Update | Retire):
        side = record.practice if outcome.side is Side.PRACTICE else record.ledger
        return side if isinstance(side, Present) else None
    return None


def _try_again(held: Lease, work: Work) -> bool:
    """The record moved on: it stays dirty and is planned anew, a few times at once, then with the next run."""
    with held.commit():
        tries = max(row.tries for row in work.dirties) + 1
        later = None if tries < MOST_TRIES else held.engine.now() + PATIENCE
        Dirty.objects.filter(pk__in=[row.pk for row in work.dirties]).update(tries=tries, not_before=later)
    return tries < MOST_TRIES


def _list(executor: Executor, work: Work, outcomes: Sequence[Outcome], problems: list[Problem]) -> None:
    held, spec = executor.lease, executor.spec
    with held.commit() as connection:
        now = held.engine.now()
        link = Link.objects.filter(pk=work.link.pk).first() if work.link else None
        if link is not None:
            conflicts = [one for one in outcomes if isinstance(one, Conflict)]
            set_conflicts(connection, spec.practice, link, conflicts, now)
        set_issues(connection, spec.practice, work.key, work.name, problems, now)
        if any(one.cause in ("in_flight", "unknown") for one in problems):
            # Whatever it turns out to be, it is planned again then.
            Dirty.objects.filter(pk__in=[row.pk for row in work.dirties]).update(
                not_before=now + held.engine.settle
            )
            return
        if link is not None and not problems:
            Link.objects.filter(pk=link.pk).update(agreed_at=now)
        dirty.clear(work.dirties)


# -- how a run ends --------------------------------------------------------------------------------------


def _wait(held: Lease, passed: Pass, error: RetryLater, result: str = "waiting") -> None:
    passed.outcome = "waiting"
    passed.due_at = held.engine.now() + (error.after or PATIENCE)
    with held.commit() as connection:
        say(connection, held.engine.now(), error.sentence, result=result, reference=error.reference)


def _needs_reconnect(held: Lease, passed: Pass, error: Reconnect) -> None:
    passed.outcome = "needs reconnect"
    with held.commit() as connection:
        Connection.objects.filter(pk=connection.pk).update(
            state=ConnectionState.NEEDS_RECONNECT, state_reason=error.sentence[:500]
        )
        say(connection, held.engine.now(), error.sentence, result="problem", reference=error.reference)


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
    Run.objects.create(
        firm_id=connection.firm_id,
        connection=connection,
        epoch=connection.epoch,
        started_at=started,
        finished_at=now,
        outcome=passed.outcome,
        counts=passed.counts,
    )
    ledgers.keep_calls(connection, passed.meter, now)
    changes: dict[str, object] = {"due_at": passed.due_at or _next_due(held, passed)}
    if passed.outcome == "done":
        changes["last_checked_at"] = now
        if not Dirty.objects.filter(connection=connection).exists():
            changes["last_in_step_at"] = now
    lease.give_back(held, **changes)


def _next_due(held: Lease, passed: Pass) -> datetime:
    """When this connection wants a run even if nothing rings: the earliest of all that waits for a time."""
    connection = Connection.objects.get(pk=held.connection.pk)
    now = held.engine.now()
    if passed.more:
        return now
    on = SectionState.ON.value in connection.sections.values()
    nets = (connection.changes_due_at, connection.sweep_due_at)
    waits = list(nets) if on else [now + held.engine.sweep_every]
    looks = Attempt.objects.filter(connection=connection, state__in=UNRESOLVED, next_look_at__isnull=False)
    waits += [at for at in looks.values_list("next_look_at", flat=True)[:1000] if at]
    later = Dirty.objects.filter(connection=connection, not_before__isnull=False)
    waits += [at for at in later.values_list("not_before", flat=True)[:1000] if at]
    return max(min(waits), now + timedelta(seconds=1))
