"""Acts: answers a parsed query from one company's records, by index where one fits. Called by routes and batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.entities import NOT_KEPT
from quickbooks_emulator.entities.declaration import Body, Entity, Family
from quickbooks_emulator.entities.render import render
from quickbooks_emulator.entities.values import folded
from quickbooks_emulator.query.conditions import Property, Test, compile_condition, find_property, query_zone
from quickbooks_emulator.query.parser import Condition, Query, parse
from quickbooks_emulator.store.books import Books, id_order
from quickbooks_emulator.store.documents import Record

_ORDERED = {"Id": "id", "MetaData.LastUpdatedTime": "updated"}
Visible = Callable[[str, Record], Record | None]
Walk = Callable[[int], Iterator[str]]
"""Keys in an order, without so many of the first."""
_NOT_KEPT = {name.casefold() for name in NOT_KEPT}


def run(books: Books, text: str, visible: Visible | None = None) -> Body:
    """The value of `QueryResponse`. `visible` may hide a record or show an older version (a lagging index)."""
    knobs = books.knobs
    query = parse(text, strict_values=knobs.strict_query_values, zero_start=knobs.start_position_zero)
    entity = _entity(books, query.entity)
    if entity is None:
        return {"totalCount": 0} if query.counting else {}
    if query.counting:
        everything = not query.conditions and visible is None and entity.family is Family.TRANSACTION
        rows = () if everything else _matching(books, entity, query, visible, 0)
        return {"totalCount": len(books.table(entity.name).rows) if everything else sum(1 for _ in rows)}
    page = list(islice(_matching(books, entity, query, visible, query.start - 1), query.size))
    if not page:
        return {}
    return {
        entity.name: [render(books, entity, record, in_query=True) for record in page],
        "startPosition": query.start,
        "maxResults": len(page),
    }


def _entity(books: Books, name: str) -> Entity | None:
    """None for an entity the real service has and the emulator does not keep. 4001 for an unknown one."""
    for entity in books.entities.values():
        if entity.name.casefold() == name.casefold():
            return entity
    if name.casefold() in _NOT_KEPT:
        return None
    raise faults.query_invalid(f"invalid context declaration: {name}")


def _matching(
    books: Books, entity: Entity, query: Query, visible: Visible | None, skip: int
) -> Iterable[Record]:
    """The matching rows in the order asked for, without the first `skip`. Where every row of an index matches, those
    are stepped over: the last page of a large table costs what the first one does."""
    zone, now = query_zone(books), books.now
    compiled = [
        compile_condition(entity, condition, zone, now, any_link=books.knobs.attachment_queries_any_link)
        for condition in query.conditions
    ]
    tests: list[Test] = [test for _, test in compiled]
    conditions = [
        (found.name, condition) for (found, _), condition in zip(compiled, query.conditions, strict=True)
    ]
    everyone = entity.name == "Item" and books.knobs.item_queries_show_inactive
    if (
        entity.family is Family.NAME_LIST
        and not everyone
        and not any(name == "Active" for name, _ in conditions)
    ):
        tests.append(lambda record: record.active)  # documented: name lists show active records unless asked
    orders = [(find_property(entity, order.property, zone, now), order.descending) for order in query.orders]
    for found, _ in orders:
        if not found.sortable:
            raise faults.query_invalid(f"property '{found.name}' is not sortable")
    walk = _walk(books, entity, conditions, orders)
    if walk is not None and not tests and visible is None:
        return _rows(books, entity, walk(skip))
    if walk is not None:
        return islice(_kept(_rows(books, entity, walk(0)), entity, tests, visible), skip, None)
    kept = _kept(_candidates(books, entity, conditions, in_order=not orders), entity, tests, visible)
    if not orders:
        return islice(kept, skip, None)
    result = sorted(kept, key=lambda record: id_order(record.id))
    for found, descending in reversed(orders):
        result.sort(key=_null_first(found.read), reverse=descending)
    return result[skip:]


def _rows(books: Books, entity: Entity, keys: Iterable[str]) -> Iterator[Record]:
    rows = books.table(entity.name).rows
    return (rows[key] for key in keys)


def _kept(
    rows: Iterable[Record], entity: Entity, tests: list[Test], visible: Visible | None
) -> Iterable[Record]:
    if visible is not None:
        rows = _seen(rows, entity, visible)
    return (row for row in rows if all(test(row) for test in tests)) if tests else rows


def _walk(
    books: Books, entity: Entity, conditions: list[tuple[str, Condition]], orders: list[tuple[Property, bool]]
) -> Walk | None:
    """Keys straight from an index that has the order asked for, or the default order where none is asked for and
    nothing narrows the search; None where sorting is needed or cheaper."""
    narrowed = ("Id", *entity.indexed)
    if any(name in narrowed and one.operator in ("=", "IN") for name, one in conditions):
        return None
    indexes: dict[str, Any] = books.table(entity.name).indexes
    least = _earliest(books, entity, conditions)
    walk: Walk
    if not orders and least is None:
        if books.knobs.default_order == "id":
            walk = indexes["id"].in_order
        elif entity.family is Family.TRANSACTION:  # recorded: roughly the last changed first
            walk = indexes["updated"].in_reverse
        else:
            walk = indexes["order" if entity.order_field else "id"].in_order
        return walk
    index = _ORDERED.get(orders[0][0].name) if len(orders) == 1 else None
    if index is None:
        return None
    if orders[0][1]:
        walk = indexes[index].in_reverse
    elif index == "updated" and least is not None:
        by_time, start = indexes[index], least
        walk = lambda skip: by_time.keys_from(start, skip)  # noqa: E731
    else:
        walk = indexes[index].in_order
    return walk


def _earliest(
    books: Books, entity: Entity, conditions: list[tuple[str, Condition]]
) -> tuple[int, int] | None:
    """Where the index by time has to be entered: the least instant a condition names."""
    for name, condition in conditions:
        if name == "MetaData.LastUpdatedTime" and condition.operator in (">", ">=", "="):
            found = find_property(entity, name, query_zone(books), books.now)
            return (found.parse(condition.values[0]) // 1000, 0)
    return None


def _seen(rows: Iterable[Record], entity: Entity, visible: Visible) -> Iterator[Record]:
    for row in rows:
        shown = visible(entity.name, row)
        if shown is not None:
            yield shown


def _candidates(
    books: Books, entity: Entity, conditions: list[tuple[str, Condition]], *, in_order: bool
) -> Iterable[Record]:
    """The fewest rows that hold every match: by id, by an indexed text, or by time."""
    table = books.table(entity.name)
    for name, condition in conditions:
        if condition.operator not in ("=", "IN"):
            continue
        if name == "Id":
            keys: Iterable[str] = dict.fromkeys(condition.values)
        elif name in entity.indexed:
            index: Any = table.indexes[name]
            keys = dict.fromkeys(key for value in condition.values for key in index.find(folded(value)))
        else:
            continue
        found = [table.rows[key] for key in keys if key in table.rows]
        return sorted(found, key=lambda record: _default_key(books, entity, record))
    by_time: Any = table.indexes["updated"]
    recent = [table.rows[key] for key in by_time.keys_from(_earliest(books, entity, conditions) or (0, 0))]
    return sorted(recent, key=lambda record: _default_key(books, entity, record)) if in_order else recent


def _default_key(books: Books, entity: Entity, record: Record) -> tuple[Any, Any]:
    if books.knobs.default_order == "id":
        return id_order(record.id)
    if entity.family is Family.TRANSACTION:
        return (-record.updated, -record.seq)
    return (str(record.body.get(entity.order_field, "")).casefold(), record.id)


def _null_first(read: Callable[[Record], Any]) -> Callable[[Record], tuple[bool, Any]]:
    def key(record: Record) -> tuple[bool, Any]:
        value = read(record)
        return (value is not None, value if value is not None else 0)

    return key
