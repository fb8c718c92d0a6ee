"""Acts: the advanced settings: which changes travel which way, what each switch did lately, and who turned it.

A switch holds from the next write on: the engine reads it anew before every send. What waited because of it is
planned again when it is turned on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tieout.practice.models import Member
from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Side, same
from tieout.sync import dirty, tasks
from tieout.sync.connections import connection_of
from tieout.sync.dirty import Mark
from tieout.sync.engine import Engine
from tieout.sync.listing import say
from tieout.sync.models import (
    ActivityLine,
    Attempt,
    AttemptState,
    Connection,
    Issue,
    Link,
    SwitchChange,
)
from tieout.sync.packing import unpack_units
from tieout.sync.policy import DEFAULTS, switches_of
from tieout.sync.review import spec_of

KINDS = ("create", "edit", "archive")
LATELY = timedelta(days=30)
HISTORY = 50


@dataclass(frozen=True, slots=True)
class Switch:
    """One switch as it is."""

    kind: str
    side: Side
    """The side that is written when it is on."""
    on: bool
    lately: int
    """Records it let through in the last thirty days."""


def switches(connection: Connection, entity: str, *, engine: Engine | None = None) -> list[Switch]:
    """Every switch of an entity, those that write here first."""
    engine = engine or Engine()
    now = switches_of(connection, spec_of(connection, entity, engine))
    state: Mapping[str, Mapping[Side, bool]] = {
        "create": now.create,
        "edit": now.edit,
        "archive": now.archive,
    }
    did = _lately(connection, entity, engine.now() - LATELY)
    return [
        Switch(kind, side, state[kind][side], did[(kind, side)])
        for side in (Side.LEDGER, Side.PRACTICE)
        for kind in KINDS
    ]


def history(connection: Connection, entity: str) -> list[SwitchChange]:
    """Who turned what, the latest first."""
    rows = SwitchChange.objects.filter(connection=connection, entity=entity)
    return list(rows.select_related("member__user").order_by("-id")[:HISTORY])


def choices_made(connection: Connection) -> list[ActivityLine]:
    """Who chose what besides the switches: accounts, start dates, which side wins. The latest first."""
    lines = ActivityLine.objects.filter(connection=connection, result="info", details__has_key="setting")
    return list(lines.order_by("-id")[:HISTORY])


@dataclass(frozen=True, slots=True)
class Waits:
    """A difference that is only left because a switch is off."""

    kind: str
    side: Side
    """Of the switch: the side that would be written."""
    record_id: str
    name: str
    sentence: str


def waiting_for(
    connection: Connection,
    entity: str,
    turned_on: Collection[tuple[str, Side]],
    *,
    engine: Engine | None = None,
) -> list[Waits]:
    """What would go at once if these switches (kind, side) were turned on. Few queries, however many wait."""
    engine = engine or Engine()
    spec = spec_of(connection, entity, engine)
    rows = list(
        Issue.objects.filter(
            connection=connection, entity=entity, cause="switched_off", closed_at=None
        ).order_by("name", "id")
    )
    ours_changed = _changed_here(connection, spec, rows)
    found = []
    for row in rows:
        if not row.unit:
            kind, side = "create", Side(row.side).other
        else:
            kind = "archive" if row.unit == spec.active_unit else "edit"
            side = Side.LEDGER if (row.record_id, row.unit) in ours_changed else Side.PRACTICE
        if (kind, side) in turned_on:
            found.append(Waits(kind, side, row.record_id, row.name, row.sentence))
    return found


def _changed_here(connection: Connection, spec: EntitySpec, rows: Sequence[Issue]) -> set[tuple[str, str]]:
    """(record, unit) of those whose value here is no longer the one both sides agreed on: it is on its way there."""
    ids = {row.record_id for row in rows if row.unit}
    if not ids:
        return set()
    views = RECORD_KINDS[spec.practice].read(connection.firm_id, ids)
    links = Link.objects.filter(connection=connection, entity=spec.practice, practice_id__in=ids)
    agreed = {link.practice_id: unpack_units(link.baseline_practice) for link in links}
    return {
        (row.record_id, row.unit)
        for row in rows
        if row.unit
        and row.record_id in views
        and row.record_id in agreed
        and not same(views[row.record_id].units.get(row.unit), agreed[row.record_id].get(row.unit))
    }


def turned_from_default(connection: Connection, entity: str, *, engine: Engine | None = None) -> list[Switch]:
    """The switches that no longer stand as they came."""
    found = switches(connection, entity, engine=engine)
    return [one for one in found if one.on is not DEFAULTS[one.kind]]


def reset(member: Member, entity: str, *, engine: Engine | None = None) -> int:
    """Turn every switch of an entity back to how it came. Each stands in the history. Returns how many were turned."""
    with transaction.atomic():
        found = connection_of(member.firm_id)
        if found is None:
            return 0
        turned = turned_from_default(found, entity, engine=engine)
        return sum(
            turn(member, entity, one.kind, one.side, DEFAULTS[one.kind], engine=engine) for one in turned
        )


def turn(
    member: Member, entity: str, kind: str, side: Side, on: bool, *, engine: Engine | None = None
) -> bool:
    """Turn one switch. False when it stood so already. Raises ``KeyError`` for a switch there is not."""
    engine = engine or Engine()
    if kind not in KINDS:
        raise KeyError(kind)
    with transaction.atomic():
        found = connection_of(member.firm_id)
        if found is None:
            return False
        connection = Connection.objects.select_for_update(no_key=True).get(pk=found.pk)
        before = next(
            one.on
            for one in switches(connection, entity, engine=engine)
            if (one.kind, one.side) == (kind, side)
        )
        if before is on:
            return False
        own = dict(connection.switches.get(entity, {}))
        own[kind] = {**own.get(kind, {}), side.value: on}
        connection.switches = {**connection.switches, entity: own}
        connection.save(update_fields=["switches"])
        SwitchChange.objects.create(
            firm_id=connection.firm_id,
            connection=connection,
            entity=entity,
            kind=kind,
            side=side.value,
            before=before,
            after=on,
            member=member,
            at=engine.now(),
        )
        _plan_again(connection, entity, engine)
        who, where = member.user.get_full_name(), "QuickBooks" if side is Side.LEDGER else "Tieout"
        what = f"{who} turned {'on' if on else 'off'}: {kind} {entity.replace('_', ' ')}s in {where}"
        say(connection, engine.now(), what, result="info", entity=entity, by=member)
    return True


def _plan_again(connection: Connection, entity: str, engine: Engine) -> None:
    """Whatever was left out because of a switch is looked at anew, so that it goes, or its reason is still true."""
    waiting = Issue.objects.filter(
        connection=connection, entity=entity, cause="switched_off", closed_at=None
    ).values_list("side", "record_id")
    marks = [
        Mark(entity, Side(side), record_id, "switch turned", must_read=False) for side, record_id in waiting
    ]
    dirty.mark(connection, marks, engine.now())
    tasks.wake(connection.pk)


def _lately(connection: Connection, entity: str, since: datetime) -> dict[tuple[str, Side], int]:
    of = {"connection": connection, "entity": entity}
    sent = Attempt.objects.filter(**of, state=AttemptState.DONE, finished_at__gte=since)
    archived_there = sent.filter(units__has_key="active", operation="update")
    here = ActivityLine.objects.filter(**of, at__gte=since, side=Side.PRACTICE, reference="", result="done")
    updated_here = here.filter(details__has_key="after")
    archived_here = updated_here.filter(details__after__has_key="active")
    return {
        ("create", Side.LEDGER): sent.filter(operation="create").count(),
        ("edit", Side.LEDGER): sent.filter(operation="update").count() - archived_there.count(),
        ("archive", Side.LEDGER): archived_there.count(),
        # A record that came from there has a line without before and after.
        ("create", Side.PRACTICE): here.count() - updated_here.count(),
        ("edit", Side.PRACTICE): updated_here.count() - archived_here.count(),
        ("archive", Side.PRACTICE): archived_here.count(),
    }


def left_out(connection: Connection, entity: str) -> int:
    """Open differences that are only left because a switch is off."""
    return Issue.objects.filter(
        connection=connection, entity=entity, cause="switched_off", closed_at=None
    ).count()
