"""Acts: writes committed changes to one SQLite file, so the state survives a kill and is never half written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from quickbooks_emulator import formats

_SCHEMA = """
create table if not exists documents (
    collection text not null,
    key text not null,
    document blob not null,
    primary key (collection, key)
) without rowid
"""


class SqliteJournal:
    """One row a document. Each emulator transaction is one SQLite transaction (WAL, one fsync-free commit)."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("pragma journal_mode=wal")
        self._connection.execute("pragma synchronous=normal")
        self._connection.execute(_SCHEMA)

    def load(self) -> Iterator[tuple[str, str, bytes]]:
        yield from self._connection.execute("select collection, key, document from documents")

    def commit(self, changes: Iterable[tuple[str, str, Any | None]]) -> None:
        put: list[tuple[str, str, bytes]] = []
        gone: list[tuple[str, str]] = []
        for collection, key, value in changes:
            if value is None:
                gone.append((collection, key))
            else:
                put.append((collection, key, formats.to_json(value)))
        self._connection.execute("begin immediate")
        try:
            self._connection.executemany("insert or replace into documents values (?, ?, ?)", put)
            self._connection.executemany("delete from documents where collection = ? and key = ?", gone)
            self._connection.execute("commit")
        except BaseException:
            self._connection.execute("rollback")
            raise

    def close(self) -> None:
        self._connection.close()
