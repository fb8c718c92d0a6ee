"""Acts: keeps the request log: what was called, how it was answered, which faults struck. In memory only."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping

import msgspec

_LENGTH = 20_000


class Entry(msgspec.Struct, frozen=True):
    """One call. `status` 0: the connection broke before anything was applied. `metered`: core, coreplus or ""."""

    number: int
    at: str
    method: str
    path: str
    area: str
    realm: str
    entity: str
    operation: str
    record: str
    request_id: str
    minor_version: str
    status: int
    tid: str
    metered: str
    faults: tuple[str, ...]
    replayed: bool
    units: int = 1  # how often it counts on the meter


class RequestLog:
    """The last calls, oldest first. Safe between threads."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_LENGTH)
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def entries(self, **wanted: str) -> list[Entry]:
        """Entries whose members equal the given texts, case aside: entries(entity="customer", status="200")."""
        with self._lock:
            found = list(self._entries)
        for name, value in wanted.items():
            found = [one for one in found if str(getattr(one, name)).lower() == value.lower()]
        return found

    def meter(self) -> Mapping[str, int]:
        """How many answered calls counted as core (free) and as coreplus (metered): only 2xx count."""
        counts = {"core": 0, "coreplus": 0}
        for entry in self.entries():
            if entry.metered and 200 <= entry.status < 300:
                counts[entry.metered] += entry.units
        return counts
