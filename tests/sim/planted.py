"""Acts: plants one of the known bugs, by replacing a function of the product from outside, in tests only.

The proof of the proof: with any of them planted the simulation, or the named test, must turn red. ``./run sim --planted``
counts the seeds until it does. Nothing in the product knows of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.sim import planted_records, planted_writes
from tests.sim.bugs import BUGS as BUGS

WHERE = (planted_writes, planted_records)


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Within: the product has this bug."""
    with pytest.MonkeyPatch.context() as patch:
        BUGS[name].plant(patch)
        yield
