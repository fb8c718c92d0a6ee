"""Decides nothing: the shape of a planted bug, and the list of all. ``planted`` plants one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

Patch = pytest.MonkeyPatch


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug: what is wrong then, and how it is put in. ``shown_by``: a test that turns red, where no storm can."""

    sentence: str
    plant: Callable[[Patch], None]
    shown_by: str = ""


BUGS: dict[str, Bug] = {}


def bug(sentence: str, shown_by: str = "") -> Callable[[Callable[[Patch], None]], None]:
    """Puts a bug on the list, under the name of the function that plants it."""

    def keep(plant: Callable[[Patch], None]) -> None:
        BUGS[plant.__name__.strip("_").replace("_", "-")] = Bug(sentence, plant, shown_by)

    return keep
