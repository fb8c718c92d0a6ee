"""Acts: finds out what became of writes that got no clear answer. Runs before anything new is planned.

Wait out a settle window, look for the write in the ledger by its marker; a document that is not where it was put is
looked for once more after another window, wherever a person may have moved it. Only if it is certainly not there send
**the same bytes under the same request id** again. Measured in our own simulator: a request id alone still made
duplicates (a server forgets ids), and looking without waiting did too (listings lag behind).
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.action import Update
from tieout.reconcile.ports import Answer, Found, LedgerError, PreparedWrite, UnknownOutcome
from tieout.reconcile.spec import unless_alike
from tieout.reconcile.state import Key, Present, Side, same
from tieout.sync import dirty, observations, write_log
from tieout.sync.decided import asked_for, decided_otherwise
from tieout.sync.dirty import Mark
from tieout.sync.executor import Executor
from tieout.sync.lease import Lease
from tieout.sync.listing import Listed, Problem, list_all, problem_from, say
from tieout.sync.models import UNRESOLVED, Attempt, AttemptState, Dirty, Hold, Link
from tieout.sync.outcomes import next_look
from tieout.sync.packing import unpack, unpack_units
from tieout.sync.policy import RESTORING, forbids, is_rolling_back
from tieout.sync.references import with_references
from tieout.sync.sending import action_of
from tieout.sync.what_it_says import NOT_THE_RECORDS


def own_up(lease: Lease) -> int:
    """Attempts that an earlier run left in mid-sending (it was killed) are in doubt like any unanswered one, and are logged
    as such: whatever becomes of them, they may have left."""
    left = list(
        Attempt.objects.filter(
            connection=lease.connection, state=AttemptState.SENDING, epoch__lt=lease.connection.epoch
        )
    )
    if not left:
        return 0
    with lease.commit():
        entries = [write_log.Entry(attempt, "in_doubt", attempt.ledger_id, "") for attempt in left]
        write_log.append_all(entries, lease.engine.now())
        return sum(
            Attempt.objects.filter(pk=attempt.pk).update(
                state=AttemptState.IN_DOUBT, next_look_at=attempt.sent_at + lease.engine.settle
            )
            for attempt in left
        )


def resolve_due(executor: Executor) -> int:
    """Look for every attempt of this entity whose window has passed; conclude it or send it again."""
    due = _due(executor.lease).filter(entity=executor.spec.practice).order_by("id")
    return sum(_resolve(executor, attempt) for attempt in due)


def _due(lease: Lease) -> QuerySet[Attempt]:
    return Attempt.objects.filter(
        Q(next_look_at=None) | Q(next_look_at__lte=lease.engine.now()),
        connection=lease.connection,
        state=AttemptState.IN_DOUBT,
    )


def _resolve(executor: Executor, attempt: Attempt) -> bool:
    lease = executor.lease
    write = _as_written(attempt)
    name = str(unpack(attempt.units.get(executor.spec.name_unit)) or "") or attempt.practice_id
    try:
        found = executor.ledger.look_for(write, sent_at=attempt.first_sent_at, everywhere=attempt.looks > 0)
    except NOT_THE_RECORDS:
        raise
    except LedgerError as error:
        # This look only: the others, and what is new, go on. Nothing is sent again until a look has an answer.
        at = _look_later(lease, attempt)
        if not isinstance(error, UnknownOutcome):
            _list_the_look(lease, attempt, name, error, at)
        return False
    lease.engine.at_point("looked")
    if found.row is not None:
        answer = Answer(found.row, changed_since=found.changed_since)
        one = executor.sender.conclude(attempt, answer, name)
    elif not found.may_be_sent:
        _ask(executor, attempt, found, name)
        return True
    elif found.look_again:
        _look_later(lease, attempt)
        return False
    else:
        # Not there, or only something that the ledger would not let us make twice. The same bytes under the same id:
        # if the first sending did arrive, the ledger replays its answer or refuses the name.
        if _is_taken_back(executor, attempt, found) or _is_decided(executor, attempt):
            _tidy(executor, attempt, name, [])
            return True
        try:
            executor.sender.preflight(attempt)
        except NOT_THE_RECORDS:
            raise
        except LedgerError as error:
            # Closed books let a program through: what they came to forbid after the first sending is not sent again.
            if _edited_since(executor, attempt):
                if found.perhaps_changed_back:
                    _take_for_arrived(lease, attempt)
                _give_up(lease, attempt, EDITED)
                _tidy(executor, attempt, name, [])
                return True
            _list_the_look(lease, attempt, name, error, _look_later(lease, attempt))
            return False
        if found.perhaps_changed_back:
            _take_for_arrived(lease, attempt)
        if not _journal_again(executor, attempt):
            return False
        lease.engine.at_point("journalled again")
        one = executor.sender.send_again(attempt, write, name)
        if not one.came:
            # Switched off at the last moment: it is in doubt as before, whatever became of the first sending.
            _look_later(lease, attempt)
            return False
    problems = [] if one.again else one.problems  # moved on there: both sides are planned anew
    _tidy(executor, attempt, name, problems)
    return True


def _list_the_look(lease: Lease, attempt: Attempt, name: str, error: LedgerError, at: datetime) -> None:
    """Listed with why it is not sent again, until it is looked for next: an edit meanwhile counts from then on."""
    key = Key(attempt.entity, Side.PRACTICE, attempt.practice_id)
    with lease.commit() as connection:
        list_all(connection, attempt.entity, [Listed(key, name, [problem_from(error)])], lease.engine.now())
        mine = Q(side=Side.PRACTICE, record_id=attempt.practice_id)
        if attempt.ledger_id:
            mine |= Q(side=Side.LEDGER, record_id=attempt.ledger_id)
        waiting = Dirty.objects.filter(mine, connection=connection, entity=attempt.entity)
        dirty.put_off(list(waiting), at)


def _take_for_arrived(lease: Lease, attempt: Attempt) -> None:
    """A change that nobody can tell the fate of is taken for arrived, and what is there now for a person's.

    The record was changed more than once since we asked, and shows something else. If it shows what stood there before,
    somebody may just have changed ours back; planned as if that were old, their edit would be overwritten without a word.
    So both sides count as changed, and a person is asked. Noted before it is sent again: by then the record is at another
    version, so that QuickBooks refuses it or, if it had arrived, repeats its answer.
    """
    with lease.commit() as connection:
        link = Link.objects.filter(
            connection=connection,
            entity=attempt.entity,
            practice_id=attempt.practice_id,
            ledger_id=attempt.ledger_id,
        ).first()
        if link is not None:
            link.baseline_ledger |= attempt.units
            link.save(update_fields=["baseline_ledger"])


DECIDED = (
    "It was not found in QuickBooks, and by then a person had linked it or left it out: it is not sent again."
)


def _is_decided(executor: Executor, attempt: Attempt) -> bool:
    """Whether a person has linked or left out meanwhile what a create in doubt was to make: then it is given up.

    Sent once more it would be there beside the record it was linked with. Should the first sending come to light after
    all, it is listed as a record of QuickBooks' own.
    """
    if attempt.operation != "create":
        return False
    with executor.lease.commit() as connection:
        if not decided_otherwise(connection, attempt.entity, [attempt.practice_id]):
            return False
        _give_up(executor.lease, attempt, DECIDED)
    return True


TAKEN_BACK = "It was not found in QuickBooks, and the set-up is being taken back: it is not sent again."


def _is_taken_back(executor: Executor, attempt: Attempt, found: Found) -> bool:
    """Whether the set-up is being taken back meanwhile: what it, or whatever came after it, was to write is given up then.

    No switch is asked while that lasts, so nothing but what restores may be sent again.
    """
    with executor.lease.commit() as connection:
        if not is_rolling_back(connection, executor.spec) or attempt.cause.startswith(RESTORING):
            return False
    if found.perhaps_changed_back:
        _take_for_arrived(executor.lease, attempt)
    _give_up(executor.lease, attempt, TAKEN_BACK)
    return True


EDITED = (
    "It was not found in QuickBooks, and may not be sent any more as it was. It was edited here since, and is looked at "
    "anew as it is now."
)


def _edited_since(executor: Executor, attempt: Attempt) -> bool:
    """Whether the record says something else by now than was sent: then there is no reason to insist on that.

    Who waits for it to be sent again as it was, while nothing lets it, waits for ever; and what a person changes to get it
    through would wait with it.
    """
    lease, spec, one = executor.lease, executor.spec, attempt.practice_id
    view = RECORD_KINDS[spec.practice].read(lease.connection.firm_id, [one]).get(one)
    if view is None:
        return True
    there = observations.of_ledger(lease.connection, spec, [attempt.ledger_id] if attempt.ledger_id else [])
    shown = {one: there.get(attempt.ledger_id)}
    seen = Present(view.units, str(view.version), view.facts)
    now = with_references(lease.connection, spec, {one: seen}, shown)[0][one]
    sent = unpack_units(attempt.units)
    if attempt.operation == "create":
        sent = {unit.name: None for unit in spec.units if unit.name not in attempt.left_out} | sent
    return isinstance(now, Present) and any(
        not same(unless_alike(spec.unit(name), now.units.get(name), was), was) for name, was in sent.items()
    )


def _give_up(lease: Lease, attempt: Attempt, why: str) -> None:
    """It is taken for never arrived. What comes to light of it after all is listed as a record of QuickBooks' own."""
    with lease.commit():
        Attempt.objects.filter(pk=attempt.pk).update(
            state=AttemptState.REFUSED, finished_at=lease.engine.now(), next_look_at=None, problem=why
        )


def _journal_again(executor: Executor, attempt: Attempt) -> bool:
    """Note that it is about to be sent once more. False when its switch is off: then it stays in doubt and waits.

    It may still have arrived, late; so it is neither sent nor given up, and looked for less and less often.
    """
    lease = executor.lease
    with lease.commit(to_send=True) as connection:
        creating = attempt.operation == "create"
        units, action = unpack_units(attempt.units), action_of(attempt)
        asked = asked_for(connection, executor.spec, action) if isinstance(action, Update) else ()
        if not forbids(connection, executor.spec, Side.LEDGER, units, creating=creating, asked_for=asked):
            attempt.sent_at = lease.engine.now()
            Attempt.objects.filter(pk=attempt.pk).update(
                state=AttemptState.SENDING,
                epoch=connection.epoch,
                sendings=attempt.sendings + 1,
                looks=attempt.looks + 1,
                sent_at=attempt.sent_at,
                next_look_at=None,
            )
            return True
    _look_later(lease, attempt)
    return False


def _ask(executor: Executor, attempt: Attempt, found: Found, name: str) -> None:
    """There is something that may be it, or it is there twice: sending again could only make one more. A person looks."""
    lease, candidates = executor.lease, ", ".join(row.id for row in found.lookalikes)
    sentence = (
        f"It was sent without an answer, and QuickBooks now has what may be it ({candidates}). Nothing more is sent "
        "until you have looked: link it, or have it created once more."
    )
    with lease.commit() as connection:
        now = lease.engine.now()
        Attempt.objects.filter(pk=attempt.pk).update(
            state=AttemptState.REFUSED, finished_at=now, next_look_at=None, problem=sentence[:1000]
        )
        Hold.objects.update_or_create(
            connection=connection,
            entity=attempt.entity,
            side=Side.PRACTICE,
            record_id=attempt.practice_id,
            defaults={
                "firm_id": connection.firm_id,
                "sentence": sentence[:500],
                "held_at": now,
                "candidates": [row.id for row in found.lookalikes],
            },
        )
        # Kept, so that a person sees what they choose from. They stay QuickBooks' own until one is linked.
        seen = {row.id: row.record for row in found.lookalikes}
        observations.keep(connection, executor.spec, Side.LEDGER, seen, lease.engine)
        key = Key(attempt.entity, Side.PRACTICE, attempt.practice_id)
        say(connection, now, f"{name}: {sentence}", result="problem", key=key)
        dirty.mark(connection, [Mark(key.entity, key.side, key.id, "to be looked at")], now)


def _tidy(executor: Executor, attempt: Attempt, name: str, problems: list[Problem]) -> None:
    """List what came of it, and plan both records again: edits may have waited for this."""
    lease = executor.lease
    with lease.commit() as connection:
        now = lease.engine.now()
        fresh = Attempt.objects.get(pk=attempt.pk)
        key = Key(attempt.entity, Side.PRACTICE, attempt.practice_id)
        list_all(connection, attempt.entity, [Listed(key, name, problems)], now)
        if fresh.state in UNRESOLVED:
            return
        if not problems:
            marks = [Mark(attempt.entity, Side.PRACTICE, attempt.practice_id, "resolved")]
            if fresh.ledger_id:
                marks.append(Mark(attempt.entity, Side.LEDGER, fresh.ledger_id, "resolved"))
            dirty.mark(connection, marks, now)


def _look_later(lease: Lease, attempt: Attempt) -> datetime:
    """When."""
    at = next_look(attempt, lease.engine.now(), lease.engine)
    with lease.commit():
        Attempt.objects.filter(pk=attempt.pk).update(
            state=AttemptState.IN_DOUBT, looks=attempt.looks + 1, next_look_at=at
        )
    return at


def _as_written(attempt: Attempt) -> PreparedWrite:
    return PreparedWrite(
        request_id=attempt.request_id,
        entity=attempt.entity,
        operation=attempt.operation,
        path=attempt.path,
        body=bytes(attempt.body),
        record_id=attempt.ledger_id,
    )
