"""Acts: a process with the program loaded that forks a worker at each line it reads, and prints its process id.

    python -m tests.real.nursery [--database NAME] [--lane FILE]

Starting Python and Django takes seconds; a fork takes milliseconds, so that workers can be killed by the hundred. The
workers are the product's own. With ``--lane`` their leases and settle windows are seconds instead of minutes, and they
note there when one of them takes the lane.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.real.nursery")
    parser.add_argument("--database", default="")
    parser.add_argument("--lane", type=Path)
    chosen = parser.parse_args()
    import django

    django.setup()
    from django.db import connection

    if chosen.database:
        connection.settings_dict["NAME"] = chosen.database
    if chosen.lane:
        hasten(chosen.lane)
    from tieout.sync import worker

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            worker.run_worker(2)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def hasten(path: Path) -> None:
    """Have the workers wait for seconds where they wait for minutes, and note in this file when they take the lane."""
    from tests.real.kills import LEASE, SETTLE, STALLED, TICK
    from tests.real.lane import LaneNote
    from tieout.sync import lease, tasks, worker

    plain, take, note = tasks.engine, lease.take, LaneNote(path)

    def hasty() -> object:
        return replace(plain(), lease=timedelta(seconds=LEASE), settle=timedelta(seconds=SETTLE))

    def noted(connection_id: int, engine: Any) -> Any:
        held = take(connection_id, engine)
        if held is not None:
            note.write(held.connection.epoch)
        return held

    tasks.engine = hasty  # type: ignore[assignment]
    lease.take = noted
    worker.STALLED_AFTER, worker.TICK = STALLED, TICK


if __name__ == "__main__":
    main()
