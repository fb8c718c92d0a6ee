"""Acts: reads how much processor time this process, another one, or the whole of a local PostgreSQL has used.

Linux tells it in /proc. Of a database on another machine nothing can be read, and what is measured is then without it.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Spent:
    """Seconds that a stretch of work took, all threads of this process."""

    wall: float = 0.0
    own: float = 0.0
    """Processor time of this process."""
    database: float | None = None
    """Processor time of PostgreSQL, all its processes. None: it does not run on this machine."""

    @property
    def together(self) -> float | None:
        return None if self.database is None else self.own + self.database


@contextmanager
def timed() -> Iterator[Spent]:
    """What the block takes; filled in when it ends."""
    spent = Spent()
    gc.collect()
    _clean_up_database()
    database, wall, own = of_database(), time.perf_counter(), time.process_time()
    yield spent
    spent.wall, spent.own = time.perf_counter() - wall, time.process_time() - own
    after = of_database()
    spent.database = None if database is None or after is None else after - database


def _clean_up_database() -> None:
    """What PostgreSQL would do later about rows that are there by now is not to be counted for the block."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def of_process(pid: int) -> float:
    """Seconds a process has used so far."""
    return sum(_stat(pid)[11:13]) / _TICKS


def of_database() -> float | None:
    """Seconds that the PostgreSQL behind Django's connection has used: its server, what serves us, and what has ended.

    None when it is not a process of this machine.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    if not _name(backend).startswith("postgres"):
        return None
    server = _stat(backend)[1]
    children = [_stat(int(one.name)) for one in _PROC.iterdir() if one.name.isdigit()]
    of_children = sum(sum(one[11:13]) for one in children if one[1] == server)
    return (sum(_stat(server)[11:15]) + of_children) / _TICKS


def _name(pid: int) -> str:
    try:
        return (_PROC / str(pid) / "comm").read_text()
    except OSError:
        return ""


def _stat(pid: int) -> list[int]:
    """The numbers of /proc/PID/stat after the name, the letter of the state as 0; zeros for one that has ended."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return [0] * 20
    return [0, *(int(one) for one in fields[1:])]
