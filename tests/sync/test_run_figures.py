"""What a run of the set-up came to is counted of that run alone; and one that stops unexpectedly waits for nobody for ever."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection as database

from tests.sync.rig import Rig
from tests.sync.test_review_decisions import reviewed, row, say
from tests.web.conftest import entered
from tieout.sync import (
    review,
    review_decisions,
    review_final,
    review_holds,
    review_jobs,
    review_linking,
    review_lists,
    tasks,
)
from tieout.sync.models import Review
from tieout.sync.review_plan import Decision
from tieout.sync.review_waits import AGAIN_AFTER, TRYING_AGAIN

pytestmark = pytest.mark.django_db
DONE = "/settings/integrations/quickbooks/clients/done/"


class Reviewed(Rig):
    """A pair, two clients here alone, two customers there alone, and a review of them that is ready."""

    def __init__(self) -> None:
        super().__init__()
        self.ada = self.add_client("Ada Byrne", email="ada@example.com", phone="1")
        for name in ("Bo Diaz", "Wim Wait"):
            self.add_client(name)
        self.there = self.add_customer("Ada Byrne", PrimaryEmailAddr={"Address": "ada@example.com"})
        for name in ("Cleo O'Hara", "Lea Leave"):
            self.add_customer(name)
        self.found = reviewed(self)

    def again(self) -> Review:
        with self.here():
            self.found = review.start(self.connection, "client", activity="active", actor_member=self.member)
            review_jobs.collect(self.found.pk, self.engine)
            self.found.refresh_from_db()
        return self.found

    def press(self) -> Review:
        with self.here():
            review.apply(self.found, self.member)
            review_jobs.apply_now(self.found.pk, self.engine)
        self.settle()
        with self.here():
            self.found.refresh_from_db()
        return self.found

    def done(self) -> dict[str, int]:
        return dict(self.found.summary["done"])


def facts(rig: Rig) -> dict[str, int]:
    with rig.here():
        page = entered(rig.member).get(DONE).content.decode()
    found = re.findall(r'class="fact"[^>]*><strong>([\d,]+)</strong><span>([^<]+)</span>', page)
    return {what: int(many.replace(",", "")) for many, what in found}


def test_what_was_sent_is_told_as_sent_and_only_what_was_left_as_left() -> None:
    rig = Reviewed()
    say(rig, rig.found, "Bo Diaz", Decision.CREATE)
    say(rig, rig.found, "Lea Leave", Decision.EXCLUDE)
    assert rig.press().state == "done"
    assert rig.done() == {"linked": 1, "created_here": 1, "created_there": 1, "needs_you": 1, "left_out": 1}
    assert facts(rig) == {
        "linked": 1,
        "created in Tieout": 1,
        "created in QuickBooks": 1,
        "unmatched, left as they are": 1,
        "duplicates, left as they are": 0,
        "left out": 1,
        "need a decision": 1,
    }


def test_a_second_run_claims_nothing_of_the_first_nor_of_the_days_between() -> None:
    rig = Reviewed()
    say(rig, rig.found, "Bo Diaz", Decision.CREATE)
    rig.press()
    rig.add_client("Made on a Tuesday")
    rig.add_customer("Made there on a Tuesday")
    rig.until_the_change_feed_is_asked()
    assert len(rig.links()) == 6
    rig.again()
    say(rig, rig.found, "Wim Wait", Decision.CREATE)
    assert rig.press().state == "done"
    assert rig.done() == {"linked": 0, "created_here": 0, "created_there": 1, "needs_you": 0, "left_out": 0}


def test_the_bar_of_the_review_counts_the_fields_that_the_final_plan_writes() -> None:
    rig = Reviewed()
    rig.edit_customer(rig.there, PrimaryPhone={"FreeFormNumber": "2"}, BillAddr={"City": "Omaha"})
    with rig.here():
        review.cancel(rig.found, rig.member)
    rig.again()
    say(rig, rig.found, "Lea Leave", Decision.NONE)

    def counts() -> tuple[int, int]:
        with rig.here():
            rig.found.refresh_from_db()
            plan = review_final.final_plan(rig.connection, rig.found, engine=rig.engine)
            return review_lists.forecast(rig.found)["fields"], plan.fields

    with rig.here():
        pair, bo = row(rig, rig.found, "Ada Byrne"), row(rig, rig.found, "Bo Diaz")
        cleo = row(rig, rig.found, "Cleo O'Hara").ledger_id
        assert (pair.differs, pair.fills) == (["phone"], 1)
    assert counts() == (1, 1)
    with rig.here():
        review_decisions.keep_sides(
            rig.found, rig.member, [pair.pk], ["phone"], "practice", engine=rig.engine
        )
    assert counts() == (2, 2)
    rig.edit_client(bo.practice_id, phone="7")
    with rig.here():
        review_linking.link(rig.found, rig.member, bo.pk, cleo, engine=rig.engine)
    assert counts() == (3, 3)


# -- one that stops unexpectedly ---------------------------------------------------------------------------------


def test_linking_that_stops_unexpectedly_is_tried_again_and_then_handed_back_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Reviewed()
    queued: list[int] = []
    monkeypatch.setattr(tasks, "apply_soon", lambda connection, one, *, after=0: queued.append(after))

    def broken(*given: Any) -> None:
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as patched, rig.here():
        patched.setattr(review_holds, "hold", broken)
        review.apply(rig.found, rig.member)
        for _ in AGAIN_AFTER:
            review_jobs.apply_now(rig.found.pk, rig.engine)
            rig.found.refresh_from_db()
            assert (rig.found.state, rig.found.phase) == ("applying", TRYING_AGAIN)
        review_jobs.apply_now(rig.found.pk, rig.engine)
        rig.found.refresh_from_db()
    assert rig.found.state == "ready"
    assert rig.found.summary["reopened"].startswith("Something unexpected stopped the linking")
    assert queued == [0, *AGAIN_AFTER]
    assert caplog.text.count("ZeroDivisionError: a bug") == 3, "a bug stays a bug for who reads the log"
    assert not rig.links(), "nothing of it is kept"
    assert rig.press().state == "done"


def test_an_applying_can_be_called_off_until_it_has_linked_and_every_decision_stays() -> None:
    rig = Reviewed()
    say(rig, rig.found, "Bo Diaz", Decision.CREATE)
    with rig.here():
        review.apply(rig.found, rig.member)
        assert review.call_off(rig.found, rig.member)
        review_jobs.apply_now(rig.found.pk, rig.engine)
        rig.found.refresh_from_db()
        assert (rig.found.state, row(rig, rig.found, "Bo Diaz").decision) == ("ready", "create")
        assert not rig.links()
        review.apply(rig.found, rig.member)
        review_jobs.apply_now(rig.found.pk, rig.engine)
        rig.found.refresh_from_db()
        assert not review.call_off(rig.found, rig.member), "too late: it is linked"
    assert rig.links()


@pytest.mark.parametrize("state", ["collecting", "applying"])
def test_a_review_whose_job_was_lost_gets_another_and_no_second_one(state: str) -> None:
    rig = Reviewed()
    with rig.here():
        Review.objects.update(state=state)
        with database.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")
        assert tasks.ring_reviews() == 1
        assert tasks.ring_reviews() == 0
        with database.cursor() as cursor:
            cursor.execute("SELECT task_name FROM procrastinate_jobs")
            assert cursor.fetchall() == [("collect_review" if state == "collecting" else "apply_review",)]
            cursor.execute("DELETE FROM procrastinate_jobs")
        Review.objects.update(state="applying", summary={"applied": {}})
        assert tasks.ring_reviews() == 0, "what is applied is synced by ordinary runs"
