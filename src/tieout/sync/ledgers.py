"""Acts: opens the ledger behind a connection, and counts its calls. The only place where a connection meets its provider."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import connection as database

from tieout.reconcile.ports import Ledger
from tieout.sync.engine import Engine
from tieout.sync.models import CallMeter, Connection
from tieout.sync.secrets import open_sealed
from tieout.sync.tokens import StoredTokens


def company_place(firm_id: int) -> str:
    """What a stored company id is bound to."""
    return f"firm:{firm_id}/company"


def company_id(connection: Connection) -> str:
    return open_sealed(connection.company_sealed, bound_to=company_place(connection.firm_id))


def open_ledger(connection: Connection, engine: Engine, meter: Counter[str] | None = None) -> Ledger:
    """The connection's company, ready for calls. ``meter`` counts them by class; ``keep_calls`` stores what it counted."""
    provider = engine.provider(connection.ledger)
    tokens = StoredTokens(connection, provider, engine)
    counted: Counter[str] = Counter() if meter is None else meter

    def count(metered: str) -> None:
        counted[metered] += 1

    return provider.open(company_id(connection), tokens, count, connection.settings)


_ADD = """
INSERT INTO sync_callmeter (firm_id, connection_id, month, metered, calls) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (connection_id, month, metered) DO UPDATE SET calls = sync_callmeter.calls + excluded.calls
"""


def keep_calls(connection: Connection, meter: Counter[str], now: datetime) -> None:
    """Add what was counted to the month, and start counting anew."""
    month = now.date().replace(day=1)
    with database.cursor() as cursor:
        for metered, calls in sorted(meter.items()):
            cursor.execute(_ADD, [connection.firm_id, connection.pk, month, metered, calls])
    meter.clear()


def calls_of_month(connection: Connection, now: datetime) -> dict[str, int]:
    """This month's calls by class."""
    rows = CallMeter.objects.filter(connection=connection, month=now.date().replace(day=1))
    return dict(rows.values_list("metered", "calls"))
