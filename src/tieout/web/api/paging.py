"""Decides: which part of a list is answered. Keyset paging: rows that come or go never shift the next page.

A cursor is signed: it holds the place of the last row (its sorted value and id) and what was asked for, so that one
of another list or of other filters is refused instead of leading astray.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeVar

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower
from ninja import Schema
from pydantic import Field, create_model

from tieout.web.api.kinds_of_value import Day, RowId, Text, id_or
from tieout.web.api.problems import Problem
from tieout.web.listing import LONGEST_SEARCH, Asked, ListKind

Row = TypeVar("Row", bound=Model)
SALT = "tieout.web.api.paging"
MOST = 300
USUAL = 50
_PLACE = "cursor_place"
_READ: Mapping[str, Any] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "Decimal": Decimal,
    "int": int,
    "str": str,
}


class Narrowed(Schema):
    """What a list or a file of it is narrowed and sorted by."""


class Paged(Narrowed):
    """Of every list."""

    limit: int = Field(USUAL, ge=1, le=MOST, description="How many rows at most.")
    cursor: str | None = Field(None, max_length=2000, description="`next_cursor` of the page before.")


def whole(kind: ListKind) -> ListKind:
    """The list as a file of it is asked for: what is not narrowed is all there is, archived or not."""
    every = ("", "all")
    return replace(
        kind,
        filters=tuple(
            replace(each, choices=tuple(sorted(each.choices, key=lambda choice: choice[0] not in every)))
            for each in kind.filters
        ),
    )


def query_for(name: str, kind: ListKind, *, searches: bool = True, base: type[Narrowed] = Paged) -> type[Any]:
    """The parameters of a list, from what the list's page can filter and sort by. ``base`` Narrowed: not in pages."""
    fields: dict[str, Any] = {}
    for each in kind.filters:
        values = tuple(value for value, _ in each.choices)
        told = ", ".join(f"`{value}` {label}" if value else label for value, label in each.choices)
        fields[each.name] = (Literal[values], Field(each.default, description=f"{each.label}: {told}."))
    for each_id in kind.ids:
        word = dict(kind.words).get(each_id, "")
        told = f"Only of this {each_id}{f', or `{word}`' if word else ''}."
        fields[each_id] = ((id_or(word) if word else RowId) | None, Field(None, description=told))
    if kind.dates:
        fields["since"] = (Day | None, Field(None, description="Only from this date on."))
        fields["until"] = (Day | None, Field(None, description="Only up to this date."))
    keys = [column.key for column in kind.columns if column.order]
    sorts = tuple(sign + key for key in keys for sign in ("", "-"))
    if searches:
        fields["search"] = (
            Text | None,
            Field(None, max_length=LONGEST_SEARCH, description="As the search of the page."),
        )
    fields["sort"] = (
        Literal[sorts],
        Field(kind.sort, description="A leading minus: descending."),
    )
    return create_model(f"{name}Query", __base__=base, **fields)


def asked(kind: ListKind, query: Narrowed) -> Asked:
    """The parameters in the words of the list."""
    told = query.model_dump()
    names = [each.name for each in kind.filters] + list(kind.ids) + (["since", "until"] if kind.dates else [])
    chosen = tuple((name, "" if told[name] is None else str(told[name])) for name in names)
    return Asked(kind, " ".join((told.get("search") or "").split()), chosen, told["sort"])


@dataclass(frozen=True, slots=True)
class Page:
    data: list[Any]
    next_cursor: str | None


def page(rows: QuerySet[Row], wanted: Asked, query: Paged) -> Page:
    """``rows`` from the cursor on, in the order asked for. Raises Problem for a cursor that is none of this list."""
    column = next(each for each in wanted.kind.columns if each.key == wanted.sort.removeprefix("-"))
    descending = wanted.sort.startswith("-")
    by: Combinable = Lower(column.order) if column.folds_case else F(column.order)
    about = _about(rows.model, wanted)
    rows = rows.annotate(**{_PLACE: by})
    if query.cursor:
        value, row_id = _read(query.cursor, about)
        rows = rows.filter(_after(value, row_id, descending, _nullable(rows.model, column.order)))
    sign = "-" if descending else ""
    found = list(rows.order_by(sign + _PLACE, sign + "pk")[: query.limit + 1])
    shown = found[: query.limit]
    more = _write(about, getattr(shown[-1], _PLACE), shown[-1].pk) if len(found) > query.limit else None
    return Page(shown, more)


def _after(value: Any, row_id: int, descending: bool, nullable: bool) -> Q:
    """The rows behind one, as the database sorts: nulls last, first when descending."""
    past = "lt" if descending else "gt"
    same_value = Q(**{f"pk__{past}": row_id})
    empty = Q(**{f"{_PLACE}__isnull": True})
    if value is None:
        return (empty & same_value) | ~empty if descending else empty & same_value
    # Said twice, so that an index can begin at the value instead of reading all that is before it.
    behind = Q(**{f"{_PLACE}__{past}e": value}) & (Q(**{f"{_PLACE}__{past}": value}) | same_value)
    return behind | empty if nullable and not descending else behind


def _nullable(model: type[Model], path: str) -> bool:
    at: Any = model
    for name in path.split("__"):
        field = at._meta.pk if name == "pk" else at._meta.get_field(name)
        if field.null:
            return True
        at = field.related_model
    return False


def _about(model: type[Model], wanted: Asked) -> str:
    """What a cursor belongs to: the list with its filters and order."""
    told = json.dumps([model._meta.label, wanted.chosen, wanted.search, wanted.sort])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _write(about: str, value: Any, row_id: int) -> str:
    text = value.isoformat() if isinstance(value, date) else None if value is None else str(value)
    return signing.dumps([about, type(value).__name__, text, row_id], salt=SALT)


def _read(cursor: str, about: str) -> tuple[Any, int]:
    try:
        whose, kind, text, row_id = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError):
        whose = ""
    if whose != about:
        sentence = "This cursor is none of this list with these filters. Start again without a cursor."
        raise Problem("invalid", sentence, errors=[("cursor", sentence)])
    return (None if text is None else _READ[kind](text)), row_id
