"""Acts: opens the ledger behind a connection. The only place where a connection meets its provider."""

from __future__ import annotations

from tieout.reconcile.ports import Ledger
from tieout.sync.engine import Engine
from tieout.sync.models import Connection
from tieout.sync.secrets import open_sealed
from tieout.sync.tokens import StoredTokens


def company_place(firm_id: int) -> str:
    """What a stored company id is bound to."""
    return f"firm:{firm_id}/company"


def company_id(connection: Connection) -> str:
    return open_sealed(connection.company_sealed, bound_to=company_place(connection.firm_id))


def open_ledger(connection: Connection, engine: Engine) -> Ledger:
    """The connection's company, ready for calls."""
    provider = engine.provider(connection.ledger)
    return provider.open(company_id(connection), StoredTokens(connection, provider, engine))
