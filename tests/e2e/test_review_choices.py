"""Choices of a review in a real browser: nothing new wanted, and what is unclear solved where it is listed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.in_process import enter
from tests.e2e.test_review_left import MANAGE, REVIEW, a_firm, reviewed, row, synced
from tieout.sync import review, review_jobs

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]


def test_with_the_switch_off_no_client_is_created(browser: Browser, live_server: Any, settings: Any) -> None:
    rig = a_firm(settings)
    rig.add_client("Ada Byrne", email="ada@example.com")
    rig.add_customer("Ada Byrne", PrimaryEmailAddr={"Address": "ada@example.com"})
    for name in ("Nora New", "Ned New"):
        rig.add_customer(name)
    found = reviewed(rig)
    page = enter(browser, rig.member, live_server.url)
    page.goto(f"{live_server.url}{REVIEW}new-clients/")
    switch = page.get_by_role("switch", name=re.compile("^Create 2 new clients in Tieout"))
    switch.uncheck()
    expect(page.locator("#forecast")).to_contain_text("1 pair linked, 0 new clients in Tieout")
    expect(page.locator("#consequence")).to_contain_text("These customers stay in QuickBooks alone.")
    page.get_by_role("button", name="See the final plan").click()
    page.get_by_role("button", name="Sync clients").click()
    page.wait_for_url(re.compile("/clients/(progress|done)/"))
    synced(rig, found)
    assert [one["name"] for one in rig.clients().values()] == ["Ada Byrne"]
    assert len(rig.links()) == 1
    assert not page.complaints  # type: ignore[attr-defined]


def test_a_duplicate_an_unmatched_and_a_near_match_are_solved_without_leaving_their_list(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = a_firm(settings)
    first = rig.add_client("Dan Low", email="one@example.com")
    second = rig.add_client("Dan Low", email="two@example.com")
    dan = rig.add_customer("Dan Low", PrimaryPhone={"FreeFormNumber": "555-0123"})
    near = rig.add_client("Quarrystone Masonry LLC")
    masonry = rig.add_customer("Stonework of Elm Street")
    alone = rig.add_client("Wim Alone")
    found = reviewed(rig)
    page = enter(browser, rig.member, live_server.url)

    # the survivor is chosen; the other one is somebody else and stays here
    page.goto(f"{live_server.url}{REVIEW}duplicates/")
    one, two = (
        page.locator("[data-row]").filter(has=page.locator(".detail", has_text=f"{each}@example.com"))
        for each in ("one", "two")
    )
    one.get_by_role("button", name=re.compile("^Link with Dan Low")).click()
    expect(one).to_contain_text("Will be linked with Dan Low")
    two.get_by_role("button", name=re.compile("^Leave out")).click()
    expect(two).to_contain_text("Left out")
    assert page.url.startswith(f"{live_server.url}{REVIEW}duplicates/")

    # a partner of quite another name is searched under the row
    page.goto(f"{live_server.url}{REVIEW}unmatched/")
    row(page, "Quarrystone").get_by_role("link", name=re.compile("^Link to…")).click()
    search = page.get_by_role("search", name=re.compile("^A partner for Quarrystone"))
    search.get_by_role("searchbox").fill("Elm Street")
    search.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Link with Stonework of Elm Street").click()
    expect(row(page, "Quarrystone")).to_contain_text("Will be linked with Stonework of Elm Street")
    row(page, "Wim Alone").get_by_role("button", name=re.compile("^Create in QuickBooks")).click()
    expect(row(page, "Wim Alone")).to_contain_text("Will be created in QuickBooks")
    assert page.url.startswith(f"{live_server.url}{REVIEW}unmatched/")

    page.get_by_role("button", name="See the final plan").click()
    page.get_by_role("button", name="Sync clients").click()
    page.wait_for_url(re.compile("/clients/(progress|done)/"))
    synced(rig, found)
    links = rig.links()
    assert (links[first], links[near]) == (dan, masonry)
    assert second not in links
    assert rig.customers()[links[alone]]["DisplayName"] == "Wim Alone"
    assert not page.complaints  # type: ignore[attr-defined]


def test_what_is_ticked_and_what_was_done_is_said_to_those_who_hear_the_page(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = a_firm(settings)
    for name in ("Ada Byrne", "Bo Lee", "Cy Only"):
        rig.add_client(name)
    reviewed(rig)
    page = enter(browser, rig.member, live_server.url)
    page.goto(f"{live_server.url}{REVIEW}unmatched/")
    page.get_by_role("checkbox", name="Select Bo Lee").check()
    expect(page.get_by_role("status").filter(has_text="1 of 3 selected")).to_have_count(1)
    everything = page.get_by_role("checkbox", name="Select all shown")
    expect(everything).to_have_js_property("indeterminate", value=True)
    everything.check()
    expect(page.get_by_role("status").filter(has_text="3 of 3 selected")).to_have_count(1)
    page.get_by_role("button", name="Leave out", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Left out: 3 rows. Saved.")).to_have_count(1)
    said = page.get_by_role("main").aria_snapshot()
    assert "Left out: 3 rows. Saved." in said
    assert "0 new in QuickBooks, 3 left as they are" in said
    assert not page.complaints  # type: ignore[attr-defined]


def test_progress_stays_honest_while_quickbooks_slows_us_down_and_goes_on_by_itself(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = a_firm(settings)
    for number in range(30):
        rig.add_client(f"Client {number}")
        rig.add_customer(f"Client {number}")
    assert rig.connect().ok
    with rig.here():
        found = review.start(rig.connection, "client", activity="active", actor_member=rig.member)
    page = enter(browser, rig.member, live_server.url)
    page.goto(f"{live_server.url}{MANAGE}clients/progress/")
    expect(page.get_by_role("progressbar")).to_have_count(1)
    rig.fault("throttle", per_minute=0, times=20)
    review_jobs.collect(found.pk, rig.engine)
    bar = page.get_by_role("progressbar", name="Waiting for QuickBooks")
    expect(bar).to_be_visible()
    expect(bar).not_to_have_attribute(
        "value", re.compile(".*")
    )  # nothing is known of how far it is, so nothing is said
    expect(page.locator("#bar")).to_contain_text("It goes on by itself")
    expect(page.get_by_role("status").filter(has_text="Waiting for QuickBooks")).to_have_count(1)
    rig.emulator.control.clear_faults()
    rig.advance(600)
    review_jobs.collect(found.pk, rig.engine)
    page.wait_for_url("**/review/**")  # by itself
    assert not page.complaints  # type: ignore[attr-defined]
