"""Acts: runs many storms, spread over processes with a database of their own each; every seed is undone before the next.

./run sim --seeds 2000 --from 0            a campaign; --ledger adds its line to docs/seed-ledger.md
./run sim --minutes 60 --ledger            as far as time allows, from where the ledger ends; Ctrl-C ends it as well
./run sim --until 50000 --ledger           to that seed; after it was stopped or killed, the same command goes on
./run sim --seeds 1 --from 1234 --tell     one seed again, with its story
./run sim --planted                        plants each known bug and counts the seeds until it is caught
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 2
STAGE = 100
"""Seeds between two lines to the ledger."""
TIDY_EVERY = 20
"""Seeds between two clean-ups of the rows that rolled-back seeds have left behind."""


@dataclass
class Result:
    """What a campaign met: how many seeds, which situations how often, and the story of each that failed."""

    seeds: int = 0
    probes: Counter[str] = field(default_factory=Counter)
    failures: dict[int, str] = field(default_factory=dict)
    laws: dict[int, str] = field(default_factory=dict)
    """Seed that failed -> the law it found broken; empty when something fell over instead."""
    traces: dict[int, str] = field(default_factory=dict)

    def add(self, found: dict[str, object]) -> None:
        seed, failure = found["seed"], found["failure"]
        assert isinstance(seed, int)
        self.seeds += 1
        self.probes.update(found["probes"])  # type: ignore[arg-type]
        self.traces[seed] = str(found["trace"])
        if failure:
            self.failures[seed], self.laws[seed] = str(failure), str(found["law"])
            sys.stderr.write(f"seed {seed} failed: {str(failure).splitlines()[0][:200]}\n")
            sys.stderr.flush()

    def __iadd__(self, more: Result) -> Result:
        self.seeds += more.seeds
        self.probes.update(more.probes)
        self.failures |= more.failures
        self.laws |= more.laws
        self.traces |= more.traces
        return self


def here(*groups: Sequence[int]) -> list[Result]:
    """Run these seeds in this process, in the database of the test that asks; all is undone before it returns.

    One result for each group; the towns are built once.
    """
    from django.db import transaction

    results = [Result() for _ in groups]
    with transaction.atomic():
        dealt = [result for result, seeds in zip(results, groups, strict=True) for _ in seeds]
        for result, found in zip(dealt, storms([seed for seeds in groups for seed in seeds]), strict=True):
            result.add(found)
        transaction.set_rollback(True)
    return results


def storms(seeds: Sequence[int]) -> Iterator[dict[str, object]]:
    """One seed after the other, each on towns that are put back. Inside a transaction of the caller's."""
    from tests.sim.town import Towns

    logging.disable(logging.CRITICAL)
    try:
        towns = Towns()
        for seed in seeds:
            yield one_storm(towns, seed)
    finally:
        logging.disable(logging.NOTSET)


def one_storm(towns: object, seed: int) -> dict[str, object]:
    from tests.sim import quick
    from tests.sim.evidence import law_of
    from tests.sim.storm import Storm
    from tests.sim.town import Towns

    assert isinstance(towns, Towns)
    failure = trace = law = ""
    with quick.texts_made_once(), towns.one_seed() as (town, other):
        storm = Storm(seed, town, other)
        try:
            trace = storm.run()
        except Exception as problem:  # noqa: BLE001 - any failure at all is the result of this seed
            told = "" if storm.told() in str(problem) else storm.told()
            failure, law = f"{problem}\n{told}\n{traceback.format_exc()}", law_of(problem)
    return {"seed": seed, "probes": storm.probes, "failure": failure, "law": law, "trace": trace}


# -- processes ------------------------------------------------------------------------------------------------


class Workers:
    """One process for each of the prepared databases. They build their towns once, whatever they are asked afterwards."""

    def __init__(self, databases: Sequence[str]) -> None:
        self.stopping = False
        """Somebody has asked for the end: the seeds that are under way are the last."""
        self._children = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.sim.campaign", "--child", database],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
                start_new_session=True,  # Ctrl-C is said to us alone: they finish the seeds they have begun
            )
            for database in databases
        ]

    def __enter__(self) -> Workers:
        self._before = {one: signal.signal(one, self._stop) for one in (signal.SIGINT, signal.SIGTERM)}
        return self

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True
        signal.signal(number, self._before[signal.Signals(number)])  # said once more, it ends at once
        sys.stderr.write("Stopping once the seeds under way have ended. Once more: at once.\n")

    def __exit__(self, *raised: object) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)
        for child in self._children:
            child.stdin.close()  # type: ignore[union-attr]
            child.wait()

    def run(
        self, seeds: Sequence[int], *, planted: str = "", laws: Collection[str] = (), until: float = 0
    ) -> Result:
        """Deal these seeds out. ``planted``: with this bug, and only until one of ``laws`` is found broken. ``until``: stop then."""
        result, waiting = Result(), iter(seeds)
        free = selectors.DefaultSelector()
        for child in self._children:
            if _hand_out(child, waiting, planted):
                free.register(child.stdout, selectors.EVENT_READ, child)  # type: ignore[arg-type]
        while free.get_map():
            for key, _ in free.select():
                line = key.fileobj.readline()  # type: ignore[union-attr]
                if not line:
                    raise RuntimeError("a process of the campaign has died")
                result.add(json.loads(line))
                late = until and time.monotonic() > until
                enough = self.stopping or late or (planted and set(laws) & set(result.laws.values()))
                if enough or not _hand_out(key.data, waiting, planted):
                    free.unregister(key.fileobj)
        return result


def _hand_out(child: subprocess.Popen[str], waiting: Iterator[int], planted: str) -> bool:
    seed = next(waiting, None)
    if seed is not None:
        child.stdin.write(f"{seed} {planted}\n")  # type: ignore[union-attr]
        child.stdin.flush()  # type: ignore[union-attr]
    return seed is not None


def be_a_child(database: str) -> None:
    """One process of a campaign: a line with a seed, and a bug to plant, comes in; a line of JSON goes out."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
    django.setup()
    from django.db import connection, transaction

    from tests.sim import quick
    from tests.sim.planted import planted
    from tests.sim.town import Towns

    logging.disable(logging.CRITICAL)
    connection.settings_dict["NAME"] = database
    quick.plan_once(connection)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE tieout_app")
    with transaction.atomic():
        towns = Towns()
    quick.collect_seldom()
    for number, line in enumerate(sys.stdin):
        seed, _, bug = line.strip().partition(" ")
        with planted(bug) if bug else nullcontext():
            found = one_storm(towns, int(seed))
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()
        if number % TIDY_EVERY == TIDY_EVERY - 1:
            _tidy(connection)


def tell_traces(database: str, seeds: Sequence[int]) -> None:
    """Run these in a database of somebody else's that is empty, leave nothing there, and tell their traces as JSON."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = database
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE tieout_app")
    (result,) = here(seeds)
    sys.stdout.write(json.dumps({"traces": result.traces, "failures": result.failures}))


def _changed_by_seeds() -> list[str]:
    """The tables of the engine, and those of the practice: no seed touches another."""
    from django.apps import apps

    return [
        model._meta.db_table
        for word in ("sync", "practice")
        for model in apps.get_app_config(word).get_models()
    ]


def _tidy(connection: object) -> None:
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("RESET ROLE")
        cursor.execute(f"VACUUM (INDEX_CLEANUP ON) {', '.join(_changed_by_seeds())}")
        cursor.execute("SET ROLE tieout_app")


def in_stages(workers: Workers, seeds: range, late: float = 0, *, keeps_a_line: bool = False) -> Result:
    """Run these, and after each stage write the campaign's line of the ledger: only a stage is ever run twice.

    ``late``: the instant of the monotonic clock to stop at. Stops early when the workers were asked to.
    """
    from tests.sim import ledger

    result = Result()
    for start in range(seeds.start, seeds.stop, STAGE):
        result += workers.run(range(start, min(start + STAGE, seeds.stop)), until=late)
        if keeps_a_line:
            ledger.keep_line(result, seeds.start)
        if workers.stopping or (late and time.monotonic() > late):
            break
    return result


def _seeds(chosen: argparse.Namespace, first: int) -> range:
    if chosen.until:
        return range(first, max(first, chosen.until))
    return range(first, first + (chosen.seeds or (10**9 if chosen.minutes else 1_000)))


# -- the command ------------------------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run sim")
    parser.add_argument("--seeds", type=int, default=0, help="how many (1,000 unless --minutes is given)")
    parser.add_argument("--from", type=int, default=None, dest="first", help="default: where the ledger ends")
    parser.add_argument("--until", type=int, default=0, help="the seed before which to stop")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so long")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--ledger", action="store_true", help="add a line to docs/seed-ledger.md")
    parser.add_argument(
        "--tell", action="store_true", help="print the story of every seed that fails, not of five"
    )
    parser.add_argument(
        "--planted", nargs="*", help="plant known bugs (these, or all) and demand they are caught"
    )
    chosen = parser.parse_args()
    from tests.sim import database, ledger

    with ExitStack() as stack:
        workers = stack.enter_context(Workers(stack.enter_context(database.prepared(chosen.processes))))
        if chosen.planted is not None:
            return ledger.prove(chosen.planted, workers, chosen.seeds or 1_000)
        started = time.monotonic()
        first = ledger.next_seed(chosen.until) if chosen.first is None else chosen.first
        late = started + chosen.minutes * 60 if chosen.minutes else 0.0
        result = in_stages(workers, _seeds(chosen, first), late, keeps_a_line=chosen.ledger)
    minutes = (time.monotonic() - started) / 60
    for seed, story in sorted(result.failures.items())[: None if chosen.tell else 5]:
        print(f"--- seed {seed}\n{story}")
    print(
        f"{result.seeds} seeds in {minutes:.1f} minutes, {len(result.failures)} failed: {sorted(result.failures)}"
    )
    for probe, times in sorted(result.probes.items()):
        print(f"  {times:7}  {probe}")
    from tests.sim import chunks  # needs Django to be ready

    print(ledger.core_met(result.probes))
    lacks = chunks.missing(chunks.core_of(result.seeds), result.probes)
    if lacks:
        print(f"so many seeds must have met these, and nothing is shown of them: {', '.join(lacks)}")
    return 1 if result.failures or lacks else 0


if __name__ == "__main__":
    from tests.sim import campaign  # under the name that others know its classes by

    if sys.argv[1:2] == ["--child"]:
        campaign.be_a_child(sys.argv[2])
    elif sys.argv[1:2] == ["--traces"]:
        campaign.tell_traces(sys.argv[2], [int(one) for one in sys.argv[3:]])
    else:
        sys.exit(campaign.main())
