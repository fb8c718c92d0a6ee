"""Acts: a process with the program loaded that forks a worker at each line it reads, and prints its process id.

Starting Python and Django takes seconds; a fork takes milliseconds, so that workers can be killed by the hundred. The
workers are the product's own, with leases and settle windows of seconds instead of minutes.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta


def main(database_name: str) -> None:
    import django

    django.setup()
    from django.db import connection

    if database_name:
        connection.settings_dict["NAME"] = database_name
    from tieout.sync import tasks, worker

    plain = tasks.engine

    def hasty() -> object:
        from tests.real.kills import LEASE, SETTLE

        return replace(plain(), lease=timedelta(seconds=LEASE), settle=timedelta(seconds=SETTLE))

    tasks.engine = hasty  # type: ignore[assignment]
    worker.STALLED_AFTER, worker.TICK = 3.0, 0.3
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            worker.run_worker(2)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
