"""Acts: has records planned again that wait for others, or that are stopped by what is over now. Part of ``listing``.

Nothing is read for it: what changed is not theirs, and is in our tables already.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from tieout.reconcile.room import Document
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Side
from tieout.sync import dirty, straight
from tieout.sync.awaited import as_text
from tieout.sync.dirty import Mark
from tieout.sync.issues import NO_ROOM, WAITING
from tieout.sync.models import Connection, Issue


def wake_siblings(
    connection: Connection, causes: Collection[str], now: datetime, why: str = "its cause is gone"
) -> int:
    """Have the other records of a cause looked at again, now that it is gone for one, or may be for all: then ``why`` says
    so. Returns how many."""
    if not causes:
        return 0
    rows = Issue.objects.filter(connection=connection, cause__in=causes, closed_at=None)
    marks = [
        Mark(entity, Side(side), record_id, why, must_read=False)
        for entity, side, record_id in rows.values_list("entity", "side", "record_id")
    ]
    return dirty.mark(connection, marks, now)


def wake_waiting(connection: Connection, key: Key, now: datetime) -> int:
    """Mark the records that wait for this one, now that it has a partner. Returns how many."""
    return wake_waiting_for(connection, [key], now)


def wake_waiting_for(connection: Connection, keys: Sequence[Key], now: datetime) -> int:
    """Mark the records that wait for any of these, now that they have partners or stand otherwise. Returns how many."""
    if not keys:
        return 0
    return _wake(connection, "options ?| %s", [as_text(key) for key in keys], now)


def wake_waiting_for_section(connection: Connection, entity: str, now: datetime) -> int:
    """Mark the records that wait for one of this kind, whose section was turned on or off. Returns how many."""
    condition = (
        "EXISTS (SELECT 1 FROM jsonb_array_elements_text(options) AS t(one) WHERE starts_with(t.one, %s))"
    )
    return _wake(connection, condition, f"{entity}:", now)


def wake_for_room(connection: Connection, documents: Collection[Document], now: datetime) -> int:
    """Mark the records that were refused for want of room on any of these documents. Returns how many."""
    if not documents:
        return 0
    named = room_on(documents)
    return _wake(connection, "options ?| %s", named, now, {NO_ROOM}, "there may be room")


def wake_for_room_on(
    connection: Connection, spec: EntitySpec, changed_there: Collection[str], now: datetime
) -> None:
    """Somebody may have taken off what paid one of these ledger records; clients and items are paid by nothing."""
    if spec.date_unit:
        wake_for_room(connection, {(spec.practice, one) for one in changed_there}, now)


def room_on(documents: Collection[Document]) -> list[str]:
    """As the options of an issue name the documents on which there was no room."""
    return sorted(f"{entity}:{ledger_id}" for entity, ledger_id in documents)


def _wake(
    connection: Connection,
    condition: str,
    told: str | list[str],
    now: datetime,
    causes: Collection[str] = WAITING,
    reason: str = "waited for another",
) -> int:
    found = straight.texts(_WAITING + condition, connection.pk, sorted(causes), told)
    marks = [
        Mark(entity, Side(side), record_id, reason, must_read=False) for entity, side, record_id in found
    ]
    return dirty.mark(connection, marks, now)


_WAITING = """
SELECT entity, side, record_id FROM sync_issue
WHERE connection_id = %s AND cause = ANY(%s) AND closed_at IS NULL AND """
