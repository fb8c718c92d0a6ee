"""Acts: runs many storms, spread over processes that share one database; each seed is undone before the next.

./run sim --seeds 2000 --from 0      a campaign; writes docs/seed-ledger.md with --ledger
./run sim --seeds 1 --from 1234      one seed again, step by step (--tell)
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 2


@dataclass
class Result:
    """What a campaign met: how many seeds, which situations how often, and the story of each that failed."""

    seeds: int = 0
    probes: Counter[str] = field(default_factory=Counter)
    failures: dict[int, str] = field(default_factory=dict)

    def add(self, said: str) -> None:
        for line in said.splitlines():
            found = json.loads(line)
            self.seeds += 1
            self.probes.update(found["probes"])
            if found["failure"]:
                self.failures[found["seed"]] = found["failure"]


def run(seeds: Sequence[int], database: str, processes: int = PROCESSES) -> Result:
    """Run these seeds against a prepared, empty database, dealt out to so many processes."""
    children = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.sim.campaign",
                "--child",
                database,
                *map(str, seeds[start::processes]),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        for start in range(min(processes, len(seeds)))
    ]
    result = Result()
    for child in children:
        said, _ = child.communicate()
        if child.returncode:
            raise RuntimeError(f"a process of the campaign ended with {child.returncode}")
        result.add(said)
    return result


def be_a_child(database: str, seeds: Sequence[int]) -> None:
    """One process of a campaign: a line of JSON per seed."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
    django.setup()
    from django.conf import settings
    from django.db import connection

    logging.disable(logging.WARNING)
    # All seeds know the same company; with a key of its own no process waits for another's uniqueness.
    settings.SECRET_KEY = f"{settings.SECRET_KEY}{os.getpid()}"
    connection.settings_dict["NAME"] = database
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE tieout_app")
    for seed in seeds:
        sys.stdout.write(json.dumps(weather(seed)) + "\n")


def weather(seed: int) -> dict[str, object]:
    """Run one storm and undo everything it left in the database."""
    from django.db import transaction

    from tests.sim.world import Storm

    failure = ""
    with transaction.atomic():
        storm = Storm(seed)
        try:
            storm.run()
        except Exception:  # noqa: BLE001 - any failure at all is the result of this seed
            failure = f"{storm.told()}\n{traceback.format_exc()}"
        transaction.set_rollback(True)
    return {"seed": seed, "probes": storm.probes, "failure": failure}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run sim")
    parser.add_argument("--seeds", type=int, default=1_000)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--ledger", action="store_true", help="add a line to docs/seed-ledger.md")
    chosen = parser.parse_args()
    from tests.sim.database import prepared

    started = time.monotonic()
    with prepared() as database:
        seeds = range(chosen.first, chosen.first + chosen.seeds)
        result = run(seeds, database, chosen.processes)
    minutes = (time.monotonic() - started) / 60
    for seed, story in sorted(result.failures.items())[:5]:
        print(f"--- seed {seed}\n{story}")
    print(
        f"{result.seeds} seeds in {minutes:.1f} minutes, {len(result.failures)} failed: {sorted(result.failures)}"
    )
    for probe, times in sorted(result.probes.items()):
        print(f"  {times:7}  {probe}")
    if chosen.ledger:
        write_ledger(result, seeds)
    return 1 if result.failures else 0


def write_ledger(result: Result, seeds: Sequence[int]) -> None:
    """One line per campaign: commit, seeds, what was met, what failed."""
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    crashes = sum(times for probe, times in result.probes.items() if probe.startswith("died at"))
    faults = sum(times for probe, times in result.probes.items() if probe.startswith("fault "))
    page = ROOT / "docs" / "seed-ledger.md"
    if not page.exists():
        page.write_text(
            "# Seeds run\n\nLong campaigns of the simulation (`./run sim --ledger`). A failing seed becomes a named test.\n\n"
            "| date | commit | seeds | from | crashes | faults armed | in doubt | conflicts at rest | failed |\n"
            "|---|---|---|---|---|---|---|---|---|\n"
        )
    with page.open("a") as file:
        file.write(
            f"| {datetime.now(UTC).date().isoformat()} | {commit} | {result.seeds:,} | {seeds[0]} | {crashes:,} | {faults:,} "
            f"| {result.probes['in_doubt']:,} | {result.probes['conflict at rest']:,} | {len(result.failures)} |\n"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        be_a_child(sys.argv[2], [int(seed) for seed in sys.argv[3:]])
    else:
        sys.exit(main())
