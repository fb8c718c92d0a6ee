"""Acts: finds what our linked payments and credits settle on documents of the ledger that are to be voided there, and who has said so.

Used by ``observe``. What they settle is read anew before it is counted: the document may show what another payment did to
it while ours, as last seen, still stands. Only for voids of what something is paid on, so such reads are rare.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tieout.reconcile.ports import Ledger
from tieout.reconcile.room import amounts, of_rows
from tieout.reconcile.spec import VOID, EntitySpec, Reference
from tieout.reconcile.state import Observation as Seen
from tieout.reconcile.state import Present, Units, Unknown
from tieout.reconcile.voiding import paid_by_others
from tieout.sync import match_memory, observations
from tieout.sync.lease import Lease
from tieout.sync.match_tables import Verdict
from tieout.sync.merged_there import naming
from tieout.sync.models import UNRESOLVED, Attempt, Connection, Link
from tieout.sync.packing import unpack_units


@dataclass(frozen=True, slots=True)
class Voids:
    """Of the documents that are to be voided there, by ledger id."""

    confirmed: Mapping[str, str] = field(default_factory=dict)
    """The version that a person has asked to have voided."""
    by_us: Mapping[str, Decimal] = field(default_factory=dict)
    """What ours settle on it, where anything is settled on it at all."""
    unsure: frozenset[str] = frozenset()
    """Where one of ours may settle more: it is in doubt, or cannot be read now."""


def pending(
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


def paid(standing: Mapping[str, Present]) -> set[str]:
    """Those on which something is paid or credited, by whomever."""
    return {one for one, seen in standing.items() if paid_by_others(seen, Decimal(0))}


def voids_of(
    lease: Lease, ledger: Ledger, spec: EntitySpec, links: Sequence[Link], standing: Mapping[str, Present]
) -> Voids:
    """``standing``: as ``pending`` found them. What they show has to be older than this call: what is settled on them
    after it was read gives them another version, and the write is refused."""
    if not standing:
        return Voids()
    by_us, unsure = _by_us(lease, ledger, spec, paid(standing))
    return Voids(_confirmed(lease.connection, spec, links, standing), by_us, unsure)


def _by_us(
    lease: Lease, ledger: Ledger, spec: EntitySpec, ids: Collection[str]
) -> tuple[Mapping[str, Decimal], frozenset[str]]:
    """The least counts of what is agreed with a payment or credit of ours, as either side showed it then, and what it
    shows there now. Two queries and one call for each entity that settles this one."""
    found: dict[str, Decimal] = dict.fromkeys(ids, Decimal(0))
    unsure: set[str] = set()
    settling = [
        (other, one) for other in ledger.specs for one in other.references if one.entity == spec.practice
    ]
    for other, reference in settling:
        if not (ids and reference.amount):
            continue
        agreed = _agreed(lease.connection, other, reference, ids)
        now = _as_now(lease, ledger, other, list(agreed))
        for one, baselines in agreed.items():
            then = _least(*(amounts(reference, units) for units in baselines))
            seen = now.get(one)
            if isinstance(seen, Present):
                for document, amount in _least(then, _shares(reference, seen)).items():
                    if document in found:
                        found[document] += amount
            elif isinstance(seen, Unknown):
                unsure |= then.keys()
        unsure |= _in_doubt(lease.connection, other, reference)
    return found, frozenset(unsure & found.keys())


def _agreed(
    connection: Connection, other: EntitySpec, reference: Reference, ids: Collection[str]
) -> dict[str, tuple[Units, Units]]:
    """Ledger ids of payments and credits of ours that are agreed to settle any of these -> what either side showed then.
    A person may have accepted that it settles something else there: then the two differ."""
    rows = Link.objects.filter(
        naming(reference, ids, "baseline_ledger"), connection=connection, entity=other.practice
    )
    return {
        one: (unpack_units(ours), unpack_units(theirs))
        for one, ours, theirs in rows.values_list("ledger_id", "baseline_practice", "baseline_ledger")
    }


def _as_now(lease: Lease, ledger: Ledger, other: EntitySpec, ids: Sequence[str]) -> Mapping[str, Seen]:
    """What these show there, in as few calls as possible. It is kept nowhere: whoever hears of a change plans it."""
    if not ids:
        return {}
    read = dict(ledger.read(other.ledger, sorted(ids)))
    late = observations.late(lease.connection, other, read, lease.engine.trusted_after)
    return read | dict.fromkeys(late, Unknown())


def _in_doubt(connection: Connection, other: EntitySpec, reference: Reference) -> set[str]:
    """The documents that a write without a clear answer is to settle. One query."""
    rows = Attempt.objects.filter(connection=connection, entity=other.practice, state__in=UNRESOLVED)
    sent = [unpack_units(units) for units in rows.values_list("units", flat=True)]
    return {document for units in sent for document in amounts(reference, units)}


def _confirmed(
    connection: Connection, spec: EntitySpec, links: Sequence[Link], standing: Collection[str]
) -> dict[str, str]:
    pairs = [(link.practice_id, link.ledger_id) for link in links if link.ledger_id in standing]
    said = match_memory.latest(connection, spec.practice, [ours for ours, _ in pairs])
    asked = [(pair[1], said[pair]) for pair in pairs if pair in said]
    return {one: str(row.evidence.get("token")) for one, row in asked if row.verdict == Verdict.VOID}


# -- amounts by document -------------------------------------------------------------------------------------


def _least(*those: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Of what all of these name, the least."""
    named = set.intersection(*(set(one) for one in those))
    return {document: min(one[document] for one in those) for document in named}


def _shares(reference: Reference, seen: Present) -> dict[str, Decimal]:
    if not reference.shares:
        return amounts(reference, seen.units)
    return of_rows(seen.facts.get(reference.shares), reference.unit, "amount")
