"""Decides: how a stored record is printed: member order, money, names of references, company time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from quickbooks_emulator.entities.declaration import BASE, Access, Body, Entity, Kind
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record, Tombstone

_CENT = Decimal("0.01")


def render(books: Books, entity: Entity, record: Record, *, in_query: bool = False) -> Body:
    """One record as a client sees it. Members without a value are absent, never null (recorded)."""
    body = record.body
    made: Body | None = None
    printed: Body = {}
    for name, field in entity.printed(in_query):
        if field is BASE:
            printed.update(_base(books, record))
            continue
        if field.access is Access.COMPUTED:
            if made is None:
                made = entity.compute(books, record)
            value = made.get(name)
        else:
            value = body.get(name)
        if value is None:
            continue
        if field.show is not None:
            value = field.show(books, value)
        elif field.kind is Kind.MONEY:
            value = money(value)
        elif field.named:
            value = named(books, field.target, value)
        printed[name] = value
    return printed


def render_tombstone(books: Books, tombstone: Tombstone) -> Body:
    return {
        "domain": "QBO",
        "status": "Deleted",
        "Id": tombstone.id,
        "MetaData": {"LastUpdatedTime": company_time(tombstone.updated, books.company.time_zone)},
    }


def money(value: Decimal | int) -> Decimal:
    """Two decimals when not zero, a bare 0 when zero (recorded)."""
    rounded = Decimal(value).quantize(_CENT, ROUND_HALF_UP)
    return rounded if rounded else Decimal(0)


def _base(books: Books, record: Record) -> Body:
    zone = books.company.time_zone
    return {
        "domain": "QBO",
        "sparse": False,
        "Id": record.id,
        "SyncToken": str(record.token),
        "MetaData": {
            "CreateTime": company_time(record.created, zone),
            "LastUpdatedTime": company_time(record.updated, zone),
        },
    }


def named(books: Books, target: str | None, value: Body) -> Body:
    """A reference with its target's name, resolved at reading time (a switch)."""
    if "name" in value and books.knobs.references_keep_names:
        return value
    entity = books.entities.get(target or "")
    record = books.get(entity.name, value["value"]) if entity else None
    if entity is None or record is None:
        return value
    return {**value, "name": record.body.get(entity.reference_name or entity.name_field, "")}


@lru_cache(maxsize=4096)
def company_time(seconds: int, zone: str) -> str:
    """An instant in the company's zone with its offset and without milliseconds (recorded)."""
    return datetime.fromtimestamp(seconds, _zone(zone)).isoformat(timespec="seconds")


def envelope_time(milliseconds: int, zone: str) -> str:
    """The `time` of an envelope: the start of handling, with milliseconds (recorded)."""
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)
    return moment.astimezone(_zone(zone)).isoformat(timespec="milliseconds")


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
