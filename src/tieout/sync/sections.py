"""Acts: turns the sections of the set-up on and off that need no review: documents, from a start date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from tieout.practice.actions.samples import samples_of
from tieout.practice.models import Member
from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Side
from tieout.sync import dirty, tasks
from tieout.sync.connections import connection_of
from tieout.sync.dirty import Mark
from tieout.sync.engine import Engine
from tieout.sync.listing import say
from tieout.sync.models import Connection, SectionState
from tieout.sync.review import spec_of
from tieout.sync.waking import wake_waiting_for_section


class NotYet(Exception):
    """The section cannot be turned on now. ``str()`` says what comes first; nothing was changed."""


def missing_before(connection: Connection, spec: EntitySpec, specs: Sequence[EntitySpec]) -> list[EntitySpec]:
    """What this entity refers to and is not on yet, in the order to turn it on."""
    needed = [one for one in specs if one.practice in spec.depends_on]
    return [one for one in needed if connection.section(one.practice) is not SectionState.ON]


def start_sending(member: Member, entity: str, *, since: date, engine: Engine | None = None) -> int:
    """Send documents of this kind from now on: those dated on or after ``since``. Returns how many are considered.

    Raises ``NotYet`` while what they refer to is not linked. Older ones stay here and are listed as left out.
    """
    engine = engine or Engine()
    with transaction.atomic():
        connection = _change(member, entity, engine, since=since.isoformat(), trial="")
        connection.sections = {**connection.sections, entity: SectionState.ON.value}
        connection.save(update_fields=["sections"])
        spec = spec_of(connection, entity, engine)
        ids = RECORD_KINDS[entity].all_ids(connection.firm_id)
        marks = [Mark(entity, Side.PRACTICE, one, "section turned on") for one in ids]
        dirty.mark(connection, marks, engine.now())
        wake_waiting_for_section(connection, entity, engine.now())
        who = member.user.get_full_name()
        sentence = f"{who} turned {spec.plural.lower()} on, from {since.isoformat()}"
        say(
            connection,
            engine.now(),
            sentence,
            result="info",
            entity=entity,
            details={"setting": "since"},
            by=member,
        )
        tasks.wake(connection.pk)
    return len(ids)


def start_from(connection: Connection, entity: str) -> str:
    """The start date that was chosen, in ISO form; empty when none was."""
    return str(connection.switches.get(entity, {}).get("since", ""))


def set_start(member: Member, entity: str, since: date, *, engine: Engine | None = None) -> None:
    """Choose the start date before the section is on. Afterwards it is ``start_sending`` again that moves it."""
    _change(member, entity, engine or Engine(), since=since.isoformat())


def try_one(member: Member, entity: str, record_id: str, *, engine: Engine | None = None) -> None:
    """Send this one record now, to see that all is well, before the others follow. Raises ``NotYet``."""
    engine = engine or Engine()
    with transaction.atomic():
        connection = _change(member, entity, engine, trial=record_id)
        if connection.section(entity) is not SectionState.ON:
            connection.sections = {**connection.sections, entity: SectionState.IN_REVIEW.value}
            connection.save(update_fields=["sections"])
        dirty.mark(connection, [Mark(entity, Side.PRACTICE, record_id, "sent as a test")], engine.now())
        spec = spec_of(connection, entity, engine)
        who = member.user.get_full_name()
        sentence = f"{who} had one {spec.label.lower()} sent as a test"
        say(
            connection,
            engine.now(),
            sentence,
            result="info",
            entity=entity,
            details={"setting": "since"},
            by=member,
        )
        tasks.wake(connection.pk)


def _change(member: Member, entity: str, engine: Engine, **changes: str) -> Connection:
    """Change the section's own switches, once all it refers to is on. Raises ``NotYet``."""
    with transaction.atomic():
        found = connection_of(member.firm_id)
        if found is None:
            raise NotYet("Connect QuickBooks first.")
        connection = Connection.objects.select_for_update(no_key=True).get(pk=found.pk)
        spec = spec_of(connection, entity, engine)
        if samples := samples_of(member.firm_id).documents:
            raise NotYet(
                f"{samples} sample document{'' if samples == 1 else 's'} would go to QuickBooks with the others. Remove "
                "the sample data first: Settings, Sample data."
            )
        if first := missing_before(connection, spec, engine.provider(connection.ledger).specs):
            names = " and ".join(one.plural.lower() for one in first)
            raise NotYet(f"{spec.plural} refer to {names}. Finish that step first.")
        own = {**connection.switches.get(entity, {}), **changes}
        connection.switches = {**connection.switches, entity: own}
        connection.save(update_fields=["switches"])
    return connection


def stop_sending(member: Member, entity: str, *, engine: Engine | None = None) -> None:
    """Send no more of this kind. Links stay; turned on again, it goes on where it stopped."""
    engine = engine or Engine()
    with transaction.atomic():
        found = connection_of(member.firm_id)
        if found is None:
            return
        connection = Connection.objects.select_for_update(no_key=True).get(pk=found.pk)
        connection.sections = {**connection.sections, entity: SectionState.NOT_STARTED.value}
        connection.save(update_fields=["sections"])
        wake_waiting_for_section(connection, entity, engine.now())
        spec = spec_of(connection, entity, engine)
        who = member.user.get_full_name()
        say(
            connection,
            engine.now(),
            f"{who} turned {spec.plural.lower()} off",
            result="info",
            entity=entity,
            by=member,
        )
        tasks.wake(connection.pk)
