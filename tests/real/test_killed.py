"""Real workers on a real PostgreSQL, killed and frozen at random instants. The long one: ``python -m tests.real --kills 200``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.real.kills import Nursery, Storm, hasty_engine, prepare, weather
from tests.real.stand import EmulatorProcess, Stand
from tieout.config import ledgers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmulatorProcess]:
    running = EmulatorProcess("sample", "--no-limits")
    for name, value in running.environment().items():
        monkeypatch.setenv(name, value)
    yield running
    running.stop()
    ledgers.provider.cache_clear()


@pytest.fixture
def nursery(emulator: EmulatorProcess, tmp_path: Path) -> Iterator[Nursery]:
    workers = Nursery(
        {**os.environ, "DJANGO_SETTINGS_MODULE": "tieout.config.settings"},
        connection.settings_dict["NAME"],
        log=tmp_path / "workers.log",
        lane=tmp_path / "lane",
    )
    yield workers
    workers.stop()


def test_workers_killed_and_frozen_at_random_instants_of_their_work_lose_and_double_nothing(
    emulator: EmulatorProcess, nursery: Nursery
) -> None:
    stand = Stand(emulator, hasty_engine())
    prepare(stand)
    weather(stand)
    storm = Storm(stand, nursery, seed=7)
    storm.run(kills=3, restarts=0)
    storm.rest()
    storm.check()
    assert storm.did["killed"] >= 3
    assert storm.did["frozen"] >= 1
