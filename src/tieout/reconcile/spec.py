"""Decides nothing by itself: the declaration of one synced entity, read by the planner and by a ledger's adapter.

Adding an entity is writing one ``EntitySpec`` in one file of a ledger package. Paths are dotted names in the
ledger's own document (``PrimaryEmailAddr.Address``); this module only walks them, it knows no ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache, partial
from typing import Any

from tieout.reconcile.codecs import Codec
from tieout.reconcile.state import Present, Scalar, Side, Units, Value, is_empty, same

Document = Mapping[str, Any]
"""A ledger's record as parsed from its wire format (Decimal for numbers, never float)."""


Complete = Callable[[Value, Value, Value, Units], Value]
"""What is sent for our value, given what both sides showed of the unit when they last agreed, and the ledger's facts."""

VOID = "void"
"""What a ``void_unit`` shows when the document is void."""


class Owner(StrEnum):
    """Who wins a unit when the sides differ. *Shared* units are merged; both changed means ask."""

    PRACTICE = "practice"
    LEDGER = "ledger"
    SHARED = "shared"


class Direction(StrEnum):
    """Which way records of an entity travel."""

    BOTH = "both ways"
    TO_LEDGER = "to ledger"
    FROM_LEDGER = "from ledger"

    def flows_to(self, side: Side) -> bool:
        return self is Direction.BOTH or (self is Direction.TO_LEDGER) == (side is Side.LEDGER)


@dataclass(frozen=True, slots=True)
class Field:
    """One unit that is one ledger field."""

    name: str
    path: str
    codec: Codec
    label: str
    owner: Owner = Owner.SHARED
    required: bool = False
    """A record is not created in the ledger while a required unit is empty or does not fit there."""

    def read(self, document: Document) -> Value:
        return self.codec.decode(_get(document, self.path))

    def write(self, value: Value, document: dict[str, Any]) -> None:
        assert not isinstance(value, Mapping | tuple)
        _put(document, self.path, self.codec.encode(value))

    def problem(self, value: Value) -> str | None:
        """What is wrong with the value for the ledger, as the end of a sentence; None when it fits."""
        assert not isinstance(value, Mapping | tuple)
        if self.required and is_empty(value):
            return "is empty, and it is needed there"
        return self.codec.problem(value)


@dataclass(frozen=True, slots=True)
class Group:
    """One unit of several ledger fields that change together or not at all."""

    name: str
    parts: Mapping[str, tuple[str, Codec]]
    """Part name -> (path, codec)."""
    label: str
    owner: Owner = Owner.SHARED
    required: bool = False

    def read(self, document: Document) -> Value:
        return {part: codec.decode(_get(document, path)) for part, (path, codec) in self.parts.items()}

    def write(self, value: Value, document: dict[str, Any]) -> None:
        given: Mapping[str, Scalar] = value if isinstance(value, Mapping) else {}
        for part, (path, codec) in self.parts.items():
            _put(document, path, codec.encode(given.get(part)))

    def problem(self, value: Value) -> str | None:
        given: Mapping[str, Scalar] = value if isinstance(value, Mapping) else {}
        for part, (_, codec) in self.parts.items():
            if found := codec.problem(given.get(part)):
                return f"({part.replace('_', ' ')}) {found}"
        return None


@dataclass(frozen=True, slots=True)
class Whole:
    """One unit that only an entity's own functions can read and write: an invoice's lines with tax and discount."""

    name: str
    label: str
    from_ledger: Callable[[Document], Value]
    to_ledger: Callable[[Value, dict[str, Any]], None]
    fits: Callable[[Value], str | None] = lambda value: None
    owner: Owner = Owner.SHARED
    required: bool = False
    alike: Callable[[Value, Value], bool] = same
    """Whether the practice's value says what another one of its own said. What only goes along with a write, as the tax
    code that a rate stands for, is no change by itself."""
    complete: Complete = lambda ours, base_ours, base_theirs, facts: ours

    def read(self, document: Document) -> Value:
        return self.from_ledger(document)

    def write(self, value: Value, document: dict[str, Any]) -> None:
        self.to_ledger(value, document)

    def problem(self, value: Value) -> str | None:
        if self.required and is_empty(value):
            return "is empty, and it is needed there"
        return self.fits(value)


Unit = Field | Group | Whole


def unless_alike(unit: Unit, ours: Value, before: Value) -> Value:
    """``before`` where our value says the same as it did then, else our value."""
    return before if isinstance(unit, Whole) and unit.alike(ours, before) else ours


def to_send(unit: Unit, ours: Value, base_ours: Value, base_theirs: Value, there: Present) -> Value:
    """Our value as it is sent to a record that is there already."""
    return unit.complete(ours, base_ours, base_theirs, there.facts) if isinstance(unit, Whole) else ours


@dataclass(frozen=True, slots=True)
class Reference:
    """Where units of a record name other records by their practice id.

    Before planning, the engine puts the ledger's ids in their place; a record that names one without a
    partner waits for it. ``part`` is the column, when the unit is a tuple of rows.
    """

    unit: str
    entity: str
    part: str = ""
    amount: str = ""
    """Where it stands how much of the named record this one settles: the column beside ``part``, else the unit."""
    shares: str = ""
    """The fact with a row for each record it settles in the ledger, where the unit may come to name several there: their
    ids under the unit's name, and how much under ``amount``."""


@dataclass(frozen=True, slots=True, eq=False)
class EntitySpec:
    """What one entity is on both sides, and how far the sync may go with it."""

    practice: str
    """The practice's word for it, lower case: ``client``."""
    ledger: str
    """The ledger's word for it: ``Customer``."""
    label: str
    plural: str
    direction: Direction
    units: tuple[Unit, ...]
    name_unit: str
    """The unit a person knows the record by; matched on, and shown in every sentence."""
    active_unit: str | None = None
    """The unit that says whether the record is in use; it obeys the archive switches, not the edit ones."""
    date_unit: str | None = None
    """The unit that dates a document; a start date in the settings leaves older ones out."""
    depends_on: tuple[str, ...] = ()
    """Practice words of entities whose records must be linked first."""
    references: tuple[Reference, ...] = ()
    """Units that name other records; empty for entities that stand alone."""
    verified: frozenset[str] = frozenset()
    """Units that are never written, only compared: a total that both sides compute for themselves."""
    worked_out_there: frozenset[str] = frozenset()
    """Units that are written and that the ledger may all the same come to otherwise: agreed only as far as they come back
    as they were sent."""
    computed_from: frozenset[str] = frozenset()
    """Units that a verified one is computed from; a write of none of these leaves it as it is."""
    void_unit: str | None = None
    """The unit that says ``void``: a document void on either side is compared in nothing else."""
    emptied_by_void: frozenset[str] = frozenset()
    """Units that the ledger empties when it voids a document."""
    voided_by_hand: bool = False
    """Only a person can void it in the ledger."""
    gone_if_merged: bool = False
    """The ledger deletes no record of this kind: one that is gone there was merged into another."""
    follows_merge: bool = False
    """One that was merged there is settled once it is out of use here: what names it names what it became from then on."""
    in_change_feed: bool = True
    """False: the ledger's change feed does not carry it; only a full comparison sees its changes."""
    eligible: Mapping[Side, Callable[[Present], str | None]] = field(default_factory=dict)
    """Per side: None when the record takes part, else the reason it is left out, as a sentence."""

    def unit(self, name: str) -> Unit:
        return _by_name(self)[name]

    def read(self, document: Document) -> Units:
        """A ledger document as canonical units."""
        return {unit.name: unit.read(document) for unit in self.units}

    def write(self, units: Units) -> dict[str, Any]:
        """The part of a ledger document that carries these units."""
        document: dict[str, Any] = {}
        for name, value in units.items():
            if name not in self.verified:
                self.unit(name).write(value, document)
        return document

    def named_in(self, units: Units) -> Iterator[tuple[str, str]]:
        """(entity, practice id) of every other record these units name."""
        for reference in self.references:
            for named in _texts_at(units.get(reference.unit), reference.part):
                if named:
                    yield reference.entity, named

    def with_ledger_ids(self, units: Units, ledger_id: Callable[[str, str], str]) -> Units:
        """These units with the ledger's ids in place of the practice's. ``ledger_id`` takes (entity, practice id)."""
        changed = dict(units)
        for reference in self.references:
            if reference.unit in changed:
                changed[reference.unit] = _replaced(
                    changed[reference.unit], reference.part, partial(ledger_id, reference.entity)
                )
        return changed

    def left_out(self, side: Side, record: Present) -> str | None:
        """Why this record takes no part in the sync; None when it does."""
        rule = self.eligible.get(side)
        return rule(record) if rule else None


@lru_cache(maxsize=256)
def _by_name(spec: EntitySpec) -> Mapping[str, Unit]:
    return {unit.name: unit for unit in spec.units}


def _texts_at(value: Value, part: str) -> Iterator[str]:
    if isinstance(value, tuple):
        for row in value:
            yield str(row.get(part) or "")
    elif isinstance(value, str):
        yield value


def _replaced(value: Value, part: str, replace: Callable[[str], str]) -> Value:
    if isinstance(value, tuple):
        return tuple(
            {**row, part: replace(str(row[part])) if row.get(part) else row.get(part)} for row in value
        )
    return replace(value) if isinstance(value, str) and value else value


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _get(document: Document, path: str) -> Any:
    found: Any = document
    for step in _steps(path):
        # Read for every unit of every row of a list: a plain dict is told apart quickly, a ``Mapping`` is not.
        if not isinstance(found, dict) and not isinstance(found, Mapping):
            return None
        found = found.get(step)
        if found is None:
            return None
    return found


def _put(document: dict[str, Any], path: str, value: Scalar) -> None:
    *steps, last = _steps(path)
    for step in steps:
        document = document.setdefault(step, {})
    document[last] = value
