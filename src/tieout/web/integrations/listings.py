"""Decides: how records that are not in step are listed: under which tab, grouped by cause, with a link to the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from tieout.sync.status import OpenIssue


@dataclass(frozen=True, slots=True)
class Listing:
    title: str
    explains: str
    empty_title: str
    empty_text: str


LISTINGS: Mapping[str, Listing] = {
    "needs_you": Listing(
        "Needs you",
        "Each of these waits for a person. Everything else goes on meanwhile.",
        "Nothing needs you",
        "Every record agrees with QuickBooks, or is on its way by itself.",
    ),
    "clearing": Listing(
        "Clearing by itself",
        "Nothing to do here: these are tried again until they are through.",
        "Nothing is on its way",
        "What was changed has arrived.",
    ),
    "left_out": Listing(
        "Left out",
        "These take no part in the sync, by a decision or by a rule.",
        "Nothing is left out",
        "Every record takes part.",
    ),
}

RECORD_PAGES: Mapping[str, str] = {"client": "client"}
"""Practice word of an entity -> the page of one record."""


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    url: str
    """Of the record's page here; empty for a record that is only in QuickBooks."""
    sentence: str
    since: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    next_step: str
    lines: Sequence[Line]


def card(issues: Sequence[OpenIssue]) -> Card:
    """The issues of one cause, which all share its title and next step."""
    return Card(
        issues[0].title,
        issues[0].next_step,
        [Line(i.record_name or "A record", _page(i), i.sentence, i.since, i.reference) for i in issues],
    )


def _page(issue: OpenIssue) -> str:
    name = RECORD_PAGES.get(issue.entity)
    return reverse(name, args=[issue.record_id]) if name and issue.side == "practice" else ""
