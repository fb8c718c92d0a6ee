"""Decides: what one condition of a query means for one entity: which property, how values compare."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from quickbooks_emulator import faults
from quickbooks_emulator.entities.declaration import Entity, Field, Kind
from quickbooks_emulator.entities.values import folded
from quickbooks_emulator.query.parser import Condition
from quickbooks_emulator.store.books import Books, id_order
from quickbooks_emulator.store.documents import Record

Test = Callable[[Record], bool]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left is not None and left < right,
    ">": lambda left, right: left is not None and left > right,
    "<=": lambda left, right: left is not None and left <= right,
    ">=": lambda left, right: left is not None and left >= right,
}
_NESTED = {"primaryemailaddr.address": "PrimaryEmailAddr"}
_LINKS = {"attachableref.entityref.value": "value", "attachableref.entityref.type": "type"}


@dataclass(frozen=True, slots=True)
class Property:
    """A property a query may name. `read` gives a record's value in comparable form, `parse` a literal's. `many`: it
    gives a list, and a condition is met when one of them meets it."""

    name: str
    read: Callable[[Any], Any]
    parse: Callable[[str], Any]
    filterable: bool = True
    sortable: bool = True
    is_text: bool = False
    many: bool = False


def find_property(entity: Entity, name: str, zone: str, now: int) -> Property:
    """Raises 4001 for a property the entity does not have."""
    lowered = name.lower()
    if lowered == "id":
        return Property("Id", lambda record: id_order(record.id), _parse_id)
    if lowered in ("metadata.createtime", "metadata.lastupdatedtime"):
        created = lowered.endswith("createtime")
        return Property(
            "MetaData.CreateTime" if created else "MetaData.LastUpdatedTime",
            (lambda record: record.created * 1000) if created else (lambda record: record.updated * 1000),
            lambda value: parse_instant(value, zone, now),
        )
    if lowered in _LINKS and entity.name == "Attachable":
        return Property(name, _links(_LINKS[lowered]), folded, sortable=False, is_text=True, many=True)
    field = entity.field(_NESTED.get(lowered, name))
    if field is None:
        raise faults.query_invalid(f"Property {name} not found for Entity {entity.name}")
    return Property(
        field.name,
        _reader(field),
        _parser(field, zone, now),
        filterable=field.filterable,
        sortable=field.sortable,
        is_text=field.kind in (Kind.TEXT, Kind.EMAIL, Kind.ENUM),
    )


def compile_condition(
    entity: Entity, condition: Condition, zone: str, now: int, *, any_link: bool = True
) -> tuple[Property, Test]:
    """A test for records. Raises 4001 where the property cannot be filtered so. `any_link` off: of a property with many
    values only the first counts."""
    found = find_property(entity, condition.property, zone, now)
    if not found.filterable:
        raise faults.query_invalid(f"property '{condition.property}' is not queryable")
    if found.name == "Id" and condition.operator not in ("=", "IN"):
        raise faults.query_invalid(f"Operator {condition.operator} is not supported for property Id")
    if found.many:
        single, most = replace(found, read=lambda value: value, many=False), None if any_link else 1
        test = _test(single, condition)
        return found, lambda record: any(test(value) for value in found.read(record)[:most])
    return found, _test(found, condition)


def _test(found: Property, condition: Condition) -> Callable[[Any], bool]:
    read = found.read
    if condition.operator == "LIKE":
        if not found.is_text:
            raise faults.query_invalid(f"Operator LIKE is not supported for property {condition.property}")
        pattern = like_pattern(condition.values[0])
        return lambda record: bool(pattern.fullmatch(read(record) or ""))
    if condition.operator == "IN":
        wanted = {found.parse(value) for value in condition.values}
        return lambda record: read(record) in wanted
    value, compare = found.parse(condition.values[0]), _COMPARE[condition.operator]
    return lambda record: compare(read(record), value)


def like_pattern(text: str) -> re.Pattern[str]:
    """Only % is a wildcard, and it cannot be escaped; case is ignored."""
    return re.compile(".*".join(re.escape(part) for part in text.casefold().split("%")), re.DOTALL)


def query_zone(books: Books) -> str:
    """The zone meant where an instant has no offset."""
    return books.knobs.time_zone_without_offset or books.company.time_zone


def parse_instant(value: str, zone: str, now: int) -> int:
    """An instant in milliseconds since 1970. Without an offset `zone` is meant; a bare date is its midnight."""
    if value.lower() == "current_date":
        return now * 1000
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        raise faults.query_invalid(f"Invalid date/time value: {value}") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return round(moment.timestamp() * 1000)


def _parse_id(value: str) -> tuple[int, str]:
    if not value.isdecimal():
        raise faults.invalid_id(value)
    return id_order(value)


def _links(member: str) -> Callable[[Record], list[str]]:
    """What an attachment is linked to, in its order."""

    def read(record: Record) -> list[str]:
        links = record.body.get("AttachableRef", ())
        return [folded(link.get("EntityRef", {}).get(member, "")) for link in links]

    return read


def _reader(field: Field) -> Callable[[Record], Any]:
    name = field.name
    if field.kind is Kind.REF:
        return lambda record: record.body.get(name, {}).get("value")
    if field.kind is Kind.EMAIL:
        return lambda record: folded(record.body[name]["Address"]) if name in record.body else None
    if field.kind is Kind.TEXT:
        return lambda record: folded(record.body[name]) if name in record.body else None
    if field.kind is Kind.ENUM:
        return lambda record: record.body.get(name, "").casefold() or None
    if field.kind is Kind.BOOL:
        return lambda record: bool(record.body.get(name, False))
    if field.kind in (Kind.MONEY, Kind.NUMBER):
        return lambda record: Decimal(record.body.get(name, 0))
    return lambda record: record.body.get(name)


def _parser(field: Field, zone: str, now: int) -> Callable[[str], Any]:
    if field.kind is Kind.BOOL:
        return _parse_bool
    if field.kind in (Kind.MONEY, Kind.NUMBER):
        return _parse_number
    if field.kind is Kind.DATE:
        return lambda value: _parse_date(value, zone, now)
    if field.kind is Kind.REF:
        return lambda value: value
    return folded


def _parse_bool(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise faults.query_invalid(f"Invalid boolean value: {value}")
    return value.lower() == "true"


def _parse_number(value: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        raise faults.query_invalid(f"Invalid number value: {value}") from None


def _parse_date(value: str, zone: str, now: int) -> str:
    if value.lower() == "current_date":
        return datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(zone)).date().isoformat()
    return value[:10]
