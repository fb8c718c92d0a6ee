"""Acts: lets a job of a review wait for QuickBooks, or be tried anew, and go on by itself. Used by ``review_jobs`` and ``review_drift``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from tieout.reconcile.ports import Reconnect, RetryLater
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, ConnectionState, Review
from tieout.sync.tokens import sign_in_ended

PATIENCE = timedelta(seconds=60)
"""How long a job waits when QuickBooks does not say how long."""
MOST_WAITED = timedelta(hours=2)
WAITING = "Waiting for QuickBooks"
SIGNED_OUT = "Waiting until somebody signs in to QuickBooks again"
SIGNED_IN = "Begun anew after somebody signed in to QuickBooks again"
AGAIN_AFTER = (10, 60)
"""Seconds after each try that stopped unexpectedly; after the last one a person is told."""
TRYING_AGAIN, TRIES = "Stopped unexpectedly, and is tried again", "apply_tries"


def wait(found: Review, error: RetryLater, engine: Engine, again: Callable[..., None]) -> bool:
    """Asked to slow down, or no answer: the review says when it goes on. ``again`` queues its job, ``after`` seconds.

    False once it has waited for as long as anybody would: then a person is told.
    """
    now = engine.now()
    before = found.summary.get("waits", {}) if found.phase == WAITING else {}
    since = datetime.fromisoformat(before["since"]) if "since" in before else now
    if now - since > MOST_WAITED:
        return False
    after = max(1, int((error.after or PATIENCE).total_seconds()))
    until = (now + timedelta(seconds=after)).isoformat()
    waits = {"until": until, "why": error.sentence, "since": since.isoformat()}
    Review.objects.filter(pk=found.pk, state=found.state).update(
        phase=WAITING, progress_done=0, progress_total=None, summary={**found.summary, "waits": waits}
    )
    again(found.connection_id, found.pk, after=after)
    return True


def wait_for_sign_in(found: Review, since: datetime, error: Reconnect, engine: Engine) -> bool:
    """Signed out: the connection says so, and the review waits for as long as that lasts. Its job is queued again once
    somebody has signed in (``tasks.ring_reviews``); at once when somebody has already, since the job began. ``since``: the
    ``connected_at`` it began with.

    False when no sign-in would help: the connection was taken away, or is paused.
    """
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=found.connection_id)
        if row.state == ConnectionState.ACTIVE:
            sign_in_ended(row, since, error, engine)
        if row.state not in (ConnectionState.ACTIVE, ConnectionState.NEEDS_RECONNECT):
            return False
        phase = SIGNED_OUT if row.state == ConnectionState.NEEDS_RECONNECT else SIGNED_IN
        Review.objects.filter(pk=found.pk, state=found.state).update(
            phase=phase, progress_done=0, progress_total=None
        )
    return True


def try_again(found: Review, again: Callable[..., None]) -> bool:
    """What stopped for a reason nobody foresaw is tried anew, a little later. False once that was tried often enough."""
    tried = int(found.summary.get(TRIES, 0))
    if tried >= len(AGAIN_AFTER):
        return False
    still = Review.objects.filter(pk=found.pk, state=found.state).update(
        phase=TRYING_AGAIN,
        progress_done=0,
        progress_total=None,
        summary={**found.summary, TRIES: tried + 1},
    )
    if still:
        again(found.connection_id, found.pk, after=AGAIN_AFTER[tried])
    return True
