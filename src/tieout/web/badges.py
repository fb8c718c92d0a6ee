"""Decides: how a record's state of agreement is shown. The same badge on every list and record page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from tieout.practice.isolation import current_scope
from tieout.sync.status import RecordStatus, record_statuses
from tieout.web.integrations.remedies import RECORD_PAGES


@dataclass(frozen=True, slots=True)
class Badge:
    """A word, an icon and a tone; ``detail`` is the sentence behind it, ``url`` the panel with all about it."""

    word: str
    icon: str
    tone: str
    """``good``, ``wait``, ``warn``, ``bad`` or ``calm``; never the only carrier of meaning."""
    detail: str = ""
    url: str = ""
    ledger_name: str = ""
    """What the record is called in QuickBooks, such as an invoice's number; empty without a link."""
    is_linked: bool = False
    """There is a record in QuickBooks that changes with it."""
    can_retry: bool = False
    """Something about it is open that may go through when it is tried again."""


LOOKS: Mapping[str, tuple[str, str]] = {
    "in_step": ("circle-check", "good"),
    "waiting": ("clock", "wait"),
    "checking": ("refresh", "wait"),
    "sending": ("send", "wait"),
    "needs_you": ("alert-triangle", "bad"),
    "differs": ("arrows-exchange", "bad"),
    "removed_there": ("trash", "bad"),
    "not_set_up": ("circle-dashed", "calm"),
    "excluded": ("ban", "calm"),
    "paused": ("player-pause", "warn"),
}
"""State of a record (``sync.status``) -> icon and tone."""


TRIED_AGAIN = frozenset({"needs_you", "waiting"})
"""States that trying again may end, when they have a reason (and so a beginning)."""


def badges_for(kind: str, ids: Iterable[str]) -> dict[str, Badge]:
    """Record id -> badge for records of the firm in scope. Empty while that kind is not set up with QuickBooks."""
    firm = current_scope()
    if not firm.isdigit():
        return {}
    found = record_statuses(int(firm), kind, list(ids))
    pages = RECORD_PAGES.get(kind, {})
    return {
        record_id: badge_of(
            status, f"{reverse(pages['record'], args=[record_id])}#quickbooks" if pages else ""
        )
        for record_id, status in found.items()
    }


def badge_of(status: RecordStatus, url: str = "") -> Badge:
    look = LOOKS[status.state]
    can_retry = status.state in TRIED_AGAIN and status.since is not None
    return Badge(
        status.word, *look, status.detail, url, status.ledger_name, bool(status.ledger_id), can_retry
    )
