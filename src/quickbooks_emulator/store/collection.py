"""Acts: keeps the state in memory and makes each request's changes one transaction.

Every value is immutable, so undoing a change, taking a snapshot and writing a journal are all the same cheap
thing: remembering which value stood under a key. Secondary indexes follow each change.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Protocol

import msgspec

Changes = dict[tuple[str, str], Any]
Saved = dict[str, dict[str, Any]]


class Index(Protocol):
    """Something that finds keys of a collection by another property of their values."""

    def add(self, key: str, value: Any) -> None: ...

    def discard(self, key: str, value: Any) -> None: ...

    def clear(self) -> None: ...


class Journal(Protocol):
    """Where committed changes survive the process."""

    def load(self) -> Iterable[tuple[str, str, bytes]]: ...

    def commit(self, changes: Iterable[tuple[str, str, Any | None]]) -> None: ...

    def close(self) -> None: ...


class Collection:
    """Documents of one kind in one scope, by key, with the indexes declared for that kind."""

    __slots__ = ("indexes", "name", "rows")

    def __init__(self, name: str, indexes: dict[str, Index]) -> None:
        self.name = name
        self.rows: dict[str, Any] = {}
        self.indexes = indexes

    def get(self, key: str) -> Any:
        """The document under `key`, or None."""
        return self.rows.get(key)

    def values(self) -> list[Any]:
        """A copy, made in one step, so that other threads may write while it is read."""
        return list(self.rows.values())

    def replace(self, key: str, value: Any | None) -> Any | None:
        """Put (or with None remove) a document, indexes included; returns what stood there before."""
        old = self.rows.get(key)
        if old is not None:
            for index in self.indexes.values():
                index.discard(key, old)
        if value is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = value
            for index in self.indexes.values():
                index.add(key, value)
        return old


class Transaction:
    """One request's changes: all of them or none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._undo: list[tuple[str, str, Any | None]] = []

    def put(self, collection: str, key: str, value: Any) -> None:
        self._undo.append((collection, key, self._store.collection(collection).replace(key, value)))

    def remove(self, collection: str, key: str) -> None:
        self._undo.append((collection, key, self._store.collection(collection).replace(key, None)))

    def mark(self) -> int:
        """A point to roll back to: one item of a batch is refused without losing the others."""
        return len(self._undo)

    def roll_back(self, mark: int = 0) -> None:
        while len(self._undo) > mark:
            collection, key, old = self._undo.pop()
            self._store.collection(collection).replace(key, old)

    def changes(self) -> Changes:
        """The last value of each touched key; None where it is gone."""
        touched = {(collection, key) for collection, key, _ in self._undo}
        return {(name, key): self._store.collection(name).get(key) for name, key in touched}


class Store:
    """All collections, one lock, one journal.

    `kinds` maps the first part of a collection's name ("records" in "records/1/Customer") to the type of its
    documents; `indexes` gives a new collection its indexes. `volatile` kinds are never journalled.
    """

    def __init__(
        self,
        kinds: dict[str, type],
        indexes: Callable[[str], dict[str, Index]] = lambda name: {},
        journal: Journal | None = None,
        volatile: frozenset[str] = frozenset(),
    ) -> None:
        self.lock = threading.RLock()
        self._kinds = kinds
        self._indexes = indexes
        self._journal = journal
        self._volatile = volatile
        self._collections: dict[str, Collection] = {}
        if journal is not None:
            self._load(journal)

    def collection(self, name: str) -> Collection:
        found = self._collections.get(name)
        if found is None:
            kind = name.partition("/")[0]
            if kind not in self._kinds:
                raise KeyError(f"no such kind of document: {kind}")
            found = self._collections[name] = Collection(name, self._indexes(name))
        return found

    def names(self, prefix: str) -> list[str]:
        return sorted(name for name in self._collections if name.startswith(prefix))

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All changes made inside are kept and journalled together, or undone when an exception leaves."""
        with self.lock:
            transaction = Transaction(self)
            try:
                yield transaction
                if self._journal is not None:
                    changes = [
                        (name, key, value)
                        for (name, key), value in transaction.changes().items()
                        if name.partition("/")[0] not in self._volatile
                    ]
                    if changes:
                        self._journal.commit(changes)
            except BaseException:
                transaction.roll_back()
                raise

    def save(self) -> Saved:
        """The whole state as of now; costs one shallow copy of each collection."""
        with self.lock:
            return {name: dict(collection.rows) for name, collection in self._collections.items()}

    def restore(self, saved: Saved) -> None:
        """Bring the whole state back, as one transaction."""
        with self.transaction() as transaction:
            for name in set(self._collections) | set(saved):
                rows, wanted = self.collection(name).rows, saved.get(name, {})
                for key in [key for key in rows if key not in wanted]:
                    transaction.remove(name, key)
                for key, value in wanted.items():
                    if rows.get(key) is not value:
                        transaction.put(name, key, value)

    def blank(self) -> Store:
        """An empty store for the same kinds of documents, in memory only."""
        return Store(self._kinds, self._indexes, volatile=self._volatile)

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()

    def _load(self, journal: Journal) -> None:
        decoders: dict[str, msgspec.json.Decoder[Any]] = {
            kind: msgspec.json.Decoder(type_, float_hook=Decimal) for kind, type_ in self._kinds.items()
        }
        for name, key, document in journal.load():
            self.collection(name).replace(key, decoders[name.partition("/")[0]].decode(document))
