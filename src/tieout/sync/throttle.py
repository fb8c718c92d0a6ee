"""Acts: one company's allowance of calls, shared by every process and machine that calls it. Used by the ledger's pace.

Each process keeps its own count too, but the lane of a connection moves between workers: two of them could each spend a
whole minute's calls within one minute. So every call takes its turn from one row in the database, one statement each.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection as database
from django.utils import timezone

from tieout.sync.engine import Engine
from tieout.sync.models import Connection

PER_MINUTE = 450
"""Our ceiling. Intuit allows a company and app 500 a minute."""
AT_ONCE = 2
"""Calls that may leave without a gap after a pause: with more, a second could hold more than Intuit's ten."""
GAP = 60 / (PER_MINUTE - AT_ONCE)
"""Seconds from one call to the next, so that no minute ever holds more than the ceiling."""

_TAKE = """
INSERT INTO sync_callturn AS t (firm_id, connection_id, free_at)
VALUES (%(firm)s, %(connection)s, COALESCE(%(now)s, clock_timestamp()) + %(gap)s * interval '1 second')
ON CONFLICT (connection_id) DO UPDATE
SET free_at = GREATEST(t.free_at, COALESCE(%(now)s, clock_timestamp())) + %(gap)s * interval '1 second'
RETURNING extract(epoch FROM t.free_at - COALESCE(%(now)s, clock_timestamp()))
"""


@dataclass(slots=True)
class SharedTurns:
    """Called before each call; returns the seconds to wait before it may leave."""

    connection: Connection
    engine: Engine
    _thread: int = field(default_factory=threading.get_ident)

    def __call__(self) -> float:
        if threading.get_ident() != self._thread:
            return 0.0  # a helper thread repeating a call after a renewed token: rare, and it has no database
        with database.cursor() as cursor:
            cursor.execute(
                _TAKE,
                {
                    "firm": self.connection.firm_id,
                    "connection": self.connection.pk,
                    "gap": GAP,
                    "now": self._now(),
                },
            )
            (ahead,) = cursor.fetchone()
        return max(0.0, float(ahead) - AT_ONCE * GAP)

    def _now(self) -> datetime | None:
        """The database's clock, which all machines share; a test's own when it has one."""
        return None if self.engine.now is timezone.now else self.engine.now()
