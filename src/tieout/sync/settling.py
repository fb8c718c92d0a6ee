"""Acts: reads what our linked payments and credits settle on documents of the ledger that are to be voided there, and who has said so.

Used by ``observe``. Nothing is fetched for it: the links and what was last seen tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

from django.db.models import Q

from tieout.reconcile.spec import VOID, EntitySpec, Reference
from tieout.reconcile.state import Observation as Seen
from tieout.reconcile.state import Present, Units
from tieout.reconcile.voiding import paid_by_others
from tieout.sync import match_memory, observations
from tieout.sync.match_tables import Verdict
from tieout.sync.models import Connection, Link
from tieout.sync.packing import unpack_units

Settled = Mapping[str, Decimal]
"""Ledger id of a document -> what ours settle on it."""


def to_void(
    spec: EntitySpec, links: Sequence[Link], here: Mapping[str, Seen], there: Mapping[str, Seen]
) -> dict[str, Present]:
    """By ledger id: those that are void here and stand there."""
    if spec.void_unit is None or spec.voided_by_hand:
        return {}
    void = spec.void_unit
    found: dict[str, Present] = {}
    for link in links:
        ours, theirs = here.get(link.practice_id), there.get(link.ledger_id)
        if not (isinstance(ours, Present) and isinstance(theirs, Present)):
            continue
        if ours.units.get(void) == VOID and theirs.units.get(void) != VOID:
            found[link.ledger_id] = theirs
    return found


def by_us(
    connection: Connection, specs: Sequence[EntitySpec], spec: EntitySpec, ids: Collection[str]
) -> Settled:
    """What is agreed with a payment or credit of ours and still stands there counts, the lesser of the two. Two queries
    for each entity that settles this one."""
    found: dict[str, Decimal] = dict.fromkeys(ids, Decimal(0))
    settling = [(other, one) for other in specs for one in other.references if one.entity == spec.practice]
    for other, reference in settling:
        if not (ids and reference.amount):
            continue
        rows = Link.objects.filter(_names(reference, ids), connection=connection, entity=other.practice)
        agreed = {
            one: unpack_units(baseline) for one, baseline in rows.values_list("ledger_id", "baseline_ledger")
        }
        for one, seen in observations.of_ledger(connection, other, list(agreed)).items():
            if isinstance(seen, Present):
                then, now = _amounts(reference, agreed[one]), _amounts(reference, seen.units)
                for document in found.keys() & then.keys() & now.keys():
                    found[document] += min(then[document], now[document])
    return found


def doubtful(pending: Mapping[str, Present], settled: Settled) -> list[str]:
    """Those on which more is settled than ours: worth a fresh look before a person is asked."""
    return [one for one, seen in pending.items() if paid_by_others(seen, settled[one])]


def confirmed(
    connection: Connection, spec: EntitySpec, links: Sequence[Link], pending: Collection[str]
) -> dict[str, str]:
    """Ledger id -> the version of the document that a person has asked to have voided. One query, and none without voids."""
    pairs = [(link.practice_id, link.ledger_id) for link in links if link.ledger_id in pending]
    if not pairs:
        return {}
    said = match_memory.latest(connection, spec.practice, [ours for ours, _ in pairs])
    asked = [(pair[1], said[pair]) for pair in pairs if pair in said]
    return {one: str(row.evidence.get("token")) for one, row in asked if row.verdict == Verdict.VOID}


def _names(reference: Reference, ids: Collection[str]) -> Q:
    column = f"baseline_ledger__{reference.unit}"
    if not reference.part:
        return Q(**{f"{column}__in": list(ids)})
    named = Q()
    for one in ids:
        named |= Q(**{f"{column}__contains": [{reference.part: one}]})
    return named


def _amounts(reference: Reference, units: Units) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for document, amount in _pairs(reference, units):
        if document and isinstance(amount, Decimal):
            found[str(document)] = found.get(str(document), Decimal(0)) + amount
    return found


def _pairs(reference: Reference, units: Units) -> Iterator[tuple[object, object]]:
    value = units.get(reference.unit)
    if not reference.part:
        yield value, units.get(reference.amount)
    elif isinstance(value, tuple):
        for row in value:
            yield row.get(reference.part), row.get(reference.amount)
