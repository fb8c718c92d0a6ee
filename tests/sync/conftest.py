"""Fixtures that many of the engine's tests begin with."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig


def set_up() -> Rig:
    """A firm that is connected and set up, without a client."""
    made = Rig()
    made.set_up()
    return made


rig = pytest.fixture(set_up, name="rig")
