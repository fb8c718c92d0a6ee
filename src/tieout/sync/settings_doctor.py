"""Acts: asks the ledger for its company's own settings and keeps the answer. What they mean is the pages' to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tieout.practice.clients import CLIENT
from tieout.reconcile.company import Company
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


@dataclass(frozen=True, slots=True)
class Introduced:
    """By what a person knows a company from another of the same name; empty where it does not tell."""

    country: str = ""
    currency: str = ""
    """Its home currency, as an ISO code."""


def introduced(connection: Connection) -> Introduced:
    """As the company told when last looked at. Asks nobody."""
    last = SettingsCheck.objects.filter(connection=connection).first()
    if last is None:
        return Introduced()
    home = ((last.facts.get("preferences") or {}).get("CurrencyPrefs") or {}).get("HomeCurrency") or {}
    return Introduced(str(last.facts.get("country") or ""), str(home.get("value") or ""))


def customers_read(connection: Connection) -> int:
    """How many customers were read so far, by the readings that are made anyway."""
    return Observation.objects.filter(
        connection=connection, entity=CLIENT, side=Side.LEDGER, absent=""
    ).count()


def examine(connection: Connection, *, engine: Engine | None = None) -> SettingsCheck:
    """Look now. When the ledger does not answer, the last facts stay, with a sentence that says so."""
    engine = engine or Engine()
    try:
        with counted(connection, engine) as ledger:
            company = ledger.company()
    except LedgerError as error:
        return _stored(connection, engine, {"problem": error.sentence[:500]})
    kept_settings.keep(connection, {"preferences": company.facts.get("preferences", {})}, engine)
    return keep(connection, company, engine)


def keep(connection: Connection, company: Company, engine: Engine) -> SettingsCheck:
    """What the company has just told of itself, kept as a look: nobody has to ask for it again."""
    return _stored(
        connection, engine, {"problem": "", "facts": {"country": company.country, **company.facts}}
    )


def note(connection: Connection, told: Mapping[str, Any]) -> None:
    """What the nightly look was told of the preferences, at no cost of its own. The rest of the last look stays, and so
    does its time: who opens the page a day later has the whole looked at anew."""
    preferences = told.get("preferences")
    check = SettingsCheck.objects.filter(connection=connection).first()
    if not preferences or check is None:
        return
    SettingsCheck.objects.filter(pk=check.pk).update(
        facts={**check.facts, "preferences": preferences}, problem=""
    )


def _stored(connection: Connection, engine: Engine, found: dict[str, object]) -> SettingsCheck:
    check, _ = SettingsCheck.objects.update_or_create(
        connection=connection,
        defaults={"firm_id": connection.firm_id, "checked_at": engine.now(), **found},
    )
    return check
