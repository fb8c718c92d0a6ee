"""Decides nothing, writes nothing: which fields of which records leave for the ledger, and which come from it.

From the same declarations the engine works by, so that what is told here cannot differ from what is done.
"""

from __future__ import annotations

from dataclasses import dataclass

from tieout.reconcile.spec import Direction, EntitySpec, Owner
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, SectionState

WORDS = {
    Direction.BOTH: "both ways",
    Direction.TO_LEDGER: "to QuickBooks",
    Direction.FROM_LEDGER: "from QuickBooks",
}


@dataclass(frozen=True, slots=True)
class Travels:
    """One kind of record."""

    plural: str
    way: str
    is_on: bool
    leaves: tuple[str, ...]
    """Labels of the fields that are written there; empty for what only comes from there."""


def what_travels(connection: Connection, *, engine: Engine | None = None) -> list[Travels]:
    """Every kind of record, in the order declared; also those that are not set up, which do not travel."""
    specs = (engine or Engine()).provider(connection.ledger).specs
    return [
        Travels(
            spec.plural,
            WORDS[spec.direction],
            connection.section(spec.practice) is SectionState.ON,
            leaves(spec),
        )
        for spec in specs
    ]


def leaves(spec: EntitySpec) -> tuple[str, ...]:
    if spec.direction is Direction.FROM_LEDGER:
        return ()
    return tuple(
        unit.label for unit in spec.units if unit.owner is not Owner.LEDGER and unit.name not in spec.verified
    )
