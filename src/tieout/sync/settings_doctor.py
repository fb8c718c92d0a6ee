"""Acts: asks the ledger for its company's own settings and keeps the answer. What they mean is the pages' to say."""

from __future__ import annotations

from datetime import timedelta

from tieout.practice.clients import CLIENT
from tieout.reconcile.ports import LedgerError
from tieout.reconcile.state import Side
from tieout.sync import kept_settings
from tieout.sync.engine import Engine
from tieout.sync.ledgers import counted
from tieout.sync.models import Connection, Observation, SettingsCheck

STALE = timedelta(days=1)
"""Looked at again when older: each look costs two metered reads."""


def current(connection: Connection, *, engine: Engine | None = None) -> SettingsCheck:
    """The last look; a new one when that is of yesterday, or from before the last sign-in."""
    engine = engine or Engine()
    last = SettingsCheck.objects.filter(connection=connection).first()
    fresh_from = max(connection.connected_at, engine.now() - STALE)
    return last if last and last.checked_at >= fresh_from else examine(connection, engine=engine)


def customers_read(connection: Connection) -> int:
    """How many customers were read so far, by the readings that are made anyway."""
    return Observation.objects.filter(
        connection=connection, entity=CLIENT, side=Side.LEDGER, absent=""
    ).count()


def examine(connection: Connection, *, engine: Engine | None = None) -> SettingsCheck:
    """Look now. When the ledger does not answer, the last facts stay, with a sentence that says so."""
    engine = engine or Engine()
    found: dict[str, object] = {"problem": ""}
    try:
        with counted(connection, engine) as ledger:
            company = ledger.company()
    except LedgerError as error:
        found["problem"] = error.sentence[:500]
    else:
        found["facts"] = {"country": company.country, **company.facts}
        kept_settings.keep(connection, {"preferences": company.facts.get("preferences", {})}, engine)
    check, _ = SettingsCheck.objects.update_or_create(
        connection=connection,
        defaults={"firm_id": connection.firm_id, "checked_at": engine.now(), **found},
    )
    return check
