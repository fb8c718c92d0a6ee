"""Decides: when a company has asked too much: calls in a virtual minute, calls at the same time."""

from __future__ import annotations

import threading
from collections import defaultdict, deque

from quickbooks_emulator.knobs import Limits

_MINUTE_MS = 60_000


class Throttle:
    """Sliding one-minute windows and counts of calls in flight, per company. Safe between threads."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._lock = threading.Lock()
        self._windows: defaultdict[str, deque[int]] = defaultdict(deque)
        self._in_flight: defaultdict[str, int] = defaultdict(int)

    def enter(self, realm: str) -> None:
        with self._lock:
            self._in_flight[realm] += 1

    def leave(self, realm: str) -> None:
        with self._lock:
            self._in_flight[realm] -= 1

    def allows(self, realm: str, operation: str, now_ms: int) -> bool:
        """Count this call and say whether it stays within the limits. A refused call does not count."""
        limits = self.limits
        with self._lock:
            if limits.in_flight is not None and self._in_flight[realm] > limits.in_flight:
                return False
        if operation == "batch" and not self.admit(f"batch/{realm}", limits.batches_per_minute, now_ms):
            return False
        return self.admit(f"all/{realm}", limits.requests_per_minute, now_ms)

    def admit(self, key: str, most: int | None, now_ms: int) -> bool:
        """One more in the window `key` unless `most` are in it already; None is no limit."""
        if most is None:
            return True
        with self._lock:
            window = self._windows[key]
            while window and (window[0] <= now_ms - _MINUTE_MS or window[0] > now_ms):
                window.popleft()
            if len(window) >= most:
                return False
            window.append(now_ms)
            return True

    def clear(self) -> None:
        with self._lock:
            self._windows.clear()
