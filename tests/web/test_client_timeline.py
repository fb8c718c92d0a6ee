"""The history of both systems in one, newest first; what the sync wrote here is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tieout.sync.story import Change, Told
from tieout.web.client_history import Entry
from tieout.web.client_timeline import CAME, HERE, SENT, SYNC, timeline

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def entry(minute: int, *, by_sync: bool = False) -> Entry:
    return Entry(
        NOON + timedelta(minutes=minute), "Dana Reyes", "changed this client", "by import", (), by_sync
    )


def line(minute: int, *, reference: str = "", result: str = "done") -> Told:
    changes = (Change("Phone", "1", "2"),)
    return Told(
        NOON + timedelta(minutes=minute), "Client Ada updated in QuickBooks", result, reference, changes
    )


def test_both_are_woven_by_their_instants() -> None:
    found = timeline(
        [entry(5), entry(1, by_sync=True)], [line(6, reference="tid"), line(3, result="info")], whole=True
    )
    assert [(each.at.minute, each.where) for each in found] == [(6, SENT), (5, HERE), (3, SYNC), (1, CAME)]
    assert found[0].fields[0].after == "2"
    assert found[1].did == "changed this client by import"


def test_a_write_here_that_the_history_tells_is_not_told_again() -> None:
    assert [each.where for each in timeline([entry(1, by_sync=True)], [line(1)], whole=True)] == [CAME]


def test_of_a_long_history_nothing_older_than_its_oldest_entry_is_shown() -> None:
    lines = [line(9, reference="tid"), line(1, reference="tid")]
    assert len(timeline([entry(5)], lines, whole=False)) == 2
    assert len(timeline([entry(5)], lines, whole=True)) == 3
    assert len(timeline([], lines, whole=False)) == 2
