"""Decides: a client's history of both systems as one: what was done here, what came from QuickBooks, what was sent there.

From the practice's history and the sync's activity. What the sync wrote here stands in both; the history tells it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tieout.sync.story import Told
from tieout.web.client_history import Entry, FieldChange
from tieout.web.unit_values import said

HERE, CAME, SENT, SYNC = "Here", "From QuickBooks", "To QuickBooks", "Sync"
ICONS = {HERE: "building", CAME: "download", SENT: "send", SYNC: "refresh"}


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    where: str
    """One of the words above."""
    who: str
    """Empty where the sentence says it."""
    did: str
    fields: Sequence[FieldChange]

    @property
    def icon(self) -> str:
        return ICONS[self.where]


def timeline(entries: Sequence[Entry], lines: Iterable[Told], *, whole: bool) -> list[Moment]:
    """Newest first. ``whole``: the entries are all there are; else what is older than the oldest is left out."""
    moments = [_of_entry(each) for each in entries]
    oldest = min((each.at for each in entries), default=None)
    for line in lines:
        if told_by_history(line) or (not whole and oldest is not None and line.at < oldest):
            continue
        moments.append(_of_line(line))
    return sorted(moments, key=lambda each: each.at, reverse=True)


def told_by_history(line: Told) -> bool:
    """A write of the sync to the practice: it is done, and no call to QuickBooks with a reference was."""
    return line.result == "done" and not line.reference


def _of_entry(entry: Entry) -> Moment:
    did = f"{entry.did} {entry.via}".strip()
    return Moment(entry.at, CAME if entry.by_sync else HERE, entry.who, did, entry.fields)


def _of_line(line: Told) -> Moment:
    fields = tuple(FieldChange(one.label, said(one.before), said(one.after)) for one in line.changes)
    return Moment(line.at, SENT if line.reference else SYNC, "", line.sentence, fields)
