"""A review of the clients left at every step and taken up again, in a real browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.in_process import enter, serve
from tests.sync.rig import Rig
from tieout.practice.isolation import firm_scope
from tieout.sync import review, review_jobs
from tieout.sync.models import Review

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]

MANAGE = "/settings/integrations/quickbooks/"
REVIEW = MANAGE + "clients/review/"


def a_firm(settings: Any) -> Rig:
    """Not connected yet; its clock begins at the pages' time."""
    rig = Rig()
    rig.clock.set(datetime.now(UTC))
    serve(rig, settings)
    return rig


def reviewed(rig: Rig) -> Review:
    """A review that waits for decisions."""
    if not rig.connect().ok:
        pytest.fail("the firm could not connect")
    with rig.here():
        found = review.start(rig.connection, "client", activity="active", actor_member=rig.member)
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()
    assert found.state == "ready", found.problem
    return found


def synced(rig: Rig, found: Review) -> Review:
    """What the worker does after Sync clients was pressed."""
    with rig.here():
        found.refresh_from_db()
        assert found.state == "applying", "Sync clients was not pressed"
    review_jobs.apply_now(found.pk, rig.engine)
    rig.settle()
    with rig.here():
        found.refresh_from_db()
    return found


def row(page: Page, name: str) -> Any:
    return page.locator("[data-row]", has_text=name)


def test_a_review_goes_on_where_it_was_left_after_the_tab_was_closed_at_any_step(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = a_firm(settings)
    for name in ("Ada Byrne", "Bo Lee"):
        rig.add_client(name)
    assert rig.connect().ok

    def come_back() -> Page:
        """Another browser, from the front: nothing is kept but in the database."""
        page = enter(browser, rig.member, live_server.url)
        page.goto(live_server.url + MANAGE)
        clients = page.get_by_role("row", name=re.compile("^Clients"))
        clients.get_by_role("link", name=re.compile("^(Start|Review)(?! again)")).click()
        return page

    # while both sides are read
    page = come_back()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/progress/**")
    page.context.close()
    with rig.here():
        found = Review.objects.get()
    review_jobs.collect(found.pk, rig.engine)

    # while deciding
    page = come_back()
    if link := page.get_by_role("link", name="Continue").all():
        link[0].click()
    page.goto(f"{live_server.url}{REVIEW}unmatched/")
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(row(page, "Ada Byrne")).to_contain_text("Will be created in QuickBooks")
    page.context.close()

    # before the final plan is done
    page = come_back()
    if link := page.get_by_role("link", name="Continue").all():
        link[0].click()
    expect(page.locator("#forecast")).to_contain_text("1 new in QuickBooks")
    page.get_by_role("button", name="See the final plan").click()
    page.context.close()
    page = come_back()
    if link := page.get_by_role("link", name="Continue").all():
        link[0].click()
    page.get_by_role("button", name="See the final plan").click()
    page.get_by_role("button", name="Sync clients").click()

    # while it syncs
    page.context.close()
    synced(rig, found)
    page = enter(browser, rig.member, live_server.url)
    page.goto(live_server.url + MANAGE)
    expect(page.get_by_role("row", name=re.compile("^Clients"))).not_to_contain_text("In review")
    assert {one["DisplayName"] for one in rig.customers().values()} == {"Ada Byrne"}
    with firm_scope(rig.firm.pk):
        assert Review.objects.count() == 1
