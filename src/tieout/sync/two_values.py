"""Decides nothing, writes nothing: the two values of a conflict as a page shows them, and the stamp that tells them apart.

A row of ``Conflict`` lives on while its values change. Who chooses between two values has seen two values: the stamp goes
with the page and comes back with the choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tieout.reconcile.state import Side
from tieout.sync.as_shown import digest
from tieout.sync.models import Conflict, Connection, Issue
from tieout.sync.packing import unpack


@dataclass(frozen=True, slots=True)
class TwoValues:
    """One unit that differs, and what each side shows."""

    conflict_id: int
    practice: Any
    ledger: Any
    keep: str
    """The side already chosen, while the choice is on its way; else empty."""
    stamp: str = ""
    """Of these two values: see ``stamp_of``."""


def stamp_of(conflict: Conflict) -> str:
    """A digest of the two values: equal only for the same two."""
    return digest(conflict.practice_value, conflict.ledger_value)


def two_values(connection: Connection, issues: Sequence[Issue]) -> dict[tuple[str, str, str], TwoValues]:
    """By entity, practice id and unit. One query."""
    asked = {issue.record_id for issue in issues if issue.unit and issue.side == Side.PRACTICE}
    rows = Conflict.objects.filter(
        connection=connection, closed_at=None, link__practice_id__in=asked
    ).select_related("link")
    return {
        (row.entity, row.link.practice_id, row.unit): TwoValues(
            row.pk, unpack(row.practice_value), unpack(row.ledger_value), row.keep, stamp_of(row)
        )
        for row in rows
    }
