"""Decides: which side wins a unit that both changed, by what the firm prefers and by when each record was last edited. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from tieout.reconcile.state import Observation, Present, Side


class Wins(StrEnum):
    PRACTICE = "practice"
    LEDGER = "ledger"
    NEWEST = "newest"
    """Of the two records the one edited last. Neither side tells when a single field was."""


CLOCKS_APART = timedelta(seconds=5)
"""Edits closer together than that have no order: the two sides' clocks may differ by as much. A person is asked."""


def winners(
    preferred: Mapping[str, Wins], here: Observation, there: Observation, asked: Collection[str]
) -> dict[str, Side]:
    """Unit -> the side that wins it by itself; the others are asked about.

    ``asked``: units that a person is being asked about already. Other fields of those records may have been brought
    into step since, which moves the moment of the last edit, so that it no longer says whose edit was the newer one.
    """
    newest = last_edited(here, there)
    found = {unit: newest if wins is Wins.NEWEST else Side(wins) for unit, wins in preferred.items()}
    return {
        unit: side
        for unit, side in found.items()
        if side is not None and not (preferred[unit] is Wins.NEWEST and unit in asked)
    }


def last_edited(here: Observation, there: Observation) -> Side | None:
    """The side whose record was edited last; None when that is not known or too close to tell."""
    ours, theirs = _edited_at(here), _edited_at(there)
    if ours is None or theirs is None or abs(ours - theirs) <= CLOCKS_APART:
        return None
    return Side.PRACTICE if ours > theirs else Side.LEDGER


def _edited_at(seen: Observation) -> datetime | None:
    """``updated_at`` among the facts, a moment with its offset, as text."""
    if not isinstance(seen, Present):
        return None
    try:
        found = datetime.fromisoformat(str(seen.facts.get("updated_at") or ""))
    except ValueError:
        return None
    return found if found.tzinfo else None
