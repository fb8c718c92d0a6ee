"""Decides: how documents are found by something else than their key. Fed by `collection.py`."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class HashIndex:
    """Keys by one or several values a document yields. A shared instance makes a pool of several collections."""

    __slots__ = ("_extract", "_keys")

    def __init__(self, extract: Callable[[Any], Iterable[str]]) -> None:
        self._extract = extract
        self._keys: dict[str, dict[str, None]] = {}

    def add(self, key: str, value: Any) -> None:
        for found in self._extract(value):
            self._keys.setdefault(found, {})[key] = None

    def discard(self, key: str, value: Any) -> None:
        for found in self._extract(value):
            keys = self._keys.get(found)
            if keys is not None:
                keys.pop(key, None)
                if not keys:
                    del self._keys[found]

    def clear(self) -> None:
        self._keys.clear()

    def find(self, value: str) -> list[str]:
        return list(self._keys.get(value, ()))


class OrderIndex:
    """Keys in the order of a sortable property; ties in the order of the keys themselves."""

    __slots__ = ("_entries", "_extract")

    def __init__(self, extract: Callable[[Any], Any]) -> None:
        self._extract = extract
        self._entries: list[tuple[Any, str]] = []

    def add(self, key: str, value: Any) -> None:
        entry = (self._extract(value), key)
        if not self._entries or self._entries[-1] < entry:
            self._entries.append(entry)
        else:
            insort(self._entries, entry)

    def discard(self, key: str, value: Any) -> None:
        entry = (self._extract(value), key)
        place = bisect_left(self._entries, entry)
        if place < len(self._entries) and self._entries[place] == entry:
            del self._entries[place]

    def clear(self) -> None:
        self._entries.clear()

    def in_order(self, skip: int = 0) -> Iterator[str]:
        """Keys ascending, without the first `skip` of them: those are stepped over, not walked."""
        return (self._entries[place][1] for place in range(skip, len(self._entries)))

    def in_reverse(self, skip: int = 0) -> Iterator[str]:
        """Keys descending, without the last `skip` of them."""
        return (self._entries[place][1] for place in range(len(self._entries) - 1 - skip, -1, -1))

    def keys_from(self, least: Any, skip: int = 0) -> Iterator[str]:
        """Keys whose property is `least` or more, ascending, without the first `skip` of those."""
        return self.in_order(bisect_left(self._entries, (least, "")) + skip)
