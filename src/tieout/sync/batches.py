"""Acts: works through the dirty records of one entity, a batch at a time: gather, plan, write, list. Called by ``runner``.

What a plan says about one record is done in this order: agreements and writes to the practice first, then the write to
the ledger, and last the list of what is left. One bad record stops no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError

from tieout.reconcile.action import Action, Create, Retire, Settle, Update
from tieout.reconcile.plan import Conflict, Linked, Outcome, plan
from tieout.reconcile.ports import Bug, LedgerError
from tieout.reconcile.room import Turn, letting_go, turn_of
from tieout.reconcile.state import Absent, Key, Present, Side
from tieout.sync import dirty, discover, dry_run_mode, straight, together
from tieout.sync.currencies import told_in
from tieout.sync.executor import Again, Executor
from tieout.sync.issues import LOOKED_AT_AGAIN, NO_ROOM
from tieout.sync.lease import Lease, LeaseLost, NoLongerAllowed
from tieout.sync.listing import Listed, Problem, list_all, problem_from, problem_of
from tieout.sync.mass_retire import Guarded, used_up
from tieout.sync.models import Connection, Dirty, Issue
from tieout.sync.observe import Work, gather
from tieout.sync.outcomes import agree_all
from tieout.sync.outgoing import Outgoing
from tieout.sync.policy import switches_of
from tieout.sync.recall import know_again
from tieout.sync.waking import wake_waiting_for
from tieout.sync.what_it_says import NOT_THE_RECORDS

log = logging.getLogger(__name__)

MOST_TRIES = 5
"""So often a record that keeps moving is planned anew within a run before it waits for the next one."""
PATIENCE = timedelta(seconds=60)
"""How long such a record then waits."""
UNEXPECTED = "Something unexpected happened while syncing this record."


@dataclass(slots=True)
class Doing:
    """One record of a batch: what is planned for it, and what is left of it to list."""

    work: Work
    outcomes: Sequence[Outcome]
    problems: list[Problem] = field(default_factory=list)
    again: bool = False
    outgoing: Outgoing | None = None


_RIPE = """
connection_id = %s AND entity = %s AND id > %s AND (not_before IS NULL OR not_before <= %s)
AND (%s = '' OR side = 'practice' AND record_id = %s) ORDER BY id LIMIT %s
"""


def work_through(executor: Executor, go_on: Callable[[], bool], *, only: str = "") -> bool:
    """Plan and execute dirty records until none is left that can be worked on now. True when some are left.

    ``only``: the one record of the practice that may travel, while its section is tried. ``go_on``: asked between records and between batches; False ends the work in good order.
    """
    held, spec = executor.lease, executor.spec
    know_again(executor)
    last_id, left, guarded = 0, False, Guarded(executor)
    while True:
        if not go_on():
            return True
        connection, now = held.connection, held.engine.now()
        rows = together.select(
            Dirty, _RIPE, [connection.pk, spec.practice, last_id, now, only, only, held.engine.batch]
        )
        if not rows:
            if not left and not only:
                used_up(executor)
            return left
        if not last_id and len(rows) == held.engine.batch:
            guarded.look_ahead()
        last_id = rows[-1].pk
        works = gather(held, executor.ledger, spec, rows)
        planned = plan(spec, [work.record for work in works], switches_of(held.connection, spec))
        guarded.before(planned)
        doings = [Doing(work, planned.outcomes.get(work.key, ())) for work in works]
        left = _do(executor, doings, go_on) or left


_CHANGED_HERE = """
connection_id = %s AND entity = %s AND id > %s AND (not_before IS NULL OR not_before <= %s) AND side = 'practice'
AND EXISTS (SELECT FROM sync_link l WHERE l.connection_id = sync_dirty.connection_id
    AND l.entity = sync_dirty.entity AND l.practice_id = sync_dirty.record_id
    AND NOT EXISTS (SELECT FROM sync_dirty there WHERE there.connection_id = l.connection_id
        AND there.entity = l.entity AND there.side = 'ledger' AND there.record_id = l.ledger_id))
ORDER BY id LIMIT %s
"""


def let_go_first(executor: Executor, go_on: Callable[[], bool]) -> None:
    """Send what only lets go of money, before an entity that comes earlier takes it. See ``room``. The rest stays as it is.

    Only of linked records that changed here and of whose partner there is no news: nothing is read for it.
    """
    held, spec, last_id = executor.lease, executor.spec, 0
    while go_on():
        parameters = [held.connection.pk, spec.practice, last_id, held.engine.now(), held.engine.batch]
        rows = together.select(Dirty, _CHANGED_HERE, parameters)
        if not rows:
            return
        last_id = rows[-1].pk
        works = gather(held, executor.ledger, spec, rows)
        planned = plan(spec, [work.record for work in works], switches_of(held.connection, spec))
        found = [Doing(work, planned.outcomes.get(work.key, ())) for work in works]
        if doings := [one for one in found if _only_lets_go(executor, one)]:
            _do(executor, doings, go_on)


def _only_lets_go(executor: Executor, doing: Doing) -> bool:
    writes = [one for one in doing.outcomes if isinstance(one, Create | Update | Retire)]
    return bool(writes) and all(
        isinstance(one, Update)
        and one.side is Side.LEDGER
        and turn_of(executor.spec, one, _written_side(doing.work, one)) is Turn.LETS_GO
        for one in writes
    )


def _do(executor: Executor, doings: Sequence[Doing], go_on: Callable[[], bool]) -> bool:
    """Carry out one batch. True when some of it is to be planned anew with the next run."""
    for doing in doings:
        _begin(executor, doing)
    _let_go_where_refused(executor, doings)
    _list(executor, [one for one in doings if one.outgoing is None], settle=True)
    of_outgoing = {id(one.outgoing): one for one in doings if one.outgoing is not None}
    outgoing = [one.outgoing for one in doings if one.outgoing is not None]
    _settle(executor, list(of_outgoing.values()))

    def when_recorded(connection: Connection, recorded: Sequence[Outgoing]) -> None:
        some = [of_outgoing[id(one)] for one in recorded if not one.again]
        _list_within(executor, connection, some)

    sender, in_turn = executor.sender, {turn: list[Outgoing]() for turn in Turn}
    for each in outgoing:
        in_turn[turn_of(executor.spec, each.action, each.shown)].append(each)
    for some in filter(None, in_turn.values()):  # what lets go of money is there before what takes it leaves
        sender.send_all(some, when_recorded, go_on)
    unsent = [one for one in of_outgoing.values() if one.outgoing and one.outgoing.problems]
    _list(executor, [one for one in unsent if one.outgoing and not one.outgoing.came])
    moved = [one for one in doings if one.again or (one.outgoing and one.outgoing.again)]
    stopped = any(not (one.came or one.again or one.problems) for one in outgoing)
    tried = [_try_again(executor.lease, one.work) for one in moved]
    return stopped or any(tried)


def _currency(work: Work) -> str:
    """In which a document's amounts are told; what carries none tells none."""
    seen = work.record.practice if isinstance(work.record, Linked) else None
    return told_in(seen.facts if isinstance(seen, Present) else {})


def _begin(executor: Executor, doing: Doing) -> None:
    """Everything but the write to the ledger, which is only made ready."""
    work = doing.work
    cause = ", ".join(sorted({row.reason for row in work.dirties}))
    try:
        for outcome in doing.outcomes:
            if found := problem_of(outcome, executor.spec.verified, _currency(work)):
                doing.problems.append(found)
            elif isinstance(outcome, Create | Update | Retire) and outcome.side is Side.LEDGER:
                if executor.lease.connection.dry_run_until is not None:
                    doing.problems.append(dry_run_mode.planned_only(outcome, work.name, executor.spec))
                    continue
                doing.outgoing = Outgoing(
                    outcome,
                    work.name,
                    _written_side(work, outcome),
                    cause=cause,
                    planned=work.link,
                    stands_for=_copied(work, outcome),
                )
            elif isinstance(outcome, Action) and not isinstance(outcome, Settle):
                shown = _written_side(work, outcome)
                doing.problems += executor.carry_out(outcome, shown, work.name, cause, work.link)
    except (Again, OperationalError, InterfaceError):
        # It moved on, or its transaction had to give way to another's: nothing of it was written.
        doing.again, doing.outgoing = True, None
    except (LeaseLost, NoLongerAllowed, *NOT_THE_RECORDS, discover.Halted):
        raise
    except LedgerError as error:
        doing.problems.append(problem_from(error))
    except Exception:
        # A poison record is quarantined and listed, with its trace in the log; the others flow on.
        log.exception("record %s of connection %s", work.key, executor.lease.connection.pk)
        doing.outgoing = None
        doing.problems.append(problem_from(Bug(UNEXPECTED)))


def _let_go_where_refused(executor: Executor, doings: Sequence[Doing]) -> None:
    """Of what moves money between documents and was refused for want of room: only the part that lets go is sent now.

    Two that wait for each other would wait for ever. One query, and next to always none.
    """
    parts = {
        one.work.key.id: (one.outgoing, part)
        for one in doings
        if one.outgoing and (part := letting_go(executor.spec, one.outgoing.action, one.outgoing.shown))
    }
    if not parts:
        return
    refused = Issue.objects.filter(
        connection=executor.lease.connection,
        entity=executor.spec.practice,
        record_id__in=list(parts),
        cause=NO_ROOM,
        closed_at=None,
    )
    for record_id in refused.values_list("record_id", flat=True):
        outgoing, part = parts[record_id]
        outgoing.action, outgoing.only_lets_go = part, True


def _written_side(work: Work, outcome: object) -> Present | None:
    """What the plan saw of the record that an action writes, or, for a create, of the one it copies."""
    record = work.record
    if not isinstance(record, Linked):
        return record.record if isinstance(record.record, Present) else None
    if isinstance(outcome, Create | Update | Retire):
        if _copied(work, outcome):
            return next(one.record for one in record.copies if one.key == _target(outcome))
        side = record.practice if outcome.side is Side.PRACTICE else record.ledger
        return side if isinstance(side, Present) else None
    return None


def _target(outcome: Create | Update | Retire) -> Key | None:
    return None if isinstance(outcome, Create) else outcome.target


def _copied(work: Work, outcome: Create | Update | Retire) -> str:
    """The practice record, when it is not its partner that is written but another one with its mark."""
    record = work.record
    copied = isinstance(record, Linked) and any(one.key == _target(outcome) for one in record.copies)
    return work.key.id if copied else ""


def _try_again(held: Lease, work: Work) -> bool:
    """The record moved on: it stays dirty and is planned anew, a few times at once, then with the next run."""
    with held.commit():
        tries = max(row.tries for row in work.dirties) + 1
        later = None if tries < MOST_TRIES else held.engine.now() + PATIENCE
        Dirty.objects.filter(pk__in=[row.pk for row in work.dirties]).update(tries=tries, not_before=later)
    return tries < MOST_TRIES


def _is_gone(work: Work) -> bool:
    """It has no partner and is not there: nothing is listed of it, but what waits for it waits in vain."""
    return not isinstance(work.record, Linked) and isinstance(work.record.record, Absent)


# -- agreements and the list ---------------------------------------------------------------------------------


def _settle(executor: Executor, doings: Sequence[Doing]) -> None:
    if any(isinstance(outcome, Settle) for one in doings for outcome in one.outcomes):
        with executor.lease.commit():
            _settle_within(executor, doings)


def _settle_within(executor: Executor, doings: Sequence[Doing]) -> None:
    agreed = [
        (one.work.link.pk, outcome.agreed)
        for one in doings
        for outcome in one.outcomes
        if isinstance(outcome, Settle) and one.work.link is not None
    ]
    agree_all(agreed)
    if agreed:
        executor.counts["settled"] = executor.counts.get("settled", 0) + len(agreed)


def _list(executor: Executor, doings: Sequence[Doing], *, settle: bool = False) -> None:
    """List what is left of these, together; when that fails, one by one, so that one bad record stops no other."""
    done = [one for one in doings if not one.again]
    if not done:
        return
    try:
        with executor.lease.commit() as connection:
            if settle:
                _settle_within(executor, done)
            _list_within(executor, connection, done)
    except DatabaseError:
        if len(done) == 1:
            raise
        log.exception("listing %d records together; they are listed one by one", len(done))
        for one in done:
            _list(executor, [one], settle=settle)


def _list_within(executor: Executor, connection: Connection, doings: Sequence[Doing]) -> None:
    now, engine, spec = executor.lease.engine.now(), executor.lease.engine, executor.spec
    listed, waiting, clean, cleared = [], [], [], []
    paused: dict[timedelta, list[Dirty]] = {}
    for one in doings:
        outgoing, work = one.outgoing, one.work
        problems = [*one.problems, *(outgoing.problems if outgoing else ())]
        if connection.dry_run_until is None and any(each.cause == dry_run_mode.CAUSE for each in problems):
            continue  # the dry run was ended since this was planned: it stays dirty and is planned anew
        conflicts = [each for each in one.outcomes if isinstance(each, Conflict)]
        listed.append(Listed(work.key, work.name, problems, work.link, conflicts))
        if any(each.cause in ("in_flight", "unknown") for each in problems):
            waiting += work.dirties
            continue
        if again := [LOOKED_AT_AGAIN[each.cause] for each in problems if each.cause in LOOKED_AT_AGAIN]:
            paused.setdefault(min(again), []).extend(work.dirties)
            continue
        if any(each.cause == NO_ROOM for each in problems) and _can_let_go(executor, one):
            continue  # it does with the next run, and stays dirty until then
        cleared += work.dirties
        link = work.link or (outgoing.link if outgoing else None)
        if link is not None and not problems:
            clean.append(link.pk)
    list_all(connection, spec.practice, listed, now)
    wake_waiting_for(connection, [one.work.key for one in doings if _is_gone(one.work)], now)
    # Whatever those turn out to be, they are planned again then.
    if waiting:
        Dirty.objects.filter(pk__in=[row.pk for row in waiting]).update(not_before=now + engine.settle)
    for after, rows in paused.items():
        dirty.put_off(rows, now + after)
    if clean:
        straight.run("UPDATE sync_link SET agreed_at = %s WHERE id = ANY(%s)", now, clean)
    dirty.clear(cleared)


def _can_let_go(executor: Executor, doing: Doing) -> bool:
    sent = doing.outgoing
    return sent is not None and letting_go(executor.spec, sent.action, sent.shown) is not None
