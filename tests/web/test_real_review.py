"""Shows the wizard against the engine's own tables, where only the ledger and the job queue are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.sync.models import Connection, Review, ReviewRow, ReviewState

SignedIn = Callable[[str], Client]
CLIENTS = "/settings/integrations/quickbooks/clients/"


@pytest.fixture
def review(firm: Firm, members: dict[str, Member]) -> Iterator[Review]:
    """A review that is ready, of a firm that is connected; stored."""
    with firm_scope(firm.pk):
        connection = Connection.objects.create(
            firm=firm,
            company_sealed="x",
            company_digest="d" * 64,
            company_name="Smith & Lee CPA LLC",
            connected_by=members["admin"],
            sections={"client": "in_review"},
        )
        review = Review.objects.create(
            firm=firm, connection=connection, entity="client", state=ReviewState.READY, activity="active"
        )
        rows = [("match", "Ada Byrne", "Ada Byrne"), ("new", "", "Sam Ito"), ("duplicate", "Dan Low", "")]
        for bucket, here, there in rows:
            ReviewRow.objects.create(
                firm=firm,
                review=review,
                bucket=bucket,
                group=here or there,
                practice_name=here,
                ledger_name=there,
                confirmed=bucket == "match",
            )
        yield review


def test_stopping_a_review_leaves_the_section_as_it_was(signed_in: SignedIn, review: Review) -> None:
    answer = signed_in("admin").post(CLIENTS + "cancel/")
    assert answer["Location"] == CLIENTS
    with firm_scope(review.firm_id):
        review.refresh_from_db()
        assert review.state == ReviewState.CANCELLED
        assert Connection.objects.get().sections == {"client": "not_started"}


def test_a_review_with_decisions_is_only_stopped_by_who_has_read_whose_are_lost(
    signed_in: SignedIn, review: Review, members: dict[str, Member]
) -> None:
    browser = signed_in("admin")
    page = " ".join(browser.get(CLIENTS).content.decode().split())
    assert f'href="{CLIENTS}cancel/"' in page
    assert f'action="{CLIENTS}cancel/"' not in page, "one press asks, and does not stop"
    decided = review.rows.get(bucket="match")
    decided.decision, decided.decided_by = "reject", members["admin"]
    decided.save()
    asked = " ".join(browser.get(CLIENTS + "cancel/").content.decode().split())
    assert "1 decision by Dana Reyes is lost." in asked
    other = review.rows.get(bucket="new")
    other.decision, other.decided_by = "exclude", members["staff-all"]
    other.save()
    again = browser.post(CLIENTS + "cancel/", {"lost": "1"})
    assert "2 decisions by Dana Reyes and Staff (All Contacts) are lost." in again.content.decode()
    review.refresh_from_db()
    assert review.state == ReviewState.READY
    browser.post(CLIENTS + "cancel/", {"lost": "2"})
    review.refresh_from_db()
    assert review.state == ReviewState.CANCELLED


def test_with_nothing_left_to_take_back_no_colleague_is_blamed(signed_in: SignedIn, review: Review) -> None:
    page = signed_in("admin").post(CLIENTS + "undo/", {"back": CLIENTS + "review/"}, follow=True)
    assert "There is nothing left to take back." in page.content.decode()


def test_the_switch_is_kept_and_the_forecast_follows(signed_in: SignedIn, review: Review) -> None:
    browser = signed_in("admin")
    page = " ".join(browser.get(CLIENTS + "review/new-clients/").content.decode().split())
    assert "1 pair linked, 1 new client in Tieout" in page
    answer = browser.post(CLIENTS + "create-new/", {}, follow=True)
    assert "0 new clients in Tieout" in " ".join(answer.content.decode().split())


def test_another_firm_sees_nothing_of_it(review: Review, members: dict[str, Member]) -> None:
    from tests.web.conftest import entered, make_firm, make_members

    stranger = entered(make_members(make_firm("Another firm"))["admin"])
    for path in ("", "review/", "progress/", "done/", "counts/"):
        answer = stranger.get(CLIENTS + path)
        assert answer["Location"] == "/settings/integrations/quickbooks/"
    for path in ("cancel/", "sync/", "create-new/"):
        stranger.post(CLIENTS + path, {})
    with firm_scope(review.firm_id):
        review.refresh_from_db()
        assert (review.state, review.create_new) == (ReviewState.READY, True)
