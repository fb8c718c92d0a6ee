"""Decides nothing: the shape of a planted bug, and the list of all. ``planted`` plants one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

Patch = pytest.MonkeyPatch


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug: what is wrong then, and how it is put in."""

    sentence: str
    plant: Callable[[Patch], None]
    laws: tuple[str, ...] = ()
    """Those that a storm must find broken: what else falls over with the bug shows nothing of them."""
    shown_by: str = ""
    """A test that turns red, where no storm can."""


BUGS: dict[str, Bug] = {}


def bug(sentence: str, *laws: str, shown_by: str = "") -> Callable[[Callable[[Patch], None]], None]:
    """Puts a bug on the list, under the name of the function that plants it."""

    def keep(plant: Callable[[Patch], None]) -> None:
        BUGS[plant.__name__.strip("_").replace("_", "-")] = Bug(sentence, plant, laws, shown_by)

    return keep
