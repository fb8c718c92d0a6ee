"""The engine under people, faults, crashes and time: the third share of the seeds. See ``storm`` and ``chunks``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sim.chunks import share


@pytest.mark.django_db
def test_the_third_share_of_storms_ends_with_both_sides_equal_or_listed(together: Path) -> None:
    share(2, together)
