"""Acts: the long kill test, with a PostgreSQL server of its own: ``python -m tests.real --kills 200 --restarts 10``."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from tieout.config import postgres


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

    from tests.real.kills import Nursery, Storm, hasty_engine, prepare
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
        emulator.control(
            "POST", "/faults", {"effect": "drop_after", "operation": "create", "probability": 0.03}
        )
        nursery = Nursery(dict(os.environ), log=chosen.log or home / "workers.log")
        storm = Storm(stand, nursery, chosen.seed, restart)
        storm.run(chosen.kills, chosen.restarts)
        storm.rest()
        storm.check()
        minutes = (time.monotonic() - begun) / 60
        sys.stdout.write(
            f"{dict(storm.did)} in {minutes:.1f} minutes: {len(storm.clients)} clients, {len(storm.invoices)} invoices, "
            f"{len(storm.paid)} payments, each in QuickBooks once, every amount equal.\n"
        )
    finally:
        if nursery is not None:
            nursery.stop()
        emulator.stop()
        forget_database()
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
