"""Deciding, in a real browser: the review by keyboard, what needs a person afterwards, and one client's own page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.test_first_light import SOON, until
from tieout.demo.people import PEOPLE

pytestmark = pytest.mark.e2e

AXE = (Path(__file__).parent / "vendor" / "axe" / "axe.min.js").read_text()
MANAGE = "/settings/integrations/quickbooks/"
WIDTHS = (320, 768, 1440)


def accessible(page: Page) -> None:
    """No violation of axe's rules, and no sideways scrolling, at any width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(AXE)
        found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        told = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]
        assert not told, (page.url, width, told)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
    page.set_viewport_size({"width": 1280, "height": 900})


def connect(page: Page, demo: Demo) -> None:
    """Sign in at the emulator and start a review of the active clients, unless that was done before."""
    page.goto(demo.app + MANAGE)
    if "Not connected yet" in page.locator("main").inner_text():
        page.goto(f"{demo.app}{MANAGE}connect/start/?mode=tab")
        page.get_by_role("button", name="Connect").click()
        page.wait_for_url("**/connected/**")
    page.goto(f"{demo.app}{MANAGE}clients/")
    if page.get_by_role("button", name="Start", exact=True).count():
        expect(page.locator("#doctor")).to_contain_text("settings", timeout=SOON)
        accessible(page)
        page.get_by_role("button", name="Start", exact=True).click()
    else:
        page.get_by_role("link", name="Continue").click()
    page.wait_for_url("**/review/**", timeout=SOON)


def add_client(page: Page, demo: Demo, given: str, family: str, phone: str = "") -> None:
    page.goto(f"{demo.app}/clients/new/?kind=individual")
    page.get_by_label("First name").fill(given)
    page.get_by_label("Last name").fill(family)
    if phone:
        page.get_by_label("Phone").first.fill(phone)
    page.get_by_role("button", name=re.compile("Save|Add|Create")).first.click()


def test_the_review_is_decided_by_keyboard_and_only_the_plan_shown_is_done(
    signed_in: Page, demo: Demo
) -> None:
    page = signed_in
    connect(page, demo)
    for bucket in ("duplicates", "unmatched", "matches", "new-clients"):
        page.goto(f"{demo.app}{MANAGE}clients/review/{bucket}/")
        accessible(page)

    # one row is created there, one left out, the last taken back: four keys
    page.goto(f"{demo.app}{MANAGE}clients/review/unmatched/?search=Whitfield")
    row = page.locator("[data-row]").first
    name = row.locator("th").inner_text()
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator("[data-row]").first).to_contain_text("Will be created in QuickBooks")
    expect(page.locator("#forecast")).to_contain_text("1 new in QuickBooks")
    page.keyboard.press("u")
    expect(page.locator("[data-row]").first).to_contain_text("Waits for a decision")
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator("#undo")).to_contain_text("To be created")

    # a partner is searched without leaving the list
    page.goto(f"{demo.app}{MANAGE}clients/review/unmatched/")
    page.keyboard.press("j")
    page.keyboard.press("m")
    expect(page.locator("[data-focus-me]")).to_be_focused()
    accessible(page)

    # select all is said aloud; everything that is to be checked is accepted with one press
    page.get_by_label("Select all shown").check()
    expect(page.locator("[data-selected]")).to_contain_text(re.compile(r"(\d+) of \1 selected"))
    page.goto(f"{demo.app}{MANAGE}clients/review/matches/")
    page.get_by_role("button", name=re.compile("Accept all")).click()
    expect(page.locator("#undo")).to_contain_text("Taken for the same")

    # the help, and its off switch
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    accessible(page)
    page.get_by_label("Single keys are on").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).not_to_be_visible()
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Single keys are on").check()
    page.get_by_role("button", name="Close").click()

    page.get_by_role("button", name="See the final plan").click()
    expect(page.locator("main")).to_contain_text("New customers in QuickBooks")
    accessible(page)
    before = set(demo.customers())
    page.get_by_role("button", name="Sync clients").click()
    page.wait_for_url("**/done/**", timeout=SOON * 2)
    until(page, lambda: set(demo.customers()) - before == {name}, "only what the plan said was created")
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


def test_what_needs_a_person_is_settled_where_it_is_listed(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    page.goto(demo.app + MANAGE + "needs-you/")
    accessible(page)

    # left out and taken back
    row = page.locator("section", has_text="Waits for your decision").locator("[data-row]").first
    name = row.locator("th").inner_text()
    row.get_by_role("button", name=re.compile("^Leave out")).click()
    expect(page.locator("#undo")).to_contain_text("Left out")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main")).to_contain_text("Taken back")
    page.goto(demo.app + MANAGE + "needs-you/?cause=unmatched")
    expect(page.locator("[data-row]", has_text=name).first).to_be_visible()

    # a conflict: both values side by side, and what is decided leaves the list by itself
    add_client(page, demo, "Ada", "Lovelace", "555-0001")
    until(page, lambda: "Ada Lovelace" in demo.customers(), "the client is in QuickBooks")
    customer = demo.customers()["Ada Lovelace"]
    page.goto(demo.app + MANAGE)
    page.get_by_role("button", name="Pause").click()
    page.goto(f"{demo.app}/clients/?search=Ada+Lovelace")
    page.get_by_role("link", name="Ada Lovelace").click()
    record = page.url
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_label("Phone").first.fill("555-0002")
    page.get_by_role("button", name=re.compile("Save")).first.click()
    demo.as_in_quickbooks({"PrimaryPhone": {"FreeFormNumber": "555-0003"}}, str(customer["Id"]))
    page.goto(demo.app + MANAGE)
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Sync now").click()

    def is_listed() -> bool:
        page.goto(demo.app + MANAGE + "needs-you/?cause=conflict")
        return page.locator("[data-row]", has_text="Ada Lovelace").count() == 1

    until(page, is_listed, "the conflict is listed")
    row = page.locator("[data-row]", has_text="Phone of Ada Lovelace")
    expect(row).to_contain_text("555-0002")
    expect(row).to_contain_text("555-0003")
    accessible(page)

    # the same on the client's own page
    page.goto(record)
    expect(page.locator("section", has_text="QuickBooks").last).to_be_visible()
    expect(page.locator("tr.differs")).to_contain_text("555-0003")
    accessible(page)

    page.goto(demo.app + MANAGE + "needs-you/?cause=conflict")
    row = page.locator("[data-row]", has_text="Phone of Ada Lovelace")
    row.get_by_role("button", name=re.compile("Keep QuickBooks")).click()
    expect(page.locator("[data-row]", has_text="Ada Lovelace")).to_have_count(0, timeout=SOON)
    page.goto(record)
    expect(page.locator("main")).to_contain_text("555-0003")

    # unlinked by hand, taken back
    page.get_by_role("button", name="Unlink").click()
    expect(page.locator("main")).to_contain_text("Not linked to a record")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main")).to_contain_text("Linked to")
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


def test_the_settings_pages_are_for_everybody(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    page.goto(demo.app + MANAGE)
    expect(page.locator("#doctor")).to_contain_text("settings", timeout=SOON)
    accessible(page)
    page.get_by_role("link", name="Advanced settings").click()
    switch = page.get_by_role("switch", name=re.compile("Make customers inactive"))
    switch.check()  # what waits behind it is shown first
    page.wait_for_url("**/advanced/look/**")
    accessible(page)
    page.get_by_role("button", name=re.compile("^Turn it on")).click()
    expect(page.locator("#turns")).to_contain_text(PEOPLE[0].name)
    accessible(page)
    page.get_by_role("switch", name=re.compile("Make customers inactive")).uncheck()
    expect(page.locator("#turns tbody tr")).to_have_count(2)
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]
