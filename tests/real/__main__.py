"""Acts: the long kill test, with a PostgreSQL server of its own: ``python -m tests.real --kills 200 --restarts 10``."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.sim.ledger import commit
from tieout.config import postgres

if TYPE_CHECKING:
    from tests.real.kills import Storm


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.real", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, help="keep here what the workers write")
    chosen = parser.parse_args()
    home = Path("/tmp") / f"tieout-kills-{os.getpid()}"
    home.mkdir(mode=0o755)
    server = postgres.start(home)
    os.environ |= {
        "DATABASE_URL": server.url,
        "TIEOUT_MODE": "test",
        "TIEOUT_HOME": str(home),
        "TIEOUT_DATABASE_OWNER": "1",
        "DJANGO_SETTINGS_MODULE": "tieout.config.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.real.kills import Nursery, Storm, hasty_engine, prepare, weather
    from tests.real.stand import EmulatorProcess, Stand, forget_database
    from tieout.practice.isolation import install_policies

    call_command("migrate", verbosity=0)
    install_policies(connection)
    emulator = EmulatorProcess("sample", "--no-limits")
    nursery = None

    def restart() -> None:
        nonlocal server
        server.stop()
        server = postgres.start(home)
        forget_database()

    begun = time.monotonic()
    try:
        stand = Stand(emulator, hasty_engine())
        prepare(stand)
        weather(stand)
        log = chosen.log or home / "workers.log"
        nursery = Nursery(dict(os.environ), log=log, lane=home / "lane")
        storm = Storm(stand, nursery, chosen.seed, restart)
        storm.run(chosen.kills, chosen.restarts)
        storm.rest()
        storm.answer()
        storm.check()
        sys.stdout.write(told(storm, (time.monotonic() - begun) / 60))
    finally:
        if nursery is not None:
            nursery.stop()
        emulator.stop()
        forget_database()
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
    return 0


def told(storm: Storm, minutes: float) -> str:
    """What was done, and the same as a line of the ledger of seeds."""
    did, people = storm.did, storm.people
    kept = f"{len(people.clients)} | {len(people.invoices)} | {len(people.payments)} | {len(people.credits)}"
    return (
        f"{did['killed']} killed, {did['killed at work']} of them at work, which left {did['left in doubt']} writes in doubt; "
        f"{did['frozen']} frozen, {did['frozen at work']} at work; database restarted {did['database restarted']} times, "
        f"{did['database restarted at work']} at work; "
        f"{minutes:.1f} minutes.\nPeople: {dict(people.did)}; asked which of two to keep: {did['asked a person']}.\nEach in QuickBooks once, everything equal, nothing left open.\n"
        f"| {datetime.now(UTC).date()} | {commit()} | {storm.seed} | {did['killed']} | {did['killed at work']} | {did['left in doubt']} "
        f"| {did['frozen']} ({did['frozen at work']}) | {did['database restarted']} ({did['database restarted at work']}) | {minutes:.1f} | {kept} | 0 |\n"
    )


if __name__ == "__main__":
    sys.exit(main())
