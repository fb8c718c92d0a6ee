"""What the emulator's webhooks carry, when they go, and what the weather does to them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from quickbooks_emulator import Emulator
from quickbooks_emulator.webhooks.documents import Posting, WebhookSettings
from quickbooks_emulator.webhooks.envelope import signature
from tests.emulator.client import SAMPLE, SECOND, Api

URL = "http://practice.test/webhooks/quickbooks"


class Receiver:
    """Collects deliveries; answers with the next of `statuses`, 200 when they run out."""

    def __init__(self, *statuses: int | None) -> None:
        self.statuses = list(statuses)
        self.postings: list[Posting] = []

    def __call__(self, posting: Posting) -> int | None:
        self.postings.append(posting)
        return self.statuses.pop(0) if self.statuses else 200

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for posting in self.postings for event in json.loads(posting.body)]

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(event["type"], event["intuitentityid"]) for event in self.events]


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(webhook_url=URL)


def weather(emulator: Emulator, **settings: Any) -> None:
    emulator.control.set_webhooks(WebhookSettings(url=URL, **settings))


def edit(emulator: Emulator, record: str = "5", note: str = "n") -> None:
    emulator.control.edit(SAMPLE, "Customer", record, {"Notes": note})


def test_the_signature_matches_the_published_vector() -> None:
    assert signature("verify_me", b'{"stuff":"5"}') == "nfPLN16u3vMvv08ghDs+dOkLuirEVDy5wAeG/lmM2OA="


def test_a_batch_of_cloud_events_is_signed_over_its_raw_body(emulator: Emulator, api: Api) -> None:
    receiver = Receiver()
    made = api.create("Customer", DisplayName="New")
    emulator.webhooks.pump(receiver)
    (posting,), (event,) = receiver.postings, receiver.events
    assert posting.url == URL
    assert posting.headers["Content-Type"] == "application/cloudevents-batch+json; charset=utf-8"
    expected = hmac.new(b"emulator-verifier-token", posting.body, hashlib.sha256).digest()
    assert base64.b64decode(posting.headers["intuit-signature"]) == expected
    assert event["specversion"] == "1.0"
    assert event["type"] == "qbo.customer.created.v1"
    assert event["intuitentityid"] == made["Id"]
    assert event["intuitaccountid"] == SAMPLE
    assert event["time"] == "2026-03-02T17:00:00.000Z"


def test_own_writes_and_peoples_edits_are_told_alike_and_no_ops_are_not(emulator: Emulator, api: Api) -> None:
    receiver = Receiver()
    api.sparse("Customer", "5", Notes="a")
    api.sparse("Customer", "5", Notes="a")
    edit(emulator, "6")
    emulator.webhooks.pump(receiver)
    assert receiver.told == [("qbo.customer.updated.v1", "5"), ("qbo.customer.updated.v1", "6")]


def test_a_refused_write_tells_nothing(emulator: Emulator, api: Api) -> None:
    api.http.post("/customer", json={"DisplayName": "Cool Cars"})
    assert emulator.webhooks.due() == []


def test_several_companies_share_one_delivery(emulator: Emulator) -> None:
    receiver = Receiver()
    edit(emulator)
    emulator.control.edit(SECOND, "Customer", "1", {"Notes": "n"})
    emulator.webhooks.pump(receiver)
    assert len(receiver.postings) == 1
    assert {event["intuitaccountid"] for event in receiver.events} == {SAMPLE, SECOND}


def test_the_legacy_envelope_groups_by_company(emulator: Emulator) -> None:
    weather(emulator, format="legacy")
    receiver = Receiver()
    edit(emulator)
    emulator.control.edit(SECOND, "Customer", "1", {"Notes": "n"})
    emulator.webhooks.pump(receiver)
    body = json.loads(receiver.postings[0].body)
    assert receiver.postings[0].headers["intuit-notification-schema-version"] == "0.1"
    assert [one["realmId"] for one in body["eventNotifications"]] == [SAMPLE, SECOND]
    assert body["eventNotifications"][0]["dataChangeEvent"]["entities"] == [
        {"name": "Customer", "id": "5", "operation": "Update", "lastUpdated": "2026-03-02T17:00:00.000Z"}
    ]


def test_a_merge_names_the_survivor_and_the_absorbed_record(emulator: Emulator) -> None:
    receiver = Receiver()
    emulator.control.merge(SAMPLE, "Customer", "5", "6")
    emulator.webhooks.pump(receiver)
    (event,) = receiver.events
    assert (event["type"], event["intuitentityid"]) == ("qbo.customer.merged.v1", "6")
    assert event["data"] == {"deletedid": "5"}


def test_an_unacknowledged_delivery_is_tried_again_by_the_schedule_with_the_same_events(
    emulator: Emulator,
) -> None:
    receiver = Receiver(500, None, 302, 500)
    edit(emulator)
    waits = []
    for _ in range(5):
        emulator.webhooks.pump(receiver)
        waited = 0
        while not emulator.webhooks.due() and emulator.webhooks.pending():
            emulator.clock.advance(10)
            waited += 10
        waits.append(waited)
    assert waits == [10, 20, 30, 300, 0]
    assert len({event["id"] for event in receiver.events}) == 1
    assert [posting.attempt for posting in receiver.postings] == [1, 2, 3, 4, 5]
    assert [sent.status for sent in emulator.webhooks.log] == [500, None, 302, 500, 200]


def test_the_last_wait_of_six_hours_repeats_for_ever(emulator: Emulator) -> None:
    receiver = Receiver(*[500] * 12)
    edit(emulator)
    emulator.webhooks.pump(receiver)
    for wait in (10, 20, 30, 300, 1200, 7200, 14400, 21600, 21600, 21600):
        emulator.clock.advance(wait - 1)
        assert emulator.webhooks.due() == []
        emulator.clock.advance(1)
        assert emulator.webhooks.pump(receiver) == 1


def test_later_deliveries_wait_behind_an_unacknowledged_one(emulator: Emulator) -> None:
    receiver = Receiver(500)
    edit(emulator, "5")
    emulator.webhooks.pump(receiver)
    edit(emulator, "6")
    assert emulator.webhooks.pump(receiver) == 0
    emulator.clock.advance(10)
    assert emulator.webhooks.pump(receiver) == 2
    assert [record for _, record in receiver.told] == ["5", "5", "6"]


def test_the_old_schedule_drops_a_message_in_the_end_or_at_once(emulator: Emulator) -> None:
    weather(emulator, schedule="old")
    refused = Receiver(400)
    edit(emulator, "5")
    emulator.webhooks.pump(refused)
    assert emulator.webhooks.pending() == []
    failing = Receiver(503, 503, 503, 503)
    edit(emulator, "6")
    for wait in (0, 1200, 1800, 3000):
        emulator.clock.advance(wait)
        emulator.webhooks.pump(failing)
    assert len(failing.postings) == 4
    assert emulator.webhooks.pending() == []


def test_at_most_a_hundred_events_travel_together(emulator: Emulator) -> None:
    receiver = Receiver()
    for number in range(101):
        edit(emulator, "5", f"note {number}")
    emulator.webhooks.pump(receiver)
    assert [len(json.loads(posting.body)) for posting in receiver.postings] == [100, 1]


def test_hold_keeps_everything_back_until_let_go(emulator: Emulator) -> None:
    weather(emulator, hold=True)
    edit(emulator)
    assert emulator.webhooks.due() == []
    weather(emulator)
    assert len(emulator.webhooks.due()) == 1


def test_delay_lets_an_event_go_later(emulator: Emulator) -> None:
    weather(emulator, delay=120)
    edit(emulator)
    emulator.clock.advance(119)
    assert emulator.webhooks.due() == []
    emulator.clock.advance(1)
    assert len(emulator.webhooks.due()) == 1


def test_repeat_delivers_the_same_events_again(emulator: Emulator) -> None:
    weather(emulator, repeat=2)
    receiver = Receiver()
    edit(emulator)
    emulator.webhooks.pump(receiver)
    assert len(receiver.postings) == 3
    assert len({event["id"] for event in receiver.events}) == 1


def test_reorder_shuffles_and_drop_loses_events(emulator: Emulator) -> None:
    weather(emulator, reorder=True, seed=4)
    receiver = Receiver()
    for number in range(1, 13):
        edit(emulator, str(number))
    emulator.webhooks.pump(receiver)
    order = [int(record) for _, record in receiver.told]
    assert order != sorted(order)
    assert sorted(order) == list(range(1, 13))
    weather(emulator, drop=1.0)
    edit(emulator, "5", "lost")
    assert emulator.webhooks.pump(receiver) == 0
    assert emulator.webhooks.pending() == []


def test_without_an_address_no_event_is_kept() -> None:
    emulator = Emulator()
    edit(emulator)
    assert emulator.webhooks.pending() == []
