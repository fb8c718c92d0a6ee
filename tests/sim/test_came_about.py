"""What nobody injects is counted when it has come about, from what passed between us and QuickBooks."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from quickbooks_emulator.store.documents import Event
from quickbooks_emulator.webhooks import envelope
from tests.sim.came_about import CameAbout, companies_of, gone_by_delivery, rows_of_feed


def _event(realm: str, record: str, operation: str, deleted: str | None = None) -> Event:
    return Event(f"{realm}/{record}", 1, realm, "Customer", record, operation, 0, deleted)


def test_an_answer_from_memory_that_is_older_than_the_record_is_counted_and_a_fresh_one_is_not() -> None:
    seen = CameAbout()
    answer = json.dumps({"time": "now", "Customer": {"Id": "7", "SyncToken": "0"}}).encode()
    seen.repeated(answer, "0")
    seen.repeated(b"<html>", None)
    assert not seen.faults["F8"]
    seen.repeated(answer, "1")
    assert seen.faults["F8"] == 1


@pytest.mark.parametrize("write", [envelope.cloud_events, envelope.legacy])
def test_a_deletion_is_read_from_either_envelope_and_counted_once_if_it_was_never_seen(
    write: Callable[[tuple[Event, ...]], bytes],
) -> None:
    body = write((_event("1", "7", "Delete"), _event("1", "8", "Merge", "9"), _event("2", "5", "Update")))
    assert set(gone_by_delivery(body)) == {("customer", "7"), ("customer", "9")}
    assert companies_of(body) == {"1", "2"}
    seen = CameAbout()
    seen.unseen = {("customer", "9"), ("customer", "5")}
    seen.delivered(body)
    seen.delivered(body)
    assert {fault: times for fault, times in seen.faults.items() if times} == {"F38": 1, "F34": 2, "F29": 1}


def test_a_deletion_is_read_from_the_change_feed_alone_and_in_a_batch() -> None:
    gone = {"domain": "QBO", "status": "Deleted", "Id": "12"}
    feed = {"QueryResponse": [{"Customer": [gone, {"Id": "13"}]}]}
    alone, batch = {"CDCResponse": [feed]}, {"BatchItemResponse": [{"bId": "0", "CDCResponse": feed}]}
    for said in (alone, batch):
        answer = json.dumps(said).encode()
        assert list(rows_of_feed(answer)) == [("customer", "12", True), ("customer", "13", False)]
        seen = CameAbout()
        seen.unseen = {("customer", "12")}
        seen.fed(answer, 3)
        assert (seen.faults["F38"], seen.faults["F36"]) == (1, 0)
        seen.fed(answer, 2)
        assert (seen.faults["F38"], seen.faults["F36"]) == (1, 1)
    assert not list(rows_of_feed(b'{"Deleted"'))


def test_news_that_come_after_later_news_of_the_same_company_are_counted_as_late() -> None:
    def told(*at: int) -> bytes:
        return envelope.cloud_events(
            tuple(Event(f"{one}", 1, "1", "Customer", str(one), "Update", one) for one in at)
        )

    seen = CameAbout()
    seen.delivered(told(1_000, 2_000))
    assert not seen.faults["F30"]
    seen.delivered(told(1_500))
    assert seen.faults["F30"] == 1
