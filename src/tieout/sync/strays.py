"""Acts: notices documents in the ledger that carry our mark and are linked to nothing here. Used by ``discover`` and ``observe``.

A database that was put back from an older backup has forgotten what it sent since. Its documents would be sent again,
under another mark. But the change feed, which is asked from where the older database had read it, names them all: they
are kept as seen, and what is like one of them here is asked about before it is sent.

One whose mark is that of a record which is linked to another document is there twice: see ``reconcile.twice``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from django.db.models import QuerySet

from tieout.reconcile import twice
from tieout.reconcile.outcome import Copy
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Absent, Key, Present, Side, same
from tieout.reconcile.state import Observation as Seen
from tieout.sync import dirty, match_memory, observations
from tieout.sync.dirty import Mark
from tieout.sync.lease import Lease
from tieout.sync.listing import say
from tieout.sync.match_memory import KEPT_APART
from tieout.sync.match_tables import Verdict
from tieout.sync.models import Attempt, Connection, Link, Observation
from tieout.sync.record_tables import COPY_OF, STRAY

SENTENCE = (
    "QuickBooks has {label} {name}, which was sent from here, and this database does not know of it. Was it put back from "
    "an older backup? What is like it here is not sent until you have looked."
)


def notice(
    lease: Lease,
    connection: Connection,
    spec: EntitySpec,
    rows: Mapping[str, Present],
    gone: Collection[str] = (),
) -> set[str]:
    """Keep those of these unlinked documents that carry our mark: one that nobody here has given, or one of a record that
    is there already. Inside the transaction of the caller. Returns the ids that were kept.

    ``gone``: ids of unlinked ones that are no longer there.
    """
    if spec.direction.flows_to(Side.PRACTICE):
        return set()  # records of lists carry no mark
    marks = {one: str(row.facts["marker"]) for one, row in rows.items() if row.facts.get("marker")}
    if not (marks or gone):
        return set()
    before = observations.of_ledger(connection, spec, [*marks, *gone])
    noted = {one: row for one, row in before.items() if isinstance(row, Present) and row.facts.get(STRAY)}
    found: dict[str, Seen] = {one: Absent("deleted there") for one in gone if one in noted}
    attempts = Attempt.objects.filter(request_id__in=marks.values())
    made = {
        mark: (entity, one)
        for mark, entity, one in attempts.values_list("request_id", "entity", "practice_id")
    }
    for one, mark in marks.items():
        entity, practice_id = made.get(mark, (spec.practice, ""))
        if entity != spec.practice:
            # QuickBooks keeps an applied credit as a payment. It is none of ours, whose number may be the same.
            if one in noted:
                found[one] = rows[one]
        elif mark not in made:
            found[one] = _noted(rows[one])
        elif not rows[one].facts.get("voided"):
            found[one] = _noted(rows[one], practice_id)
        elif one in noted:
            found[one] = rows[one]  # void by now: nothing is there twice any more
    observations.keep(connection, spec, Side.LEDGER, found, lease.engine)
    now = lease.engine.now()
    for one in sorted(one for one, row in found.items() if one not in before and _is_unknown(row)):
        name = str(rows[one].units.get(spec.name_unit) or one)
        sentence = SENTENCE.format(label=spec.label.lower(), name=name)
        say(connection, now, sentence, result="problem", key=Key(spec.practice, Side.LEDGER, one))
    news = [one for one in found if before.get(one) != found[one]]
    copied = {of for one in news for of in (_copy_of(before.get(one)), _copy_of(found[one])) if of}
    dirty.mark(
        connection, [Mark(spec.practice, Side.PRACTICE, of, "there twice") for of in sorted(copied)], now
    )
    return set(found)


def _noted(row: Present, practice_id: str = "") -> Present:
    copy_of = {COPY_OF: practice_id} if practice_id else {}
    return replace(row, facts={**row.facts, STRAY: True, **copy_of})


def _is_unknown(row: Seen) -> bool:
    return isinstance(row, Present) and COPY_OF not in row.facts


def _copy_of(row: Seen | None) -> str:
    return str(row.facts.get(COPY_OF) or "") if isinstance(row, Present) else ""


def copies(connection: Connection, spec: EntitySpec, links: Sequence[Link]) -> dict[str, tuple[Copy, ...]]:
    """For each linked practice record: the others there with its mark, without those that a person has said are to stay.

    One query, and next to always nothing.
    """
    if spec.direction.flows_to(Side.PRACTICE) or not links:
        return {}
    partners = {link.practice_id: link.ledger_id for link in links}
    rows = _unlinked_strays(connection, spec).filter(**{f"facts__{COPY_OF}__in": list(partners)})
    there = {row.record_id: observations.as_seen(row) for row in rows.order_by("record_id")}
    if not there:
        return {}
    said = match_memory.latest(connection, spec.practice, {_copy_of(one) for one in there.values()})
    found: dict[str, tuple[Copy, ...]] = {}
    for one, row in there.items():
        practice_id = _copy_of(row)
        decision = said.get((practice_id, one))
        if not isinstance(row, Present) or (decision and decision.verdict in KEPT_APART):
            continue
        as_asked = decision is not None and decision.evidence.get("token") == row.token
        void = as_asked and decision is not None and decision.verdict == Verdict.VOID
        copy = Copy(Key(spec.practice, Side.LEDGER, one), row, void)
        found[practice_id] = (*found.get(practice_id, ()), copy)
    return found


def why_not_void(spec: EntitySpec, linked: Observation, other: Observation) -> str:
    """Why the other one may not be voided from here, by what was last seen of both; empty when it may."""
    ours, theirs = observations.as_seen(linked), observations.as_seen(other)
    if isinstance(ours, Present) and isinstance(theirs, Present):
        return twice.why_not_void(spec, ours, theirs)
    return "One of the two is not there any more. It is looked at again by itself."


def _unlinked_strays(connection: Connection, spec: EntitySpec) -> QuerySet[Observation]:
    return Observation.objects.filter(
        connection=connection, entity=spec.practice, side=Side.LEDGER, absent="", facts__has_key=STRAY
    ).exclude(
        record_id__in=Link.objects.filter(connection=connection, entity=spec.practice).values("ledger_id")
    )


def alike(connection: Connection, spec: EntitySpec, seen: Mapping[Key, Seen]) -> dict[Key, tuple[Key, ...]]:
    """For each unlinked record of the practice: the unknown documents that name the same records and show the same day.

    One query, and next to always nothing.
    """
    if spec.direction.flows_to(Side.PRACTICE):
        return {}
    rows = _unlinked_strays(connection, spec).exclude(facts__has_key=COPY_OF)
    strays = {row.record_id: observations.as_seen(row) for row in rows.order_by("record_id")}
    if not strays:
        return {}
    shown = {unit.name for unit in spec.units}  # a refund names its payment here, and nothing there
    told_by = [one.unit for one in spec.references if not one.part and one.unit in shown]
    told_by += [spec.date_unit or "", *sorted(spec.verified)]
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
