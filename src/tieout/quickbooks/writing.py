"""Decides the exact bytes of a write, and afterwards whether a record shows what those bytes said. Used by ``ledger``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout.quickbooks import notes
from tieout.quickbooks.api.client import write_path
from tieout.quickbooks.api.reading import from_json, to_json
from tieout.quickbooks.company_rules import CompanyRules
from tieout.quickbooks.entity import Draft, QuickBooksEntity, Sending
from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.ports import AskHuman, FixData, PreparedWrite, Row
from tieout.reconcile.spec import Document, EntitySpec
from tieout.reconcile.state import Present, Units, Value, same

VOID, OPEN = "void", "open"
"""The values of a document's ``void_unit``."""


def prepare(
    entity: QuickBooksEntity,
    action: Create | Update | Retire,
    request_id: str,
    shown: Present | None,
    rules: CompanyRules,
) -> PreparedWrite:
    """A create, a sparse update guarded by the expected token, or a void. Equal arguments give equal bytes.

    ``shown`` is the record as last seen, when known: a record made active again is sent with its name, because
    QuickBooks may otherwise leave its own "(deleted)" in it. Raises ``FixData``, ``AskHuman``.
    """
    preflight(entity, action, shown, rules)
    if isinstance(action, Create):
        return _create(entity, action.units, request_id, rules)
    target = {"Id": action.target.id, "SyncToken": action.expected, "sparse": True}
    if isinstance(action, Retire):
        if not entity.is_name_list:
            return _void(entity, target, request_id)
        return _prepared(entity, "update", {**entity.retired, **target}, request_id)
    if entity.void_unit in action.units:
        if action.units[entity.void_unit] == VOID:
            return _void(entity, target, request_id)
        raise AskHuman(
            f"This {entity.spec.label.lower()} is void in QuickBooks and cannot be opened again there. "
            "Nothing was changed. Make a new one.",
        )
    units = _with_what_goes_along(entity, action.units, shown)
    refuse_what_does_not_fit(entity.spec, units)
    draft = entity.spec.write(units)
    for step in entity.steps:
        step(draft, Sending(False, rules, shown, frozenset(action.units)))
    if entity.signed and notes.NOTE in draft and shown is not None:
        draft[notes.NOTE] = notes.with_marker(draft[notes.NOTE], str(shown.facts.get("marker") or ""))
    return _prepared(entity, "update", {**draft, **target}, request_id)


def preflight(
    entity: QuickBooksEntity,
    action: Create | Update | Retire,
    shown: Present | None,
    rules: CompanyRules,
) -> None:
    """Raise ``AskHuman`` for what QuickBooks would take from a program although the company's settings say no."""
    refuse_spent_credits(entity, rules)
    refuse_closed_books(entity.spec, action, shown, rules)


def _create(entity: QuickBooksEntity, units: Units, request_id: str, rules: CompanyRules) -> PreparedWrite:
    refuse_what_does_not_fit(entity.spec, units)
    draft = entity.spec.write(units)
    for step in entity.steps:
        step(draft, Sending(True, rules))
    if entity.signed:
        draft[notes.NOTE] = notes.with_marker(str(draft.get(notes.NOTE) or ""), request_id)
    return _prepared(entity, "create", without_empties(draft), request_id)


def _void(entity: QuickBooksEntity, target: Draft, request_id: str) -> PreparedWrite:
    if not entity.void:
        raise AskHuman(
            f"QuickBooks lets no program void a {entity.spec.label.lower()}. Nothing was changed. "
            "Void it in QuickBooks; Tieout sees it there by itself.",
        )
    return _prepared(entity, "void", target, request_id, entity.void)


def _with_what_goes_along(entity: QuickBooksEntity, units: Units, shown: Present | None) -> Units:
    sent = dict(units)
    if shown is None:
        return sent
    active, name = entity.spec.active_unit, entity.spec.name_unit
    if active and units.get(active) is True and name not in units:
        sent[name] = shown.units.get(name)
    along = entity.repeated.union(*(entity.worked_out.get(one, ()) for one in units))
    return {**{one: shown.units.get(one) for one in sorted(along)}, **sent}


def _prepared(
    entity: QuickBooksEntity, operation: str, body: Document, request_id: str, option: str = ""
) -> PreparedWrite:
    path = write_path(entity.resource, request_id, option)
    return PreparedWrite(request_id, entity.name, operation, path, to_json(body), str(body.get("Id", "")))


def refuse_what_does_not_fit(spec: EntitySpec, units: Units) -> None:
    """Raise ``FixData`` for the first value QuickBooks would refuse: known before anything is sent."""
    for name, value in units.items():
        unit = spec.unit(name)
        if problem := unit.problem(value):
            sentence = f"{unit.label} {problem}. Nothing was sent. Correct it here and it is sent again."
            raise FixData(sentence, unit=name)


def refuse_closed_books(
    spec: EntitySpec, action: Create | Update | Retire, shown: Present | None, rules: CompanyRules
) -> None:
    """Raise ``AskHuman`` for a document that is, or would be, dated in a closed period.

    Known before anything is sent: where QuickBooks only warns a person about closed books, it lets a program through.
    """
    if not (spec.date_unit and rules.closed_until):
        return
    units: Units = {} if isinstance(action, Retire) else action.units
    is_there = shown is not None and not isinstance(action, Create)
    date_there = shown.units.get(spec.date_unit) if shown is not None and is_there else None
    for date, way_out in (
        (date_there, "undo the change here"),
        (units.get(spec.date_unit), "change the date here"),
    ):
        if date and str(date) <= rules.closed_until:
            raise AskHuman(
                f"It is dated in a closed period: the books are closed up to {rules.closed_until} in QuickBooks. Nothing "
                f"was sent. Move the closing date in QuickBooks, or {way_out}, then press Check again.",
                topic="closed_period",
            )


def refuse_spent_credits(entity: QuickBooksEntity, rules: CompanyRules) -> None:
    """Raise ``AskHuman`` for what pays or credits while "Automatically apply credits" is on.

    QuickBooks then applies a credit the moment it arrives, and the application sent afterwards finds nothing left
    (Intuit's help on customer credits).
    """
    if entity.settles and rules.spends_credits:
        raise AskHuman(
            "QuickBooks applies credits by itself, so payments and credits would end up on other invoices than here. "
            'Nothing was sent. Turn off "Automatically apply credits" in QuickBooks; what waits then goes by itself.',
            topic="auto_apply",
        )


def without_empties(document: Mapping[str, Any]) -> dict[str, Any]:
    """A new record has nothing to clear: empty fields, and objects of only such, are left out."""
    kept = {
        name: without_empties(value) if isinstance(value, Mapping) else value
        for name, value in document.items()
    }
    return {name: value for name, value in kept.items() if value not in (None, "", {}, [])}


def sent_document(write: PreparedWrite) -> Document:
    document: Document = from_json(write.body)
    return document


def sent_units(entity: QuickBooksEntity, sent: Document) -> Units:
    """The units a sent body spoke of, as QuickBooks would show them back."""
    spoken = (unit for unit in entity.spec.units if any(_has(sent, path) for path in entity.paths(unit)))
    return {unit.name: unit.read(sent) for unit in spoken if unit.name not in entity.spec.verified}


def shows(row: Row, units: Units) -> bool:
    """Whether a record shows these values, give or take the blanks around them, which QuickBooks removes."""
    return all(same(_trimmed(row.record.units.get(name)), _trimmed(value)) for name, value in units.items())


def _trimmed(value: Value) -> Value:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        return {part: inside.strip() if isinstance(inside, str) else inside for part, inside in value.items()}
    if isinstance(value, tuple):
        return tuple(
            {part: inside.strip() if isinstance(inside, str) else inside for part, inside in row.items()}
            for row in value
        )
    return value


def _has(document: Document, path: str) -> bool:
    found: Any = document
    for step in path.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return False
        found = found[step]
    return True
