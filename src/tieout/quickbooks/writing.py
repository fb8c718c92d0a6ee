"""Decides the exact bytes of a write, and afterwards whether a record shows what those bytes said. Used by ``ledger``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout.quickbooks.api.client import write_path
from tieout.quickbooks.api.reading import from_json, to_json
from tieout.quickbooks.entity import QuickBooksEntity
from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.ports import FixData, PreparedWrite, Row
from tieout.reconcile.spec import Document, EntitySpec, Field, Unit
from tieout.reconcile.state import Present, Units, Value, same


def prepare(
    entity: QuickBooksEntity, action: Create | Update | Retire, request_id: str, shown: Present | None
) -> PreparedWrite:
    """A create, or a sparse update guarded by the expected token. Equal arguments give equal bytes.

    ``shown`` is the record as last seen, when known: a record made active again is sent with its name, because
    QuickBooks may otherwise leave its own "(deleted)" in it. Raises ``FixData``.
    """
    if isinstance(action, Create):
        refuse_what_does_not_fit(entity.spec, action.units)
        body = without_empties(entity.spec.write(action.units))
        return _prepared(entity, "create", body, request_id)
    target = {"Id": action.target.id, "SyncToken": action.expected, "sparse": True}
    if isinstance(action, Retire):
        return _prepared(entity, "update", {**entity.retired, **target}, request_id, action.target.id)
    units = dict(action.units)
    active, name = entity.spec.active_unit, entity.spec.name_unit
    if active and units.get(active) is True and name not in units and shown is not None:
        units[name] = shown.units.get(name)
    refuse_what_does_not_fit(entity.spec, units)
    return _prepared(entity, "update", {**entity.spec.write(units), **target}, request_id, action.target.id)


def _prepared(
    entity: QuickBooksEntity, operation: str, body: Document, request_id: str, record_id: str = ""
) -> PreparedWrite:
    path = write_path(entity.name, request_id)
    return PreparedWrite(request_id, entity.name, operation, path, to_json(body), record_id)


def refuse_what_does_not_fit(spec: EntitySpec, units: Units) -> None:
    """Raise ``FixData`` for the first value QuickBooks would refuse: known before anything is sent."""
    for name, value in units.items():
        unit = spec.unit(name)
        if problem := unit.problem(value):
            sentence = f"{unit.label} {problem}. Nothing was sent. Correct it here and it is sent again."
            raise FixData(sentence, unit=name)


def without_empties(document: Mapping[str, Any]) -> dict[str, Any]:
    """A new record has nothing to clear: empty fields, and objects of only such, are left out."""
    kept = {
        name: without_empties(value) if isinstance(value, Mapping) else value
        for name, value in document.items()
    }
    return {name: value for name, value in kept.items() if value not in (None, "", {})}


def sent_document(write: PreparedWrite) -> Document:
    document: Document = from_json(write.body)
    return document


def sent_units(entity: QuickBooksEntity, sent: Document) -> Units:
    """The units a sent body spoke of, as QuickBooks would show them back."""
    spoken = (unit for unit in entity.spec.units if any(_has(sent, path) for path in _paths(unit)))
    return {unit.name: unit.read(sent) for unit in spoken}


def shows(row: Row, units: Units) -> bool:
    """Whether a record shows these values, give or take the blanks around them, which QuickBooks removes."""
    return all(same(_trimmed(row.record.units.get(name)), _trimmed(value)) for name, value in units.items())


def _trimmed(value: Value) -> Value:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        return {part: inside.strip() if isinstance(inside, str) else inside for part, inside in value.items()}
    return value


def _paths(unit: Unit) -> list[str]:
    return [unit.path] if isinstance(unit, Field) else [path for path, _ in unit.parts.values()]


def _has(document: Document, path: str) -> bool:
    found: Any = document
    for step in path.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return False
        found = found[step]
    return True
