"""Decides when the nets under the webhooks are next cast: the change feed, the nightly look, the full comparison.

Reads are metered, so a firm in which nothing happens must cost next to nothing, and one whose webhooks are lost must
not wait for a night. Known to be healthy are webhooks that came, and of which none has since been found missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What is known of one connection's webhooks."""

    heard_at: datetime | None = None
    """When one last came."""
    missed_at: datetime | None = None
    """When a change was last found that none had told of."""

    @property
    def healthy(self) -> bool:
        return self.heard_at is not None and (self.missed_at is None or self.heard_at > self.missed_at)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the nets are cast."""

    doubtful: timedelta = timedelta(minutes=5)
    """Between two questions to the change feed while webhooks are not known to be healthy."""
    lively: timedelta = timedelta(minutes=15)
    """From something that happened to the question whether that was all of it."""
    quiet: timedelta = timedelta(hours=12)
    """Between two questions while webhooks are healthy and nothing happens."""
    look: timedelta = timedelta(hours=24)
    """Between two looks at everything: what changed, and how many there are."""
    compared_if_moved: timedelta = timedelta(hours=24)
    """Between two full comparisons of what travels to us, when something of it has moved."""
    documents_if_moved: timedelta = timedelta(days=7)
    """The same for what only travels to the ledger: the change feed tells its tokens and totals every night."""
    compared_anyway: timedelta = timedelta(days=30)
    """Between two full comparisons of what has not moved."""


def is_due(at: datetime, most: timedelta, now: datetime) -> bool:
    """Whether the time has come. ``most``: the longest wait there is; one that ends later was set before the clock
    was set back, and would keep the net out of the water for as long."""
    return at <= now or at > now + most


def next_question(webhooks: Webhooks, moved_at: datetime | None, now: datetime, pace: Pace) -> datetime:
    """When the change feed is to be asked after it was asked now. ``moved_at``: when something last happened."""
    if not webhooks.healthy:
        return now + pace.doubtful
    if moved_at is not None and moved_at > now - pace.lively:
        return now + pace.lively
    return now + pace.quiet


def question_after_move(webhooks: Webhooks, due: datetime, now: datetime, pace: Pace) -> datetime:
    """When the change feed is to be asked once something has happened: a webhook came, or we wrote there."""
    return min(due, now + (pace.lively if webhooks.healthy else pace.doubtful))


def compare_now(
    compared_at: datetime | None, moved_at: datetime | None, *, comes_here: bool, now: datetime, pace: Pace
) -> bool:
    """Whether an entity is to be compared whole with tonight's look.

    ``moved_at``: when a record of it was last seen anew. ``comes_here``: its records travel to us.
    """
    if compared_at is None:
        return True
    moved = moved_at is not None and moved_at > compared_at
    every = (pace.compared_if_moved if comes_here else pace.documents_if_moved) if moved else None
    # An hour less: a look a little early is the same night's.
    return compared_at <= now - (every or pace.compared_anyway) + timedelta(hours=1)
