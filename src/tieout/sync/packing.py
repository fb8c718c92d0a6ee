"""Decides how units are kept as JSON: Decimals and rows survive the round trip exactly."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tieout.reconcile.state import Units, Value

_AS_THEY_ARE = frozenset((str, bool, int))


def pack(value: Value) -> Any:
    """A unit's value as JSON. A Decimal becomes ``{"$decimal": "1.50"}``."""
    if value is None or type(value) in _AS_THEY_ARE:  # nearly all of them: asked first, and cheaply
        return value
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, Mapping):
        return {name: pack(inner) for name, inner in value.items()}
    if isinstance(value, tuple):
        return [pack(row) for row in value]
    return value


def unpack(stored: Any) -> Any:
    """The value that ``pack`` was given."""
    if isinstance(stored, dict):
        if set(stored) == {"$decimal"}:
            return Decimal(stored["$decimal"])
        return {name: unpack(inner) for name, inner in stored.items()}
    if isinstance(stored, list):
        return tuple(unpack(row) for row in stored)
    return stored


def pack_units(units: Units) -> dict[str, Any]:
    return {name: pack(value) for name, value in units.items()}


def unpack_units(stored: Mapping[str, Any]) -> dict[str, Value]:
    return {name: unpack(value) for name, value in stored.items()}
