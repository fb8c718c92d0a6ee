"""Acts: writes to the ledger, journalled. Called by ``runner`` with what a plan wants written, and by ``doubt``.

A write is a committed ``Attempt`` first, and is asked about once more at the instant before it leaves: the lane must
still be ours and its switch still on. A clear yes makes link, baseline pair (from the answer), observation and "done"
in one transaction; a clear no makes "refused"; no clear answer leaves it in doubt for ``doubt`` to resolve. Several
are on their way at once, never two of one record; what came back is recorded a few at a time, in one transaction.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice

from django.db import Error as DatabaseError
from django.db import IntegrityError

from tieout.reconcile import room
from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.ports import (
    Answer,
    Bug,
    Ledger,
    LedgerError,
    PreparedWrite,
    Replan,
    RetryLater,
)
from tieout.reconcile.spec import VOID, EntitySpec
from tieout.reconcile.state import Key, Present, Side, Units
from tieout.sync import observations, together
from tieout.sync.decided import asked_for, decided_otherwise, linked_there, standing
from tieout.sync.issues import NO_ROOM
from tieout.sync.lease import Lease, LeaseLost, NoLongerAllowed
from tieout.sync.listing import Problem, problem_from
from tieout.sync.models import Attempt, AttemptState, Connection
from tieout.sync.outcomes import Came, record, room_made
from tieout.sync.outgoing import Outgoing, creates, kind_of, target_of
from tieout.sync.packing import pack_units, unpack_units
from tieout.sync.policy import forbids
from tieout.sync.record_tables import CAUSE_LENGTH
from tieout.sync.waking import room_on, wake_for_room
from tieout.sync.what_it_says import NOT_THE_RECORDS, of_both_sendings, says_nothing_of_the_record

log = logging.getLogger(__name__)

MOST_SILENT = 6
"""So many writes in a row without an answer, or turned away at the door, end the run: QuickBooks is down or closed to us,
and every further one would only be one more to look for."""
STALE = timedelta(seconds=20)
"""How long ago a write may have been journalled when it leaves. Whoever finds it unanswered, after a crash, waits the
settle window from what the journal says; one that waited its turn behind slow ones is noted anew first."""


WhenRecorded = Callable[[Connection, Sequence[Outgoing]], None]
"""Called inside the transaction that records what came of these."""


@dataclass(slots=True)
class Sender:
    """Sends one entity's writes under one lease. ``counts``: what came of them, by kind."""

    lease: Lease
    ledger: Ledger
    spec: EntitySpec
    counts: dict[str, int] = field(default_factory=dict)
    room_made: set[room.Document] = field(default_factory=set)
    """The documents on which its writes have made room so far."""

    def send_all(
        self,
        outgoing: Sequence[Outgoing],
        when_recorded: WhenRecorded,
        go_on: Callable[[], bool] = lambda: True,
    ) -> None:
        """Journal, send and record all of these, some at once. ``go_on``: asked between; False leaves the rest alone.

        Raises what concerns the whole run (throttled, signed out, paused, overtaken), after everything that had
        left already is recorded.
        """
        stopped: list[Exception] = []
        silent = 0
        on_their_way: dict[str, Outgoing] = {}

        def may_leave(write: PreparedWrite) -> bool:
            one = on_their_way[write.request_id]
            try:
                if not stopped and self._may_leave(one):
                    return True
            except NoLongerAllowed as error:
                stopped.append(error)
            self._withdraw(on_their_way.pop(write.request_id))
            return False

        def journalled() -> Iterator[PreparedWrite]:
            try:
                for one in self._journalled(outgoing, lambda: not stopped and go_on()):
                    assert one.write is not None
                    on_their_way[one.write.request_id] = one
                    yield one.write
            except (NoLongerAllowed, DatabaseError, *NOT_THE_RECORDS) as error:
                stopped.append(error)  # raised at the end: what has left already is recorded first

        ready: list[tuple[Outgoing, Answer | LedgerError]] = []
        for write, found in self.ledger.send_many(journalled(), may_leave, self.lease.engine.at_once):
            self.lease.engine.at_point("answered")
            ready.append((on_their_way.pop(write.request_id), found))
            silent = silent + 1 if says_nothing_of_the_record(found) else 0
            if isinstance(found, NOT_THE_RECORDS):
                stopped.append(found)
            elif isinstance(found, LedgerError) and silent >= MOST_SILENT:
                stopped.append(RetryLater(found.sentence, reference=found.reference))
            if len(ready) >= self.lease.engine.recorded_at_once:
                self._record(ready, when_recorded)
                ready = []
        if ready:
            self._record(ready, when_recorded)
        if stopped:
            raise stopped[0]

    def send_again(self, attempt: Attempt, write: PreparedWrite, name: str) -> Outgoing:
        """Send an attempt that is journalled already, and record what came of it."""
        one = Outgoing(action_of(attempt), name, practice_id=attempt.practice_id, write=write)
        one.attempt = attempt
        came = list(self.ledger.send_many([write], lambda _: self._may_leave(one), 1))
        if not came:
            one.again = True
            return one
        ((_, found),) = came
        self.lease.engine.at_point("answered")
        self._record([(one, of_both_sendings(found))], lambda connection, recorded: None)
        if isinstance(found, NOT_THE_RECORDS):
            raise found
        return one

    def preflight(self, attempt: Attempt) -> None:
        """Ask once more what was asked before it was first sent. Raises ``LedgerError`` when it may not be sent now."""
        seen = observations.of_ledger(
            self.lease.connection, self.spec, [attempt.ledger_id] if attempt.ledger_id else []
        )
        shown = seen.get(attempt.ledger_id)
        self.ledger.preflight(action_of(attempt), shown=shown if isinstance(shown, Present) else None)

    def conclude(self, attempt: Attempt, answer: Answer, name: str) -> Outgoing:
        """Record a clear yes that was found by looking."""
        one = Outgoing(action_of(attempt), name, practice_id=attempt.practice_id)
        one.attempt = attempt
        self._record([(one, answer)], lambda connection, recorded: None)
        return one

    # -- before -----------------------------------------------------------------------------------------

    def _journalled(self, outgoing: Sequence[Outgoing], go_on: Callable[[], bool]) -> Iterator[Outgoing]:
        """These, each with a committed attempt; a few in one transaction, and only when they are wanted."""
        rest = iter(outgoing)
        while go_on() and (some := list(islice(rest, self.lease.engine.journalled_at_once))):
            prepared = [one for one in some if self._prepare(one)]
            try:
                left = self._journal(prepared)
            except IntegrityError:
                # One of them has an attempt on its way already: find out which, one at a time.
                left = [each for one in prepared for each in self._journal_alone(one)]
            if left:
                self.lease.engine.at_point("journalled")
            yield from left

    def _prepare(self, one: Outgoing) -> bool:
        try:
            one.write = self.ledger.prepare(one.action, self.lease.engine.new_id(), shown=one.shown)
        except (*NOT_THE_RECORDS, LeaseLost, NoLongerAllowed, DatabaseError):
            raise  # a database that gave way or went away says nothing about the record
        except LedgerError as error:
            one.problems.append(problem_from(error))
        except Exception:
            # A poison record is quarantined and listed, with its trace in the log; the others flow on.
            log.exception("preparing %s", one.action)
            one.problems.append(problem_from(Bug("Something unexpected happened while syncing this record.")))
        return one.write is not None

    def _journal(self, prepared: Sequence[Outgoing]) -> list[Outgoing]:
        if not prepared:
            return []
        with self.lease.commit(to_send=True) as connection:
            partners = self._partners(connection, prepared)
            kept, rows = [], []
            for one, partner in zip(prepared, partners, strict=True):
                one.practice_id, one.holds_epoch = partner, connection.holds_epoch
                if not one.practice_id or self._forbidden(connection, one):
                    one.again = True  # decided otherwise by a person, or switched off, since it was planned
                    continue
                kept.append(one)
                rows.append(self._row(connection, one))
            made = together.insert(Attempt, rows, key="request_id")
            for one, row in zip(kept, rows, strict=True):
                assert one.write is not None
                one.attempt = together.made(Attempt, {**row, "body": one.write.body})
                one.attempt.pk = made[one.write.request_id]
        return kept

    def _journal_alone(self, one: Outgoing) -> list[Outgoing]:
        try:
            return self._journal([one])
        except IntegrityError:
            one.again, one.attempt = True, None
            return []

    def _partners(self, connection: Connection, prepared: Sequence[Outgoing]) -> list[str]:
        """For each write the practice record it is for: the one a create copies, else the one it was planned with.

        Empty for a create of what a person has linked or left out meanwhile, for a change of a pair that is one no more,
        and for one of a copy that is linked by now.
        """
        word = self.spec.practice
        decided = decided_otherwise(
            connection, word, [target_of(one.action) for one in prepared if creates(one)]
        )
        pairs = standing(connection, [one.planned for one in prepared if one.planned])
        copies = [target_of(one.action) for one in prepared if one.stands_for]
        linked = linked_there(connection, word, copies)

        def partner(one: Outgoing) -> str:
            target = target_of(one.action)
            if creates(one):
                return "" if target in decided else target
            if one.planned is None or one.planned.pk not in pairs or (one.stands_for and target in linked):
                return ""
            return one.planned.practice_id

        return [partner(one) for one in prepared]

    def _row(self, connection: Connection, one: Outgoing) -> together.Row:
        now, action, write = self.lease.engine.now(), one.action, one.write
        assert write is not None
        units: Units = action.units if not isinstance(action, Retire) else {}
        # Of a create that is the record here: in the ledger there was nothing.
        shown: Units = one.shown.units if one.shown and not isinstance(action, Create) else {}
        voids = units.get(self.spec.void_unit or "") == VOID
        # A void empties the document: what stood in it is told by nothing else afterwards.
        before = dict(shown) if voids else {unit: shown.get(unit) for unit in units} if shown else {}
        return {
            "firm_id": connection.firm_id,
            "connection_id": connection.pk,
            "entity": self.spec.practice,
            "practice_id": one.practice_id,
            "ledger_id": write.record_id,
            "operation": write.operation,
            "request_id": write.request_id,
            "path": write.path,
            "body": together.bytes_in(write.body),
            "body_hash": hashlib.sha256(write.body).hexdigest(),
            "expected_token": "" if isinstance(action, Create) else action.expected,
            "units": pack_units(units),
            "left_out": list(action.left_out) if isinstance(action, Create) else [],
            "before": pack_units(before),
            "state": AttemptState.SENDING.value,
            "epoch": connection.epoch,
            "sendings": 1,
            "looks": 0,
            "first_sent_at": now,
            "sent_at": now,
            "next_look_at": None,
            "finished_at": None,
            "reference": "",
            "problem": "",
            "cause": f"{one.cause or 'the sync itself'}; run {connection.epoch}"[:CAUSE_LENGTH],
        }

    # -- at the last moment -----------------------------------------------------------------------------

    def _may_leave(self, one: Outgoing) -> bool:
        connection = self.lease.check()
        if self._forbidden(connection, one) or self._is_left_out(connection, one):
            return False
        now, attempt = self.lease.engine.now(), one.attempt
        if attempt is not None and now - attempt.sent_at > STALE:
            with self.lease.commit(to_send=True):
                Attempt.objects.filter(request_id=attempt.request_id).update(sent_at=now)
            attempt.sent_at = now
        return True

    def _forbidden(self, connection: Connection, one: Outgoing) -> str:
        units: Units = {} if isinstance(one.action, Retire) else one.action.units
        asked = asked_for(connection, self.spec, one.action) if isinstance(one.action, Update) else ()
        return forbids(connection, self.spec, Side.LEDGER, units, creating=creates(one), asked_for=asked)

    def _is_left_out(self, connection: Connection, one: Outgoing) -> bool:
        """Whether a person has left out what it creates. Asked again only once anything was left out since the last time."""
        if not creates(one) or one.holds_epoch == connection.holds_epoch:
            return False
        one.holds_epoch = connection.holds_epoch
        return bool(decided_otherwise(connection, self.spec.practice, [one.practice_id]))

    def _withdraw(self, one: Outgoing) -> None:
        """It was journalled and never left: as if it had not been, and the record is planned anew."""
        one.again = True
        with self.lease.commit():
            Attempt.objects.filter(request_id=one.write.request_id if one.write else "").update(
                state=AttemptState.WITHDRAWN, finished_at=self.lease.engine.now()
            )
        self._count("withdrawn")

    # -- afterwards -------------------------------------------------------------------------------------

    def _record(
        self, found: Sequence[tuple[Outgoing, Answer | LedgerError]], when_recorded: WhenRecorded
    ) -> None:
        try:
            self._record_together(found, when_recorded)
        except (LeaseLost, NoLongerAllowed):
            raise
        except (DatabaseError, ValueError, TypeError, KeyError):
            if len(found) == 1:
                raise
            log.exception("recording %d outcomes together; they are recorded one by one", len(found))
            for one in found:
                self._record([one], when_recorded)
        self.lease.engine.at_point("concluded")

    def _record_together(
        self, found: Sequence[tuple[Outgoing, Answer | LedgerError]], when_recorded: WhenRecorded
    ) -> None:
        with self.lease.commit() as connection:
            came = [Came(one.attempt, answer, one.name) for one, answer in found if one.attempt]
            links = record(connection, self.spec, self.lease.engine, came)
            for one, answer in found:
                one.came = True
                one.problems += [*self._problem_in(one, answer), *links.problems.get(one.practice_id, [])]
                one.again = isinstance(answer, Replan) or (one.only_lets_go and isinstance(answer, Answer))
                one.link = links.made.get(one.practice_id)
            when_recorded(
                connection, [one for one, answer in found if not isinstance(answer, NOT_THE_RECORDS)]
            )
            self._wake_for_room(connection, came, [one for one, _ in found])
        for one, answer in found:
            self._count(kind_of(one, answer))

    def _wake_for_room(
        self, connection: Connection, came: Sequence[Came], recorded: Sequence[Outgoing]
    ) -> None:
        """After what was refused is listed: whoever lacked room on what these let go of is planned again.

        Answers come in another order than the ledger gave them: what is refused may lack what was let go of a moment ago.
        """
        made = room_made(self.spec, came)
        self.room_made |= made
        refused = any(problem.cause == NO_ROOM for one in recorded for problem in one.problems)
        wake_for_room(connection, self.room_made if refused else made, self.lease.engine.now())

    def _problem_in(self, one: Outgoing, answer: Answer | LedgerError) -> Iterable[Problem]:
        if isinstance(answer, (Answer, Replan, *NOT_THE_RECORDS)):
            return ()
        found = problem_from(answer)
        if found.cause == NO_ROOM:
            found = replace(found, options=tuple(room_on(room.needs(self.spec, one.action, one.shown))))
        return (found,)

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def action_of(attempt: Attempt) -> Create | Update | Retire:
    """What a journalled attempt is to do."""
    key, units = Key(attempt.entity, Side.LEDGER, attempt.ledger_id), unpack_units(attempt.units)
    if attempt.operation == "create":
        source = Key(attempt.entity, Side.PRACTICE, attempt.practice_id)
        return Create(Side.LEDGER, source, units, tuple(attempt.left_out))
    if not units:
        return Retire(Side.LEDGER, key, attempt.expected_token)
    return Update(Side.LEDGER, key, units, attempt.expected_token)
