"""Acts: links a document here with the one in QuickBooks that has its number already, once a person says they are one.

A person decides, but two facts are looked up first, in one read of the ledger: the same client and the same amount. A
link of two different documents would change the one there into the one here.
"""

from __future__ import annotations

from tieout.practice.models import Member
from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.ports import LedgerError
from tieout.reconcile.state import Present, Side
from tieout.sync import decisions, observations
from tieout.sync.connections import connection_of
from tieout.sync.currencies import told_in
from tieout.sync.decisions import CannotDecide
from tieout.sync.engine import Engine
from tieout.sync.ledgers import counted
from tieout.sync.models import Connection
from tieout.sync.references import with_references
from tieout.sync.review import spec_of
from tieout.sync.telling_apart import what_tells_apart


def link_the_same(
    member: Member, entity: str, practice_id: str, ledger_id: str, *, engine: Engine | None = None
) -> None:
    """Link the two if they are one document. Raises ``CannotDecide`` with what tells them apart; nothing is changed then."""
    engine = engine or Engine()
    connection = connection_of(member.firm_id)
    if connection is None:
        raise CannotDecide("QuickBooks is not connected any more. Nothing was changed.")
    spec = spec_of(connection, entity, engine)
    view = RECORD_KINDS[entity].read(connection.firm_id, [practice_id]).get(practice_id)
    there = _read(connection, entity, ledger_id, engine)
    if view is None or there is None:
        raise CannotDecide("One of the two documents does not exist any more. Nothing was changed.")
    seen = Present(view.units, str(view.version), view.facts)
    here, waits = with_references(connection, spec, {practice_id: seen})
    ready = here[practice_id]
    if practice_id in waits or not isinstance(ready, Present):
        raise CannotDecide("Its client or an item of it is not in QuickBooks yet. Nothing was changed.")
    if apart := what_tells_apart(ready.units, there, told_in(view.facts)):
        raise CannotDecide(f"They are not the same one: {apart} Nothing was changed.")
    decisions.link(member, entity, practice_id, ledger_id, engine=engine)


def _read(connection: Connection, entity: str, ledger_id: str, engine: Engine) -> Present | None:
    """As it is in the ledger now; kept, so that what is linked is what was looked at."""
    spec = spec_of(connection, entity, engine)
    try:
        with counted(connection, engine) as ledger:
            seen = ledger.read(spec.ledger, [ledger_id])
    except LedgerError as refusal:
        raise CannotDecide(
            f"{refusal.sentence} It could not be looked at, so nothing was linked."
        ) from refusal
    observations.keep(connection, spec, Side.LEDGER, seen, engine)
    found = seen.get(ledger_id)
    return found if isinstance(found, Present) else None
