"""Acts: knows documents again that were sent from here before their links were forgotten. Used by ``batches``, once an entity.

Forgetting drops links and journal, never the log of what was sent: it says which record there became of which one here, and
QuickBooks gives an id once. So they are linked again, with what both showed when they last agreed as far as it still holds,
and nothing is sent twice. What is gone there meanwhile is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Absent, Baseline, Present, Side, Units, Value, is_empty, same
from tieout.reconcile.state import Observation as Seen
from tieout.sync import observations, together
from tieout.sync.executor import Executor
from tieout.sync.listing import say
from tieout.sync.models import Connection, Hold, Link, WriteEntry
from tieout.sync.packing import pack_units, unpack_units

ORIGIN = "known again"
AT_ONCE = 500
GONE = (
    "It was sent before the links were forgotten, and QuickBooks does not have it any more. Nothing is sent until you have "
    "looked: have it created there once more, or leave it out."
)
UNSEEN = (
    "It was sent before the links were forgotten, and QuickBooks did not show it just now. Nothing is sent until you have "
    "looked: if it is there, leave this one out; if not, have it created there once more."
)


def know_again(executor: Executor) -> int:
    """Link what was sent once and is there. Returns how many records that were. May be broken off and begun again."""
    held, spec = executor.lease, executor.spec
    if spec.practice not in held.connection.recall:
        return 0
    known = 0
    if not spec.direction.flows_to(Side.PRACTICE):  # what travels both ways is matched by the review
        sent = list(_sent(held.connection, spec).items())
        for start in range(0, len(sent), AT_ONCE):
            known += _link(executor, dict(sent[start : start + AT_ONCE]))
    with held.commit() as connection:
        recall = [one for one in connection.recall if one != spec.practice]
        together.update(Connection, [{"id": connection.pk, "recall": recall}])
        connection.recall = recall
        if known:
            said = f"{known:,} {spec.plural.lower()} that were sent before were found again in QuickBooks and linked"
            say(connection, held.engine.now(), said, result="info", entity=spec.practice)
    return known


def _sent(connection: Connection, spec: EntitySpec) -> dict[str, str]:
    """Practice id -> the record there that was last made of it, for those that are here and not linked."""
    done = WriteEntry.objects.filter(
        connection=connection, entity=spec.practice, operation="create", result="done"
    )
    sent = dict(done.order_by("number").values_list("practice_id", "ledger_id"))
    linked = Link.objects.filter(connection=connection, entity=spec.practice)
    ours, theirs = (set(linked.values_list(side, flat=True)) for side in ("practice_id", "ledger_id"))
    here = RECORD_KINDS[spec.practice].all_ids(connection.firm_id) - ours
    return {one: there for one, there in sent.items() if one in here and there not in theirs}


def _link(executor: Executor, sent: Mapping[str, str]) -> int:
    held, spec, now = executor.lease, executor.spec, executor.lease.engine.now()
    seen = executor.ledger.read(spec.ledger, sorted(set(sent.values())))
    with held.commit() as connection:
        observations.keep(connection, spec, Side.LEDGER, seen, held.engine)
        agreed = dict(_agreed(connection, spec, sent, seen))
        rows = [
            {
                "firm_id": connection.firm_id,
                "connection_id": connection.pk,
                "entity": spec.practice,
                "practice_id": one,
                "ledger_id": sent[one],
                "baseline_practice": pack_units(baseline.practice),
                "baseline_ledger": pack_units(baseline.ledger),
                "origin": ORIGIN,
                "linked_at": now,
                "agreed_at": None,
            }
            for one, baseline in agreed.items()
        ]
        together.insert(Link, rows)
        for one, there in sent.items():
            if one not in agreed:
                _hold(
                    connection,
                    spec,
                    one,
                    GONE if isinstance(seen.get(there), Absent) else UNSEEN,
                    held.engine.now(),
                )
    return len(agreed)


def _hold(connection: Connection, spec: EntitySpec, practice_id: str, sentence: str, now: datetime) -> None:
    Hold.objects.get_or_create(
        connection=connection,
        entity=spec.practice,
        side=Side.PRACTICE,
        record_id=practice_id,
        defaults={"firm_id": connection.firm_id, "sentence": sentence, "held_at": now},
    )


def _agreed(
    connection: Connection, spec: EntitySpec, sent: Mapping[str, str], seen: Mapping[str, Seen]
) -> Iterator[tuple[str, Baseline]]:
    """For each that is there, what it shows as it was last sent. What was changed there since is no part of it."""
    said = _last_said(connection, spec, sent)
    for one, there in sent.items():
        record = seen.get(there)
        if isinstance(record, Present):
            last, shown = said[one].units, record.units
            untouched = record.token == str(
                said[one].writes - 1
            )  # versions there count from 0, one for each write
            sure = set(last) - spec.verified if untouched else set()
            kept = [
                unit for unit in last if unit in sure or _reads_as(spec, unit, last[unit], shown.get(unit))
            ]
            yield one, Baseline({unit: last[unit] for unit in kept}, {unit: shown.get(unit) for unit in kept})


def _reads_as(spec: EntitySpec, unit: str, sent: Value, shown: Value) -> bool:
    """Whether the ledger shows what was sent, or as it words it. Where nothing was said, whatever it filled in is agreed;
    and it may number documents by itself.
    """
    if is_empty(sent) or same(sent, shown) or unit == spec.name_unit:
        return True
    return unit not in spec.verified and same(spec.unit(unit).read(spec.write({unit: sent})), shown)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one record, from its last creation on."""

    units: Units
    """Every unit as it was last sent; empty where nothing was said of it."""
    writes: int = 0


def _last_said(connection: Connection, spec: EntitySpec, sent: Mapping[str, str]) -> dict[str, Said]:
    """By practice id."""
    rows = WriteEntry.objects.filter(
        connection=connection, entity=spec.practice, practice_id__in=list(sent), result="done"
    )
    nothing = Said({unit.name: None for unit in spec.units})
    said = dict.fromkeys(sent, nothing)
    for entry in rows.order_by("number"):
        before = nothing if entry.operation == "create" else said[entry.practice_id]
        said[entry.practice_id] = Said({**before.units, **unpack_units(entry.after)}, before.writes + 1)
    return said
