"""Decides: what a halted run would have retired, in words, and how much of that a person has confirmed. Pure.

The columns ``Connection.retire_halt`` as ``mass_retire`` fills it; ``connections`` and the pages read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout.reconcile.guard import Retired
from tieout.reconcile.spec import EntitySpec

Kept = Mapping[str, Any]
"""``entity`` (the practice's word), ``plural``, ``here`` and ``there``; with ``left`` once a person has confirmed it."""


def of(spec: EntitySpec, expected: Retired) -> Kept:
    return {
        "entity": spec.practice,
        "plural": spec.plural.lower(),
        "here": expected.here,
        "there": expected.there,
    }


def words(halt: Kept) -> str:
    """What resuming would confirm: ``archive 312 clients here``. Empty when there is nothing to be confirmed."""
    if not halt or "left" in halt:
        return ""
    return Retired(halt["here"], halt["there"]).words(halt["plural"])


def confirmed(halt: Kept) -> Kept:
    """It may be retired, once."""
    return {**halt, "left": halt["here"] + halt["there"]}


def left_of(halt: Kept, entity: str) -> int:
    """How many records of this entity a person has confirmed that were not retired yet."""
    return int(halt.get("left", 0)) if halt.get("entity") == entity else 0


def spent(halt: Kept, retired: Retired) -> Kept:
    return {**halt, "left": max(0, halt["left"] - retired.all)}
