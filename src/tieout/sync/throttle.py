"""Acts: one company's allowance of calls, shared by every process and machine that calls it. Used by the ledger's pace.

Each process keeps its own count too, but the lane of a connection moves between workers: two of them could each spend a
whole minute's calls within one minute. So every call takes its turn from one row in the database. Where many calls follow one
another, one statement takes a few turns ahead; a turn that is not used in time is lost.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from tieout.sync import straight
from tieout.sync.engine import Engine
from tieout.sync.models import Connection

PER_MINUTE = 450
"""Our ceiling. Intuit allows a company and app 500 a minute."""
AT_ONCE = 2
"""Calls that may leave without a gap after a pause: with more, a second could hold more than Intuit's ten."""
LATE = 2
"""Gaps by which a call may leave after its turn."""
GAP = 60 / (PER_MINUTE - AT_ONCE - LATE)
"""Seconds from one call to the next, so that no minute ever holds more than the ceiling."""
IN_TIME = LATE * GAP
AHEAD = 7
"""Turns that are taken ahead at the most: a second's worth, which is what the end of a large push may waste."""

_TAKE = """
INSERT INTO sync_callturn AS t (firm_id, connection_id, free_at)
VALUES (%s::bigint, %s::bigint, COALESCE(%s::timestamptz, clock_timestamp()) + %s::float8 * interval '1 second')
ON CONFLICT (connection_id) DO UPDATE
SET free_at = GREATEST(t.free_at, COALESCE(%s::timestamptz, clock_timestamp())) + %s::float8 * interval '1 second'
RETURNING extract(epoch FROM t.free_at - COALESCE(%s::timestamptz, clock_timestamp()))
"""


@dataclass(slots=True)
class SharedTurns:
    """Called before each call; returns the seconds to wait before it may leave."""

    connection: Connection
    engine: Engine
    _thread: int = field(default_factory=threading.get_ident)
    _ahead: deque[float] = field(default_factory=deque)
    """Turns taken ahead: when each is, by this process's own clock."""

    def __call__(self, following: int = 0) -> float:
        """``following``: how many more calls are to be expected at once after this one."""
        if threading.get_ident() != self._thread:
            return 0.0  # a helper thread repeating a call after a renewed token: rare, and it has no database
        now = self._seconds()
        while self._ahead and self._ahead[0] < now - IN_TIME:
            self._ahead.popleft()
        if not self._ahead:
            self._take(now, 1 + min(following, AHEAD))
        return max(0.0, self._ahead.popleft() - now)

    def _take(self, now: float, turns: int) -> None:
        at, taken = self._now(), turns * GAP
        whose = (self.connection.firm_id, self.connection.pk)
        ((free_in,),) = straight.run(_TAKE, *whose, at, taken, at, taken, at)
        first = float(free_in or 0) - (turns - 1 + AT_ONCE) * GAP
        self._ahead.extend(now + max(0.0, first + number * GAP) for number in range(turns))

    def _seconds(self) -> float:
        """A clock that no one sets back; a test's own when it has one."""
        return time.monotonic() if self.engine.now is timezone.now else self.engine.now().timestamp()

    def _now(self) -> datetime | None:
        """The database's clock, which all machines share; a test's own when it has one."""
        return None if self.engine.now is timezone.now else self.engine.now()
