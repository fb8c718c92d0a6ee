"""Acts: remembers, in the session, how to take the last act about records back, and does it when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tieout.practice.firms import Member
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, repairs

KEPT = "quickbooks_undo"
LASTS = timedelta(minutes=10)
"""Afterwards the button is gone from the lists; a link can still be made or taken apart on the record's own page."""


@dataclass(frozen=True, slots=True)
class Undo:
    """The act that takes another one back."""

    verb: str
    records: tuple[tuple[str, str, str], ...]
    """Entity, side, id of each."""
    other: str = ""


def keep(session: MutableMapping[str, Any], undo: Undo | None, sentence: str, now: datetime) -> None:
    """Only the last act can be taken back: an act without a way back leaves none."""
    session.pop(KEPT, None)
    if undo is not None:
        session[KEPT] = {
            "verb": undo.verb,
            "records": [list(one) for one in undo.records],
            "other": undo.other,
            "sentence": sentence,
            "at": now.isoformat(),
        }


def offered(session: Mapping[str, Any], now: datetime) -> str:
    """The sentence of the act that can be taken back; empty when there is none."""
    kept = session.get(KEPT)
    if kept is None or datetime.fromisoformat(kept["at"]) + LASTS < now:
        return ""
    return str(kept["sentence"])


def left_out(session: Mapping[str, Any], now: datetime) -> list[Key]:
    """The records that the last act left out: those one may still say why of. Empty after any other act."""
    kept = session.get(KEPT)
    if kept is None or kept["verb"] != "restore" or not offered(session, now):
        return []
    return [Key(entity, Side(side), record_id) for entity, side, record_id in kept["records"]]


def take_back(session: MutableMapping[str, Any], member: Member) -> bool:
    """Undo it. False when there is nothing to undo; raises ``CannotDecide`` when it has gone too far."""
    kept = session.pop(KEPT, None)
    if kept is None:
        return False
    keys = [Key(entity, Side(side), record_id) for entity, side, record_id in kept["records"]]
    _VERBS[kept["verb"]](member, keys, kept["other"])
    return True


def _unlink(member: Member, keys: list[Key], other: str) -> None:
    for key in keys:
        decisions.unlink(member, key.entity, key.id)


def _link(member: Member, keys: list[Key], other: str) -> None:
    for key in keys:
        decisions.link(member, key.entity, key.id, other)


def _bring_back(member: Member, issues: str) -> None:
    repairs.put_off(member, [int(one) for one in issues.split(",")], None)


_VERBS: Mapping[str, Callable[[Member, list[Key], str], None]] = {
    "unlink": _unlink,
    "link": _link,
    "bring_back": lambda member, keys, other: _bring_back(member, other),
    "restore": lambda member, keys, other: decisions.restore(member, keys),
    "leave_out": lambda member, keys, other: decisions.exclude(member, keys, reason=None),
}
