"""Decides nothing, writes nothing: what stops or slows a whole connection now, in a sentence with its next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from tieout.practice.firms import Plan
from tieout.sync.models import ActivityLine, Connection, ConnectionState, InboxEvent, Run, TokenSet
from tieout.sync.watch import webhooks_of

WARN_BEFORE = timedelta(days=30)
"""How long before a sign-in runs out it is said."""
TAKEN_UP_WITHIN = timedelta(minutes=5)
"""How long a webhook may wait for a run before somebody is told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One banner."""

    kind: str
    """``info``: clears by itself. ``warning``: a person should act some day soon. ``error``: nothing goes until one does."""
    title: str
    sentence: str
    again_at: datetime | None = None
    """When it is tried again by itself."""


NOT_IN_THE_PLAN = Standing(
    "warning",
    "QuickBooks is not part of the firm's plan",
    "Nothing is sent or fetched. Links and changes are kept, and all goes on by itself once a plan with QuickBooks is back.",
)


def standings(connection: Connection, now: datetime) -> list[Standing]:
    """The banners of an active connection; those of one that is paused or signed out are the pages' own."""
    if connection.state != ConnectionState.ACTIVE:
        return []
    if connection.firm.plan != Plan.PAID:
        return [NOT_IN_THE_PLAN]
    found = [
        _waiting(connection, now),
        _held_up(connection),
        _not_taken_up(connection, now),
        _runs_out(connection, now),
    ]
    return [one for one in found if one is not None]


def whole(connection: Connection, now: datetime) -> list[Standing]:
    """As ``standings``, and for a connection that is paused or signed out too: for pages that say nothing of it else."""
    if connection.state == ConnectionState.NEEDS_RECONNECT:
        sentence = f"{connection.state_reason} What waits is kept, and sent once QuickBooks is reconnected."
        return [Standing("error", "QuickBooks signed us out", sentence.strip())]
    if connection.state == ConnectionState.PAUSED:
        sentence = f"{connection.state_reason} Nothing is sent or fetched until somebody resumes; what waits is kept."
        return [Standing("warning", "Paused", sentence.strip())]
    return standings(connection, now)


def _waiting(connection: Connection, now: datetime) -> Standing | None:
    """QuickBooks did not answer, or asked us to wait: the last run ended so, and the next is not due yet."""
    last = Run.objects.filter(connection_id=connection.pk).order_by("-started_at").first()
    if last is None or last.outcome not in ("waiting", "failed"):
        return None
    line = (
        ActivityLine.objects.filter(
            connection_id=connection.pk, at__gte=last.started_at, result__in=("waiting", "problem")
        )
        .order_by("-id")
        .first()
    )
    sentence = line.sentence if line else "QuickBooks did not answer."
    return Standing("info", "Waiting for QuickBooks", sentence, max(connection.due_at, now))


def _held_up(connection: Connection) -> Standing | None:
    """Webhooks came once, and one that must have come since did not.

    Intuit withholds later notices while one is not answered within three seconds (its webhooks' best practices), so an
    endpoint of ours that fails once too often hears nothing more.
    """
    webhooks = webhooks_of(connection)
    if webhooks.heard_at is None or webhooks.healthy:
        return None
    return Standing(
        "warning",
        "Notices from QuickBooks do not reach us",
        f"The last one came on {webhooks.heard_at:%B} {webhooks.heard_at.day}; since then a change was found that none had "
        "told of. QuickBooks holds later notices back until one is answered. Nothing is lost: changes are asked for every "
        "five minutes instead. Whoever runs Tieout should see that it answers QuickBooks within three seconds.",
    )


def _not_taken_up(connection: Connection, now: datetime) -> Standing | None:
    waiting = InboxEvent.objects.filter(connection_id=connection.pk, handled_at=None).aggregate(
        many=Count("id"), oldest=Min("received_at")
    )
    if waiting["oldest"] is None or now - waiting["oldest"] < TAKEN_UP_WITHIN:
        return None
    many = waiting["many"]
    minutes = int((now - waiting["oldest"]).total_seconds() // 60)
    return Standing(
        "warning",
        "Notices from QuickBooks wait to be taken up",
        f"{many:,} notice{' waits' if many == 1 else 's wait'}, the oldest for {minutes:,} minutes. They are kept. "
        "Whoever runs Tieout should see that a worker is running.",
    )


def sign_in_ends(connection: Connection) -> datetime | None:
    """When no refresh helps any more and a person signs in again; None without a sign-in."""
    tokens = TokenSet.objects.filter(connection_id=connection.pk).first()
    if tokens is None:
        return None
    return min(one for one in (tokens.refresh_expires_at, tokens.hard_expires_at) if one)


def _runs_out(connection: Connection, now: datetime) -> Standing | None:
    ends = sign_in_ends(connection)
    if ends is None or ends > now + WARN_BEFORE:
        return None
    days = max(0, (ends - now).days)
    return Standing(
        "warning",
        f"The sign-in to QuickBooks runs out in {days} day{'' if days == 1 else 's'}",
        "Reauthorize before then and nothing stops. Anyone who manages integrations and is an administrator there can.",
    )
