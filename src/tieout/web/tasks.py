"""Decides: what the dashboard asks of a person, the most pressing first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.sync.models import Connection, ConnectionState, Review, ReviewState
from tieout.sync.status import SectionStatus
from tieout.web.integrations.flows import FLOWS


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the list it counts."""

    value: int
    words: str
    url: str
    one: str = ""
    """The words for just one, where they differ."""

    @property
    def said(self) -> str:
        return self.one if self.one and self.value == 1 else self.words


@dataclass(frozen=True, slots=True)
class Task:
    state: str
    """A key of ``templatetags.page.LOOKS``."""
    sentence: str
    action: str
    url_name: str
    query: str = ""
    """Narrows the list behind the address, with its question mark."""


def tasks(
    connection: Connection | None, sections: Sequence[SectionStatus], reviews: Sequence[Review]
) -> list[Task]:
    """Empty when there is nothing to do: then the page says so. ``reviews``: those that are open."""
    if connection is None:
        return [Task("disconnected", "QuickBooks Online is not connected.", "Set up", "quickbooks")]
    found = []
    if connection.state == ConnectionState.NEEDS_RECONNECT:
        sentence = (
            f"QuickBooks signed us out of {connection.company_name}. Nothing is lost; what changed waits."
        )
        found.append(Task("needs_reconnect", sentence, "Reconnect", "quickbooks-connect"))
    if connection.state == ConnectionState.PAUSED:
        found.append(Task("paused", "The sync with QuickBooks is paused.", "Manage", "quickbooks"))
    if needs_you := sum(section.needs_you for section in sections):
        one = needs_you == 1
        sentence = (
            f"{needs_you:,} record{'' if one else 's'} need{'s' if one else ''} a decision from a person."
        )
        found.append(Task("needs_you", sentence, "Look", "quickbooks-issues"))
    for review in reviews:
        flow = FLOWS[review.entity]
        if review.state == ReviewState.READY:
            found.append(Task("in_review", f"The review of {flow.many} is ready.", "Review", flow.review))
        else:
            sentence = f"{flow.many.capitalize()} are being read and compared."
            found.append(Task("in_review", sentence, "Watch", flow.progress))
    if not reviews and any(
        section.action_url_name and section.state == "not_started" for section in sections
    ):
        found.append(
            Task("in_review", "The set-up with QuickBooks is not finished.", "Continue", "quickbooks")
        )
    return found
