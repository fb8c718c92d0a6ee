"""Decides: what a list was asked to show. Reads the address, makes the headings, sorts what a funnel allowed.

Each list is a ``ListKind``: its columns and filters as data. What a filter's value means for the rows is the list's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import F, Model, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict

PAGE_SIZE = 50
LONGEST_SEARCH = 200
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    order: str = ""
    """The field the database sorts by; empty when the column does not sort."""
    is_number: bool = False
    folds_case: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice of one value. The first is the default, which narrows nothing or as most people want it."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]

    @property
    def default(self) -> str:
        return self.choices[0][0]


@dataclass(frozen=True, slots=True)
class Heading:
    label: str
    url: str
    """Sorts by this column, the other way round if it already is; empty when it does not sort."""
    direction: str
    """For aria-sort: ``ascending``, ``descending`` or empty."""
    is_number: bool


@dataclass(frozen=True, slots=True)
class FilterShown:
    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class ListKind:
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    sort: str
    """The default: a column's key, with a leading minus for descending."""
    dates: bool = False
    """Can be narrowed to the days from ``since`` to ``until``."""
    ids: tuple[str, ...] = ()
    """Further parts of the address that name one row, such as a client."""
    words: tuple[tuple[str, str], ...] = ()
    """(One of ``ids``, what may stand there instead of an id): assigned to nobody."""

    def read(self, address: QueryDict) -> Asked:
        """Anything unknown in the address falls back to the default: a stale bookmark still shows a list."""
        chosen = {}
        for each in self.filters:
            given = address.get(each.name, "")
            chosen[each.name] = given if given in dict(each.choices) else each.default
        for name in self.ids:
            given = address.get(name, "")
            is_id = given.isascii() and given.isdigit() and len(given) <= 18
            chosen[name] = given if is_id or given == dict(self.words).get(name, "") else ""
        for name in ("since", "until") if self.dates else ():
            chosen[name] = _day(address.get(name, ""))
        sort = address.get("sort", self.sort)
        sortable = {column.key for column in self.columns if column.order}
        return Asked(
            kind=self,
            search=" ".join(address.get("search", "").replace("\x00", "").split())[:LONGEST_SEARCH],
            chosen=tuple(chosen.items()),
            sort=sort if sort.removeprefix("-") in sortable else self.sort,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, every part known to be valid."""

    kind: ListKind
    search: str
    chosen: tuple[tuple[str, str], ...]
    sort: str

    def __getitem__(self, name: str) -> str:
        return dict(self.chosen)[name]

    def day(self, name: str) -> date | None:
        """``since`` or ``until`` as a date."""
        given = self[name]
        return date.fromisoformat(given) if given else None

    @property
    def narrows(self) -> bool:
        """Something other than the default is asked for, so that an empty list may be the filter's doing."""
        return bool(replace(self, sort=self.kind.sort).told())

    def told(self) -> dict[str, str]:
        """The parts that differ from the default, as they stand in an address."""
        defaults = {each.name: each.default for each in self.kind.filters}
        told = {name: value for name, value in self.chosen if value != defaults.get(name, "")}
        if self.search:
            told["search"] = self.search
        if self.sort != self.kind.sort:
            told["sort"] = self.sort
        return told

    def keep(self) -> str:
        """This query as the beginning of an address, to which ``page=`` is appended."""
        told = self.told()
        return urlencode(told) + "&" if told else ""

    def filters(self) -> list[FilterShown]:
        return [
            FilterShown(each.name, each.label, each.choices, self[each.name]) for each in self.kind.filters
        ]

    def hidden(self) -> list[tuple[str, str]]:
        """What the filter form passes on without showing it."""
        told = self.told()
        return [(name, told[name]) for name in (*self.kind.ids, "sort") if name in told]

    def sorted(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """In the order asked for; rows that are equal in it stay in the order of their making."""
        descending = self.sort.startswith("-")
        column = next(each for each in self.kind.columns if each.key == self.sort.removeprefix("-"))
        if column.folds_case:
            folded = Lower(column.order)
            return rows.order_by(folded.desc() if descending else folded.asc(), "-id" if descending else "id")
        by = F(column.order)
        return rows.order_by(by.desc() if descending else by.asc(), "-id" if descending else "id")

    def headings(self) -> list[Heading]:
        return [self._heading(column) for column in self.kind.columns]

    def _heading(self, column: Column) -> Heading:
        if not column.order:
            return Heading(column.label, "", "", column.is_number)
        ascending, descending = self.sort == column.key, self.sort == f"-{column.key}"
        then = replace(self, sort=f"-{column.key}" if ascending else column.key)
        direction = "ascending" if ascending else "descending" if descending else ""
        return Heading(column.label, f"?{then.keep()}", direction, column.is_number)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
