"""Decides: how one unit's value reads on a page. The same on the list of conflicts, the record and the review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout.reconcile.state import Value, is_empty

EMPTY = "(empty)"


def said(value: Value | Any) -> str:
    """A text, Yes or No, a group's parts in their order, or how many rows. Never nothing: an empty one says so."""
    if is_empty(value):
        return EMPTY
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Mapping):
        return ", ".join(str(part) for part in value.values() if not is_empty(part))
    if isinstance(value, tuple | list):
        return f"{len(value)} line{'' if len(value) == 1 else 's'}"
    return str(value)
