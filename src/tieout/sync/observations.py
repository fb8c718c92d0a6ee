"""Acts: keeps what was last seen of each record, on either side, and answers from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from tieout.reconcile.match import normalise
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Absent, Key, Present, Side, Unknown
from tieout.reconcile.state import Observation as Seen
from tieout.sync import together
from tieout.sync.engine import Engine
from tieout.sync.match_memory import never_pairs
from tieout.sync.models import Connection, Link, Observation
from tieout.sync.packing import pack, pack_units, unpack, unpack_units

_ONCE = ("connection_id", "entity", "side", "record_id")
_AT_ONCE = 1_000
"""Rows in one statement."""


def keep(
    connection: Connection, spec: EntitySpec, side: Side, seen: Mapping[str, Seen], engine: Engine
) -> None:
    """Store what was seen of these records. ``Unknown`` stores nothing: it is not knowledge; nor does what is ``late``."""
    rows = [
        _row(connection, spec, side, record_id, one, engine.now())
        for record_id, one in seen.items()
        if not isinstance(one, Unknown)
    ]
    only_if, parameters = (_NOT_LATE, [engine.trusted_after] * 2) if side is Side.LEDGER else ("", [])
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        together.insert(Observation, some, or_update=_ONCE, only_if=only_if, parameters=parameters)


_NOT_LATE = """
CASE WHEN kept.observed_at > %s AND kept.absent <> '' THEN excluded.absent <> ''
WHEN kept.observed_at > %s AND kept.token ~ '^[0-9]+$' AND excluded.token ~ '^[0-9]+$'
THEN excluded.token::numeric >= kept.token::numeric ELSE true END
"""
"""The rule of ``late``, where rows are written: no reader of QuickBooks can forget it, and it costs no query."""


def _row(
    connection: Connection, spec: EntitySpec, side: Side, record_id: str, seen: Seen, now: datetime
) -> together.Row:
    there = seen if isinstance(seen, Present) else Present({}, "")
    name = str(there.units.get(spec.name_unit) or "")[:1000]
    return {
        "firm_id": connection.firm_id,
        "connection_id": connection.pk,
        "entity": spec.practice,
        "side": side.value,
        "record_id": record_id,
        "name": name,
        "name_key": normalise(name)[:1000] if name else "",
        # The practice's own facts stay in the practice; only its name is kept, for lookalikes.
        "units": pack_units(there.units) if side is Side.LEDGER else {},
        "facts": {name: pack(value) for name, value in there.facts.items()},
        "token": there.token,
        "absent": seen.evidence if isinstance(seen, Absent) else "",
        "observed_at": now,
    }


def as_seen(row: Observation) -> Seen:
    if row.absent:
        return Absent(row.absent)
    facts = {name: unpack(value) for name, value in row.facts.items()}
    return Present(unpack_units(row.units), row.token, facts)


def name_of(connection: Connection, key: Key) -> str:
    """What a record is called on its side, as last seen; empty when it was never seen."""
    rows = Observation.objects.filter(
        connection=connection, entity=key.entity, side=key.side, record_id=key.id
    )
    return str(rows.values_list("name", flat=True).first() or "")


def of_ledger(connection: Connection, spec: EntitySpec, ids: Collection[str]) -> dict[str, Seen]:
    """The ledger's records as last seen; those never seen are missing."""
    if not ids:
        return {}
    rows = together.select(Observation, _OF_LEDGER, [connection.pk, spec.practice, list(ids)])
    return {row.record_id: as_seen(row) for row in rows}


_OF_LEDGER = "connection_id = %s AND entity = %s AND side = 'ledger' AND record_id = ANY(%s) ORDER BY id"


def late(connection: Connection, spec: EntitySpec, seen: Mapping[str, Seen], since: datetime) -> set[str]:
    """Of these ledger records, those that show an older version than one we have seen after ``since``.

    Listings may lag behind the answers to our own writes, and behind a deletion that was seen: what is gone is newer than
    any version of it. What is older than the longest lag is believed again: then the ledger itself went back. Versions
    that are no counters cannot be compared, and nothing is late.
    """
    parameters = [connection.pk, spec.practice, list(seen), since]
    rows = together.select(Observation, _SEEN_LATELY, parameters) if seen else []
    return {row.record_id for row in rows if _is_older(seen[row.record_id], row)}


def gone_lately(connection: Connection, spec: EntitySpec, ids: Collection[str], since: datetime) -> set[str]:
    """Of these ledger records, those that were seen to be gone after ``since``. Whoever hears of them again cannot tell
    an old listing from a record that was put back: they are read once listings are up to date."""
    parameters = [connection.pk, spec.practice, list(ids), since]
    rows = together.select(Observation, _SEEN_LATELY, parameters) if ids else []
    return {row.record_id for row in rows if row.absent}


_SEEN_LATELY = "connection_id = %s AND entity = %s AND side = 'ledger' AND record_id = ANY(%s) AND observed_at > %s ORDER BY id"


def _is_older(seen: Seen, kept: Observation) -> bool:
    if kept.absent:
        return isinstance(seen, Present)
    shown = seen.token if isinstance(seen, Present) else ""
    return shown.isdecimal() and kept.token.isdecimal() and int(shown) < int(kept.token)


def changed_ones(
    connection: Connection, spec: EntitySpec, seen: Mapping[str, Present], since: datetime
) -> dict[str, Present]:
    """Those that differ from what was last seen, or were never seen: all others are echoes, or ``late``."""
    known = of_ledger(connection, spec, list(seen))
    behind = late(connection, spec, seen, since)
    return {
        record_id: one
        for record_id, one in seen.items()
        if record_id not in behind
        and not (
            isinstance(before := known.get(record_id), Present)
            and before.token == one.token
            and pack_units(before.units) == pack_units(one.units)
        )
    }


def lookalikes(
    connection: Connection, spec: EntitySpec, names: Mapping[Key, str]
) -> dict[Key, tuple[Key, ...]]:
    """For each record: unlinked records of the other side with the same normalised name. Two queries a side.

    Those that a person has declared different are none.
    """
    found: dict[Key, tuple[Key, ...]] = {}
    for side in Side:
        asked = {key: normalise(name)[:1000] for key, name in names.items() if key.side is side}
        wanted = {name for name in asked.values() if name}
        if not wanted:
            continue
        by_name = _unlinked_by_name(connection, spec, side.other, wanted)
        found |= {key: by_name[name] for key, name in asked.items() if name in by_name}
    return not_declared_different(connection, spec, found)


def not_declared_different(
    connection: Connection, spec: EntitySpec, found: Mapping[Key, tuple[Key, ...]]
) -> dict[Key, tuple[Key, ...]]:
    """These without the pairs that a person has declared different."""
    if not found:
        return {}
    ours = {key.id for one, others in found.items() for key in (one, *others) if key.side is Side.PRACTICE}
    different = never_pairs(connection, spec.practice, ours)

    def alike(one: Key, other: Key) -> bool:
        pair = (one.id, other.id) if one.side is Side.PRACTICE else (other.id, one.id)
        return pair not in different

    left = {one: tuple(key for key in others if alike(one, key)) for one, others in found.items()}
    return {one: others for one, others in left.items() if others}


def _unlinked_by_name(
    connection: Connection, spec: EntitySpec, side: Side, names: Iterable[str]
) -> dict[str, tuple[Key, ...]]:
    linked_column = "practice_id" if side is Side.PRACTICE else "ledger_id"
    linked = Link.objects.filter(connection=connection, entity=spec.practice).values(linked_column)
    rows = (
        Observation.objects.filter(
            connection=connection, entity=spec.practice, side=side, name_key__in=list(names), absent=""
        )
        .exclude(record_id__in=linked)
        .order_by("record_id")
        .values_list("name_key", "record_id")
    )
    found: dict[str, list[Key]] = {}
    for name, record_id in rows:
        found.setdefault(name, []).append(Key(spec.practice, side, record_id))
    return {name: tuple(keys) for name, keys in found.items()}
