"""Decides nothing, writes nothing: all there is to say about one practice record and its partner in the ledger.

Links, both sides' values field by field, what is open about it and why, and its lines of the activity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.diff import Verdict, verdict
from tieout.reconcile.plan import written_alike
from tieout.reconcile.spec import EntitySpec, unless_alike
from tieout.reconcile.state import Key, Present, Side, Units, is_empty, same
from tieout.sync import observations, partners, status, worklist
from tieout.sync.engine import Engine
from tieout.sync.models import ActivityLine, Connection, Hold, Link, Observation, SectionState
from tieout.sync.packing import unpack, unpack_units
from tieout.sync.references import with_references
from tieout.sync.review import spec_of
from tieout.sync.unlinked import Former, former_partner
from tieout.sync.worklist import WorkRow

LINES = 20
"""Of the activity: the latest; the whole of it is on the activity page."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One unit as each side shows it."""

    unit: str
    label: str
    practice: Any
    ledger: Any
    is_agreed: bool = False
    """Both sides show what they showed when they last agreed: a number of QuickBooks' own, a name spelled otherwise."""

    @property
    def differs(self) -> bool:
        return not self.is_agreed and not self._alike

    @property
    def stands(self) -> bool:
        """The two are not the same, and are agreed as each side has it."""
        return self.is_agreed and not self._alike

    @property
    def _alike(self) -> bool:
        return same(self.practice, self.ledger) or written_alike(self.practice, self.ledger)


@dataclass(frozen=True, slots=True)
class Change:
    """One unit of one activity line."""

    label: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the activity."""

    at: datetime
    sentence: str
    result: str
    reference: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One practice record. Without a link the ledger's part is empty."""

    key: Key
    status: status.RecordStatus
    why: tuple[str, ...]
    ledger_id: str
    ledger_name: str
    ledger_url: str
    linked_at: datetime | None
    origin: str
    agreed_at: datetime | None
    compared: tuple[Compared, ...]
    open: tuple[WorkRow, ...]
    held: bool
    excluded: bool
    left_out_for: str
    """The reason typed when it was left out."""
    lines: tuple[Told, ...]
    former: Former | None = None
    """What it was linked with until lately; None while it is linked, or when that cannot be had back."""


def story(
    connection: Connection, entity: str, practice_id: str, *, engine: Engine | None = None
) -> Story | None:
    """None while the entity is not synced: then there is nothing to tell."""
    engine = engine or Engine()
    if connection.section(entity) is not SectionState.ON:
        return None
    spec = spec_of(connection, entity, engine)
    link = Link.objects.filter(connection=connection, entity=entity, practice_id=practice_id).first()
    ledger_id = link.ledger_id if link else ""
    key = Key(entity, Side.PRACTICE, practice_id)
    rows = tuple(worklist.of_record(connection, entity, practice_id, engine=engine))
    hold = Hold.objects.filter(
        connection=connection, entity=entity, side=Side.PRACTICE, record_id=practice_id
    ).first()
    now = status.record_statuses(connection.firm_id, entity, [practice_id])[practice_id]
    return Story(
        key=key,
        status=now,
        why=_why(now, rows, link),
        ledger_id=ledger_id,
        ledger_name=observations.name_of(connection, Key(entity, Side.LEDGER, ledger_id)),
        ledger_url=partners.deep_link(connection, entity, ledger_id, engine=engine) if link else "",
        linked_at=link.linked_at if link else None,
        origin=link.origin if link else "",
        agreed_at=link.agreed_at if link else None,
        compared=_compared(connection, spec, link) if link else (),
        open=rows,
        held=bool(hold),
        excluded=bool(hold and hold.excluded),
        left_out_for=hold.reason if hold and hold.excluded else "",
        lines=_lines(connection, spec, key),
        former=None if link else former_partner(connection, entity, practice_id, engine.now()),
    )


def _why(now: status.RecordStatus, rows: Sequence[WorkRow], link: Link | None) -> tuple[str, ...]:
    """Why it is, or is not, in QuickBooks as it is here. Always at least one sentence."""
    if rows:
        found = [f"{row.unit_label}: {row.sentence}" if row.unit_label else row.sentence for row in rows]
        return tuple(dict.fromkeys(found))
    if now.detail:
        return (now.detail,)
    if link:
        return ("It is linked, and nothing about it waits.",)
    return ("It has not been looked at yet. The next run does.",)


def _compared(connection: Connection, spec: EntitySpec, link: Link) -> tuple[Compared, ...]:
    """Field by field as the planner compares them: what a record names by the ledger's ids, each side with what it
    showed when both last agreed. Records that are named are shown by their names."""
    views = RECORD_KINDS[spec.practice].read(connection.firm_id, [link.practice_id])
    there = observations.of_ledger(connection, spec, [link.ledger_id]).get(link.ledger_id)
    if link.practice_id not in views or not isinstance(there, Present):
        return ()
    view = views[link.practice_id]
    seen = {link.practice_id: Present(view.units, str(view.version), view.facts)}
    ready = with_references(connection, spec, seen)[0][link.practice_id]
    here = ready.units if isinstance(ready, Present) else view.units
    before = unpack_units(link.baseline_practice), unpack_units(link.baseline_ledger)
    names = _named(connection, spec, view.units, there.units)
    return tuple(
        replace(
            one,
            practice=names.get((one.unit, Side.PRACTICE), one.practice),
            ledger=names.get((one.unit, Side.LEDGER), one.ledger),
            is_agreed=_is_agreed(spec, one, *before),
        )
        for one in compare(spec, here, there.units)
    )


def _is_agreed(spec: EntitySpec, one: Compared, practice: Units, ledger: Units) -> bool:
    """A total is agreed only while it is the same on both sides, whatever a person has let stand."""
    unit, bases = spec.unit(one.unit), (practice.get(one.unit), ledger.get(one.unit))
    ours = unless_alike(unit, one.practice, bases[0])
    found = verdict(ours, one.ledger, *bases, unit.owner)
    return found in (Verdict.NOTHING, Verdict.SETTLE) and one.unit not in spec.verified


def _named(
    connection: Connection, spec: EntitySpec, here: Units, there: Units
) -> Mapping[tuple[str, Side], str]:
    """(unit, side) -> the name of the other record that it names, where one was ever seen. One query."""
    named = {
        (reference.unit, side): Key(reference.entity, side, str(units.get(reference.unit) or ""))
        for reference in spec.references
        if not reference.part
        for side, units in ((Side.PRACTICE, here), (Side.LEDGER, there))
    }
    if not named:
        return {}
    rows = Observation.objects.filter(connection=connection, record_id__in=[key.id for key in named.values()])
    names = {
        Key(entity, Side(side), one): name
        for entity, side, one, name in rows.values_list("entity", "side", "record_id", "name")
    }
    return {where: names[key] for where, key in named.items() if names.get(key)}


def compare(spec: EntitySpec, practice: Units, ledger: Units) -> tuple[Compared, ...]:
    """Both sides unit by unit, in the order declared; those that are empty on both are left away."""
    found = (
        Compared(unit.name, unit.label, practice.get(unit.name), ledger.get(unit.name)) for unit in spec.units
    )
    return tuple(one for one in found if not (is_empty(one.practice) and is_empty(one.ledger)))


def _lines(connection: Connection, spec: EntitySpec, key: Key) -> tuple[Told, ...]:
    mine = status.about_record(connection, key.entity, key.id)
    rows = ActivityLine.objects.filter(mine, connection=connection).order_by("-id")[:LINES]
    labels = {unit.name: unit.label for unit in spec.units}
    return tuple(
        Told(row.at, row.sentence, row.result, row.reference, changes_in(labels, row.details)) for row in rows
    )


def changes_in(labels: Mapping[str, str], details: Mapping[str, Any]) -> tuple[Change, ...]:
    """What an activity line changed, unit by unit; empty for one that changed nothing. ``labels``: unit -> its label."""
    before, after = details.get("before") or {}, details.get("after") or {}
    found = (
        Change(labels.get(unit, unit), unpack(before.get(unit)), unpack(after.get(unit))) for unit in after
    )
    return tuple(one for one in found if not same(one.before, one.after))
