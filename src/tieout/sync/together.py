"""Acts: writes many rows of one table with one statement and one parameter, and reads rows by a statement made once.

Used where a run reads what it works on and keeps what it has learnt. Rows that are written travel as one JSON document
that the database takes apart: quoting them one value at a time, as the ORM and the driver do, takes more processor time
than everything else a large push does. Most of what a small run takes is the ORM's making of the same few questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection as database
from django.db import models

from tieout.sync import straight

M = TypeVar("M", bound=models.Model)
Row = Mapping[str, Any]
"""Column -> value: texts, numbers, instants, and for JSON columns what is kept there."""

_encoder = msgspec.json.Encoder(enc_hook=DjangoJSONEncoder().default)


def encoded(rows: object) -> bytes:
    """As one JSON text. Decimals become texts, as they do in every JSON column."""
    return _encoder.encode(rows)


def select(model: type[M], where: str, parameters: Sequence[Any]) -> list[M]:
    """The model's rows for which this condition holds: SQL with placeholders, and ORDER BY after it, for no order is kept
    by itself."""
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {columns_of(model)} FROM {model._meta.db_table} WHERE {where}", parameters)  # noqa: S608
        return [instance(model, row) for row in cursor.fetchall()]


@cache
def columns_of(model: type[models.Model], but: tuple[str, ...] = ()) -> str:
    """The columns of a table ``but`` these; all of them are as ``instance`` wants them."""
    return ", ".join(field.column or "" for field in model._meta.concrete_fields if field.column not in but)


def instance(model: type[M], row: Sequence[Any]) -> M:
    """A row of the model from its columns as the driver gives them: JSON is still text then."""
    names, places = _shape(model)
    values = list(row)
    for place in places:
        if values[place] is not None:
            values[place] = msgspec.json.decode(values[place])
    return model.from_db("default", names, values)


def made(model: type[M], row: Row) -> M:
    """What ``insert`` is given, as a row of the model; ``row`` names all columns but the id, which is not known yet."""
    names, _ = _shape(model)
    return model.from_db("default", names, [row[name] if name != "id" else None for name in names])


@cache
def _shape(model: type[models.Model]) -> tuple[list[str], list[int]]:
    fields = model._meta.concrete_fields
    places = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    return [field.attname for field in fields], places


def insert(
    model: type[models.Model],
    rows: Sequence[Row],
    *,
    or_update: tuple[str, ...] = (),
    only_if: str = "",
    parameters: Sequence[straight.Parameter] = (),
    key: str = "",
) -> dict[str, int]:
    """Insert these; all rows name the same columns. Gives the new rows' ids by their column ``key`` (a text), if one is named.

    ``or_update``: the columns of a unique constraint; a row that is there already gets all the other columns, if the
    condition ``only_if`` (SQL with ``parameters``, over ``kept`` and ``excluded``) holds, and otherwise stays as it is.
    """
    if not rows:
        return {}
    statement = _statement(model, tuple(rows[0]), or_update, only_if, key)
    found = straight.run(statement, encoded(rows), *parameters)
    return {(name or b"").decode(): int(pk or 0) for name, pk in found}


@cache
def _statement(
    model: type[models.Model], columns: tuple[str, ...], unique: tuple[str, ...], only_if: str, key: str
) -> str:
    """Names and types are the model's own: nothing of it comes from outside."""
    names = ", ".join(f'"{one}"' for one in columns)
    text = (
        f'INSERT INTO "{model._meta.db_table}" AS kept ({names}) '  # noqa: S608
        f"SELECT {names} FROM {unfolded(model, columns)}"
    )
    if unique:
        rest = ", ".join(f'"{one}" = excluded."{one}"' for one in columns if one not in unique)
        text += f" ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {rest}"
        text += f" WHERE {only_if}" if only_if else ""
    return f'{text} RETURNING "{key}", id' if key else text


@cache
def unfolded(model: type[models.Model], columns: tuple[str, ...]) -> str:
    """The parameter (a JSON list of rows) as a table ``t`` of these columns, each of the type it has in the model."""
    types = {field.column: field.db_type(database) for field in model._meta.concrete_fields}
    return f"jsonb_to_recordset(%s::jsonb) AS t({', '.join(f'{one} {types[one]}' for one in columns)})"


def bytes_in(value: bytes) -> str:
    """Bytes as PostgreSQL reads them from a text, for a row to be inserted."""
    return "\\x" + value.hex()


def update(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Set the columns that these rows name beside ``id``; all rows name the same ones."""
    found = list(rows)
    if found:
        straight.run(_update(model, tuple(found[0])), encoded(found))


@cache
def _update(model: type[models.Model], columns: tuple[str, ...]) -> str:
    changes = ", ".join(f'"{one}" = t."{one}"' for one in columns if one != "id")
    return f'UPDATE "{model._meta.db_table}" kept SET {changes} FROM {unfolded(model, columns)} WHERE kept.id = t.id'  # noqa: S608
