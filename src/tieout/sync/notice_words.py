"""Decides: when a firm is written to about QuickBooks, and what. Pure: from the state told last and the state now.

A mail on a change of state only: what a person began is not told to them, and nothing is repeated. What waits for a
decision goes into one digest a week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DIGEST_EVERY = timedelta(days=7)


class State(StrEnum):
    """How a connection stands, as far as somebody should know who is not looking."""

    WELL = "well"
    SIGNED_OUT = "signed_out"
    HALTED = "halted"
    UNEXPLAINED = "unexplained"
    DRY_RUN_OVER = "dry_run_over"


@dataclass(frozen=True, slots=True)
class Facts:
    company: str
    waiting: int
    """Changes that wait to be sent."""
    reason: str = ""
    unexplained: str = ""
    """An amount as one reads it."""
    planned: int = 0
    """Writes that a dry run has planned and not sent."""


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One cause in the digest."""

    title: str
    next_step: str
    count: int
    oldest: datetime


def on_change(before: str, now: State, facts: Facts, address: str) -> Mail | None:
    """The mail for a change of state; None when nothing changed. ``address``: of the Manage page."""
    if before == now or (now is State.WELL and before in ("", State.DRY_RUN_OVER)):
        return None
    waits = f"Nothing is lost: {facts.waiting:,} change{'' if facts.waiting == 1 else 's'} wait and go afterwards."
    if now is State.SIGNED_OUT:
        return Mail(
            f"QuickBooks signed us out of {facts.company}",
            f"{facts.reason} {waits}\n\nAnyone who manages integrations and is an administrator of the QuickBooks "
            f"company can reconnect:\n{address}\n",
        )
    if now is State.HALTED:
        return Mail(
            f"The sync with {facts.company} stopped to ask",
            f"{facts.reason} {waits}\n\nLook at it, then press Resume:\n{address}\n",
        )
    if now is State.DRY_RUN_OVER:
        return Mail(
            f"The dry run with {facts.company} has had its week",
            f"Nothing was sent to QuickBooks, and nothing is until somebody says so. {facts.planned:,} "
            f"write{' is' if facts.planned == 1 else 's are'} planned.\n\nLook at what would be sent, then end the dry "
            f"run or let it go on:\n{address}dry-run/\n",
        )
    if now is State.UNEXPLAINED:
        return Mail(
            f"The books differ by {facts.unexplained}",
            f"{facts.unexplained} between Tieout and {facts.company} is explained by nothing.\n\nThe documents are "
            f"listed under Tie-out:\n{address}tie-out/\n",
        )
    return Mail(
        f"The sync with {facts.company} is well again",
        f"Everything goes on by itself. There is nothing to do.\n\n{address}\n",
    )


def digest(waiting: Sequence[Waiting], last: datetime | None, now: datetime, address: str) -> Mail | None:
    """What waits for a person, once a week; None when nothing does or it was told within the week."""
    if not waiting or (last is not None and now - last < DIGEST_EVERY):
        return None
    total = sum(one.count for one in waiting)
    lines = [
        f"- {one.title}: {one.count:,}, the oldest since {one.oldest:%B} {one.oldest.day}. {one.next_step}"
        for one in waiting
    ]
    return Mail(
        f"{total:,} record{'' if total == 1 else 's'} wait for you"
        if total != 1
        else "1 record waits for you",
        "These wait for a decision; everything else goes on meanwhile.\n\n"
        + "\n".join(lines)
        + f"\n\n{address}needs-you/\n",
    )
