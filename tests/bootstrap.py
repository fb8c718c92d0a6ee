"""Acts: an early pytest plug-in (``-p tests.bootstrap``) that gives the tests a database before Django reads settings.

Without a DATABASE_URL of yours it starts the embedded PostgreSQL, without waiting for the disk. Every process that
runs tests at the same time gets a server of its own, so two terminals, or two workers of one run, never share a test
database or its roles. The process that only deals out tests to workers (``tools.testing``) needs none.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tieout.config import postgres

HOMES = Path(__file__).resolve().parents[1] / ".tieout"
NOWHERE = "postgresql://127.0.0.1:1/nowhere"
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
_worker = "PYTEST_XDIST_WORKER" in os.environ
_spread = "TIEOUT_TEST_SPREAD" in os.environ
if _spread and not _worker:
    os.environ["DATABASE_URL"] = NOWHERE
elif _spread or "DATABASE_URL" not in os.environ:
    try:
        _home, _server = _free_server()
    except postgres.PostgresProblem as problem:
        raise pytest.UsageError(str(problem)) from problem
    _servers.append(_server)
    os.environ["DATABASE_URL"] = _server.url
    os.environ["TIEOUT_HOME"] = str(_home) if _spread else os.environ.get("TIEOUT_HOME", str(_home))
else:
    os.environ.setdefault("TIEOUT_HOME", str(HOMES / "test-own-database"))


def restart() -> None:
    """Stop the server of this process and start it again, on the same data and at the same address."""
    if not _servers:
        pytest.skip("the database of a DATABASE_URL is not ours to restart")
    _servers.pop().stop()
    _servers.append(postgres.start(_home, durable=False))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """After everything else, Django's test database included, has let go."""
    for server in _servers:
        server.stop()
