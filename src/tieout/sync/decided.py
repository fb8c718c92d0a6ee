"""Acts: what a person has decided about records since a run has planned for them. Asked before anything is written.

A plan of many creates is carried out for minutes. What is linked by hand or left out in between must not be created after
all: a second customer, or a second invoice, would be there. Whoever decides holds the connection's row, and so does every
commit of a run, so that an answer given inside of one is true until its end. What is journalled already can not be linked
by hand; that it was left out is told by the connection's ``holds_epoch``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tieout.reconcile.action import Update
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Side
from tieout.sync import straight
from tieout.sync.models import LIVE_STATES, UNRESOLVED, Attempt, Connection, Link

_HELD = """
SELECT record_id FROM sync_hold WHERE connection_id = %s AND entity = %s AND side = %s AND record_id = ANY(%s)
UNION SELECT """
_DECIDED = {
    Side.PRACTICE: f"{_HELD} practice_id FROM sync_link WHERE connection_id = %s AND entity = %s AND practice_id = ANY(%s)",
    Side.LEDGER: f"{_HELD} ledger_id FROM sync_link WHERE connection_id = %s AND entity = %s AND ledger_id = ANY(%s)",
}


def decided_otherwise(
    connection: Connection, entity: str, creates: Collection[str], side: Side = Side.PRACTICE
) -> set[str]:
    """Of these records, which are to be copied from ``side``, those that are linked by now, left out, or wait for a decision."""
    if not creates:
        return set()
    of, ids = (connection.pk, entity), list(creates)
    return {record_id for (record_id,) in straight.texts(_DECIDED[side], *of, side.value, ids, *of, ids)}


def standing(connection: Connection, planned: Collection[Link]) -> dict[int, Link]:
    """Of these links, as a plan read them, those that still tie the same two records, by primary key. One query.

    A person may take a pair apart and link either record to another one in one press, and no version of a record tells.
    """
    ids = {link.pk: (link.practice_id, link.ledger_id) for link in planned}
    found = Link.objects.filter(connection=connection, pk__in=list(ids)) if ids else []
    return {link.pk: link for link in found if ids[link.pk] == (link.practice_id, link.ledger_id)}


def asked_for(connection: Connection, spec: EntitySpec, action: Update) -> tuple[str, ...]:
    """Of the units of a write to the ledger, those that a person has asked for, whatever the switches say: that this very
    version of a linked record is made active again. Asks nothing about a write that does no such thing."""
    active = spec.active_unit
    if active is None or action.units.get(active) is not True:
        return ()
    pairs = Link.objects.filter(connection=connection, entity=spec.practice, ledger_id=action.target.id)
    return (active,) if pairs.filter(reactivate_token=action.expected).exists() else ()


def linked_there(connection: Connection, entity: str, ids: Collection[str]) -> set[str]:
    """Of these records of the ledger, those that are linked by now. Asks nothing about none."""
    if not ids:
        return set()
    found = Link.objects.filter(connection=connection, entity=entity, ledger_id__in=list(ids))
    return set(found.values_list("ledger_id", flat=True))


def being_created(firm_id: int, keys: Iterable[Key]) -> int:
    """How many of these are to be created in the ledger by a write without a clear answer yet. One query."""
    ours = [key for key in keys if key.side is Side.PRACTICE]
    return Attempt.objects.filter(
        connection__firm_id=firm_id,
        connection__state__in=LIVE_STATES,
        entity__in={key.entity for key in ours},
        practice_id__in=[key.id for key in ours],
        operation="create",
        state__in=UNRESOLVED,
    ).count()
