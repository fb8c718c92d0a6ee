"""Decides: how a record's state of agreement is shown. The same badge on every list and record page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tieout.practice.isolation import current_scope
from tieout.sync.status import RecordStatus, record_statuses


@dataclass(frozen=True, slots=True)
class Badge:
    """A word, an icon and a tone; ``detail`` is the sentence behind it, ``url`` where to do something about it."""

    word: str
    icon: str
    tone: str
    """``good``, ``wait``, ``warn``, ``bad`` or ``calm``; never the only carrier of meaning."""
    detail: str = ""
    url: str = ""


LOOKS: Mapping[str, tuple[str, str]] = {
    "in_step": ("circle-check", "good"),
    "waiting": ("clock", "wait"),
    "checking": ("refresh", "wait"),
    "needs_you": ("alert-triangle", "bad"),
    "excluded": ("ban", "calm"),
    "paused": ("player-pause", "warn"),
}
"""State of a record (``sync.status``) -> icon and tone."""


def badges_for(kind: str, ids: Iterable[str]) -> dict[str, Badge]:
    """Record id -> badge for records of the firm in scope. Empty while that kind is not set up with QuickBooks."""
    firm = current_scope()
    if not firm.isdigit():
        return {}
    found = record_statuses(int(firm), kind, list(ids))
    return {record_id: badge_of(status) for record_id, status in found.items()}


def badge_of(status: RecordStatus) -> Badge:
    return Badge(status.word, *LOOKS[status.state], detail=status.detail)
