"""Decides nothing, writes nothing: what applying a review would do, to the field. The planner itself is asked.

Where both sides differ and nobody chose, the pair is linked all the same and the field is asked about afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.action import Update
from tieout.reconcile.match import Bucket
from tieout.reconcile.plan import Conflict, Linked, plan
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present, Side, is_empty
from tieout.sync import observations
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, Review, ReviewRow
from tieout.sync.policy import switches_of
from tieout.sync.review import spec_of
from tieout.sync.review_plan import Fate, Pair, agreed_at_link, fate, fingerprint, pairs
from tieout.sync.review_rows import OUTSIDE
from tieout.sync.story import Compared, compare


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One unit that applying writes."""

    side: Side
    """The side that is written."""
    label: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One pair, or one record alone."""

    fate: Fate
    name: str
    other: str
    """The partner's name in the ledger; empty for a record alone."""
    side: Side
    """Where a record alone is now."""
    changes: tuple[FieldChange, ...] = ()
    asks: tuple[str, ...] = ()
    """Labels of the units that are asked about afterwards."""


@dataclass(frozen=True, slots=True)
class FinalPlan:
    """Everything applying would do, and the fingerprint of the decisions it was made from."""

    lines: Sequence[PlanLine]
    fingerprint: str

    def of(self, becomes: Fate) -> list[PlanLine]:
        return [line for line in self.lines if line.fate is becomes]

    def written(self, side: Side) -> int:
        """Records that would be written on that side: created or changed."""
        made = {Side.PRACTICE: Fate.CREATE_HERE, Side.LEDGER: Fate.CREATE_THERE}[side]
        return sum(
            line.fate is made or any(change.side is side for change in line.changes) for line in self.lines
        )

    @property
    def fields(self) -> int:
        return sum(len(line.changes) for line in self.lines)

    @property
    def asked(self) -> int:
        return sum(len(line.asks) for line in self.lines)


def final_plan(connection: Connection, review: Review, *, engine: Engine | None = None) -> FinalPlan:
    """The plan as it stands now. A constant number of queries."""
    spec = spec_of(connection, review.entity, engine or Engine())
    rows = list(review.rows.exclude(bucket=OUTSIDE, decision="").order_by("sort_name", "id"))
    linked = pairs(rows, review.create_new)
    lines = _linked(connection, spec, linked)
    lines += [
        PlanLine(
            becomes,
            row.practice_name or row.ledger_name,
            row.ledger_name if row.practice_id else "",
            Side.PRACTICE if row.practice_id else Side.LEDGER,
        )
        for row in rows
        if (becomes := fate(row, review.create_new)) is not Fate.LINK
    ]
    return FinalPlan(lines, fingerprint(rows, review.create_new))


def current_fingerprint(review: Review) -> str:
    """What ``FinalPlan.fingerprint`` would be now."""
    return fingerprint(review.rows.exclude(bucket=OUTSIDE, decision=""), review.create_new)


def differences(
    connection: Connection, entity: str, rows: Sequence[ReviewRow], *, engine: Engine | None = None
) -> dict[int, list[Compared]]:
    """Row id -> the units in which a pair's sides both say something, and not the same."""
    spec = spec_of(connection, entity, engine or Engine())
    matched = [row for row in rows if row.bucket == Bucket.MATCH]
    ours = RECORD_KINDS[spec.practice].read(connection.firm_id, [row.practice_id for row in matched])
    theirs = observations.of_ledger(connection, spec, [row.ledger_id for row in matched])
    found: dict[int, list[Compared]] = {}
    for row in matched:
        here, there = ours.get(row.practice_id), theirs.get(row.ledger_id)
        if here is not None and isinstance(there, Present):
            found[row.pk] = [
                one
                for one in compare(spec, here.units, there.units)
                if one.unit != spec.name_unit
                and one.differs
                and not is_empty(one.practice)
                and not is_empty(one.ledger)
            ]
    return found


def _linked(connection: Connection, spec: EntitySpec, linked: Sequence[Pair]) -> list[PlanLine]:
    ours = RECORD_KINDS[spec.practice].read(connection.firm_id, [pair.practice_id for pair in linked])
    theirs = observations.of_ledger(connection, spec, [pair.ledger_id for pair in linked])
    switches = switches_of(connection, spec)
    labels = {unit.name: unit.label for unit in spec.units}
    lines = []
    for pair in linked:
        here, there = ours.get(pair.practice_id), theirs.get(pair.ledger_id)
        if here is None or not isinstance(there, Present):
            continue  # gone since: applying leaves it, too
        keys = (
            Key(spec.practice, Side.PRACTICE, pair.practice_id),
            Key(spec.practice, Side.LEDGER, pair.ledger_id),
        )
        present = Present(here.units, str(here.version), here.facts)
        baseline = agreed_at_link(spec, here.units, there.units, pair.keep)
        planned = plan(spec, [Linked(*keys, present, there, baseline)], switches)
        name, other = (str(units.get(spec.name_unit) or "") for units in (here.units, there.units))
        changes = [
            FieldChange(
                action.side, labels[unit], _shown_by(action.side, here.units, there.units).get(unit), value
            )
            for action in planned.actions
            if isinstance(action, Update)
            for unit, value in action.units.items()
        ]
        asks = [labels[one.unit] for one in planned.conflicts if isinstance(one, Conflict)]
        lines.append(PlanLine(Fate.LINK, name, other, Side.PRACTICE, tuple(changes), tuple(asks)))
    return lines


def _shown_by(side: Side, practice: Mapping[str, Any], ledger: Mapping[str, Any]) -> Mapping[str, Any]:
    return practice if side is Side.PRACTICE else ledger
