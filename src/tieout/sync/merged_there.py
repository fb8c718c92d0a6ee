"""Acts: what it means for linked records that two of them were merged in the ledger. Part of ``discover`` and ``observe``.

QuickBooks tells of a merge in a webhook that names the record that stays and the one that went; the one that went reads
as inactive for good and refuses every edit, and its documents are the other's from then on. Here the two stay two until a
person has decided: one question is listed, nothing is written to either side of the pair that went, and documents of it
wait. Merged here too, it is settled by itself (see ``absorbed``); linked to another record, that is the partner. What
cannot be merged here is archived instead: its link stays, and what names it names the one that stays there. An entry of
a list that only comes from there is out of use here, and nobody is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Q

from tieout.reconcile.spec import EntitySpec, Reference
from tieout.reconcile.state import Side
from tieout.sync.dirty import Mark
from tieout.sync.issues import MERGED as CAUSE
from tieout.sync.lease import Lease
from tieout.sync.models import Connection, InboxEvent, Issue, Link, Observation

MERGED = "merged"
"""The operation of a webhook notice that tells of a merge. Kept for good: it is the only trace of what was merged."""


def survivors(connection: Connection, spec: EntitySpec, ids: Collection[str]) -> dict[str, str]:
    """Of these ledger ids, those that were merged away -> what they are part of now, over any number of merges."""
    if not (ids and spec.active_unit and spec.direction.flows_to(Side.LEDGER)):
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
            way = "Archive this one here" if spec.follows_merge else "Merge the two here too"
            told += f", which is linked to {here} here. {way}, or link this one to another record"
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


def remember(lease: Lease, spec: EntitySpec, links: Iterable[Link], became: Mapping[str, str]) -> None:
    """Keep with each link what its record became, where what names it is to follow. Writes only what is news."""
    news = [link for link in links if link.became != became.get(link.ledger_id, "")]
    if not (spec.follows_merge and news):
        return
    with lease.commit():
        for link in news:
            same_pair = Link.objects.filter(pk=link.pk, ledger_id=link.ledger_id)
            same_pair.update(became=became.get(link.ledger_id, ""))


def documents_moved(
    connection: Connection, spec: EntitySpec, specs: Sequence[EntitySpec], merged_away: Iterable[str]
) -> list[Mark]:
    """The linked documents that named what was merged away: QuickBooks moved them without a word, so they are read.

    With those whose record had become what went now: they are part of the same as it.
    """
    gone = sorted(merged_away)
    if not gone:
        return []
    before = Link.objects.filter(connection=connection, entity=spec.practice, became__in=gone)
    marks = [
        Mark(spec.practice, Side.LEDGER, one, "merged there", must_read=False)
        for one in before.values_list("ledger_id", flat=True)
    ]
    why = f"its {spec.label.lower()} was merged there"
    for other in specs:
        for reference in other.references:
            if reference.entity != spec.practice:
                continue
            rows = Observation.objects.filter(
                naming(reference, gone, "units"),
                connection=connection,
                entity=other.practice,
                side=Side.LEDGER,
            )
            marks += [
                Mark(other.practice, Side.LEDGER, one, why)
                for one in rows.values_list("record_id", flat=True)
            ]
    return marks


def naming(reference: Reference, ids: Collection[str], units: str) -> Q:
    """Of rows that keep a record's units in the column ``units``: those that name one of these."""
    column = f"{units}__{reference.unit}"
    if not reference.part:
        return Q(**{f"{column}__in": list(ids)})
    named = Q()
    for one in ids:
        named |= Q(**{f"{column}__contains": [{reference.part: one}]})
    return named
