"""Acts: a pytest plug-in that runs tests with a known bug in the product: ``-p tests.sim.planting --plant NAME``.

For the bugs that no storm can meet, because a page asks and not the engine. ``./run sim --planted`` demands that the
test which is named for such a bug passes without it and fails with it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PASSED, FAILED = 0, 1
"""What pytest exits with; anything else is neither."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--plant", default="", help="the name of a bug of tests.sim.planted")


@pytest.fixture(autouse=True)
def _planted(request: pytest.FixtureRequest) -> Iterator[None]:
    from tests.sim.planted import planted  # needs Django to be ready

    name = request.config.getoption("--plant")
    if not name:
        yield
        return
    with planted(name):
        yield


def turns_red(test: str, name: str) -> bool:
    """Whether that test passes as the product is, and fails with the bug."""
    return _ended(test) == PASSED and _ended(test, "--plant", name) == FAILED


def _ended(test: str, *more: str) -> int:
    command = [sys.executable, "-m", "pytest", "-p", "tests.sim.planting", test, *more]
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "TIEOUT_HOME")}
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, check=False).returncode
