"""Acts: finds out that linked records were merged in the ledger when no webhook has told of it. Part of ``observe``.

The feed and the nightly comparison only show that the one that went is inactive, or gone. Its documents tell the rest:
a merge gives them to the record that stays (Intuit's help on merging customers), and nothing else moves them all. So a
few of the documents that were agreed to be of the one that went are read; where those that are left name one other
record, that is what it became. What is found is kept as a webhook's notice is, and ``merged_there`` goes on from it.
Without a document there is no telling, and the record is inactive like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tieout.reconcile.ports import Ledger
from tieout.reconcile.spec import EntitySpec, Reference
from tieout.reconcile.state import Absent, Present, Side
from tieout.reconcile.state import Observation as Seen
from tieout.sync import dirty, merged_there
from tieout.sync.dirty import Mark
from tieout.sync.lease import Lease
from tieout.sync.models import Connection, InboxEvent, Link, Observation
from tieout.sync.packing import unpack_units

CONCLUDED = "concluded:"
"""How the id of a notice begins that no webhook has brought."""
WITNESSES = 5
"""The newest documents of each record that are asked: enough to tell a merge from one document moved by hand."""
FEWEST_WITH_ROWS = 2
MOST_LINKS = 1_000


def conclude(
    lease: Lease, ledger: Ledger, spec: EntitySpec, links: Sequence[Link], there: Mapping[str, Seen]
) -> None:
    """Called with what these linked records show there now. Asks QuickBooks only about those that have just gone."""
    gone = {link.ledger_id for link in links if _has_gone(spec, link, there.get(link.ledger_id))}
    if gone:
        _conclude(lease, ledger, spec, dict.fromkeys(gone, ()))


def conclude_from_documents(
    lease: Lease, ledger: Ledger, spec: EntitySpec, links: Sequence[Link], there: Mapping[str, Seen]
) -> None:
    """The same from the other end: these documents name another record than was agreed, and that one is out of use."""
    for reference in spec.references:
        named = next((one for one in ledger.specs if one.practice == reference.entity), None)
        if named is None or not named.active_unit:
            continue
        left: dict[str, list[Mark]] = {}
        for link in links:
            shown = there.get(link.ledger_id)
            agreed = link.baseline_ledger.get(reference.unit)
            if not isinstance(shown, Present) or not agreed:
                continue
            why = f"its {named.label.lower()} was merged there"
            again = Mark(spec.practice, Side.LEDGER, link.ledger_id, why, False)
            for was, now in set(_moved(reference, agreed, shown.units.get(reference.unit))):
                if was and was != now:
                    left.setdefault(was, []).append(again)
        if gone := _out_of_use(lease.connection, named, left):
            asked = [Mark(named.practice, Side.LEDGER, one, "merged there", False) for one in gone]
            _conclude(lease, ledger, named, {one.record_id: [one, *left[one.record_id]] for one in asked})


def _has_gone(spec: EntitySpec, link: Link, there: Seen | None) -> bool:
    if not spec.active_unit or unpack_units(link.baseline_ledger).get(spec.active_unit) is False:
        return False
    inactive = isinstance(there, Present) and there.units.get(spec.active_unit) is False
    return inactive or isinstance(there, Absent)


def _out_of_use(connection: Connection, spec: EntitySpec, ids: Collection[str]) -> set[str]:
    """Of these ledger ids, those of linked records that were last seen inactive or absent."""
    if not ids:
        return set()
    of = {"connection": connection, "entity": spec.practice}
    linked = Link.objects.filter(**of, ledger_id__in=ids).values("ledger_id")
    rows = Observation.objects.filter(**of, side=Side.LEDGER, record_id__in=linked)
    return {row.record_id for row in rows if row.absent or row.units.get(spec.active_unit) is False}


def _conclude(
    lease: Lease, ledger: Ledger, spec: EntitySpec, suspected: Mapping[str, Sequence[Mark]]
) -> None:
    """``suspected``: ledger id -> what is to be planned again if that record was merged."""
    connection, now = lease.connection, lease.engine.now()
    gone = set(suspected) - set(merged_there.survivors(connection, spec, suspected))
    became: dict[str, str] = {}
    for other in ledger.specs:
        gone -= set(became)
        for reference in [one for one in other.references if one.entity == spec.practice]:
            witnesses = _witnesses(connection, other, reference, gone)
            became |= _told_by(ledger, other, reference, witnesses, gone)
    if not became:
        return
    word = spec.ledger.lower()
    with lease.commit() as connection:
        InboxEvent.objects.bulk_create(
            [
                InboxEvent(
                    firm_id=connection.firm_id,
                    connection=connection,
                    event_id=f"{CONCLUDED}{connection.pk}/{word}/{goes}/{stays}",
                    entity=word,
                    record_id=stays,
                    operation=merged_there.MERGED,
                    other_id=goes,
                    occurred_at=now,
                    received_at=now,
                    handled_at=now,
                )
                for goes, stays in sorted(became.items())
            ],
            ignore_conflicts=True,
        )
        marks = [one for goes in became for one in suspected[goes]]
        marks += merged_there.documents_moved(connection, spec, ledger.specs, became)
        dirty.mark(connection, marks, now)


def _witnesses(
    connection: Connection, spec: EntitySpec, reference: Reference, gone: Collection[str]
) -> dict[str, Any]:
    """Documents there that were agreed to name one of these -> what was agreed; the newest few of each."""
    if not gone:
        return {}
    agreed = merged_there.naming(reference, sorted(gone), "baseline_ledger")
    rows = Link.objects.filter(agreed, connection=connection, entity=spec.practice).order_by("-id")
    found: dict[str, Any] = {}
    of_each = dict.fromkeys(gone, 0)
    for document, named in rows.values_list("ledger_id", f"baseline_ledger__{reference.unit}")[:MOST_LINKS]:
        wanted = [one for one in _named(reference, named) if of_each.get(one, WITNESSES) < WITNESSES]
        for one in set(wanted):
            of_each[one] += 1
            found[document] = named
    return found


def _told_by(
    ledger: Ledger,
    spec: EntitySpec,
    reference: Reference,
    witnesses: Mapping[str, Any],
    gone: Collection[str],
) -> dict[str, str]:
    """What went -> what it became, where all its witnesses agree. One read, when there are any.

    A row of a document is more easily changed by hand than whose it is: one document alone tells nothing of its rows.
    """
    if not witnesses:
        return {}
    named: dict[str, set[str]] = {}
    told_by: dict[str, set[str]] = {}
    for document, seen in ledger.read(spec.ledger, sorted(witnesses)).items():
        if not isinstance(seen, Present):
            continue
        for was, now in _moved(reference, witnesses[document], seen.units.get(reference.unit)):
            if was in gone:
                named.setdefault(was, set()).add(now)
                told_by.setdefault(was, set()).add(document)
    enough = FEWEST_WITH_ROWS if reference.part else 1
    return {
        goes: stays
        for goes, (stays, *more) in named.items()
        if stays and not more and stays != goes and len(told_by[goes]) >= enough
    }


def _moved(reference: Reference, agreed: Any, shown: Any) -> list[tuple[str, str]]:
    """(What was agreed to be named, what is named now), row by row. Where rows came or went, nothing is told."""
    before, after = _named(reference, agreed), _named(reference, shown)
    return list(zip(before, after, strict=True)) if len(before) == len(after) else []


def _named(reference: Reference, value: Any) -> list[str]:
    """The ids in a unit's value, as it is shown or as it is kept; empty texts where a row names nothing."""
    if not reference.part:
        return [str(value or "")]
    return [str(row.get(reference.part) or "") for row in value or ()]
