"""Decides: whether each member a client sent is well formed, and what it is stored as.

A value of None in the result means "cleared". A JSON null is the same as leaving the member out, as the service's Java
parser suggests (the switch `null_clears` makes it clear); an empty string clears.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.entities.declaration import COMMON, Access, Body, Entity, Field, Kind
from quickbooks_emulator.entities.schema_members import dropped

ADDRESS_LENGTHS = {
    "Line1": 500,
    "Line2": 500,
    "Line3": 500,
    "Line4": 500,
    "Line5": 500,
    "City": 255,
    "Country": 255,
    "CountrySubDivisionCode": 255,
    "PostalCode": 30,
}
_ADDRESS_KNOWN = (
    "Id", *ADDRESS_LENGTHS, "CountryCode", "County", "PostalCodeSuffix", "Lat", "Long", "Tag", "Note",
)  # fmt: skip
_PHONE_KNOWN = (
    "Id", "DeviceType", "CountryCode", "AreaCode", "ExchangeCode", "Extension", "FreeFormNumber", "Default", "Tag",
)  # fmt: skip
_EMAIL_KNOWN = ("Id", "Address", "Default", "Tag")
_WEB_KNOWN = ("Id", "URI", "Default", "Tag")
_REFERENCE_KNOWN = ("value", "name", "type")

_DATE = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:T.*)?$")
_ALL_LINES = 2000
_MOST_DIGITS = 15  # of an amount, before the point (documented)


def take(entity: Entity, payload: Any, *, null_clears: bool = False) -> Body:
    """The members of `payload` that may be written, in stored form. Raises Fault."""
    if not isinstance(payload, Mapping):
        raise faults.unreadable("an object was expected")
    taken: Body = {}
    for name, value in payload.items():
        field = entity.by_name.get(name)
        if field is None:
            if name not in COMMON and name not in dropped(entity.name):
                raise faults.unknown_property(name, entity.name, entity.known)
            continue
        if (value is None and not null_clears) or field.access in (Access.READ_ONLY, Access.COMPUTED):
            continue
        taken[name] = (
            None if value is None or value == "" else (field.form or FORMS[field.kind])(field, value)
        )
    return taken


def numeric_id(value: Any, element: str = "Id") -> str:
    """An Id as text. 2030 unless it is a whole number."""
    found = str(value).strip() if not isinstance(value, bool) else ""
    if not found.isdecimal() or len(found) > 19:
        raise faults.invalid_id(value, element)
    return found


def folded(name: str) -> str:
    """How names are compared: outer spaces dropped, case ignored."""
    return name.strip().casefold()


def _text(field: Field, value: Any) -> str | None:
    found = _as_text(field.name, value)
    if field.trimmed:
        found = found.strip()
    if field.length is not None and len(found) > field.length:
        raise faults.bad_length(field.name, 0, field.length, len(found))
    return found or None


def _as_text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    if not isinstance(value, str):
        raise faults.unreadable(f"{name} must be a text")
    return value


def _bool(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise faults.bad_value("2230", "Boolean", value, field.name)


def _number(field: Field, value: Any) -> Decimal:
    try:
        if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
            raise InvalidOperation
        number = Decimal(value)
    except InvalidOperation:
        raise faults.bad_value("2090", "Number", value, field.name) from None
    if not number.is_finite() or number.adjusted() >= _MOST_DIGITS:
        raise faults.bad_value("2090", "Number", value, field.name)
    return number


def _date(field: Field, value: Any) -> str:
    """A date; the date part of an instant is taken as it stands, without zone conversion (recorded)."""
    match = _DATE.match(value) if isinstance(value, str) else None
    if match is None:
        raise faults.bad_value("2060", "Date", value, field.name)
    return match.group(1)


def _enum(field: Field, value: Any) -> str:
    if value not in field.values:
        raise faults.Fault("2170", "Invalid Enumeration", f"Invalid Enumeration : {value}", element="")
    found: str = value
    return found


def _reference(field: Field, value: Any) -> Body | None:
    members = _members(value, field.name, "ReferenceType", _REFERENCE_KNOWN)
    target = members.get("value")
    if target is None or target == "":
        return None
    return {"value": _as_text(field.name, target)}


def _address(field: Field, value: Any) -> Body | None:
    members = _members(value, field.name, "PhysicalAddress", _ADDRESS_KNOWN)
    address: Body = {}
    for name, most in ADDRESS_LENGTHS.items():
        found = _as_text(name, members[name]) if members.get(name) is not None else ""
        if len(found) > most:
            raise faults.bad_length(f"{field.name}.{name}", 0, most, len(found))
        if found:
            address[name] = found
    lines = sum(len(address.get(f"Line{number}", "")) for number in range(1, 6))
    if lines > _ALL_LINES:
        raise faults.bad_length(field.name, 0, _ALL_LINES, lines)
    return address or None


def _phone(field: Field, value: Any) -> Body | None:
    members = _members(value, field.name, "TelephoneNumber", _PHONE_KNOWN)
    return _single(field, members, "FreeFormNumber")


def _web(field: Field, value: Any) -> Body | None:
    members = _members(value, field.name, "WebSiteAddress", _WEB_KNOWN)
    return _single(field, members, "URI")


def _email(field: Field, value: Any) -> Body | None:
    members = _members(value, field.name, "EmailAddress", _EMAIL_KNOWN)
    found = _single(field, members, "Address")
    if found is not None:
        name, at, host = found["Address"].rpartition("@")
        if not (name and at and "." in host) or " " in found["Address"].strip():
            raise faults.invalid_email(found["Address"], field.name)
    return found


def _single(field: Field, members: Mapping[str, Any], name: str) -> Body | None:
    found = _as_text(name, members[name]).strip() if members.get(name) is not None else ""
    if field.length is not None and len(found) > field.length:
        raise faults.bad_length(f"{field.name}.{name}", 0, field.length, len(found))
    return {name: found} if found else None


def _members(value: Any, name: str, java_class: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise faults.unreadable(f"{name} must be an object")
    for member in value:
        if member not in known:
            raise faults.unknown_property(member, java_class, list(known))
    return value


def _open(field: Field, value: Any) -> Any:
    return value


FORMS: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.BOOL: _bool,
    Kind.NUMBER: _number,
    Kind.MONEY: _number,
    Kind.DATE: _date,
    Kind.ENUM: _enum,
    Kind.REF: _reference,
    Kind.ADDRESS: _address,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
    Kind.WEB: _web,
    Kind.OPEN: _open,
}
