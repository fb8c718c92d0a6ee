"""Acts: carries out the actions of a plan on our own side, through the practice's own verbs. Called by ``batches``.

It adds no decision of its own. What a plan wants written to the ledger goes through ``sending``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.records import RECORD_KINDS
from tieout.practice.validation import Invalid, NotHereYet
from tieout.reconcile.action import Action, Create, Forget, Update
from tieout.reconcile.ports import Ledger
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Baseline, Key, Present, Side, Units
from tieout.sync import dirty, observations
from tieout.sync.awaited import as_key, as_text
from tieout.sync.decided import decided_otherwise, standing
from tieout.sync.dirty import Mark
from tieout.sync.issues import WAITS_FOR
from tieout.sync.lease import Lease
from tieout.sync.listing import Problem, say
from tieout.sync.models import Connection, Link, Observation
from tieout.sync.new_clients import chosen_kind
from tieout.sync.outcomes import agree_all
from tieout.sync.packing import pack_units
from tieout.sync.policy import forbids
from tieout.sync.sending import Sender
from tieout.sync.waking import wake_waiting_for

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

    @property
    def sender(self) -> Sender:
        return Sender(self.lease, self.ledger, self.spec, self.counts)

    def carry_out(
        self, action: Action, record: Present | None, name: str, cause: str, link: Link | None = None
    ) -> list[Problem]:
        """Do one action on our side. Returns the problems met; raises ``Again`` when the record has moved on.

        ``record`` is what the written side showed when the plan was made, and ``link`` the pair it was made for;
        ``cause``: what made us write, in the words of the dirty rows.
        """
        if isinstance(action, Forget):
            return self._forget(link)
        assert isinstance(action, Create | Update), "the planner retires in the practice by the active unit"
        return self._write_here(action, record, name, cause, link)

    # -- no write to either side ---------------------------------------------------------------------

    def _forget(self, link: Link | None) -> list[Problem]:
        with self.lease.commit() as connection:
            self._standing(connection, link).delete()
        self._count("forgotten")
        return []

    # -- writes to the practice ----------------------------------------------------------------------

    def _write_here(
        self, action: Create | Update, record: Present | None, name: str, cause: str, link: Link | None
    ) -> list[Problem]:
        self.lease.engine.at_point("before writing here")
        with self.lease.commit(to_send=True) as connection:
            self._check_switch(connection, action)
            if isinstance(action, Create):
                assert record is not None
                problems = self._create_here(connection, action, record, name, cause)
            else:
                pair = self._standing(connection, link)
                problems = self._update_here(connection, action, record, name, cause, pair)
        self.lease.engine.at_point("written here")
        return problems

    def _update_here(
        self,
        connection: Connection,
        action: Update,
        record: Present | None,
        name: str,
        cause: str,
        link: Link,
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
        self._ask_for_entries(connection, problems)
        if view is not None:
            agree_all([(link.pk, Baseline({unit: view.units.get(unit) for unit in written}, written))])
            self._said_update(connection, action, record, name, cause)
            self._count("updated_here")
        return problems

    def _create_here(
        self, connection: Connection, action: Create, record: Present, name: str, cause: str
    ) -> list[Problem]:
        if decided_otherwise(connection, self.spec.practice, [action.source.id], Side.LEDGER):
            raise Again("linked, left out or held meanwhile")
        door = RECORD_KINDS[self.spec.practice]
        facts = {
            **record.facts,
            "ledger_id": action.source.id,
            "company": connection.company_digest,
        }
        if kind := chosen_kind(connection, self.spec.practice, action.source.id):
            facts["kind"] = kind
        made, written, problems = _accepted(
            action.units, lambda units: door.create(connection.firm_id, units, ACTOR, facts=facts)
        )
        self._ask_for_entries(connection, problems)
        if made is None:
            return problems
        new_id, view = made
        key = Key(self.spec.practice, Side.PRACTICE, new_id)
        agreed = {unit: view.units.get(unit) for unit in written}
        Link.objects.create(
            firm_id=connection.firm_id,
            connection=connection,
            entity=self.spec.practice,
            practice_id=new_id,
            ledger_id=action.source.id,
            baseline_practice=pack_units(agreed),
            baseline_ledger=pack_units(written),
            origin="created here",
            linked_at=self.lease.engine.now(),
        )
        seen = {new_id: Present(view.units, str(view.version), view.facts)}
        now = self.lease.engine.now()
        observations.keep(connection, self.spec, Side.PRACTICE, seen, self.lease.engine)
        wake_waiting_for(connection, [key, action.source], now)
        sentence = f"{self.spec.label} {name} came from QuickBooks"
        say(connection, now, sentence, key=key, details={"cause": cause})
        self._count("created_here")
        return problems

    # -- shared ---------------------------------------------------------------------------------------

    def _ask_for_entries(self, connection: Connection, problems: Sequence[Problem]) -> None:
        """Have the entries of lists read that a record names and nobody has seen yet: whatever tells of them may be late, or
        lost, and what waits for them would wait with it."""
        named = {as_key(one) for each in problems if each.cause == WAITS_FOR for one in each.options}
        if not named:
            return
        of = {"connection": connection, "side": Side.LEDGER, "entity__in": {key.entity for key in named}}
        rows = Observation.objects.filter(**of, record_id__in=[key.id for key in named])
        seen = {Key(entity, Side.LEDGER, one) for entity, one in rows.values_list("entity", "record_id")}
        marks = [Mark(key.entity, key.side, key.id, "named by another") for key in named - seen]
        dirty.mark(connection, marks, self.lease.engine.now())

    def _check_switch(self, connection: Connection, action: Create | Update) -> None:
        """Switches bind at every write: what the plan assumed may have been switched off since."""
        creating = isinstance(action, Create)
        if forbids(connection, self.spec, Side.PRACTICE, action.units, creating=creating):
            raise Again("switched off meanwhile")

    def _standing(self, connection: Connection, link: Link | None) -> Link:
        """The pair that was planned for, as it is now. Raises ``Again`` when it is one no more: what was planned from one
        record there says nothing of another that a person has linked since."""
        found = link and standing(connection, [link]).get(link.pk)
        if not found:
            raise Again("linked otherwise meanwhile")
        return found

    def _said_update(
        self, connection: Connection, action: Update, record: Present | None, name: str, cause: str
    ) -> None:
        before = {unit: record.units.get(unit) for unit in action.units} if record else {}
        labels = ", ".join(self.spec.unit(unit).label for unit in action.units)
        say(
            connection,
            self.lease.engine.now(),
            f"{labels} of {name} changed in QuickBooks and was updated here",
            key=action.target,
            details={"before": pack_units(before), "after": pack_units(action.units), "cause": cause},
        )

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


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
        problems = _problems(units, invalid)
        good = {unit: value for unit, value in units.items() if unit not in invalid.problems}
        if not good or len(good) == len(units):
            return None, {}, problems
    try:
        with transaction.atomic():
            return write(good), good, problems
    except Invalid as invalid:
        return None, {}, problems + _problems(good, invalid)


def _problems(units: Units, invalid: Invalid) -> list[Problem]:
    """One for each value that was not accepted; what names an entry that has not come yet waits for it."""
    entries = invalid.entries if isinstance(invalid, NotHereYet) else {}
    return [
        Problem(
            WAITS_FOR if unit in entries else "does_not_fit_here",
            sentence,
            unit if unit in units else "",
            options=(as_text(Key(entries[unit][0], Side.LEDGER, entries[unit][1])),)
            if unit in entries
            else (),
        )
        for unit, sentence in invalid.problems.items()
    ]
