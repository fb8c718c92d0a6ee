"""Decides: when a company has asked too much: calls in a virtual second, minute, day or month, calls at
the same time."""

from __future__ import annotations

import threading
from collections import defaultdict, deque

from quickbooks_emulator.calls import Call
from quickbooks_emulator.knobs import Limits

_SECOND_MS = 1_000
_MINUTE_MS = 60_000
_DAY_MS = 86_400_000
_MONTH_MS = 30 * _DAY_MS  # the real one follows the calendar


class Throttle:
    """Sliding windows and counts of calls in flight, per company. Safe between threads."""

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

    def allows(self, call: Call, now_ms: int) -> bool:
        """Count this call and say whether it stays within the limits. A refused call does not count."""
        limits, realm = self.limits, call.realm
        with self._lock:
            if limits.in_flight is not None and self._in_flight[realm] > limits.in_flight:
                return False
        windows = [
            (f"second/{realm}", limits.requests_per_second, _SECOND_MS),
            (f"all/{realm}", limits.requests_per_minute, _MINUTE_MS),
        ]
        if call.operation == "batch":
            windows.append((f"batch/{realm}", limits.batches_per_minute, _MINUTE_MS))
        if call.entity == "reports":
            windows.append((f"reports/{realm}", limits.reports_per_minute, _MINUTE_MS))
        if call.operation == "send":
            windows.append((f"mails/{realm}", limits.mails_per_day, _DAY_MS))
        if call.metered == "coreplus":
            windows.append((f"metered/{realm}", limits.metered_per_month, _MONTH_MS))
        return self._admit(windows, now_ms)

    def admit(self, key: str, most: int | None, now_ms: int) -> bool:
        """One more in the minute's window `key` unless `most` are in it already; None is no limit."""
        return self._admit([(key, most, _MINUTE_MS)], now_ms)

    def _admit(self, windows: list[tuple[str, int | None, int]], now_ms: int) -> bool:
        """One more in each of the windows (key, most, length in milliseconds), or in none."""
        with self._lock:
            counted = [(self._windows[key], most, span) for key, most, span in windows if most is not None]
            for window, most, span in counted:
                while window and (window[0] <= now_ms - span or window[0] > now_ms):
                    window.popleft()
                if len(window) >= most:
                    return False
            for window, _, _ in counted:
                window.append(now_ms)
            return True

    def clear(self) -> None:
        with self._lock:
            self._windows.clear()
