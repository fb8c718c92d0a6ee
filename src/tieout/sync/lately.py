"""Decides nothing, writes nothing: what each advanced setting did in the last thirty days, or holds back now.

Read for the page that sets them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection as database
from django.db.models import Count, QuerySet

from tieout.practice.billing_access import rows_of
from tieout.reconcile.state import Side
from tieout.sync.models import Attempt, AttemptState, Conflict, Connection, Issue
from tieout.sync.worklist import AMOUNTS


@dataclass(frozen=True, slots=True)
class OfUnit:
    """One field that both sides may change."""

    written: int = 0
    """Records in which the sync wrote it, on either side."""
    asked: int = 0
    """How often a person was asked which value to keep."""


_WRITTEN = """
SELECT unit, count(DISTINCT (line.side, line.record_id)) FROM sync_activityline AS line, jsonb_object_keys(line.details -> 'after') AS unit
WHERE line.connection_id = %s AND line.entity = %s AND line.at >= %s AND line.result = 'done'
AND jsonb_typeof(line.details -> 'after') = 'object' GROUP BY unit
"""


def of_units(connection: Connection, entity: str, since: datetime) -> dict[str, OfUnit]:
    """Unit -> what happened with it. A unit of which nothing is known is missing. Two queries."""
    with database.cursor() as cursor:
        cursor.execute(_WRITTEN, [connection.pk, entity, since])
        written = dict(cursor.fetchall())
    conflicts = Conflict.objects.filter(connection=connection, entity=entity, opened_at__gte=since)
    asked = dict(conflicts.order_by().values_list("unit").annotate(Count("id")))
    return {unit: OfUnit(written.get(unit, 0), asked.get(unit, 0)) for unit in {*written, *asked}}


def sent(connection: Connection, since: datetime) -> dict[str, int]:
    """Entity -> records written in the ledger. One query."""
    done = Attempt.objects.filter(connection=connection, state=AttemptState.DONE, finished_at__gte=since)
    return dict(done.order_by().values_list("entity").annotate(Count("practice_id", distinct=True)))


def too_old(connection: Connection) -> dict[str, int]:
    """Entity -> documents that stay here because they are dated before the start. One query."""
    return dict(_too_old(connection).order_by().values_list("entity").annotate(Count("id")))


def dated_before_start(
    connection: Connection, entity: str, since: date
) -> tuple[int, list[tuple[str, Decimal]]]:
    """Documents that are only left out because they are older than the start date, and would go from ``since`` on.

    How many, and what they come to by currency. Two queries; none for what carries no amount of its own.
    """
    if entity not in AMOUNTS:
        return 0, []
    model, column = AMOUNTS[entity]
    held = _too_old(connection).filter(entity=entity)
    ids = [one for one in held.values_list("record_id", flat=True) if one.isdecimal()]
    found = rows_of(model, connection.firm_id).filter(pk__in=ids, date__gte=since)
    sums: dict[str, Decimal] = {}
    for currency, amount in (rows := list(found.values_list("currency", column))):
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return len(rows), sorted(sums.items())


def _too_old(connection: Connection) -> QuerySet[Issue]:
    return Issue.objects.filter(
        connection=connection,
        side=Side.PRACTICE,
        closed_at=None,
        cause="not_eligible",
        sentence__startswith="It is dated before",
    )
