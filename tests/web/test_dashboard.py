"""Shows the dashboard: the pressing things first, every number a link, and nothing offered that would be refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.web.fake_sync import FakeSync, a_connection, a_review
from tieout.practice import clients
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.sync.models import Connection, Review, ReviewState
from tieout.web.badges import LOOKS, badges_for
from tieout.web.tasks import tasks

SignedIn = Callable[[str], Client]


def text(browser: Client) -> str:
    return " ".join(browser.get("/").content.decode().split())


def test_an_empty_firm_gets_a_way_to_begin(signed_in: SignedIn, sync: FakeSync) -> None:
    page = text(signed_in("admin"))
    assert "Three steps to begin" in page
    assert "QuickBooks Online is not connected." in page


def test_the_figures_count_the_firms_clients_and_link_to_them(
    firm: Firm, signed_in: SignedIn, sync: FakeSync
) -> None:
    with firm_scope(firm.pk):
        for number in range(3):
            clients.Client.objects.create(
                firm=firm, name=f"Client {number}", kind="business", is_active=number > 0
            )
    page = text(signed_in("admin"))
    assert 'href="/clients/?show=active"><strong>2</strong><span>active clients' in page
    assert 'href="/clients/?show=inactive"><strong>1</strong><span>archived client<' in page
    assert "Three steps to begin" not in page


@pytest.mark.parametrize(
    "state, review, needs_you, sentence, target",
    [
        ("needs_reconnect", "", 0, "QuickBooks signed us out of Smith", "connect/"),
        ("paused", "", 0, "The sync with QuickBooks is paused.", ""),
        ("active", "", 1, "1 record needs a decision", "needs-you/"),
        ("active", "", 1200, "1,200 records need a decision", "needs-you/"),
        ("active", "ready", 0, "The review of clients is ready.", "clients/review/"),
        ("active", "collecting", 0, "Clients are being read", "clients/progress/"),
    ],
)
def test_what_needs_a_person_comes_with_its_button(
    state: str,
    review: str,
    needs_you: int,
    sentence: str,
    target: str,
    members: dict[str, Member],
    signed_in: SignedIn,
    sync: FakeSync,
) -> None:
    sync.connection = a_connection(members["admin"], state, sections={"client": "on"})
    sync.needs_you = needs_you
    if review:
        sync.review = a_review(sync.connection, review)
    page = text(signed_in("admin"))
    assert sentence in page
    assert f'href="/settings/integrations/quickbooks/{target}"' in page


def test_when_all_is_well_the_page_says_so(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"], sections={"client": "on"})
    page = text(signed_in("admin"))
    assert "Nothing needs you." in page
    assert "<strong>1,120</strong><span>in step with QuickBooks" in page


def test_someone_who_may_not_manage_is_not_offered_the_quickbooks_pages(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"], "needs_reconnect")
    assert "/settings/integrations/quickbooks/" not in text(signed_in("staff-all"))


def test_there_is_no_badge_outside_a_firm_or_before_the_set_up(firm: Firm) -> None:
    assert badges_for("client", ["1"]) == {}
    with firm_scope(firm.pk):
        assert badges_for("client", ["1"]) == {}


def test_every_badge_has_an_icon_that_exists() -> None:
    from django.template.loader import get_template

    for icon, _ in LOOKS.values():
        get_template(f"icons/{icon}.svg")


@pytest.mark.parametrize(
    ("state", "sentence", "address"),
    [
        (ReviewState.READY, "The review of service items is ready.", "quickbooks-items-review"),
        (ReviewState.COLLECTING, "Service items are being read and compared.", "quickbooks-items-progress"),
    ],
)
def test_the_review_of_service_items_is_announced_as_that_of_clients_is(
    state: str, sentence: str, address: str
) -> None:
    told = tasks(Connection(state="active"), [], [Review(entity="service_item", state=state)])
    assert [(one.sentence, one.url_name) for one in told] == [(sentence, address)]
