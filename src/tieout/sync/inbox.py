"""Acts: takes webhook deliveries. Verifies, stores keys, rings, answers; the work is done later by a run.

The answer must be out within three seconds, so nothing here calls the ledger. A delivery may name several
companies and may come twice: each event is stored once, under the connection of its own company.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from tieout.practice.isolation import every_firm_scope
from tieout.reconcile.ports import BadSignature, Notice
from tieout.sync.engine import Engine
from tieout.sync.models import LIVE_STATES, Connection, ConnectionState, InboxEvent
from tieout.sync.secrets import digest
from tieout.sync.tasks import wake

log = logging.getLogger(__name__)

JUST_HANDLED = timedelta(minutes=10)
"""Where an event's id tells changes apart by the second only, one that comes again may be of a second change in that
second. It is handled again if it was handled so soon after it happened, by two clocks; later it was read as it is now."""


def receive(
    body: bytes, headers: Mapping[str, str], *, ledger: str = "quickbooks", engine: Engine | None = None
) -> int:
    """Store one delivery; returns the HTTP status to answer.

    401 for what is not provably the ledger's: nothing of it is kept. 200 otherwise, also for companies and
    entities that are none of ours: answering anything else would have the whole delivery repeated for ever.
    """
    engine = engine or Engine()
    try:
        notices = engine.provider(ledger).notices(headers, body)
    except BadSignature:
        log.warning("a webhook with a bad or missing signature was refused (%d bytes)", len(body))
        return 401
    with every_firm_scope():
        _store(notices, engine)
    return 200


def _store(notices: Sequence[Notice], engine: Engine) -> None:
    digests = {notice.company_id: digest(notice.company_id) for notice in notices}
    connections = {
        found.company_digest: found
        for found in Connection.objects.filter(
            company_digest__in=set(digests.values()), state__in=LIVE_STATES
        )
    }
    rows = [_row(notice, connections.get(digests[notice.company_id]), engine) for notice in notices]
    vague = {notice.event_id[:200] for notice in notices if notice.by_the_second}
    with transaction.atomic():
        # The connection's row is not touched: a change of it would wait for whoever is at work on it.
        InboxEvent.objects.filter(event_id__in=vague, handled_at__lt=F("occurred_at") + JUST_HANDLED).update(
            handled_at=None
        )
        InboxEvent.objects.bulk_create(rows, ignore_conflicts=True)
        for connection in connections.values():
            if connection.state == ConnectionState.ACTIVE:
                wake(connection.pk)
    unknown = sum(digests[notice.company_id] not in connections for notice in notices)
    if unknown:
        log.info("%d webhook events for companies that are not connected here", unknown)


def _row(notice: Notice, connection: Connection | None, engine: Engine) -> InboxEvent:
    return InboxEvent(
        firm_id=connection.firm_id if connection else None,
        connection=connection,
        event_id=notice.event_id[:200],
        entity=notice.entity[:60],
        record_id=notice.record_id[:60],
        operation=notice.operation[:40],
        other_id=notice.other_id[:60],
        occurred_at=notice.at,
        received_at=engine.now(),
        handled_at=None if connection else engine.now(),
    )
