"""Acts: runs every test. First all that need no browser, spread over the processors, then the browser journeys.

The journeys have a process of their own because Playwright keeps an event loop running in it, in which Django rightly
refuses to ask a database; and because one journey already keeps two processors busy (the app, a worker, PostgreSQL,
the emulator, Chromium). Arguments make it one plain pytest: ``./run test tests/reconcile -x``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
JOURNEYS = "tests/e2e"


def steps(arguments: Sequence[str], browser: bool, processors: int, own_database: bool) -> list[list[str]]:
    """The argument lists of the pytests to run one after the other.

    A database of yours is used by one process at a time; the embedded ones are started as needed, one a process.
    """
    without = [] if browser else ["-m", "not e2e and not long"]
    if arguments:
        return [[*without, *arguments]]
    spread = [] if own_database or processors < 2 else ["-n", str(processors), "--dist", "loadfile"]
    rest = [*spread, "-m", "not e2e and not long"]
    return [rest, [JOURNEYS, "-m", "e2e and not long"]] if browser else [rest]


def main(arguments: list[str], environ: Mapping[str, str] = os.environ) -> int:
    """Run the steps, all of them even when one fails. Returns the first exit code that is not 0."""
    browser = "--no-browser" not in arguments
    rest = [each for each in arguments if each != "--no-browser"]
    processors = len(os.sched_getaffinity(0))
    codes = []
    for step in steps(rest, browser, processors, "DATABASE_URL" in environ):
        ours = {**environ, "TIEOUT_TEST_SPREAD": "1"} if "-n" in step else dict(environ)
        done = subprocess.run([sys.executable, "-m", "pytest", *step], cwd=ROOT, env=ours, check=False)
        codes.append(done.returncode)
    return next((code for code in codes if code != 0), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
