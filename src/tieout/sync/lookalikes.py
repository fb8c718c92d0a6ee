"""Acts: finds the unlinked records of the other side that one without a partner may be. Used by ``observe``.

Clients and items are known by their names. A document is known by what it says: one of the same number or date that is of
another client, or comes to another amount, is another one.
"""

from __future__ import annotations

from collections.abc import Mapping

from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present, Side
from tieout.reconcile.state import Observation as Seen
from tieout.sync import match_memory, observations, strays
from tieout.sync.currencies import told_in
from tieout.sync.models import Connection
from tieout.sync.telling_apart import what_tells_apart

Lookalikes = Mapping[Key, tuple[Key, ...]]


def of_unlinked(
    connection: Connection, spec: EntitySpec, seen: Mapping[Key, Seen], names: Mapping[Key, str]
) -> Lookalikes:
    """For each of these: what it may be, without what a person has declared different. A few queries for all.

    ``seen``: as the planner compares them, with the ledger's ids where they name other records.
    """
    if spec.direction.flows_to(Side.PRACTICE):
        return observations.lookalikes(connection, spec, names)
    ours = {key: name for key, name in names.items() if key.side is Side.PRACTICE}
    found = _the_same(connection, spec, seen, observations.lookalikes(connection, spec, ours))
    forgotten = strays.alike(connection, spec, seen)
    more = observations.not_declared_different(connection, spec, forgotten)
    return {key: tuple(dict.fromkeys((*more.get(key, ()), *found.get(key, ())))) for key in {**more, **found}}


def _the_same(
    connection: Connection, spec: EntitySpec, seen: Mapping[Key, Seen], by_name: Lookalikes
) -> dict[Key, tuple[Key, ...]]:
    """Of documents with one number or date those that nothing tells apart. One query, and next to always none."""
    if not by_name:
        return {}
    those = {other.id for others in by_name.values() for other in others}
    there = observations.of_ledger(connection, spec, sorted(those))

    def may_be(key: Key, other: Key) -> bool:
        here, theirs = seen.get(key), there.get(other.id)
        if not (isinstance(here, Present) and isinstance(theirs, Present)):
            return False
        return not what_tells_apart(here.units, theirs, told_in(here.facts))

    found = {key: tuple(one for one in others if may_be(key, one)) for key, others in by_name.items()}
    return {key: others for key, others in found.items() if others}


def why_another(
    connection: Connection, spec: EntitySpec, ours: tuple[str, Present], theirs: tuple[str, Present]
) -> str:
    """Why two documents, each with its id, are not to be linked, as a sentence; empty when they may be.

    Two that were linked before may be linked again, whatever became of them.
    """
    if spec.direction.flows_to(Side.PRACTICE):
        return ""  # known by their names
    (practice_id, here), (ledger_id, there) = ours, theirs
    if (practice_id, ledger_id) in match_memory.taken_apart(connection, spec.practice, [practice_id]):
        return ""
    return what_tells_apart(here.units, there, told_in(here.facts))
