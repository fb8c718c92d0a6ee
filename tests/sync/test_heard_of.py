"""No change there goes unheard: two in one second, and those made while a review was being read."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.sync.rig import Rig
from tieout.sync import inbox
from tieout.sync.models import Cursor, InboxEvent

pytestmark = pytest.mark.django_db


def test_a_second_change_within_a_second_is_heard_of_in_the_older_format_too(rig: Rig) -> None:
    rig.subscribe(format="legacy")
    customer = rig.add_customer("Bo Diaz", PrimaryPhone={"FreeFormNumber": "1"})
    rig.deliver()
    rig.settle()
    rig.edit_customer(customer, PrimaryPhone={"FreeFormNumber": "2"})
    rig.advance(0.2)
    (posting,) = rig.emulator.webhooks.due()
    rig.deliver()
    rig.run()
    rig.edit_customer(customer, PrimaryPhone={"FreeFormNumber": "3"})
    rig.advance(0.2)
    rig.deliver()
    rig.run()
    (client,) = rig.clients().values()
    assert client["phone"] == "3"
    rig.advance(3_600)
    waiting = []
    for _ in range(3):  # Intuit repeats it: handled once more at most, as it may be of another change
        assert inbox.receive(posting.body, posting.headers, engine=rig.engine) == 200
        with rig.here():
            waiting.append(InboxEvent.objects.filter(handled_at=None).count())
        rig.run()
    assert waiting == [1, 0, 0]


def test_the_change_feed_begins_before_the_review_read_by_the_overlap() -> None:
    rig = Rig()
    assert rig.connect().ok
    found = rig.review_clients()
    with rig.here():
        told = datetime.fromisoformat(found.summary["ledger_clock"])
        assert Cursor.objects.get(entity="client").read_until == told - rig.engine.overlap
