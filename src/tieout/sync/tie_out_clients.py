"""Decides nothing, writes nothing: what the last tie-out said of single clients. For lists that show a page of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tieout.reconcile.tie_out import ZERO
from tieout.sync.connections import connection_of
from tieout.sync.models import Link
from tieout.sync.tie_out import CLIENT, latest
from tieout.sync.tie_out_tables import TieOutLine


@dataclass(frozen=True, slots=True)
class Compared:
    """What a client owes on both sides, in the firm's currency."""

    difference: Decimal
    """Owed here less owed in QuickBooks."""
    unexplained: Decimal
    """Of that, what no document accounts for."""

    @property
    def agrees(self) -> bool:
        return not self.difference


@dataclass(frozen=True, slots=True)
class Comparison:
    day: date
    checked_at: datetime
    clients: Mapping[str, Compared]
    """By practice id. A client that is not in it was not part of the comparison."""


def of_clients(firm_id: int, ids: Collection[str]) -> Comparison | None:
    """The last comparison's word on each of these. None without one. Four queries at most, whatever their number."""
    connection = connection_of(firm_id)
    found = latest(connection) if connection is not None else None
    if connection is None or found is None:
        return None
    rows = TieOutLine.objects.filter(tie_out=found, practice_id__in=ids)
    told = {row.practice_id: Compared(row.difference, row.unexplained) for row in rows}
    # A line is kept only of who owes something on either side; the other linked ones were compared as well.
    silent = Link.objects.filter(
        connection=connection,
        entity=CLIENT,
        practice_id__in=[one for one in ids if one not in told],
        linked_at__lte=found.checked_at,
    )
    told |= dict.fromkeys(silent.values_list("practice_id", flat=True), Compared(ZERO, ZERO))
    return Comparison(found.day, found.checked_at, told)
