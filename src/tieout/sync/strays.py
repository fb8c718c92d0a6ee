"""Acts: notices documents in the ledger that carry our mark and that this database does not know. Used by ``discover`` and ``observe``.

A database that was put back from an older backup has forgotten what it sent since. Its documents would be sent again,
under another mark. But the change feed, which is asked from where the older database had read it, names them all: they
are kept as seen, and what is like one of them here is asked about before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present, Side, same
from tieout.reconcile.state import Observation as Seen
from tieout.sync import observations
from tieout.sync.lease import Lease
from tieout.sync.listing import say
from tieout.sync.models import Attempt, Connection, Link, Observation
from tieout.sync.record_tables import STRAY

SENTENCE = (
    "QuickBooks has {label} {name}, which was sent from here, and this database does not know of it. Was it put back from "
    "an older backup? What is like it here is not sent until you have looked."
)


def notice(lease: Lease, connection: Connection, spec: EntitySpec, rows: Mapping[str, Present]) -> None:
    """Keep those of these unlinked documents whose mark nobody here has given. Inside the transaction of the caller."""
    marked = {one: str(row.facts["marker"]) for one, row in rows.items() if row.facts.get("marker")}
    if not marked:
        return
    known = set(Attempt.objects.filter(request_id__in=marked.values()).values_list("request_id", flat=True))
    found = {
        one: replace(rows[one], facts={**rows[one].facts, STRAY: True})
        for one, mark in marked.items()
        if mark not in known
    }
    before, now = observations.of_ledger(connection, spec, list(found)), lease.engine.now()
    observations.keep(connection, spec, Side.LEDGER, found, lease.engine)
    for one in sorted(set(found) - set(before)):
        name = str(found[one].units.get(spec.name_unit) or one)
        sentence = SENTENCE.format(label=spec.label.lower(), name=name)
        say(connection, now, sentence, result="problem", key=Key(spec.practice, Side.LEDGER, one))


def alike(connection: Connection, spec: EntitySpec, seen: Mapping[Key, Seen]) -> dict[Key, tuple[Key, ...]]:
    """For each unlinked record of the practice: the unknown documents that name the same records and show the same day.

    One query, and next to always nothing.
    """
    if spec.direction.flows_to(Side.PRACTICE):
        return {}
    rows = Observation.objects.filter(
        connection=connection, entity=spec.practice, side=Side.LEDGER, absent="", facts__has_key=STRAY
    ).exclude(
        record_id__in=Link.objects.filter(connection=connection, entity=spec.practice).values("ledger_id")
    )
    strays = {row.record_id: observations.as_seen(row) for row in rows.order_by("record_id")}
    if not strays:
        return {}
    told_by = [one.unit for one in spec.references if not one.part] + [spec.date_unit, *sorted(spec.verified)]
    found: dict[Key, tuple[Key, ...]] = {}
    for key, ours in seen.items():
        if key.side is not Side.PRACTICE or not isinstance(ours, Present):
            continue
        those = tuple(
            Key(spec.practice, Side.LEDGER, one)
            for one, theirs in strays.items()
            if isinstance(theirs, Present)
            and all(same(ours.units.get(unit), theirs.units.get(unit)) for unit in told_by if unit)
        )
        if those:
            found[key] = those
    return found
