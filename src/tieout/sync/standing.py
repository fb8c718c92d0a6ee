"""Decides nothing, writes nothing: what stops or slows a whole connection now, in a sentence with its next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tieout.sync.models import ActivityLine, Connection, ConnectionState, Run, TokenSet

WARN_BEFORE = timedelta(days=30)
"""How long before a sign-in runs out it is said."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One banner."""

    kind: str
    """``info``: clears by itself. ``warning``: a person should act some day soon."""
    title: str
    sentence: str
    again_at: datetime | None = None
    """When it is tried again by itself."""


def standings(connection: Connection, now: datetime) -> list[Standing]:
    """The banners of an active connection; those of one that is paused or signed out are the pages' own."""
    if connection.state != ConnectionState.ACTIVE:
        return []
    found = [_waiting(connection, now), _runs_out(connection, now)]
    return [one for one in found if one is not None]


def _waiting(connection: Connection, now: datetime) -> Standing | None:
    """QuickBooks did not answer, or asked us to wait: the last run ended so, and the next is not due yet."""
    last = Run.objects.filter(connection_id=connection.pk).order_by("-started_at").first()
    if last is None or last.outcome != "waiting":
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


def _runs_out(connection: Connection, now: datetime) -> Standing | None:
    tokens = TokenSet.objects.filter(connection_id=connection.pk).first()
    if tokens is None:
        return None
    ends = min(one for one in (tokens.refresh_expires_at, tokens.hard_expires_at) if one)
    if ends > now + WARN_BEFORE:
        return None
    days = max(0, (ends - now).days)
    return Standing(
        "warning",
        f"The sign-in to QuickBooks runs out in {days} day{'' if days == 1 else 's'}",
        "Reauthorize before then and nothing stops. Anyone who manages integrations and is an administrator there can.",
    )
