"""Acts: asks in one question what waits for a run of a connection, and in one what it leaves behind. Used by ``runner``.

Most runs find next to nothing. Each of these things asked by itself cost such a run more than all else it did.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database

from tieout.sync.lease import Lease
from tieout.sync.models import UNRESOLVED, AttemptState, Connection, ReviewState


@dataclass(frozen=True, slots=True)
class Waiting:
    """What there is to do now. Entities by the practice's word."""

    notes: bool
    """Changes of our own that were not taken up yet."""
    notices: bool
    """Webhooks' notices that were not taken up yet."""
    cut_off: bool
    """Attempts that an earlier run left in mid-sending."""
    doubtful: frozenset[str]
    """Entities with attempts that are to be looked for."""
    dirty: frozenset[str]
    """Entities with records that can be worked on."""


_NOW = """
SELECT EXISTS (SELECT FROM practice_outboxnote WHERE firm_id = %(firm)s),
    EXISTS (SELECT FROM sync_inboxevent WHERE connection_id = %(connection)s AND handled_at IS NULL),
    EXISTS (SELECT FROM sync_attempt
        WHERE connection_id = %(connection)s AND state = %(sending)s AND epoch < %(epoch)s),
    ARRAY(SELECT DISTINCT entity FROM sync_attempt
        WHERE connection_id = %(connection)s AND state = %(in_doubt)s
            AND (next_look_at IS NULL OR next_look_at <= %(now)s)),
    ARRAY(SELECT DISTINCT entity FROM sync_dirty
        WHERE connection_id = %(connection)s AND (not_before IS NULL OR not_before <= %(now)s))
"""


def ask(lease: Lease) -> Waiting:
    """What waits for the run that holds this lease."""
    connection = lease.connection
    with database.cursor() as cursor:
        cursor.execute(
            _NOW,
            {
                "firm": connection.firm_id,
                "connection": connection.pk,
                "epoch": connection.epoch,
                "sending": AttemptState.SENDING.value,
                "in_doubt": AttemptState.IN_DOUBT.value,
                "now": lease.engine.now(),
            },
        )
        notes, notices, cut_off, doubtful, dirty = cursor.fetchone()
    return Waiting(notes, notices, cut_off, frozenset(doubtful), frozenset(dirty))


@dataclass(frozen=True, slots=True)
class Left:
    """What a run leaves behind: when something of it is next wanted, None where there is nothing."""

    look_at: datetime | None
    """When the next attempt in doubt is to be looked for."""
    ripe_at: datetime | None
    """When the next dirty record can be worked on."""
    reviews: bool
    """Whether a review is being applied."""


_LEFT = """
SELECT (SELECT MIN(next_look_at) FROM sync_attempt
        WHERE connection_id = %(connection)s AND entity = ANY(%(entities)s) AND state = ANY(%(unresolved)s)),
    (SELECT MIN(COALESCE(not_before, %(now)s)) FROM sync_dirty
        WHERE connection_id = %(connection)s AND entity = ANY(%(entities)s)),
    EXISTS (SELECT FROM sync_review WHERE connection_id = %(connection)s AND state = %(applying)s)
"""


def left(connection: Connection, entities: Collection[str], now: datetime) -> Left:
    """What is left of these entities. A record without a time is ripe ``now``: a person, or the run itself, marked it
    when the run was past it already."""
    with database.cursor() as cursor:
        cursor.execute(
            _LEFT,
            {
                "connection": connection.pk,
                "entities": list(entities),
                "unresolved": [one.value for one in UNRESOLVED],
                "applying": ReviewState.APPLYING.value,
                "now": now,
            },
        )
        return Left(*cursor.fetchone())
