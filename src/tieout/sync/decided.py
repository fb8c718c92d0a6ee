"""Acts: which records a person has decided about since their creation was planned. Asked by ``sending`` and ``doubt``.

A plan of many creates is carried out for minutes. What is linked by hand or left out in between must not be created after
all: a second customer, or a second invoice, would be there. Whoever decides holds the connection's row, and so does every
commit of a run, so that an answer given inside of one is true until its end.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection as database

from tieout.reconcile.state import Side
from tieout.sync.models import Connection

_DECIDED = """
SELECT practice_id FROM sync_link WHERE connection_id = %s AND entity = %s AND practice_id = ANY(%s)
UNION SELECT record_id FROM sync_hold WHERE connection_id = %s AND entity = %s AND side = %s AND record_id = ANY(%s)
"""


def decided_otherwise(connection: Connection, entity: str, creates: Collection[str]) -> set[str]:
    """Of these records of the practice, those that are linked by now, left out, or wait for a decision."""
    if not creates:
        return set()
    ids, side = list(creates), Side.PRACTICE.value
    with database.cursor() as cursor:
        cursor.execute(_DECIDED, [connection.pk, entity, ids, connection.pk, entity, side, ids])
        return {record_id for (record_id,) in cursor.fetchall()}
