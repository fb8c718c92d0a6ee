"""Acts: answers change data capture: what changed since an instant, deletions as stubs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.entities import NOT_IN_CHANGES, NOT_KEPT
from quickbooks_emulator.entities.declaration import Body, Entity
from quickbooks_emulator.entities.render import render, render_tombstone
from quickbooks_emulator.query.conditions import parse_instant, query_zone
from quickbooks_emulator.query.run import Visible
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

_DAY_MS = 86_400_000


def changes(books: Books, entities: str, since: str, visible: Visible | None = None) -> Body:
    """The value of `CDCResponse`: one QueryResponse for each asked entity, {} where nothing changed.

    At most 1000 objects over all; what falls off is the end of the asked order, stubs last, and in an entity the
    newest changes (undocumented: a switch). `since` is inclusive (a switch), at most 30 days back.
    """
    names = [name.strip() for name in entities.split(",") if name.strip()]
    if not names:
        raise faults.required("entities")
    if not since:
        raise faults.required("changedSince")
    start_ms = parse_instant(since, query_zone(books), books.now)
    if books.now_ms - start_ms > books.knobs.change_days * _DAY_MS:
        raise faults.unsupported(f"cdc with changedSince date {since} which is older than fixed days")
    left = books.knobs.change_cap
    groups: list[Body] = []
    for name in names:
        entity = _known(books, name)
        group = {} if entity is None else _group(books, entity, start_ms, left, visible)
        left -= len(group.get(entity.name, ())) if entity else 0
        groups.append(group)
    return {"CDCResponse": [{"QueryResponse": groups}]}


def _known(books: Books, name: str) -> Entity | None:
    """None for what the real service has and the emulator does not keep; 4001 for anything else."""
    more = ("TimeActivity",) if books.knobs.time_activity_in_changes else ()
    by_name = {
        entity.name.casefold(): entity
        for entity in books.entities.values()
        if entity.in_changes or entity.name in more
    }
    entity = by_name.get(name.casefold())
    kept_out = {one.casefold() for one in NOT_KEPT - NOT_IN_CHANGES}
    if entity is None and name.casefold() not in kept_out:
        if books.knobs.unknown_change_code == "500":
            raise faults.unsupported(f"cdc for {name}")
        raise faults.query_invalid(f"Entity {name} is not supported by change data capture")
    return entity


def _group(books: Books, entity: Entity, start_ms: int, most: int, visible: Visible | None) -> Body:
    if not books.knobs.changes_since_inclusive:
        start_ms += 1
    least = (-(-start_ms // 1000), 0)
    table, stubs = books.table(entity.name), books.tombstones(entity.name)
    by_time: Any = table.indexes["updated"]
    gone_by_time: Any = stubs.indexes["updated"]
    seen = (table.rows[key] for key in by_time.keys_from(least))
    shown = (record if visible is None else visible(entity.name, record) for record in seen)
    found = (record for record in shown if record is not None and record.updated * 1000 >= start_ms)
    if books.knobs.change_cap_keeps == "newest":
        kept: Iterable[Record] = list(found)[-most:] if most else ()
    else:
        kept = islice(found, most)
    rows = [render(books, entity, record) for record in kept]
    gone = 0
    for key in gone_by_time.keys_from(least):
        if len(rows) >= most:
            break
        rows.append(render_tombstone(books, stubs.rows[key]))
        gone += 1
    if not rows:
        return {}
    group: Body = {entity.name: rows, "startPosition": 1, "maxResults": len(rows)}
    if gone:
        group["totalCount"] = len(rows)  # recorded: present when deletions are
    return group
