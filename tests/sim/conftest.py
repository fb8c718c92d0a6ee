"""Acts: what the storms of one run of pytest share, whichever of its processes they run in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run alone, empty when it begins; the same in each of its processes."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "storms"
    folder.mkdir(exist_ok=True)
    return folder
