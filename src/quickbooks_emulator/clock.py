"""Decides: what time it is inside the emulator. The only place that knows, so tests can own time.

A frozen clock moves only when told to; a running one follows its source (seconds since 1970) plus an offset.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


class ClockState(msgspec.Struct, frozen=True):
    """`frozen_at`: seconds since 1970 while frozen, else None. `offset`: seconds ahead of the source."""

    offset: int = 0
    frozen_at: int | None = None


_LATEST_MS = 221_845_392_000_000  # the year 9000: what follows has room for a century's tokens


class VirtualClock:
    """A clock that can be frozen, advanced, set and let run. Whole milliseconds; always UTC."""

    def __init__(self, start: datetime = START, source: Callable[[], float] | None = None) -> None:
        """Frozen at `start`; with a `source` the clock follows it instead, from the source's own now."""
        self._source = source
        self._offset_ms = 0
        self._frozen_ms: int | None = None if source else _milliseconds(start)

    def now(self) -> datetime:
        seconds, rest = divmod(self.milliseconds(), 1000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)

    def seconds(self) -> int:
        """Whole seconds since 1970: the resolution of every stored timestamp."""
        return self.milliseconds() // 1000

    def milliseconds(self) -> int:
        if self._frozen_ms is not None:
            return self._frozen_ms
        return self._source_ms() + self._offset_ms

    def advance(self, seconds: float) -> None:
        """Raises ValueError for a step that leaves the years 1970 to 9000."""
        if not -self.milliseconds() <= seconds * 1000 <= _LATEST_MS - self.milliseconds():
            raise ValueError("the time would not lie between the years 1970 and 9000")
        step = round(seconds * 1000)
        if self._frozen_ms is not None:
            self._frozen_ms += step
        else:
            self._offset_ms += step

    def set(self, moment: datetime) -> None:
        """Jump to `moment` (an aware instant), forwards or backwards; frozen stays frozen."""
        self.advance((_milliseconds(moment) - self.milliseconds()) / 1000)

    def freeze(self) -> None:
        self._frozen_ms = self.milliseconds()

    def run(self) -> None:
        """Follow the source from the present virtual time on. Without a source the clock stays frozen."""
        if self._source is not None and self._frozen_ms is not None:
            self._offset_ms = self._frozen_ms - self._source_ms()
            self._frozen_ms = None

    @property
    def frozen(self) -> bool:
        return self._frozen_ms is not None

    def state(self) -> ClockState:
        return ClockState(self._offset_ms, self._frozen_ms)

    def restore(self, state: ClockState) -> None:
        self._offset_ms = state.offset
        self._frozen_ms = state.frozen_at
        if state.frozen_at is None and self._source is None:
            self._frozen_ms = _milliseconds(START)

    def _source_ms(self) -> int:
        assert self._source is not None
        return round(self._source() * 1000)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
