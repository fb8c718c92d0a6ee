"""Decides nothing, writes nothing: everything that is kept of one record's past, in the order in which it happened.

From four append-only places: the practice's history (who changed what here), the log of what was sent to the ledger,
the activity (what came from there, and who decided what), and the conflicts (what was changed there and not taken).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q

from tieout.practice.actor import ActorKind, ChangeRecord
from tieout.practice.records import RECORD_KINDS, unit_of_field
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Present, Side, Units, same
from tieout.sync import observations
from tieout.sync.engine import Engine
from tieout.sync.executor import ACTOR
from tieout.sync.models import ActivityLine, Conflict, Connection, Link, WriteEntry
from tieout.sync.packing import unpack, unpack_units
from tieout.sync.past import Moment, Shift, Turn, moments
from tieout.sync.references import with_references
from tieout.sync.review import spec_of

MOST = 300
"""Turns of each kind that are read: the latest. Older ones are in the files of the activity and the audit log."""
THERE = "Somebody in QuickBooks"
SYNC = "The sync"


def past_of(
    connection: Connection,
    entity: str,
    practice_id: str,
    history: Iterable[ChangeRecord],
    *,
    engine: Engine | None = None,
) -> tuple[EntitySpec, list[Moment]]:
    """The record's moments, the oldest first. ``history``: the practice's own of it, asked for through its funnels."""
    engine = engine or Engine()
    spec = spec_of(connection, entity, engine)
    link = Link.objects.filter(connection=connection, entity=entity, practice_id=practice_id).first()
    ledger_id = link.ledger_id if link else ""
    here, there = _now(connection, spec, practice_id, ledger_id)
    turns = [*_changed_here(entity, history, here), *_sent(connection, spec, practice_id)]
    turns += [*_told(connection, spec, practice_id, ledger_id), *_not_taken(connection, spec, link)]
    return spec, moments(sorted(turns, key=lambda turn: turn.at), here, there)


def _now(connection: Connection, spec: EntitySpec, practice_id: str, ledger_id: str) -> tuple[Units, Units]:
    views = RECORD_KINDS[spec.practice].read(connection.firm_id, [practice_id])
    here: Units = {}
    if practice_id in views:
        view = views[practice_id]
        seen = {practice_id: Present(view.units, str(view.version), view.facts)}
        ready = with_references(connection, spec, seen)[0][practice_id]
        here = ready.units if isinstance(ready, Present) else view.units
    there = observations.of_ledger(connection, spec, [ledger_id]).get(ledger_id) if ledger_id else None
    return here, there.units if isinstance(there, Present) else {}


def _changed_here(entity: str, history: Iterable[ChangeRecord], now: Units) -> Iterator[Turn]:
    for record in list(history)[:MOST]:
        by_the_sync = record.actor_kind == ActorKind.SYNC and record.actor_label == ACTOR.label
        if by_the_sync and record.verb != "created":
            continue  # what came from the ledger: told by the activity, with what the ledger showed
        shifts = []
        for name, pair in record.changes.items():
            place = unit_of_field(entity, name)
            if place is None or place[0] not in now or not isinstance(pair, list) or len(pair) != 2:
                continue
            unit, part = place
            before, after = (_as_unit(value, now[unit]) for value in pair)
            shifts.append(Shift(Side.PRACTICE, unit, before, after, part))
        yield Turn(record.at, record.actor_label, f"{record.verb.capitalize()} here", tuple(shifts))


def _as_unit(value: Any, now: Any) -> Any:
    """A value of the history as the unit shows it: amounts are kept there as texts."""
    if isinstance(now, Decimal) and isinstance(value, str):
        try:
            return Decimal(value)
        except InvalidOperation:
            return value
    return value


def _sent(connection: Connection, spec: EntitySpec, practice_id: str) -> Iterator[Turn]:
    """Each write to the ledger that arrived: from what it replaced to what it said."""
    rows = WriteEntry.objects.filter(
        connection=connection, entity=spec.practice, practice_id=practice_id, result="done"
    )
    for row in rows.order_by("-number")[:MOST]:
        before, after = unpack_units(row.before), unpack_units(row.after)
        shifts = tuple(Shift(Side.LEDGER, unit, before.get(unit), value) for unit, value in after.items())
        said = "Created in QuickBooks" if row.operation == "create" else "Sent to QuickBooks"
        yield Turn(row.at, SYNC, said, shifts, reference=row.reference)


def _told(connection: Connection, spec: EntitySpec, practice_id: str, ledger_id: str) -> Iterator[Turn]:
    """What came from the ledger, and what a person decided about the record."""
    mine = Q(side=Side.PRACTICE, record_id=practice_id)
    if ledger_id:
        mine |= Q(side=Side.LEDGER, record_id=ledger_id)
    rows = ActivityLine.objects.filter(mine, connection=connection, entity=spec.practice)
    rows = rows.filter(Q(result="done", reference="") | Q(result="info"))
    for row in rows.select_related("member__user").order_by("-id")[:MOST]:
        before = unpack_units(row.details.get("before") or {})
        after = unpack_units(row.details.get("after") or {})
        # What came from there was written here in the same moment.
        shifts = tuple(
            Shift(side, unit, before.get(unit), value) for unit, value in after.items() for side in Side
        )
        who = row.member.user.get_full_name() if row.member else (THERE if shifts else SYNC)
        yield Turn(row.at, who, row.sentence, shifts)


def _not_taken(connection: Connection, spec: EntitySpec, link: Link | None) -> Iterator[Turn]:
    """What was changed in the ledger and stood against what we have, until somebody chose."""
    if link is None:
        return
    rows = Conflict.objects.filter(connection=connection, link=link).order_by("-id")
    for row in rows.select_related("answered_by__user")[:MOST]:
        base, there = unpack(row.base_value), unpack(row.ledger_value)
        if not same(base, there):
            label = next((each.label for each in spec.units if each.name == row.unit), row.unit)
            sentence = f"{label} changed in QuickBooks, and not taken until somebody chose"
            yield Turn(row.opened_at, THERE, sentence, (Shift(Side.LEDGER, row.unit, base, there),))


def shown_units(spec: EntitySpec, moment: Moment) -> list[tuple[str, str, Any, Any]]:
    """Unit, label, here, there of what either side showed then; without what only names other records."""
    names: Mapping[str, Any] = {one.unit: one for one in spec.references if not one.part}
    return [
        (unit.name, unit.label, moment.practice.get(unit.name), moment.ledger.get(unit.name))
        for unit in spec.units
        if unit.name not in names and (unit.name in moment.practice or unit.name in moment.ledger)
    ]
