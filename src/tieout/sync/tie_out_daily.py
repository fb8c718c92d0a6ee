"""Acts: has the tie-out made once a day for every firm, and once for the last day of each month. A job, never a page.

Whether it is due follows from the comparisons kept, so it may be asked for as often as one likes.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tieout.practice.firms import Plan
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.reconcile.ports import LedgerError
from tieout.sync import tie_out
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, ConnectionState, SectionState, TieOut

log = logging.getLogger(__name__)
EVERY = timedelta(days=1)


def days_due(connection: Connection, now: datetime) -> list[date]:
    """The days to compare now: today, unless that was done within a day; last month's end, unless it was done at all."""
    if connection.state != ConnectionState.ACTIVE or connection.section("client") is not SectionState.ON:
        return []
    today = today_of(connection, now)
    month_end = today.replace(day=1) - timedelta(days=1)
    made = TieOut.objects.filter(connection=connection)
    due = []
    if connection.connected_at.date() <= month_end and not made.filter(day=month_end).exists():
        due.append(month_end)
    if not made.filter(day=today, checked_at__gt=now - EVERY).exists():
        due.append(today)
    return due


def today_of(connection: Connection, now: datetime) -> date:
    """The day it is where the firm is."""
    return now.astimezone(ZoneInfo(connection.firm.time_zone)).date()


def due_connections(now: datetime) -> list[int]:
    """Every firm's connections that have a day to compare."""
    with every_firm_scope():
        active = Connection.objects.filter(state=ConnectionState.ACTIVE, firm__plan=Plan.PAID)
        rows = active.select_related("firm")
        return [row.pk for row in rows if days_due(row, now)]


def compare_due(connection_id: int, engine: Engine | None = None) -> int:
    """Compare what is due. Returns how many days were. When QuickBooks does not answer, the next call tries again."""
    engine = engine or Engine()
    with every_firm_scope():
        connection = Connection.objects.select_related("firm").filter(pk=connection_id).first()
    if connection is None:
        return 0
    made = 0
    with firm_scope(connection.firm_id):
        for day in days_due(connection, engine.now()):
            try:
                tie_out.check(connection, day, engine=engine)
            except LedgerError as error:
                log.warning("connection %s could not be compared: %s", connection_id, error.sentence)
                return made
            made += 1
    return made
