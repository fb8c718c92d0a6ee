"""Acts: one statement straight to libpq, in the transaction that Django and its driver are in. Used where a cursor costs too much.

A cursor of Django's takes 0.07 ms of processor time for the smallest question, and quotes a large parameter character by
character; libpq takes a seventh of that and a parameter's bytes as they are. A large push asks once before every call, and
keeps what it has learnt in large parameters. Everything else is better asked through a cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from types import NoneType

from django.db import connection as database
from psycopg import OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

Parameter = bytes | str | int | float | datetime | None
Row = tuple[bytes | None, ...]
"""Columns as PostgreSQL writes them."""

_AS_TEXT: Mapping[type, Callable[[Parameter], bytes | None]] = {
    bytes: lambda value: value,  # type: ignore[dict-item, return-value]
    str: lambda value: str(value).encode(),
    int: lambda value: str(value).encode(),
    float: lambda value: repr(value).encode(),
    datetime: lambda value: value.isoformat().encode(),  # type: ignore[union-attr]
    NoneType: lambda value: None,
}
_WELL = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


def run(text: str, *parameters: Parameter) -> list[Row]:
    """The rows that a statement gives; ``%s`` where its parameters go, cast where the database cannot know their type.

    Raises the same errors as a cursor.
    """
    database.ensure_connection()
    driver = database.connection
    if not driver.autocommit and driver.pgconn.transaction_status == TransactionStatus.IDLE:
        _begin()
    if database.queries_logged:
        database.queries_log.append({"sql": text, "time": ""})
    with database.wrap_database_errors:
        found = driver.pgconn.exec_params(_numbered(text), [_AS_TEXT[type(one)](one) for one in parameters])
        if found.status not in _WELL:
            if driver.pgconn.status != ConnStatus.OK:
                # Said by libpq itself and not by the server: it has no code to tell by.
                raise OperationalError(found.get_error_message())
            raise error_from_result(found)
    columns = range(found.nfields)
    return [tuple(found.get_value(row, column) for column in columns) for row in range(found.ntuples)]


def _begin() -> None:
    """The driver begins a transaction with its first statement, and would not know of ours."""
    with database.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache
def _numbered(text: str) -> bytes:
    first, *rest = text.split("%s")
    return "".join([first, *(f"${number}{part}" for number, part in enumerate(rest, 1))]).encode()
