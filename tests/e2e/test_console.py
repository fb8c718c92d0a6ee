"""The emulator's console, clicked through as a person does, and what each press does to the practice beside it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.test_daily_running import clients_in_step
from tests.e2e.test_first_light import until
from tests.e2e.test_later_decisions import AXE, MANAGE, add_client

pytestmark = [pytest.mark.e2e, pytest.mark.long]


def readable(page: Page) -> None:
    """No violation of axe's rules."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert not found["violations"], (
        page.url,
        found["violations"][0]["id"],
        found["violations"][0]["nodes"][0],
    )


def test_every_page_of_the_console_is_reached_by_its_links_and_its_forms_work(
    signed_in: Page, demo: Demo
) -> None:
    page = signed_in
    clients_in_step(page, demo)
    add_client(page, demo, "Ida", "Rhodes")
    until(page, lambda: "Ida Rhodes" in demo.customers(), "the client is in QuickBooks")

    # from the client's own page here to the customer there
    page.goto(f"{demo.app}/clients/?search=Ida+Rhodes")
    page.get_by_role("link", name="Ida Rhodes").click()
    with page.context.expect_page() as opened:
        page.locator("section[aria-labelledby=quickbooks] a[target=_blank]").first.click()
    console = opened.value
    console.set_default_timeout(30_000)
    expect(console.get_by_role("heading", name="Ida Rhodes")).to_be_visible()
    readable(console)
    console.get_by_label("Phone").fill("555-0142")
    console.get_by_role("button", name="Save").first.click()
    expect(console.locator("body")).to_contain_text("Saved.")

    def has_arrived() -> bool:
        page.reload()
        return "555-0142" in page.locator("main").inner_text()

    until(page, has_arrived, "what was edited in the console is here")

    # every page that a link of the console leads to
    console.goto(demo.emulator)
    to_see, seen, read = [demo.emulator + "/"], set[str](), set[str]()
    while to_see:
        address = to_see.pop()
        if (kind := re.sub(r"\d+", "N", address)) in seen:
            continue  # one of each kind of page
        seen.add(kind)
        answer = console.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        expect(console.get_by_role("heading").first).to_be_visible()
        if (form := re.sub(r"records/\w+", "records", kind)) not in read:
            read.add(form)
            readable(console)
        found = console.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        to_see += [one.split("#")[0] for one in found if one.startswith(f"{demo.emulator}/_console")]
    assert len(read) > 7
    assert len(seen) > 40

    # a switch is turned, and the doctor sees it
    console.goto(f"{demo.emulator}/app/settings?panel=advanced")
    row = console.get_by_role("row", name=re.compile("AutoApplyCredit"))
    if row.get_by_role("button", name="Turn on").count():
        row.get_by_role("button", name="Turn on").click()
    expect(row).to_contain_text("Turn off")
    page.goto(demo.app + MANAGE)
    page.locator("#doctor").get_by_role("button", name="Check again").click()
    expect(page.locator("#doctor")).to_contain_text("Change this")
    with page.context.expect_page() as opened:
        page.locator("#doctor").get_by_role("link", name="Open QuickBooks settings").click()
    row = opened.value.get_by_role("row", name=re.compile("AutoApplyCredit"))
    row.get_by_role("button", name="Turn off").click()
    expect(row).to_contain_text("Turn on")
    page.locator("#doctor").get_by_role("button", name="Check again").click()
    expect(page.locator("#doctor")).not_to_contain_text("Change this")

    # any record is edited as a person does there: and says what became of it
    console.goto(f"{demo.emulator}/app/items")
    console.locator("td a").first.click()
    console.get_by_label("Properties, as JSON").fill('{"Description": "From the console"}')
    console.get_by_role("button", name="Save").click()
    expect(console.get_by_role("status")).to_contain_text("Saved.")
    readable(console)

    # a fault is added and taken away by its forms
    console.goto(f"{demo.emulator}/_console/faults")
    console.get_by_label("Effect").select_option("throttle")
    console.get_by_label("Entity").fill("estimate")
    console.get_by_label("Calls a minute").fill("50")
    console.get_by_role("button", name="Add the fault").click()
    expect(console.get_by_role("row", name=re.compile("estimate"))).to_be_visible()
    readable(console)
    console.get_by_role("button", name="Clear").click()
    expect(console.get_by_role("row", name=re.compile("estimate"))).to_have_count(0)

    # signed out from QuickBooks' side
    console.goto(f"{demo.emulator}/app/settings")
    console.get_by_role("button", name="Disconnect in QuickBooks").click()

    def says_so() -> bool:
        page.goto(demo.app + MANAGE)
        if page.get_by_role("button", name="Sync now").count():
            page.get_by_role("button", name="Sync now").click()
        return "QuickBooks signed us out" in page.locator("main").inner_text()

    until(page, says_so, "a sign-in ended in QuickBooks is noticed")
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]
