"""A campaign can be stopped, and the next one goes on where its line in the ledger ended."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.sim import ledger
from tests.sim.campaign import Result, Workers


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
    ledger.add_line(Result(seeds=1_200, probes=Counter({"fault F1": 3})), 0)
    assert ledger.next_seed() == 1_200
    ledger.add_line(Result(seeds=7, failures={1_203: "a story"}), 1_200)
    assert ledger.next_seed() == 1_207
