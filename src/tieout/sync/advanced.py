"""Acts: the advanced settings: which changes travel which way, what each switch did lately, and who turned it.

A switch holds from the next write on: the engine reads it anew before every send. What waited because of it is
planned again when it is turned on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tieout.practice.models import Member
from tieout.reconcile.state import Side
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
    SwitchChange,
)
from tieout.sync.policy import switches_of
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
        connection = Connection.objects.select_for_update().get(pk=found.pk)
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
