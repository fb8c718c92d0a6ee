"""Decides in which order entities are planned and executed: what is referred to comes first."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from tieout.reconcile.spec import EntitySpec


class CircularDependency(Exception):
    """Two specs each say that the other must come first."""


def in_order(specs: Sequence[EntitySpec]) -> list[EntitySpec]:
    """Specs with every dependency before its dependants; ties in the order given."""
    by_name = {spec.practice: spec for spec in specs}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for spec in specs:
        sorter.add(spec.practice, *(name for name in spec.depends_on if name in by_name))
    try:
        return [by_name[name] for name in sorter.static_order()]
    except CycleError as cycle:
        raise CircularDependency(" -> ".join(cycle.args[1])) from cycle
