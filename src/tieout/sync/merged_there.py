"""Acts: what it means for linked records that two of them were merged in the ledger. Part of ``discover`` and ``observe``.

QuickBooks tells of a merge in a webhook that names the record that stays and the one that went; the one that went reads
as inactive for good and refuses every edit, and its documents are the other's from then on. Here the two stay two until a
person has decided: one question is listed, nothing is written to either side of the pair that went, and documents of it
wait. Merged here too, it is settled by itself (see ``absorbed``); linked to another record, that is the partner.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Side
from tieout.sync.dirty import Mark
from tieout.sync.models import Connection, InboxEvent, Issue, Link, Observation

MERGED = "merged"
"""The operation of a webhook notice that tells of a merge. Kept for good: it is the only trace of what was merged."""
CAUSE = "merged_there"


def survivors(connection: Connection, spec: EntitySpec, ids: Collection[str]) -> dict[str, str]:
    """Of these ledger ids, those that were merged away -> what they are part of now, over any number of merges."""
    if not (ids and spec.active_unit):
        return {}
    events = InboxEvent.objects.filter(connection=connection, entity=spec.ledger.lower(), operation=MERGED)
    became = dict(events.exclude(other_id="").order_by("id").values_list("other_id", "record_id"))
    found = {}
    for one in set(ids) & set(became):
        last, seen = became[one], {one}
        while last in became and last not in seen:
            seen.add(last)
            last = became[last]
        found[one] = last
    return found


def sentences(connection: Connection, spec: EntitySpec, became: Mapping[str, str]) -> dict[str, str]:
    """What a person is told about each that was merged away, with both names."""
    if not became:
        return {}
    of = {"connection": connection, "entity": spec.practice}
    links = Link.objects.filter(**of, ledger_id__in=became.values())
    partners = dict(links.values_list("ledger_id", "practice_id"))
    rows = Observation.objects.filter(**of, record_id__in={*became.values(), *partners.values()})
    names = {(side, one): name for side, one, name in rows.values_list("side", "record_id", "name")}
    found = {}
    for one, stays in became.items():
        there = names.get((Side.LEDGER.value, stays)) or "another record"
        told = f"In QuickBooks it was merged into {there}"
        if stays in partners:
            here = names.get((Side.PRACTICE.value, partners[stays])) or there
            told += f", which is linked to {here} here. Merge the two here too, or link this one to another record"
        else:
            told += ", which is not linked to anything here. Link this one to it, or take the two apart"
        found[one] = f"{told}. Until then nothing of it is written, and its documents wait."
    return found


def undecided(connection: Connection, named: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """Of the records that are named, by entity: those about which the question is open. One query when any is named."""
    if not any(named.values()):
        return set()
    rows = Issue.objects.filter(
        connection=connection, cause=CAUSE, closed_at=None, side=Side.PRACTICE, entity__in=list(named)
    )
    pairs = rows.filter(record_id__in={one for ids in named.values() for one in ids})
    return set(pairs.values_list("entity", "record_id"))


def documents_moved(
    connection: Connection, spec: EntitySpec, specs: Sequence[EntitySpec], merged_away: Iterable[str]
) -> list[Mark]:
    """The linked documents that named what was merged away: QuickBooks moved them without a word, so they are read."""
    gone = sorted(merged_away)
    if not gone:
        return []
    marks = []
    for other in specs:
        for reference in other.references:
            if reference.entity != spec.practice or reference.part:
                continue
            rows = Observation.objects.filter(
                connection=connection,
                entity=other.practice,
                side=Side.LEDGER,
                **{f"units__{reference.unit}__in": gone},
            )
            for one in rows.values_list("record_id", flat=True):
                marks.append(Mark(other.practice, Side.LEDGER, one, "its client was merged there"))
    return marks
