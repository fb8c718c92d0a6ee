"""Decides: when a firm is written to about QuickBooks, and what. Pure: from the state told last and the state now.

A mail on a change of state only: what a person began is not told to them, and nothing is repeated. What goes on beside
the state (a sign-in that runs out, a queue that grows old) is told by itself, each once. What waits for a decision goes
into one digest a week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class Beside(StrEnum):
    """What may go on in any state, and is told by itself."""

    SIGN_IN = "sign_in"
    """How many days at most are left of the sign-in: one of ``WARN_AT``, or empty."""
    REFUSED = "refused"
    """Why QuickBooks takes nothing at all: one of ``REFUSALS``, or empty."""
    QUEUE = "queue"
    """``old``, or empty."""
    SETTING = "setting"
    """Which setting of the company has to be changed there: one of ``SETTINGS``, or empty."""


WARN_AT = (1, 7, 30)
"""Days before a sign-in runs out at which it is told, the last warning first."""
QUEUE_OLD = timedelta(hours=1)
"""A change that could go and has waited longer is a sign that nobody sends."""
REFUSALS: Mapping[str, tuple[str, str]] = {
    "subscription": (
        "The QuickBooks subscription of {company} is inactive",
        "QuickBooks takes nothing until the subscription is renewed there, under Gear > Subscriptions and billing.",
    ),
    "no_permission": (
        "QuickBooks no longer lets us write to {company}",
        "Whoever connected it has lost the right to. Give it back in QuickBooks, or reconnect as an administrator of "
        "the company.",
    ),
}
"""Cause of an issue that stops every record -> the subject and the text of its mail."""


SETTINGS: Mapping[str, tuple[str, str]] = {
    "auto_apply": (
        "QuickBooks spends credits in {company} by itself",
        "“Automatically apply credits” was turned on there, so a client's credit goes to the next invoice, other than it "
        "was spent here. Payments and credits that this would meet wait. Turn it off in QuickBooks, under Gear > Account "
        "and settings > Advanced > Automation.",
    ),
}
"""Setting that was found switched on -> the subject and the text of its mail."""


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
    runs_out: datetime | None = None
    """When the sign-in does."""
    oldest: datetime | None = None
    """Since when the oldest change could have gone."""


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str
    without_amounts: Mail | None = None
    """The same for those who may not see billing; None when it tells no amount."""


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
        listed = f"The documents are listed under Tie-out:\n{address}tie-out/\n"
        between = f"between Tieout and {facts.company}"
        return Mail(
            f"The books differ by {facts.unexplained}",
            f"{facts.unexplained} {between} is explained by nothing.\n\n{listed}",
            Mail(
                "The books differ",
                f"There is a difference {between} that is explained by nothing.\n\n{listed}",
            ),
        )
    return Mail(
        f"The sync with {facts.company} is well again",
        f"Everything goes on by itself. There is nothing to do.\n\n{address}\n",
    )


def days_left(ends: datetime | None, now: datetime) -> str:
    """The smallest of ``WARN_AT`` that holds what is left; empty while there is more, or no sign-in at all."""
    if ends is None:
        return ""
    return next((str(days) for days in WARN_AT if ends - now <= timedelta(days=days)), "")


def beside(
    before: Mapping[str, str], now: Mapping[Beside, str], facts: Facts, address: str
) -> dict[Beside, Mail]:
    """What goes on beside the state and was not told yet, each with its mail. What has ended is not told.

    ``before``: what was told last of each.
    """
    found = {}
    for what, value in now.items():
        if value and value != before.get(what, "") and not _warned_of_less(what, value, before):
            found[what] = _mail_of(what, value, facts, address)
    return found


def _warned_of_less(what: Beside, value: str, before: Mapping[str, str]) -> bool:
    told = before.get(what, "")
    return what is Beside.SIGN_IN and told.isdecimal() and int(value) > int(told)


def _mail_of(what: Beside, value: str, facts: Facts, address: str) -> Mail:
    if what is Beside.SIGN_IN:
        day = f"{facts.runs_out:%B} {facts.runs_out.day}" if facts.runs_out else "soon"
        return Mail(
            f"The sign-in to {facts.company} runs out in {value} day{'' if value == '1' else 's'} or less",
            f"After {day} nothing more is sent or fetched until somebody signs in again. Nothing is lost then either, but "
            "it waits.\n\nAnyone who manages integrations and is an administrator of the QuickBooks company can press "
            f"Reauthorize:\n{address}\n",
        )
    if what is Beside.REFUSED:
        subject, text = REFUSALS[value]
        return Mail(
            subject.format(company=facts.company),
            f"{text} Everything waits safely.\n\n{address}needs-you/?cause={value}\n",
        )
    if what is Beside.SETTING:
        subject, text = SETTINGS[value]
        return Mail(subject.format(company=facts.company), f"{text}\n\n{address}\n")
    since = (
        f", the oldest since {facts.oldest:%B} {facts.oldest.day}, {facts.oldest:%H:%M} UTC"
        if facts.oldest
        else ""
    )
    return Mail(
        f"Changes for {facts.company} have waited for more than an hour",
        f"{facts.waiting:,} change{' waits' if facts.waiting == 1 else 's wait'}{since}. They are kept and go by "
        "themselves. If QuickBooks is well, whoever runs Tieout should see that a worker is running.\n\n"
        f"{address}\n",
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
