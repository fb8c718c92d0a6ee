"""Decides: what the QuickBooks tile says. Pure; the pages hand it what they know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout.sync.models import Connection, ConnectionState
from tieout.sync.status import SectionStatus


@dataclass(frozen=True, slots=True)
class Tile:
    state: str
    """A word of ``templatetags.page.LOOKS``."""
    words: str
    detail: str = ""
    needs_you: int = 0


def day_in_figures(written: Mapping[str, int], problems: int) -> str:
    """14 invoices, 9 payments, 0 problems. Empty for a day on which nothing happened."""
    if not written and not problems:
        return ""
    parts = [_many(count, entity.replace("_", " ")) for entity, count in written.items()]
    return ", ".join([*parts, _many(problems, "problem")])


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def tile(
    connection: Connection | None, sections: Sequence[SectionStatus], slow: str = "", closed: str = ""
) -> Tile:
    """The most pressing thing first: not in the plan, signed out, paused, records that need a person, QuickBooks slow,
    set-up, all well.

    ``slow``: the sentence that says so, when QuickBooks keeps everybody waiting. ``closed``: the one for a plan that does
    not include QuickBooks.
    """
    if connection is None or connection.state == ConnectionState.DISCONNECTED:
        return Tile("disconnected", "Not connected")
    needs_you = sum(section.needs_you for section in sections)
    if closed:
        return Tile("paused", "Paused", closed, needs_you)
    if connection.state == ConnectionState.NEEDS_RECONNECT:
        return Tile(
            "needs_reconnect",
            "Needs to be reconnected",
            "Nothing is lost: what waits is sent afterwards.",
            needs_you,
        )
    if connection.state == ConnectionState.PAUSED:
        return Tile("paused", "Paused", "Changes are kept and wait until it is resumed.", needs_you)
    if connection.dry_run_until is not None:
        return Tile(
            "paused", "Dry run", "Everything is planned and listed; nothing is sent to QuickBooks.", needs_you
        )
    steps = [section for section in sections if section.is_step and section.included]
    done = [section for section in steps if section.state == "on"]
    unfinished = f"{len(done)} of {len(steps)} steps done" if len(done) < len(steps) else ""
    if needs_you:
        detail = f"{unfinished}. Continue the set-up." if unfinished else ""
        return Tile("needs_you", "Needs you", detail, needs_you)
    if slow:
        return Tile("waiting", "Waiting for QuickBooks", slow)
    if unfinished:
        return Tile("in_review", unfinished, "Continue the set-up.")
    return Tile("on", "In step")
