"""Decides: how one unit's value reads on a page. The same on the list of conflicts, the record and the review."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tieout.reconcile.state import Value, is_empty
from tieout.web.templatetags.money import price

EMPTY = "(empty)"
PERSON = ("title", "given", "middle", "family", "suffix")
ADDRESS = ("line1", "line2", "line3", "city", "state", "postal_code", "country")
"""The parts of a group in the order one reads them; a stored group has none."""


def said(value: Value | Any) -> str:
    """A text, Yes or No, an amount, a group's parts in their order, or how many rows. Never nothing: an empty one says so."""
    if is_empty(value):
        return EMPTY
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        return price(value)
    if isinstance(value, Mapping):
        order = [*PERSON, *ADDRESS, *sorted(value)]
        parts = [str(value[part]) for part in dict.fromkeys(order) if not is_empty(value.get(part))]
        return (" " if "family" in value else ", ").join(parts)
    if isinstance(value, tuple | list):
        return f"{len(value)} line{'' if len(value) == 1 else 's'}"
    return str(value)
