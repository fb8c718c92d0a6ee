"""Acts: estimates, before a set-up is started, what its review is likely to find, from one page of the ledger's list.

Only names that are the same but for spelling habits count; the review itself compares everything else too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.match import normalise
from tieout.reconcile.ports import Activity
from tieout.reconcile.state import Side
from tieout.sync.engine import Engine
from tieout.sync.ledgers import counted
from tieout.sync.models import Connection, Link
from tieout.sync.review import spec_of

COMPARED_A_MINUTE = 10_000
"""Records that are compared in about a minute on a machine with two processors (docs/benchmarks.md, matching)."""


@dataclass(frozen=True, slots=True)
class Read:
    """One page of the ledger's list, as it was just read."""

    rows: int = 0
    took: timedelta = timedelta()

    def whole(self, records: int) -> timedelta:
        """How long reading and comparing so many would take at this pace."""
        pages = ceil(records / self.rows) if self.rows else 0
        return pages * self.took + timedelta(minutes=records / COMPARED_A_MINUTE)


@dataclass(frozen=True, slots=True)
class Likely:
    """Numbers of active records that are not linked yet."""

    matches: int
    """Of the ledger's, those with a record of the same name here."""
    new: int
    """Of the ledger's, the others."""
    ours_alone: int | None
    """Here, without one of the same name there; None when only a part of the ledger's list was looked at."""
    read: Read = field(default=Read(), compare=False)


def look(
    connection: Connection, active_there: int, entity: str = "client", *, engine: Engine | None = None
) -> Likely:
    """One call to the ledger. ``active_there``: how many it counts; of a longer list than a page, the first page is
    taken for the whole. Raises ``LedgerError``.
    """
    engine = engine or Engine()
    spec = spec_of(connection, entity, engine)
    with counted(connection, engine) as ledger:
        began = engine.now()
        page = next(iter(ledger.list(spec.ledger, Activity.ACTIVE)), ())
        read = Read(len(page), engine.now() - began)
    links = Link.objects.filter(connection=connection, entity=entity).values_list("practice_id", "ledger_id")
    linked_here, linked_there = {ours for ours, _ in links}, {theirs for _, theirs in links}
    theirs = [
        normalise(str(row.record.units.get(spec.name_unit) or ""))
        for row in page
        if row.id not in linked_there and spec.left_out(Side.LEDGER, row.record) is None
    ]
    ours = [
        normalise(str(view.units.get(spec.name_unit) or ""))
        for record_id, view in RECORD_KINDS[entity].list(connection.firm_id, "active")
        if record_id not in linked_here
    ]
    known, listed = set(ours), set(theirs)
    matches = sum(name in known for name in theirs)
    new = len(theirs) - matches
    if not page or len(page) >= active_there:  # an empty page: all were made inactive since they were counted
        return Likely(matches, new, sum(name not in listed for name in ours), read)
    return Likely(matches * active_there // len(page), new * active_there // len(page), None, read)
