"""How far the reading of a review is: every phase says its name, none runs backwards, and stopping it keeps nothing."""

from __future__ import annotations

import pytest
from django.db import connection as database

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.reconcile.ports import Reconnect
from tieout.sync import connections, review, review_activity, review_jobs, tasks
from tieout.sync.models import Connection, Review, ReviewRow
from tieout.sync.review_waits import SIGNED_IN, SIGNED_OUT

pytestmark = pytest.mark.django_db


def lists() -> Rig:
    rig = Rig()
    for name in ("Ada Byrne", "Bo Lee", "Twin", "Twin"):
        rig.add_client(name, email="")
    for name in ("Ada Byrne", "Bo Lee", "Twin"):
        rig.add_customer(name)
    assert rig.connect().ok
    return rig


def started(rig: Rig) -> Review:
    return review.start(rig.connection, "client", activity="active", actor_member=rig.member)


def test_each_phase_up_to_the_last_is_said_and_its_bar_only_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = lists()
    shown: list[tuple[str, int, int | None]] = []
    step = review_jobs._step

    def watched(found: Review, **given: object) -> None:
        step(found, **given)  # type: ignore[arg-type]
        row = Review.objects.get(pk=found.pk)
        shown.append((row.phase, row.progress_done, row.progress_total))

    monkeypatch.setattr(review_jobs, "_step", watched)
    with rig.here():
        review_jobs.collect(started(rig).pk, rig.engine)
        assert Review.objects.get().state == "ready"
    phases = list(dict.fromkeys(phase for phase, _, _ in shown))
    assert phases == [
        "Reading QuickBooks",
        "Reading your clients",
        "Comparing",
        "Looking for differences",
        "Reading what happened lately to the duplicates",
        "Writing the lists down",
    ]
    for phase in phases:
        bars = [(done, total) for name, done, total in shown if name == phase and total]
        assert bars == sorted(bars)
        assert all(done <= total for done, total in bars)
    assert shown[-1][1] == shown[-1][2], "the last phase ends full"


def test_one_that_is_stopped_while_it_reads_stays_stopped_and_keeps_no_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rig = lists()
    with rig.here():
        found = started(rig)
        monkeypatch.setattr(
            review_activity, "note_there", lambda *given: review.cancel(Review.objects.get(), rig.member)
        )
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()
        assert (found.state, found.problem) == ("cancelled", "")
        assert not ReviewRow.objects.exists()
        assert rig.connection.sections == {"client": "not_started"}


def jobs_are_taken() -> None:
    with database.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_one_that_is_signed_out_while_it_reads_waits_and_goes_on_after_the_sign_in() -> None:
    rig = lists()
    with rig.here():
        found = started(rig)
        jobs_are_taken()
    rig.emulator.control.revoke(rig.realm)
    rig.advance(3_700)
    with rig.here():
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()
        assert (found.state, found.phase, found.problem) == ("collecting", SIGNED_OUT, "")
        assert rig.connection.state == "needs_reconnect"
        assert tasks.ring_reviews() == 0, "nobody is asked while we are signed out"
    page = entered(rig.member).get("/settings/integrations/quickbooks/clients/progress/").content.decode()
    assert "QuickBooks signed us out" in page
    assert "It goes on by itself once somebody has signed in again." in page
    assert 'href="/settings/integrations/quickbooks/connect/">Reconnect</a>' in page
    assert rig.connect().ok
    with rig.here():
        assert tasks.ring_reviews() == 1
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()
        assert (found.state, found.rows.count()) == ("ready", 5)


def test_a_refusal_of_the_sign_in_it_began_with_does_not_end_a_newer_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rig = lists()
    with rig.here():
        found = started(rig)
        jobs_are_taken()

    def refused(*given: object) -> None:
        rig.advance(1)
        assert rig.connect().ok, "somebody has signed in again meanwhile"
        raise Reconnect("QuickBooks signed us out.")

    with rig.here(), monkeypatch.context() as meanwhile:
        meanwhile.setattr(review_activity, "note_there", refused)
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()
        assert (rig.connection.state, found.state, found.phase) == ("active", "collecting", SIGNED_IN)
        jobs_are_taken()
        assert tasks.ring_reviews() == 1
    with rig.here():
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()
        assert (found.state, found.rows.count()) == ("ready", 5)


def test_one_whose_company_is_disconnected_while_it_reads_stops_with_the_reason() -> None:
    rig = lists()
    with rig.here():
        found = started(rig)
        connections.disconnect(rig.member, engine=rig.engine)
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()
        assert found.state == "failed"
        assert "not connected" in found.problem
        assert Connection.objects.get().state == "disconnected"
