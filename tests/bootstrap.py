"""Acts: an early pytest plug-in (``-p tests.bootstrap``) that gives the tests a database before Django reads settings.

Without a DATABASE_URL of yours it starts the embedded PostgreSQL, without waiting for the disk. Every pytest
running at the same time gets a server of its own, so two terminals never share a test database.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tieout.config import postgres

HOMES = Path(__file__).resolve().parents[1] / ".tieout"
MOST_AT_ONCE = 16
_servers: list[postgres.Server] = []


def _free_server() -> tuple[Path, postgres.Server]:
    """The first test home that no other pytest is using."""
    for number in range(MOST_AT_ONCE):
        home = HOMES / f"test-{number}"
        try:
            return home, postgres.start(home, durable=False)
        except postgres.DatabaseInUse:
            continue
    raise pytest.UsageError(f"{MOST_AT_ONCE} test runs are using {HOMES} already.")


os.environ.setdefault("TIEOUT_MODE", "test")
os.environ.setdefault("TIEOUT_DATABASE_OWNER", "1")
if "DATABASE_URL" not in os.environ:
    try:
        _home, _server = _free_server()
    except postgres.PostgresProblem as problem:
        raise pytest.UsageError(str(problem)) from problem
    _servers.append(_server)
    os.environ["DATABASE_URL"] = _server.url
    os.environ.setdefault("TIEOUT_HOME", str(_home))
else:
    os.environ.setdefault("TIEOUT_HOME", str(HOMES / "test-own-database"))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """After everything else, Django's test database included, has let go."""
    for server in _servers:
        server.stop()
