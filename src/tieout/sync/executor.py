"""Acts: carries out the actions of a plan, journalled. Last stage of a run; it adds no decision of its own.

A write to the ledger is a committed ``Attempt`` first. A clear yes makes link, baseline pair (from the answer),
observation and "done" in one transaction; a clear no makes "refused" and its issue in one transaction; no
clear answer leaves it in doubt for ``doubt`` to resolve. A write to the practice goes through the practice's own verbs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import IntegrityError, transaction

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.records import RECORD_KINDS
from tieout.practice.validation import Invalid
from tieout.reconcile.action import Action, Create, Forget, Retire, Settle, Update
from tieout.reconcile.ports import (
    Answer,
    Ledger,
    LedgerError,
    PreparedWrite,
    Reconnect,
    Replan,
    RetryLater,
    UnknownOutcome,
)
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Baseline, Key, Present, Side, Units, same
from tieout.sync import dirty, observations, write_log
from tieout.sync.dirty import Mark
from tieout.sync.lease import Lease
from tieout.sync.listing import Problem, problem_from, say, wake_waiting
from tieout.sync.models import Attempt, AttemptState, Connection, Link
from tieout.sync.packing import pack_units, unpack_units
from tieout.sync.policy import switches_of

LINKED_ELSEWHERE = "QuickBooks answered with a record that is linked to another one here."
ACTOR = Actor(ActorKind.SYNC, "QuickBooks sync")


class Again(Exception):
    """The record moved while we worked on it. It stays dirty and is planned anew; nothing was written."""


@dataclass(slots=True)
class Executor:
    """Carries out one entity's actions under one lease."""

    lease: Lease
    ledger: Ledger
    spec: EntitySpec
    counts: dict[str, int] = field(default_factory=dict)

    def carry_out(self, action: Action, record: Present | None, name: str) -> list[Problem]:
        """Do one action. Returns the problems met; raises what concerns the whole run (throttle, signed out).

        ``record`` is what the written side showed when the plan was made.
        """
        if isinstance(action, Settle):
            return self._settle(action)
        if isinstance(action, Forget):
            return self._forget(action)
        if action.side is Side.PRACTICE:
            return self._write_here(action, record, name)
        return self._write_there(action, record, name)

    # -- no write to either side ---------------------------------------------------------------------

    def _settle(self, action: Settle) -> list[Problem]:
        with self.lease.commit() as connection:
            agree(self._link(connection, action.practice), action.agreed)
        self._count("settled")
        return []

    def _forget(self, action: Forget) -> list[Problem]:
        with self.lease.commit() as connection:
            self._link(connection, action.practice).delete()
        self._count("forgotten")
        return []

    # -- writes to the practice ----------------------------------------------------------------------

    def _write_here(
        self, action: Create | Update | Retire, record: Present | None, name: str
    ) -> list[Problem]:
        assert not isinstance(action, Retire), "the planner retires in the practice by the active unit"
        self.lease.engine.at_point("before writing here")
        with self.lease.commit(to_send=True) as connection:
            self._check_switch(connection, action)
            if isinstance(action, Create):
                assert record is not None
                problems = self._create_here(connection, action, record, name)
            else:
                problems = self._update_here(connection, action, record, name)
        self.lease.engine.at_point("written here")
        return problems

    def _update_here(
        self, connection: Connection, action: Update, record: Present | None, name: str
    ) -> list[Problem]:
        door = RECORD_KINDS[self.spec.practice]
        firm_id, expected = connection.firm_id, int(action.expected)
        try:
            view, written, problems = _accepted(
                action.units,
                lambda units: door.change(firm_id, action.target.id, units, ACTOR, expected_version=expected),
            )
        except ChangedMeanwhile as moved:
            raise Again("edited here meanwhile") from moved
        if view is not None:
            link = self._link(connection, action.target)
            agree(link, Baseline({unit: view.units.get(unit) for unit in written}, written))
            self._said_update(connection, action, record, name)
            self._count("updated_here")
        return problems

    def _create_here(
        self, connection: Connection, action: Create, record: Present, name: str
    ) -> list[Problem]:
        door = RECORD_KINDS[self.spec.practice]
        made, written, problems = _accepted(
            action.units,
            lambda units: door.create(
                connection.firm_id, units, ACTOR, facts={**record.facts, "ledger_id": action.source.id}
            ),
        )
        if made is None:
            return problems
        new_id, view = made
        key = Key(self.spec.practice, Side.PRACTICE, new_id)
        link = Link.objects.create(
            firm_id=connection.firm_id,
            connection=connection,
            entity=self.spec.practice,
            practice_id=new_id,
            ledger_id=action.source.id,
            origin="created here",
        )
        agree(link, Baseline({unit: view.units.get(unit) for unit in written}, written))
        seen = {new_id: Present(view.units, str(view.version), view.facts)}
        now = self.lease.engine.now()
        observations.keep(connection, self.spec, Side.PRACTICE, seen, now)
        wake_waiting(connection, key, now)
        say(connection, now, f"{self.spec.label} {name} came from QuickBooks", key=key)
        self._count("created_here")
        return problems

    # -- writes to the ledger ------------------------------------------------------------------------

    def _write_there(
        self, action: Create | Update | Retire, record: Present | None, name: str
    ) -> list[Problem]:
        try:
            write = self.ledger.prepare(action, self.lease.engine.new_id(), shown=record)
        except (RetryLater, Reconnect):
            raise
        except LedgerError as error:
            return [problem_from(error)]
        with self.lease.commit(to_send=True) as connection:
            self._check_switch(connection, action)
            attempt = self._journal(connection, action, write, record)
        self.lease.engine.at_point("journalled")
        return self.send(attempt, write, name)

    def _journal(
        self,
        connection: Connection,
        action: Create | Update | Retire,
        write: PreparedWrite,
        record: Present | None,
    ) -> Attempt:
        now = self.lease.engine.now()
        units: Units = action.units if not isinstance(action, Retire) else {}
        practice_id = (
            action.source.id
            if isinstance(action, Create)
            else self._link_there(connection, action.target).practice_id
        )
        return Attempt.objects.create(
            firm_id=connection.firm_id,
            connection=connection,
            entity=self.spec.practice,
            practice_id=practice_id,
            ledger_id=write.record_id,
            operation=write.operation,
            request_id=write.request_id,
            path=write.path,
            body=write.body,
            body_hash=hashlib.sha256(write.body).hexdigest(),
            expected_token="" if isinstance(action, Create) else action.expected,
            units=pack_units(units),
            left_out=list(action.left_out) if isinstance(action, Create) else [],
            before=pack_units({unit: record.units.get(unit) for unit in units} if record else {}),
            epoch=connection.epoch,
            first_sent_at=now,
            sent_at=now,
        )

    def send(self, attempt: Attempt, write: PreparedWrite, name: str) -> list[Problem]:
        """Send a journalled write once and record what came of it."""
        try:
            answer = self.ledger.send(write)
        except UnknownOutcome as error:
            self._in_doubt(attempt, error)
            return [problem_from(error)]
        except LedgerError as error:
            return self._refused(attempt, error)
        self.lease.engine.at_point("answered")
        return self.conclude(attempt, answer, name)

    def _in_doubt(self, attempt: Attempt, error: LedgerError) -> None:
        with self.lease.commit() as connection:
            now = self.lease.engine.now()
            Attempt.objects.filter(pk=attempt.pk).update(
                state=AttemptState.IN_DOUBT,
                next_look_at=now + self.lease.engine.settle,
                problem=error.sentence[:1000],
                reference=error.reference,
            )
            self._log(attempt, "in_doubt", reference=error.reference)
            key = Key(attempt.entity, Side.PRACTICE, attempt.practice_id)
            say(connection, now, f"No answer from QuickBooks: {error.sentence}", result="waiting", key=key)
        self._count("in_doubt")

    def _refused(self, attempt: Attempt, error: LedgerError) -> list[Problem]:
        """A definite no. What concerns the whole company is raised; the record stays dirty then."""
        with self.lease.commit() as connection:
            now = self.lease.engine.now()
            Attempt.objects.filter(pk=attempt.pk).update(
                state=AttemptState.REFUSED,
                finished_at=now,
                problem=error.sentence[:1000],
                reference=error.reference,
            )
            self._log(attempt, "refused", reference=error.reference)
            if isinstance(error, Replan) and attempt.ledger_id:
                moved = Mark(attempt.entity, Side.LEDGER, attempt.ledger_id, "moved on there")
                dirty.mark(connection, [moved], now)
        self._count("refused")
        if isinstance(error, RetryLater | Reconnect):
            raise error
        if isinstance(error, Replan):
            raise Again from error
        return [problem_from(error)]

    def conclude(self, attempt: Attempt, answer: Answer, name: str) -> list[Problem]:
        """A clear yes: link, baseline pair from the answer, observation and attempt in one transaction."""
        problems: list[Problem] = []
        with self.lease.commit() as connection:
            sent: Units = unpack_units(attempt.units)
            shown = {unit: answer.row.record.units.get(unit) for unit in sent}
            link = self._linked(connection, attempt, answer.row.id)
            now = self.lease.engine.now()
            if link is None:
                problems.append(Problem("name_taken", LINKED_ELSEWHERE, options=(answer.row.id,)))
            else:
                if attempt.operation == "create" and not self.spec.direction.flows_to(Side.PRACTICE):
                    # What the ledger fills in by itself is no difference: nothing was said of it.
                    rest = {unit.name: None for unit in self.spec.units if unit.name not in attempt.left_out}
                    sent = {**rest, **sent}
                    shown = {unit: answer.row.record.units.get(unit) for unit in sent}
                agree(link, Baseline(*_agreed(self.spec, sent, shown)))
            if attempt.operation == "create":
                wake_waiting(connection, Key(attempt.entity, Side.PRACTICE, attempt.practice_id), now)
            seen = {answer.row.id: answer.row.record}
            observations.keep(connection, self.spec, Side.LEDGER, seen, now)
            Attempt.objects.filter(pk=attempt.pk).update(
                state=AttemptState.DONE,
                ledger_id=answer.row.id,
                finished_at=now,
                next_look_at=None,
                reference=answer.reference or attempt.reference,
                problem="",
            )
            self._log(attempt, "done", reference=answer.reference, ledger_id=answer.row.id)
            verb = "created in" if attempt.operation == "create" else "updated in"
            say(
                connection,
                now,
                f"{self.spec.label} {name} {verb} QuickBooks",
                key=Key(attempt.entity, Side.PRACTICE, attempt.practice_id),
                reference=answer.reference,
                details={"before": attempt.before, "after": attempt.units},
            )
        self.lease.engine.at_point("concluded")
        self._count("created_there" if attempt.operation == "create" else "updated_there")
        return problems

    def _linked(self, connection: Connection, attempt: Attempt, ledger_id: str) -> Link | None:
        """The link an answer speaks of, made if need be. None when the ledger record belongs to another of ours."""
        if attempt.operation != "create":
            return self._link_there(connection, Key(attempt.entity, Side.LEDGER, ledger_id))
        try:
            with transaction.atomic():
                return Link.objects.create(
                    firm_id=connection.firm_id,
                    connection=connection,
                    entity=attempt.entity,
                    practice_id=attempt.practice_id,
                    ledger_id=ledger_id,
                    origin="created there",
                )
        except IntegrityError:
            # A replayed answer or a person was quicker.
            return Link.objects.filter(
                connection=connection,
                entity=attempt.entity,
                practice_id=attempt.practice_id,
                ledger_id=ledger_id,
            ).first()

    def _log(self, attempt: Attempt, result: str, *, reference: str, ledger_id: str = "") -> None:
        now = self.lease.engine.now()
        write_log.append(attempt, result, now, ledger_id=ledger_id or attempt.ledger_id, reference=reference)

    # -- shared ---------------------------------------------------------------------------------------

    def _check_switch(self, connection: Connection, action: Create | Update | Retire) -> None:
        """Switches bind at every write: what the plan assumed may have been switched off since."""
        switches = switches_of(connection, self.spec)
        if isinstance(action, Create):
            allowed = switches.create[action.side]
        elif isinstance(action, Retire):
            allowed = switches.archive[action.side]
        else:
            allowed = all(
                switches.allow_edit(action.side, active_unit=unit == self.spec.active_unit)
                for unit in action.units
            )
        if not allowed:
            raise Again("switched off meanwhile")

    def _link(self, connection: Connection, key: Key) -> Link:
        return Link.objects.get(connection=connection, entity=key.entity, practice_id=key.id)

    def _link_there(self, connection: Connection, key: Key) -> Link:
        return Link.objects.get(connection=connection, entity=key.entity, ledger_id=key.id)

    def _said_update(self, connection: Connection, action: Update, record: Present | None, name: str) -> None:
        before = {unit: record.units.get(unit) for unit in action.units} if record else {}
        labels = ", ".join(self.spec.unit(unit).label for unit in action.units)
        say(
            connection,
            self.lease.engine.now(),
            f"{labels} of {name} changed in QuickBooks and was updated here",
            key=action.target,
            details={"before": pack_units(before), "after": pack_units(action.units)},
        )

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def agree(link: Link, agreed: Baseline) -> None:
    """Record in the link that both sides agree on these units, as each shows them."""
    link.baseline_practice = {**link.baseline_practice, **pack_units(agreed.practice)}
    link.baseline_ledger = {**link.baseline_ledger, **pack_units(agreed.ledger)}
    link.save(update_fields=["baseline_practice", "baseline_ledger"])


def _agreed(spec: EntitySpec, sent: Units, shown: Units) -> tuple[Units, Units]:
    """What a clear answer settles: all that was sent, except a total that came back different."""
    kept = [unit for unit in sent if unit not in spec.verified or same(sent[unit], shown.get(unit))]
    return {unit: sent[unit] for unit in kept}, {unit: shown.get(unit) for unit in kept}


T = TypeVar("T")


def _accepted(units: Units, write: Callable[[Units], T]) -> tuple[T | None, Units, list[Problem]]:
    """Write as many of the units as the practice accepts. One bad value does not hold back the others.

    Returns what the verb returned (None: nothing could be written), the units written, and a problem for
    each that was not.
    """
    try:
        with transaction.atomic():
            return write(units), units, []
    except Invalid as invalid:
        problems = [
            Problem("does_not_fit_here", sentence, unit if unit in units else "")
            for unit, sentence in invalid.problems.items()
        ]
        good = {unit: value for unit, value in units.items() if unit not in invalid.problems}
        if not good or len(good) == len(units):
            return None, {}, problems
    try:
        with transaction.atomic():
            return write(good), good, problems
    except Invalid:
        return None, {}, problems
