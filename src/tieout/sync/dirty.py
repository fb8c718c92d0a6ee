"""Acts: the set of keys that may have changed. However often and by whom it is said, a key stands there once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tieout.reconcile.state import Side
from tieout.sync import straight, together
from tieout.sync.models import Connection, Dirty


@dataclass(frozen=True, slots=True)
class Mark:
    """One key said to have changed. ``must_read`` False: what changed is already in our observations."""

    entity: str
    side: Side
    record_id: str
    reason: str
    must_read: bool = True


_UPSERT = """
INSERT INTO sync_dirty (firm_id, connection_id, entity, side, record_id, marks, reason, noted_at, tries, must_read)
SELECT %s::bigint, %s::bigint, e, s, r, 1, y, %s::timestamptz, 0, m
FROM jsonb_to_recordset(%s::jsonb) AS t(e text, s text, r text, y text, m bool)
ON CONFLICT (connection_id, entity, side, record_id) DO UPDATE
SET marks = sync_dirty.marks + 1, reason = excluded.reason, not_before = NULL, tries = 0,
    must_read = sync_dirty.must_read OR excluded.must_read
"""


def mark(connection: Connection, marks: Iterable[Mark], now: datetime) -> int:
    """Say that these keys may have changed; one statement for all. Returns how many different keys."""
    merged: dict[tuple[str, str, str], Mark] = {}
    for one in marks:
        key = (one.entity, one.side.value, one.record_id)
        before = merged.get(key)
        merged[key] = (
            one
            if before is None or one.must_read
            else Mark(one.entity, one.side, one.record_id, one.reason, before.must_read)
        )
    if not merged:
        return 0
    # Sorted, so that two transactions marking the same keys cannot deadlock; counted ids in the order they were given.
    rows = [
        {"e": key[0], "s": key[1], "r": key[2], "y": one.reason, "m": one.must_read}
        for key, one in sorted(merged.items(), key=_in_turn)
    ]
    straight.run(_UPSERT, connection.firm_id, connection.pk, now, together.encoded(rows))
    return len(rows)


def _in_turn(one: tuple[tuple[str, str, str], Mark]) -> tuple[str, str, int, str]:
    (entity, side, record_id), _ = one
    return entity, side, len(record_id) if record_id.isdecimal() else 0, record_id


def clear(rows: Iterable[Dirty]) -> None:
    """Take keys off that were worked on, unless they were marked again meanwhile."""
    seen = [(row.pk, row.marks) for row in rows]
    if not seen:
        return
    straight.run(
        "DELETE FROM sync_dirty d USING unnest(%s::bigint[], %s::int[]) AS t(id, marks)"
        " WHERE d.id = t.id AND d.marks = t.marks",
        [pk for pk, _ in seen],
        [marks for _, marks in seen],
    )


def put_off(rows: Iterable[Dirty], until: datetime) -> None:
    """Leave keys that were worked on for later, unless they were marked again meanwhile."""
    seen = [(row.pk, row.marks) for row in rows]
    if not seen:
        return
    straight.run(
        "UPDATE sync_dirty d SET not_before = %s FROM unnest(%s::bigint[], %s::int[]) AS t(id, marks)"
        " WHERE d.id = t.id AND d.marks = t.marks",
        until,
        [pk for pk, _ in seen],
        [marks for _, marks in seen],
    )
