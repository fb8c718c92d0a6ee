"""Acts: remembers, in the session, how to take the last act about records back, and does it when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
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
    free: tuple[tuple[str, str, str], ...] = ()
    """Those of them that had gone by themselves, and do so again."""


def keep(session: MutableMapping[str, Any], undo: Undo | None, sentence: str, now: datetime) -> None:
    """Only the last act can be taken back: an act without a way back leaves none."""
    session.pop(KEPT, None)
    if undo is not None:
        session[KEPT] = {
            "verb": undo.verb,
            "records": [list(one) for one in undo.records],
            "other": undo.other,
            "free": [list(one) for one in undo.free],
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
    return _keys(kept["records"])


def take_back(session: MutableMapping[str, Any], member: Member) -> bool:
    """Undo it. False when there is nothing to undo; raises ``CannotDecide`` when it has gone too far."""
    kept = session.pop(KEPT, None)
    if kept is None:
        return False
    undo = _Kept(_keys(kept["records"]), kept["other"], frozenset(_keys(kept.get("free", ()))))
    _VERBS[kept["verb"]](member, undo)
    return True


@dataclass(frozen=True, slots=True)
class _Kept:
    """An ``Undo`` as it is read back."""

    keys: list[Key]
    other: str
    free: frozenset[Key]


def _keys(records: Iterable[tuple[str, str, str]]) -> list[Key]:
    return [Key(entity, Side(side), record_id) for entity, side, record_id in records]


def _unlink(member: Member, kept: _Kept) -> None:
    for key in kept.keys:
        decisions.unlink(member, key.entity, key.id)


def _link(member: Member, kept: _Kept) -> None:
    for key in kept.keys:
        decisions.link(member, key.entity, key.id, kept.other)


def _bring_back(member: Member, kept: _Kept) -> None:
    repairs.put_off(member, [int(one) for one in kept.other.split(",")], None)


def _restore(member: Member, kept: _Kept) -> None:
    decisions.restore(member, kept.keys, free=kept.free)


def _leave_out(member: Member, kept: _Kept) -> None:
    decisions.exclude(member, kept.keys, reason=None)


_VERBS: Mapping[str, Callable[[Member, _Kept], None]] = {
    "unlink": _unlink,
    "link": _link,
    "bring_back": _bring_back,
    "restore": _restore,
    "leave_out": _leave_out,
}
