"""Decides whose open balance a write to the ledger gives room on, and on whose it needs some. Pure; used by the engine.

A payment or an applied credit settles other documents, and a ledger refuses what comes to more than is still open on one.
So where money moves from one document to another, what lets go of it is written before what takes it. Where each of two
waits for the other to let go, one lets go first and takes afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import IntEnum

from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.spec import VOID, EntitySpec, Reference
from tieout.reconcile.state import Present, Scalar, Units, Value

Write = Create | Update | Retire
Document = tuple[str, str]
"""The practice's word for an entity, and the ledger's id."""


class Turn(IntEnum):
    """When a write goes, among others of its entity. Those of one turn are on their way together."""

    LETS_GO = 0
    MOVES = 1
    """Lets go of one document and takes of another."""
    REST = 2


def settles(spec: EntitySpec) -> bool:
    """Whether its records pay or credit others."""
    return any(reference.amount for reference in spec.references)


def turn_of(spec: EntitySpec, write: Write, shown: Present | None) -> Turn:
    """``shown``: the ledger's record before the write; of a create, what is copied."""
    before, after = _before(write, shown), _after(write, shown)
    if not lets_go(spec, before, after):
        return Turn.REST
    return Turn.MOVES if takes(spec, before, after) else Turn.LETS_GO


def needs(spec: EntitySpec, write: Write, shown: Present | None) -> frozenset[Document]:
    """The documents on which the write settles more than before."""
    return takes(spec, _before(write, shown), _after(write, shown))


def lets_go(spec: EntitySpec, before: Units, after: Units) -> frozenset[Document]:
    """The documents on which less is settled after than before."""
    then, now = settled(spec, before), settled(spec, after)
    return frozenset(one for one, amount in then.items() if now.get(one, Decimal(0)) < amount)


def takes(spec: EntitySpec, before: Units, after: Units) -> frozenset[Document]:
    """The documents on which more is settled after than before."""
    return lets_go(spec, after, before)


def settled(spec: EntitySpec, units: Units) -> dict[Document, Decimal]:
    """How much a record of these units settles on each document it names; nothing when it is void."""
    found: dict[Document, Decimal] = {}
    if spec.void_unit and units.get(spec.void_unit) == VOID:
        return found
    for reference in spec.references:
        if reference.amount:
            for document, amount in amounts(reference, units).items():
                key = (reference.entity, document)
                found[key] = found.get(key, Decimal(0)) + amount
    return found


def amounts(reference: Reference, units: Units) -> dict[str, Decimal]:
    """The ledger's id of each document that this reference names -> how much of it is settled."""
    value = units.get(reference.unit)
    if reference.part:
        return of_rows(value, reference.part, reference.amount)
    return _added([(value, units.get(reference.amount))])


def of_rows(value: Value, part: str, amount: str) -> dict[str, Decimal]:
    """The same of rows: the column with the id, and the one with how much."""
    return _added((row.get(part), row.get(amount)) for row in (value if isinstance(value, tuple) else ()))


def _added(pairs: Iterable[tuple[object, object]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for document, amount in pairs:
        if document and isinstance(amount, Decimal):
            found[str(document)] = found.get(str(document), Decimal(0)) + amount
    return found


def letting_go(spec: EntitySpec, write: Write, shown: Present | None) -> Update | None:
    """The part of a write that only lets go, where it moves money from one document to another in rows; else None.

    What is sent afterwards is the rest of it: the record is planned anew against what this has left of it.
    """
    if not isinstance(write, Update) or shown is None or turn_of(spec, write, shown) is not Turn.MOVES:
        return None
    less: dict[str, Value] = {}
    for reference in spec.references:
        now, wanted = shown.units.get(reference.unit), write.units.get(reference.unit)
        if reference.amount and reference.part and isinstance(now, tuple) and isinstance(wanted, tuple):
            less[reference.unit] = _lesser(reference, now, amounts(reference, write.units))
    if not less:
        return None
    return Update(write.side, write.target, less, write.expected)


def _lesser(
    reference: Reference, rows: tuple[Mapping[str, Scalar], ...], wanted: Mapping[str, Decimal]
) -> Value:
    """The rows there, each at most as much as is wanted. What names nothing of ours stays."""
    left = dict(wanted)
    kept = []
    for row in rows:
        document, amount = str(row.get(reference.part) or ""), row.get(reference.amount)
        if not document or not isinstance(amount, Decimal):
            kept.append(row)
            continue
        part = min(amount, left.get(document, Decimal(0)))
        left[document] = left.get(document, Decimal(0)) - part
        if part:
            kept.append({**row, reference.amount: part})
    return tuple(kept)


def _before(write: Write, shown: Present | None) -> Units:
    return shown.units if shown and not isinstance(write, Create) else {}


def _after(write: Write, shown: Present | None) -> Units:
    return {} if isinstance(write, Retire) else {**_before(write, shown), **write.units}
