"""The same seed ends the same, byte for byte; and what only reorders or delays the news changes no end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import connection

from tests.sim import campaign, heap, quick
from tests.sim.town import Towns, chosen
from tieout.practice.models import Client

SEEDS = (1, 3, 4)
ELSEWHERE = (2, 20)


@pytest.mark.django_db
def test_a_seed_replays_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ran before it in its process, however the rows happen to lie in the tables, and whether texts are kept."""
    towns = Towns()
    once = {seed: campaign.one_storm(towns, seed) for seed in SEEDS}
    monkeypatch.setattr(quick, "texts_made_once", nullcontext)
    with heap.shuffled(0.25):
        again = {seed: campaign.one_storm(towns, seed) for seed in reversed(SEEDS)}
    assert not [one["failure"] for one in once.values() if one["failure"]]
    traces = {seed: one["trace"] for seed, one in once.items()}
    assert traces == {seed: one["trace"] for seed, one in again.items()}
    assert len(set(traces.values())) == len(SEEDS)


@pytest.mark.usefixtures("django_db_setup")
def test_a_seed_replays_byte_for_byte_in_other_processes_that_hash_otherwise(
    django_db_blocker: Any,
) -> None:
    """Sets and dicts of texts have another order in each: none of it may come into what is done. 2 has two firms."""
    with django_db_blocker.unblock():
        database = connection.settings_dict["NAME"]
    told = [_told_by_a_process(database, PYTHONHASHSEED=seed) for seed in ("1", "2")]
    assert not told[0]["failures"]
    assert told[0] == told[1]
    assert len(set(told[0]["traces"].values())) == len(ELSEWHERE)


def _told_by_a_process(database: str, **environment: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.sim.campaign", "--traces", database, *map(str, ELSEWHERE)]
    own = {**os.environ, "PYTHONPATH": str(campaign.ROOT / "src"), **environment}
    done = subprocess.run(command, cwd=campaign.ROOT, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.django_db
def test_webhooks_in_any_order_or_none_end_in_the_same_state() -> None:
    towns = Towns()
    ends = [
        _end(towns, **weather)
        for weather in ({}, {"drop": 1.0}, {"repeat": 3}, {"reorder": True}, {"delay": 900})
    ]
    assert ends[0]
    assert all(end == ends[0] for end in ends)


def _end(towns: Towns, **weather: Any) -> list[tuple[str, str, str]]:
    """What the clients show after a dozen edits there, told about as the weather lets them."""
    with towns.one_seed() as (town, _):
        town.begin(1, chosen("client"))
        town.subscribe(seed=5, **weather)
        for number in range(12):
            if number % 3 == 0:
                town.add_customer(f"Customer {number}", PrimaryPhone={"FreeFormNumber": str(number)})
            else:
                ids = sorted(town.customers())
                phone = {"FreeFormNumber": str(number)}
                town.edit_customer(ids[number % len(ids)], PrimaryPhone=phone)
            town.advance(20)
            town.deliver()
            town.run()
        town.advance(1_000)
        town.deliver()
        town.settle()
        town.until_the_change_feed_is_asked()
        with town.here():
            return sorted(Client.objects.values_list("name", "phone", "email"))
