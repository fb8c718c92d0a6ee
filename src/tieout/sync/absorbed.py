"""Acts: what it means for the links that two records of the practice were merged. Part of ``observe``.

The practice says it as a fact of the record that went (``merged_into``). What follows from it here:

- Only the one that went was linked: its link, with its baseline, passes on to the one that stays.
- Both are linked: two records there are one here. The link of the one that went stays, as the memory of which
  record there is meant; nothing is written to it, and a person is told to merge the two there. Until then a document
  may stay with either of them: it is written where it is, so that nothing is moved, doubled or refused. Once the
  record is inactive there, as merging leaves it, nothing is left to do; when it is gone, its link is forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tieout.practice.records import merged_away, merged_into
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present, Side, Units
from tieout.reconcile.state import Observation as Seen
from tieout.sync import dirty
from tieout.sync.dirty import Mark
from tieout.sync.lease import Lease
from tieout.sync.listing import say
from tieout.sync.models import UNRESOLVED, Attempt, Connection, Hold, Issue, Link, Observation
from tieout.sync.packing import unpack_units
from tieout.sync.waking import wake_waiting

TOLD = (
    "It was merged into another client here. QuickBooks still has a customer of its own for it: merge the two customers "
    "there (give this one the name of the other), and this is settled by itself. Until then its older documents stay "
    "with it there."
)


def pass_links_on(lease: Lease, spec: EntitySpec, ids: Collection[str]) -> None:
    """Give the links of records that were merged to the records they became part of, where those have none."""
    pairs = merged_into(spec.practice, lease.connection.firm_id, ids)
    if not pairs:
        return
    of_entity = Link.objects.filter(connection=lease.connection, entity=spec.practice)
    linked = {each.practice_id: each for each in of_entity.filter(practice_id__in={*pairs, *pairs.values()})}
    busy = set(
        Attempt.objects.filter(
            connection=lease.connection, entity=spec.practice, practice_id__in=pairs, state__in=UNRESOLVED
        ).values_list("practice_id", flat=True)
    )
    for goes, stays in sorted(pairs.items()):
        if goes in linked and goes not in busy and stays not in linked:
            _pass_on(lease, spec, linked[goes], stays)
            linked[stays] = linked.pop(goes)


def _pass_on(lease: Lease, spec: EntitySpec, link: Link, stays: str) -> None:
    now, goes = lease.engine.now(), link.practice_id
    with lease.commit() as connection:
        link.practice_id = stays
        link.save(update_fields=["practice_id"])
        both = {
            "connection": connection,
            "entity": spec.practice,
            "side": Side.PRACTICE,
            "record_id__in": (goes, stays),
        }
        Hold.objects.filter(**both).delete()
        Issue.objects.filter(**both, closed_at=None).update(closed_at=now)
        key = Key(spec.practice, Side.PRACTICE, stays)
        wake_waiting(connection, key, now)
        dirty.mark(connection, [Mark(spec.practice, Side.PRACTICE, stays, "took over a link")], now)
        say(
            connection,
            now,
            f"Two {spec.plural.lower()} were merged here; the link passed on",
            result="info",
            key=key,
        )


def told_of(record: Seen) -> str:
    """The sentence about a linked record that was merged away; empty for any other."""
    return TOLD if isinstance(record, Present) and record.facts.get("merged_into") else ""


@dataclass(frozen=True, slots=True)
class Others:
    """For records that took in others: which further records there stand for them."""

    by_record: Mapping[tuple[str, str], frozenset[str]]
    """(entity, practice id) -> ids there of what was merged into it."""

    @classmethod
    def of(cls, connection: Connection, named: Mapping[str, Collection[str]]) -> Others:
        """For the records that are named, by entity. Two queries for each entity that can be merged."""
        found: dict[tuple[str, str], set[str]] = {}
        for entity, ids in named.items():
            gone = merged_away(entity, connection.firm_id, ids)
            if not gone:
                continue
            rows = Link.objects.filter(connection=connection, entity=entity, practice_id__in=gone)
            for practice_id, ledger_id in rows.values_list("practice_id", "ledger_id"):
                found.setdefault((entity, gone[practice_id]), set()).add(ledger_id)
        return cls({key: frozenset(ids) for key, ids in found.items()})

    def stand_for(self, entity: str, practice_id: str) -> frozenset[str]:
        return self.by_record.get((entity, practice_id), frozenset())


def where_it_is(
    connection: Connection,
    spec: EntitySpec,
    units: Units,
    others: Others,
    ledger: Units | None,
    ledger_ids: Mapping[tuple[str, str], str],
) -> dict[str, str]:
    """Unit -> the id there to write instead of the usual one, for units that name a record which took in others.

    A document that is there already stays where it is; a new one goes where the documents it names are.
    """
    found: dict[str, str] = {}
    for reference in spec.references:
        named = units.get(reference.unit)
        if reference.part or not isinstance(named, str):
            continue
        also = others.stand_for(reference.entity, named)
        if not also:
            continue
        shown = (
            {ledger.get(reference.unit)}
            if ledger
            else _shown_by_named(connection, spec, units, reference.unit, ledger_ids)
        )
        if len(shown) == 1 and (place := str(next(iter(shown)) or "")) in also:
            found[reference.unit] = place
    return found


def _shown_by_named(
    connection: Connection,
    spec: EntitySpec,
    units: Units,
    unit: str,
    ledger_ids: Mapping[tuple[str, str], str],
) -> set[object]:
    """What the documents that these units name show there in the same unit."""
    shown: set[object] = set()
    for entity, practice_id in spec.named_in(units):
        row = Observation.objects.filter(
            connection=connection,
            entity=entity,
            side=Side.LEDGER,
            record_id=ledger_ids.get((entity, practice_id), ""),
        ).first()
        if row is not None and unit in row.units:
            shown.add(unpack_units(row.units)[unit])
    return shown


def partners_there(firm_id: int, entity: str, ids: Collection[str]) -> dict[str, str]:
    """Of these records, those that are linked -> the name of their partner, for the page that asks before a merge."""
    links = dict(
        Link.objects.filter(firm_id=firm_id, entity=entity, practice_id__in=ids).values_list(
            "practice_id", "ledger_id"
        )
    )
    names = dict(
        Observation.objects.filter(
            firm_id=firm_id, entity=entity, side=Side.LEDGER, record_id__in=links.values()
        ).values_list("record_id", "name")
    )
    return {one: names.get(there) or "a customer" for one, there in links.items()}
