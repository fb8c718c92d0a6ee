"""Decides nothing, writes nothing: what applying a review would do, to the field. The planner itself is asked.

Where both sides differ and nobody chose, the pair is linked all the same and the field is asked about afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tieout.practice.record_views import RecordView
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
from tieout.sync.review_plan import (
    Fate,
    Pair,
    agreed_at_link,
    both_of,
    fate,
    fingerprint,
    is_pair,
    pairs,
    reason_of,
)
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
    records: tuple[str, str] = ("", "")
    """Ids here and there."""
    reason: str = ""
    """Why it is left out, where somebody said so."""


WRITES = (Fate.LINK, Fate.CREATE_HERE, Fate.CREATE_THERE)
"""What is done to a record, where the rest of the plan leaves it alone."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What a plan writes on one side."""

    created: int
    changed: int
    """Records that are there already and get a value."""
    fields: int
    """How many of their fields."""

    @property
    def records(self) -> int:
        return self.created + self.changed


@dataclass(frozen=True, slots=True)
class FinalPlan:
    """Everything applying would do."""

    lines: Sequence[PlanLine]
    decided: str
    """Changes with every decision; see ``review_plan.fingerprint``."""

    @property
    def fingerprint(self) -> str:
        """Changes with every decision, and with every edit on either side that changes what is linked or written.

        An edit that leaves the plan as it is changes nothing: both sides were given the same value, say.
        """
        said = sha256(self.decided.encode())
        for line in self.lines:
            if line.fate in WRITES:
                said.update(
                    repr((line.fate.value, line.records, line.name, line.changes, line.asks)).encode()
                )
        return f"{self.decided}-{said.hexdigest()[:24]}"

    def of(self, becomes: Fate) -> list[PlanLine]:
        return [line for line in self.lines if line.fate is becomes]

    def writing(self, side: Side) -> Writing:
        """What would be written on that side."""
        made = {Side.PRACTICE: Fate.CREATE_HERE, Side.LEDGER: Fate.CREATE_THERE}[side]
        fields = [sum(change.side is side for change in line.changes) for line in self.lines]
        return Writing(len(self.of(made)), sum(many > 0 for many in fields), sum(fields))

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
    fates = [(row, fate(row, review.create_new)) for row in rows]
    alone = [(row, becomes) for row, becomes in fates if becomes not in (Fate.LINK, Fate.ELSEWHERE)]
    both = _Both.of(
        connection,
        spec,
        [pair.practice_id for pair in linked] + [row.practice_id for row, _ in alone],
        [pair.ledger_id for pair in linked] + [row.ledger_id for row, _ in alone],
    )
    lines = [*_linked(connection, spec, linked, both), *_alone(spec, alone, both)]
    return FinalPlan(lines, fingerprint(rows, review.create_new))


def current_fingerprint(connection: Connection, review: Review, *, engine: Engine | None = None) -> str:
    """What ``FinalPlan.fingerprint`` would be now."""
    return final_plan(connection, review, engine=engine).fingerprint


def decided_as(review: Review, looked_at: str) -> bool:
    """Whether the decisions are those of the plan with this fingerprint. Cheap; the job looks at the rest of it."""
    rows = review.rows.exclude(bucket=OUTSIDE, decision="")
    return looked_at.partition("-")[0] == fingerprint(rows, review.create_new)


def differences(
    connection: Connection, entity: str, rows: Sequence[ReviewRow], *, engine: Engine | None = None
) -> dict[int, list[Compared]]:
    """Row id -> the units in which a pair's sides both say something, and not the same. Of proposed pairs, and of
    those that a person made. Two queries."""
    spec = spec_of(connection, entity, engine or Engine())
    return {row.pk: found for row, found in compared(connection, spec, rows)}


def compared(
    connection: Connection, spec: EntitySpec, rows: Sequence[ReviewRow]
) -> Iterator[tuple[ReviewRow, list[Compared]]]:
    """As ``differences``, of rows that need not be stored yet; those whose records are gone are left away."""
    matched = [(row, *both_of(row)) for row in rows if is_pair(row)]
    ours = RECORD_KINDS[spec.practice].read(connection.firm_id, [one for _, one, _ in matched])
    theirs = observations.of_ledger(connection, spec, [one for _, _, one in matched])
    for row, practice_id, ledger_id in matched:
        here, there = ours.get(practice_id), theirs.get(ledger_id)
        if here is not None and isinstance(there, Present):
            found = [
                one
                for one in compare(spec, here.units, there.units)
                if one.unit != spec.name_unit
                and one.differs
                and not is_empty(one.practice)
                and not is_empty(one.ledger)
            ]
            yield row, found


def note_fills(connection: Connection, spec: EntitySpec, rows: Sequence[ReviewRow]) -> None:
    """Notes in each pair, stored or not, how many fields linking it fills as both sides are now. Two queries."""
    matched = [row for row in rows if row.bucket == Bucket.MATCH]
    asked = [Pair(row.practice_id, row.ledger_id, row) for row in matched]
    both = _Both.of(connection, spec, [one.practice_id for one in asked], [one.ledger_id for one in asked])
    filled = {line.records: len(line.changes) for line in _linked(connection, spec, asked, both)}
    for row in matched:
        row.fills = filled.get((row.practice_id, row.ledger_id), 0)


def fields_by_hand(review: Review, rows: Sequence[ReviewRow], *, engine: Engine | None = None) -> int:
    """How many fields linking writes in the pairs that people made themselves: nothing is noted of those."""
    made = [pair for pair in pairs(rows, review.create_new) if pair.by_hand]
    if not made:
        return 0
    connection = Connection.objects.get(pk=review.connection_id)
    spec = spec_of(connection, review.entity, engine or Engine())
    both = _Both.of(connection, spec, [pair.practice_id for pair in made], [pair.ledger_id for pair in made])
    return sum(len(line.changes) for line in _linked(connection, spec, made, both))


@dataclass(frozen=True, slots=True)
class _Both:
    """The records of a plan as each side shows them now; the ledger's as they were last seen."""

    ours: Mapping[str, RecordView]
    theirs: Mapping[str, Present]

    @classmethod
    def of(
        cls, connection: Connection, spec: EntitySpec, ours: Sequence[str], theirs: Sequence[str]
    ) -> _Both:
        seen = observations.of_ledger(connection, spec, [one for one in theirs if one])
        return cls(
            RECORD_KINDS[spec.practice].read(connection.firm_id, [one for one in ours if one]),
            {one: record for one, record in seen.items() if isinstance(record, Present)},
        )


def _alone(spec: EntitySpec, alone: Sequence[tuple[ReviewRow, Fate]], both: _Both) -> Iterator[PlanLine]:
    """Records without a partner, under the names they have now; what is gone since is left, by applying too."""
    for row, becomes in alone:
        here, there = both.ours.get(row.practice_id), both.theirs.get(row.ledger_id)
        ours, theirs = (str(one.units.get(spec.name_unit) or "") if one else "" for one in (here, there))
        if ours or theirs:
            side = Side.PRACTICE if ours else Side.LEDGER
            records = (row.practice_id, row.ledger_id)
            yield PlanLine(
                becomes, ours or theirs, theirs if ours else "", side, records=records, reason=reason_of(row)
            )


def _linked(connection: Connection, spec: EntitySpec, linked: Sequence[Pair], both: _Both) -> list[PlanLine]:
    switches = switches_of(connection, spec)
    labels = {unit.name: unit.label for unit in spec.units}
    lines = []
    for pair in linked:
        here, there = both.ours.get(pair.practice_id), both.theirs.get(pair.ledger_id)
        if here is None or there is None:
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
        records = (pair.practice_id, pair.ledger_id)
        lines.append(PlanLine(Fate.LINK, name, other, Side.PRACTICE, tuple(changes), tuple(asks), records))
    return lines


def _shown_by(side: Side, practice: Mapping[str, Any], ledger: Mapping[str, Any]) -> Mapping[str, Any]:
    return practice if side is Side.PRACTICE else ledger
