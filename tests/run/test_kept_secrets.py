"""Keys that are made on the first start: once, whole, and readable by nobody else."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tieout.config import environment
from tieout.config.environment import SettingsProblem, kept_secret

NAMES = [("TIEOUT_SECRET_KEY", "secret_key"), ("TIEOUT_TOKEN_KEYS", "token_keys")]


@pytest.fixture(autouse=True)
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, _ in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize("name, file_name", NAMES)
def test_all_that_start_at_once_on_an_empty_home_get_the_same_key(
    name: str, file_name: str, empty_home: Path
) -> None:
    together = Barrier(8)

    def start(_: int) -> str:
        together.wait()
        return kept_secret(name, file_name, "random", "development")

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(start, range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) > 40
    assert [one.name for one in empty_home.iterdir()] == [file_name], "nothing else is left behind"
    assert stat.S_IMODE((empty_home / file_name).stat().st_mode) == 0o600


def test_whoever_finds_that_another_was_first_takes_that_key(
    empty_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def second(made: str, path: Path) -> None:
        Path(path).write_text("the first one's")
        link(made, path)

    monkeypatch.setattr(environment.os, "link", second)
    assert kept_secret(*NAMES[0], "random", "development") == "the first one's"


def test_no_key_is_invented_in_production() -> None:
    with pytest.raises(SettingsProblem, match="TIEOUT_SECRET_KEY"):
        kept_secret(*NAMES[0], "random", "production")
