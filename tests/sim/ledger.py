"""Acts: keeps docs/seed-ledger.md: which campaigns were run on which commit, and how soon each planted bug was caught."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.sim.planting import turns_red

if TYPE_CHECKING:
    from tests.sim.bugs import Bug
    from tests.sim.campaign import Workers

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "seed-ledger.md"
HEAD = """# Seeds run

Long campaigns of the simulation (`./run sim --minutes 60 --ledger`): each line goes on where the one before it ended.
A seed that fails is written down in `tests/sim/found.py`, which `./run test` runs again each time; what was the engine's gets a test
by name in `tests/sync/test_found_by_simulation.py` as well, because a seed replays its story only on the code it was found with.
The line is written anew as the campaign goes on: one that was stopped, or killed, is continued by the same command.
*Crashes*: processes that died between two durable steps. *Faults*: of the catalogue, that came about. *Kinds*: different faults.
*Failed*: their seeds; in brackets how many of the situations that matter (`CORE` in `tests/sim/chunks.py`) the line's seeds came into.

| date | commit | from | seeds | crashes | overtaken | faults | kinds | in doubt | conflicts answered | documents compared | failed |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""
PLANTED = "\n## Planted bugs\n\n"
TOLD_OF_BUGS = """Each is planted by a test-only switch, and seeds 0, 1, 2 ... are run until one finds the law broken that is named for it
(`tests/sim/planted_records.py`, `planted_writes.py`; a crash is not enough): `./run sim --planted`, or `./run sim --planted NAME ...` for some. `./run test` plants each again and demands that it is caught
(`tests/sim/test_planted.py`, which begins with the seed of this table).

| bug | what is planted | caught | on |
|---|---|---|---|
"""
MISSED = "NOT CAUGHT"


def next_seed(until: int = 0) -> int:
    """The seed after the last one in the ledger. ``until``: of the lines that begin before that seed."""
    if not PAGE.exists():
        return 0
    rows = re.findall(
        r"^\| \d{4}-\d\d-\d\d \| \S+ \| ([\d,]+) \| ([\d,]+) \|", _campaigns(PAGE.read_text()), re.MULTILINE
    )
    ends = [_number(first) + _number(seeds) for first, seeds in rows if not until or _number(first) < until]
    return max(ends, default=0)


def _campaigns(page: str) -> str:
    """The part of the page before its next heading: the table of campaigns."""
    return page.partition("\n## ")[0]


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def commit() -> str:
    return subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()


def keep_line(result: object, first: int) -> None:
    """One line per campaign: commit, seeds, what was met, what failed. Takes the place of what it said before."""
    from tests.sim.campaign import Result

    assert isinstance(result, Result)
    probes = result.probes

    def together(prefix: str) -> int:
        return sum(times for probe, times in probes.items() if probe.startswith(prefix))

    kinds = sum(1 for probe in probes if re.fullmatch(r"fault F\d+", probe))
    compared = sum(times for probe, times in probes.items() if probe.endswith(" linked at rest"))
    failed = sorted(result.failures)
    on = commit()
    cells = [
        datetime.now(UTC).date().isoformat(),
        on,
        *(
            f"{n:,}"
            for n in (first, result.seeds, together("died at"), probes["overtaken"], together("fault F"))
        ),
        str(kinds),
        *(f"{n:,}" for n in (probes["in_doubt"], probes["conflict answered"], compared)),
        (f"{len(failed)}: {', '.join(map(str, failed))}" if failed else "0") + f" ({core_met(probes)})",
    ]
    text = PAGE.read_text() if PAGE.exists() else HEAD
    row = f"| {' | '.join(cells)} |\n"
    said_before = re.compile(rf"^\| [-\d]+ \| {on} \| {first:,} \|.*\n", re.MULTILINE)
    if found := said_before.search(_campaigns(text)):
        start, end = found.span()
    else:
        start = end = max(one.end() for one in re.finditer(r"^\|.*\n", _campaigns(text), re.MULTILINE))
    PAGE.write_text(f"{text[:start]}{row}{text[end:]}")


def core_met(probes: Mapping[str, int]) -> str:
    """How many of the situations that matter these seeds came into, and which they did not."""
    from tests.sim import chunks  # needs Django to be ready

    lacks = chunks.missing(chunks.CORE, probes)
    met = f"core probes met {len(chunks.CORE) - len(lacks)} of {len(chunks.CORE)}"
    return f"{met}; missing: {', '.join(lacks)}" if lacks else met


def _by_a_test(name: str, bug: Bug) -> str:
    return f"by `{bug.shown_by.removeprefix('tests/')}`" if turns_red(bug.shown_by, name) else MISSED


def _by_storms(name: str, laws: Sequence[str], workers: Workers, most: int) -> str:
    result = workers.run(range(most), planted=name, laws=laws)
    first = next((seed for seed, law in sorted(result.laws.items()) if law in laws), None)
    if first is None:
        return MISSED
    law = result.failures[first].splitlines()[0][:90]
    return f"after {result.seeds} seeds (seed {first}: {law})"


def prove(wanted: Sequence[str], workers: Workers, most: int) -> int:
    """Plant each bug in turn and run seeds until one fails. Returns how many were not caught.

    Each bug's row of the table is written as soon as it is known, and the other rows stay: so the proof can be made in
    parts, and one that was broken off goes on with the bugs that are left.
    """
    from tests.sim.planted import BUGS

    missed = []
    chosen = wanted or list(BUGS)
    for name in chosen:
        bug = BUGS[name]
        caught = _by_a_test(name, bug) if bug.shown_by else _by_storms(name, bug.laws, workers, most)
        _keep_row(name, f"**not caught** in {most:,} seeds" if caught == MISSED else caught)
        missed += [name] if caught == MISSED else []
        sys.stdout.write(f"{name}: {caught}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(chosen) - len(missed)} of {len(chosen)} caught; missed: {missed}\n")
    return len(missed)


_ROW = re.compile(r"^\| ([a-z0-9-]+) \| .* \| (.*) \| ([0-9a-f]+) \|$", re.MULTILINE)


def rows_of_bugs() -> dict[str, tuple[str, str]]:
    """Bug -> how it was caught, and on which commit, as the page has it."""
    page = PAGE.read_text().partition(PLANTED)[2]
    return {name: (caught, on) for name, caught, on in _ROW.findall(page)}


def seed_that_caught(name: str) -> int | None:
    """The seed of the page that turned red with this bug; None when a test did, or none has."""
    found = re.match(r"after [\d,]+ seeds? \(seed (\d+):", rows_of_bugs().get(name, ("", ""))[0])
    return int(found.group(1)) if found else None


def _keep_row(name: str, caught: str) -> None:
    from tests.sim.planted import BUGS

    rows = {**rows_of_bugs(), name: (caught.replace("|", "/"), commit())}
    shown = [(each, BUGS[each].sentence, *rows[each]) for each in BUGS if each in rows]
    head, _, _ = PAGE.read_text().partition(PLANTED)
    lines = "".join(f"| {' | '.join(cells)} |\n" for cells in shown)
    PAGE.write_text(f"{head.rstrip()}\n{PLANTED}{TOLD_OF_BUGS}{lines}")
