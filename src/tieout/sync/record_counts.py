"""Decides nothing, writes nothing: how many records are in which state, counted by the database in one query. Read by ``status``.

Manage, the tile and the dashboard ask for it at each view, and every few seconds while something waits: no row is
brought here for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db import connection as database

from tieout.sync.models import Connection, Dirty, Issue, Link

STATES = ("needs_you", "put_off", "left_out", "waiting")
"""The states that are not "in step", the most pressing first: a record counts once, under the first that holds."""

_COUNT = f"""
WITH said AS (
    SELECT entity, side, record_id, CASE
        WHEN listing = 'needs_you' AND put_off_until > %(now)s THEN 1
        WHEN listing = 'needs_you' THEN 0
        WHEN listing = 'left_out' THEN 2
        ELSE 3 END AS place
    FROM {Issue._meta.db_table} WHERE connection_id = %(connection)s AND closed_at IS NULL
    UNION ALL
    SELECT d.entity, CASE WHEN l.id IS NULL THEN d.side ELSE 'practice' END, COALESCE(l.practice_id, d.record_id), 3
    FROM {Dirty._meta.db_table} d LEFT JOIN {Link._meta.db_table} l ON d.side = 'ledger'
        AND l.connection_id = d.connection_id AND l.entity = d.entity AND l.ledger_id = d.record_id
    WHERE d.connection_id = %(connection)s
), each AS (SELECT entity, side, record_id, min(place) AS place FROM said GROUP BY entity, side, record_id)
SELECT e.entity, e.place, count(*), count(l.id)
FROM each e LEFT JOIN {Link._meta.db_table} l ON e.side = 'practice'
    AND l.connection_id = %(connection)s AND l.entity = e.entity AND l.practice_id = e.record_id
GROUP BY e.entity, e.place
UNION ALL
SELECT entity, NULL, count(*), 0 FROM {Link._meta.db_table} WHERE connection_id = %(connection)s GROUP BY entity
"""  # noqa: S608 - the names of our own tables


def by_entity(connection: Connection, now: datetime) -> Mapping[str, Counter[str]]:
    """Entity -> state -> records. ``in_step``: linked pairs that are in none of ``STATES``; a pair counts once.

    What a person put off (``put_off``) is not asked about now, and is not in step either.
    """
    found: dict[str, Counter[str]] = {}
    with database.cursor() as cursor:
        cursor.execute(_COUNT, {"connection": connection.pk, "now": now})
        for entity, place, records, linked in cursor.fetchall():
            counts = found.setdefault(entity, Counter())
            if place is None:
                counts["in_step"] += records
            else:
                counts[STATES[place]] += records
                counts["in_step"] -= linked
    return found
