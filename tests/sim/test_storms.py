"""The engine under random edits, faults and crashes: seeded, replayable with ``./run sim --seeds 1 --from N``."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.sim import campaign

SEEDS = range(500)
CORE_PROBES = [
    "created_there",
    "created_here",
    "updated_there",
    "updated_here",
    "in_doubt",
    "refused",
    "conflict at rest",
    "listed at rest",
    "died at answered",
    "died at journalled",
    "died at concluded",
    "died at written here",
]
"""Situations that must have been met: a generator that never comes into them proves nothing."""


@pytest.mark.django_db
def test_five_hundred_storms_end_with_both_sides_equal_or_listed() -> None:
    result = campaign.run(SEEDS, connection.settings_dict["NAME"])
    assert not result.failures, next(iter(result.failures.values()))
    assert result.seeds == len(SEEDS)
    missing = [probe for probe in CORE_PROBES if not result.probes[probe]]
    assert not missing, f"never met: {missing}; met: {dict(result.probes)}"
