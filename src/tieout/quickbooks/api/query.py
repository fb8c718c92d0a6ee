"""Decides the text of a question in QuickBooks' query language. ``client`` sends it.

Always ``select *`` (a field list is answered inconsistently), values always in quotes (a bare value after ``<`` or
``>`` is a syntax error there), one order, explicit paging. Source: Intuit's data-queries page and recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

PAGE = 1000
"""Rows a page: the most QuickBooks gives. Every page is one metered call, so ask for full ones."""

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*")
_OPERATORS = frozenset({"=", "<", ">", "<=", ">=", "LIKE"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One ready piece of a ``where``; make it with the functions below, never by hand."""

    text: str


ANY_ACTIVITY = Condition("Active IN (true, false)")
"""Without this, name lists answer with active rows only."""
ONLY_ACTIVE = Condition("Active = true")
ONLY_INACTIVE = Condition("Active = false")


def quoted(value: str) -> str:
    """A value as a literal. Backslash first, then apostrophe: doubling an apostrophe is a syntax error there."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def where(field: str, operator: str, value: str) -> Condition:
    if operator not in _OPERATORS:
        raise ValueError(f"{operator!r} is not an operator of the query language")
    return Condition(f"{_word(field)} {operator} {quoted(value)}")


def one_of(field: str, values: Collection[str]) -> Condition:
    """``field IN (...)``; needs at least one value. There is no OR in this language."""
    if not values:
        raise ValueError(f"no values for {field}")
    return Condition(f"{_word(field)} IN ({', '.join(quoted(value) for value in values)})")


def instant(moment: datetime) -> str:
    """A timestamp as QuickBooks compares it: whole seconds with an offset (without one it would mean Pacific time)."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.isoformat(timespec="seconds")


def select(
    entity: str,
    *conditions: Condition,
    order_by: str = "Id",
    start: int = 1,
    rows: int = PAGE,
) -> str:
    """One page of rows. ``start`` counts from 1. Ordered by Id, so that rows do not move between pages."""
    source = f"{_word(entity)}{_where(conditions)}"
    return f"select * from {source} orderby {_word(order_by)} startposition {start} maxresults {rows}"  # noqa: S608


def count(entity: str, *conditions: Condition) -> str:
    return f"select count(*) from {_word(entity)}{_where(conditions)}"  # noqa: S608


def _where(conditions: Collection[Condition]) -> str:
    return f" where {' and '.join(one.text for one in conditions)}" if conditions else ""


def _word(name: str) -> str:
    if not _WORD.fullmatch(name):
        raise ValueError(f"{name!r} is not a name of the query language")
    return name
