"""What was previewed is what is done: a plan that has become another one is shown again, and nothing of it is carried out."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from tests.sync.rig import Rig
from tests.sync.test_review_decisions import reviewed
from tieout.quickbooks import ledger
from tieout.sync import review, review_drift, review_final, review_jobs
from tieout.sync.models import Review

pytestmark = pytest.mark.django_db
WRITES = ("create", "update")


class Previewed(Rig):
    """A firm whose review of a pair that differs in its phone, one client and one customer alone, was looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.ada = self.add_client("Ada Byrne", email="ada@example.com", phone="1")
        self.add_client("Bo Diaz")
        self.there = self.add_customer("Ada Byrne", PrimaryEmailAddr={"Address": "ada@example.com"})
        self.cleo = self.add_customer("Cleo O'Hara")
        self.found = reviewed(self)
        self.looked_at = self.look()

    def look(self) -> str:
        with self.here():
            return review_final.final_plan(self.connection, self.found, engine=self.engine).fingerprint

    def press(self) -> Review:
        """Sync clients, as the page that was looked at asks for it; and the job that follows."""
        with self.here():
            review.apply(self.found, self.member, looked_at=self.looked_at)
        return self.work()

    def work(self) -> Review:
        review_jobs.apply_now(self.found.pk, self.engine)
        self.run()
        with self.here():
            self.found.refresh_from_db()
        return self.found

    def written(self) -> list[Any]:
        log = self.emulator.log.entries(area="data", realm=self.realm)
        return [one for one in log if one.operation in WRITES]


def test_a_plan_that_still_stands_is_carried_out() -> None:
    rig = Previewed()
    assert rig.press().state == "done"
    assert rig.links()[rig.ada] == rig.there
    assert rig.customers()[rig.there]["PrimaryPhone"]["FreeFormNumber"] == "1"


@pytest.mark.parametrize("side", ["here", "there", "gone there", "renamed there"])
def test_a_plan_that_would_write_something_else_by_now_is_shown_again_and_nothing_is_written(
    side: str,
) -> None:
    rig = Previewed()
    if side == "here":
        rig.edit_client(rig.ada, phone="2")
    elif side == "there":
        rig.edit_customer(rig.there, PrimaryPhone={"FreeFormNumber": "3"})
    elif side == "gone there":
        rig.emulator.control.edit(rig.realm, "Customer", rig.there, {}, "deactivate")
    else:
        rig.edit_customer(rig.cleo, DisplayName="Cleo Ohara & Sons")
    found = rig.press()
    assert (found.state, found.summary.get("reopened")) == ("ready", review_drift.MOVED)
    assert not rig.written()
    assert not rig.links()
    rig.looked_at = rig.look()
    assert rig.press().state == "done"
    assert "reopened" not in rig.found.summary


def test_an_edit_that_leaves_the_plan_as_it_is_holds_nothing_up() -> None:
    rig = Previewed()
    rig.edit_client(rig.ada, phone="2")
    rig.edit_client(rig.ada, phone="1")
    rig.edit_customer(rig.there, Notes="called on Monday")
    rig.add_customer("Somebody New")
    assert rig.press().state == "done"


def test_what_was_decided_since_is_seen_at_once_and_what_was_edited_by_the_job() -> None:
    rig = Previewed()
    rig.edit_client(rig.ada, phone="2")
    with rig.here():
        assert review_final.decided_as(rig.found, rig.looked_at)
        review.set_create_new(rig.found, False, rig.member)
        assert not review_final.decided_as(rig.found, rig.looked_at)
        assert not review_final.decided_as(rig.found, "")


def test_where_the_change_feed_cannot_tell_everything_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Previewed()
    rig.edit_customer(rig.there, PrimaryPhone={"FreeFormNumber": "3"})
    monkeypatch.setattr(ledger, "CHANGE_CAP", 1)
    assert rig.press().state == "ready"


def test_while_quickbooks_is_busy_it_waits_and_then_goes_on_by_itself() -> None:
    rig = Previewed()
    rig.fault("status", status=429, nth=1, times=1, operation="cdc")
    waiting = rig.press()
    assert (waiting.state, waiting.phase) == ("applying", "Waiting for QuickBooks")
    assert not rig.links()
    rig.advance(120)
    assert rig.work().state == "done"


def test_when_quickbooks_cannot_be_asked_a_person_is_told_and_nothing_is_done() -> None:
    rig = Previewed()
    rig.emulator.control.revoke(rig.realm)
    rig.advance(3_700)
    found = rig.press()
    assert found.state == "ready"
    assert found.summary["reopened"].endswith("Nothing was written.")
    assert not rig.links()


def test_looking_again_asks_as_often_however_many_records_there_are() -> None:
    rig = Rig()

    def questions(records: range) -> int:
        for number in records:
            rig.add_client(f"Client {number}", email=f"{number}@example.com")
            rig.add_customer(f"Client {number}", PrimaryEmailAddr={"Address": f"{number}@example.com"})
        found = reviewed(rig)
        with rig.here():
            with CaptureQueriesContext(database) as asked:
                plan = review_final.final_plan(rig.connection, found, engine=rig.engine)
                assert len(plan.lines) == records.stop
            review.cancel(found, rig.member)
        return len(asked)

    assert questions(range(2)) == questions(range(2, 20))
