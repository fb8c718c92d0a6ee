"""A campaign can be stopped, and the next one goes on where its line in the ledger ended."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from tests.sim import ledger
from tests.sim.campaign import STAGE, Result, Workers, in_stages
from tests.sim.chunks import CORE


def test_ctrl_c_is_taken_once_for_the_end_of_a_campaign_and_twice_for_at_once() -> None:
    with Workers([]) as workers:
        signal.raise_signal(signal.SIGINT)
        assert workers.stopping
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_next_campaign_begins_after_the_last_seed_of_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "PAGE", tmp_path / "ledger.md")
    assert ledger.next_seed() == 0
    ledger.keep_line(Result(seeds=1_200, probes=Counter({"fault F1": 3})), 0)
    assert ledger.next_seed() == 1_200
    ledger.keep_line(Result(seeds=7, failures={1_203: "a story"}), 1_200)
    assert ledger.next_seed() == 1_207
    page = ledger.PAGE.read_text()
    assert "| 1: 1203 (core probes met 0 of " in page
    assert f"(core probes met 1 of {len(CORE)}; missing: created_there, " in page
    ledger.keep_line(Result(seeds=3), 50_000)
    assert ledger.next_seed() == 50_003
    assert ledger.next_seed(until=50_000) == 1_207, "those beyond belong to another campaign"


class _Counted:
    """Stands for workers: takes note of what it is asked to run, and may be told to stop after so many stages."""

    def __init__(self, stages: int = 10**9) -> None:
        self.asked: list[int] = []
        self._stages = stages

    @property
    def stopping(self) -> bool:
        return self._stages <= 0

    def run(self, seeds: Sequence[int], *, until: float = 0) -> Result:
        self._stages -= 1
        self.asked += seeds
        return Result(seeds=len(seeds), failures={one: "a story" for one in seeds if one == 150})


def test_a_campaign_that_was_stopped_goes_on_after_its_last_whole_stage_and_runs_no_seed_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "PAGE", tmp_path / "ledger.md")
    stopped, resumed = _Counted(stages=2), _Counted()
    in_stages(cast(Any, stopped), range(450), keeps_a_line=True)
    assert ledger.next_seed() == 2 * STAGE
    in_stages(cast(Any, resumed), range(ledger.next_seed(), 450), keeps_a_line=True)
    assert stopped.asked + resumed.asked == list(range(450))
    rows = [line for line in ledger.PAGE.read_text().splitlines() if line.startswith("| 20")]
    assert [row.split(" | ")[2:4] for row in rows] == [["0", "200"], ["200", "250"]]
    failed = [row.rstrip(" |").rpartition("| ")[2] for row in rows]
    assert [one.partition(" (core probes met 0 of ")[0] for one in failed] == ["1: 150", "0"]
