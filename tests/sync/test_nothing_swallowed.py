"""What is read outside a run, or waits for longer than a month, still arrives: no edit is lost on the way."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig
from tests.sync.test_rollback import Practice
from tieout.practice.models import OutboxNote
from tieout.sync import review, review_jobs, worker
from tieout.sync.models import Connection, Review, SectionState

pytestmark = pytest.mark.django_db


def read_again(rig: Rig) -> Review:
    """Restart the set-up: both sides are read, and nothing is decided yet."""
    with rig.here():
        found = review.start(rig.connection, "client", activity="active", actor_member=rig.member)
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()
    assert found.state == "ready", found.problem
    return found


def test_an_edit_there_that_a_restarted_set_up_reads_first_arrives_though_the_review_is_cancelled(
    rig: Rig,
) -> None:
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    rig.edit_customer(rig.links()[client], PrimaryPhone={"FreeFormNumber": "2"})  # its webhook is lost
    rig.add_customer("Bo Diaz")
    found = read_again(rig)
    with rig.here():
        review.cancel(found, rig.member)
    rig.settle()
    rig.until_the_change_feed_is_asked()
    assert rig.clients()[client]["phone"] == "2"
    assert "Bo Diaz" in [one["name"] for one in rig.clients().values()]


def test_what_a_first_set_up_reads_is_marked_for_no_run_before_it_is_applied() -> None:
    rig = Rig()
    rig.add_customer("Ada Byrne")
    assert rig.connect().ok
    read_again(rig)
    rig.settle()
    assert rig.clients() == {}


def test_an_edit_there_that_a_rollback_reads_first_arrives_where_the_link_is_older_than_the_run() -> None:
    rig = Practice()
    rig.sync_clients()
    bo = rig.add_client("Bo Diaz")
    rig.settle()
    found = rig.review_clients()
    rig.edit_client(bo, phone="555-0101")  # goes there while the run is under way
    rig.settle()
    with rig.here():
        found.refresh_from_db()
    assert found.state == "done"
    rig.edit_customer(rig.links()[bo], PrimaryEmailAddr={"Address": "bo@example.com"})  # its webhook is lost
    rig.roll_back(found)
    assert rig.connection.section("client") is SectionState.ON
    rig.settle()
    rig.until_the_change_feed_is_asked()
    assert rig.clients()[bo]["email"] == "bo@example.com"


# -- the queue is kept ---------------------------------------------------------------------------------------


def notes(rig: Rig) -> int:
    with rig.here():
        return OutboxNote.objects.count()


@pytest.mark.parametrize("state", ["paused", "needs_reconnect", "disconnected"])
def test_edits_made_here_while_the_connection_rests_for_two_months_are_sent_afterwards(
    rig: Rig, state: str
) -> None:
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    with rig.here():
        Connection.objects.update(state=state)
    rig.edit_client(client, phone="2")
    rig.edit_client(client, phone="3")
    with rig.here():
        OutboxNote.objects.update(created_at=rig.clock.now())
    worker.tidy(rig.later(days=61))
    assert notes(rig) == 1, "of two notes about one record the newer says it all"
    with rig.here():
        Connection.objects.update(state="active")
    rig.settle()
    assert rig.customers()[rig.links()[client]]["PrimaryPhone"]["FreeFormNumber"] == "3"


def test_notes_of_a_firm_without_a_ledger_are_thrown_away_after_a_month() -> None:
    rig = Rig()
    rig.add_client("Ada Byrne")
    with rig.here():
        OutboxNote.objects.update(created_at=rig.clock.now())
    worker.tidy(rig.later(days=29))
    assert notes(rig) == 1
    worker.tidy(rig.later(days=31))
    assert notes(rig) == 0
