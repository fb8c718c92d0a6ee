"""A firm's days with QuickBooks, in a real browser: books that agree, what needs a person, and the bad moments.

With TIEOUT_PICTURES set the pictures of the guide are taken anew.
"""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Demo, sign_in
from tests.e2e.test_first_light import SOON, until
from tests.e2e.test_later_decisions import MANAGE, accessible, add_client, connect
from tieout.demo.people import PEOPLE

pytestmark = [pytest.mark.e2e, pytest.mark.long]

PICTURES = ROOT / "docs" / "guide" / "images"
PAGES = ("", "tie-out/", "needs-you/", "needs-you/?listing=clearing", "activity/", "advanced/", "disconnect/")


def picture(page: Page, name: str) -> None:
    if os.environ.get("TIEOUT_PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.set_viewport_size({"width": 1100, "height": 760})
        page.evaluate("window.scrollTo(0, 0)")
        # hiding the caret would be a style of the driver's own, which our policy refuses
        page.screenshot(path=PICTURES / f"{name}.png", caret="initial")
        page.set_viewport_size({"width": 1280, "height": 900})


def clients_in_step(page: Page, demo: Demo) -> None:
    """Connected, reviewed and synced, unless another journey has done so."""
    page.goto(demo.app + MANAGE)
    clients = page.get_by_role("row", name=re.compile("^Clients"))
    if clients.get_by_role("link", name=re.compile("^(Start|Review)(?! again)")).count():
        connect(page, demo)
        page.goto(f"{demo.app}{MANAGE}clients/review/matches/")
        page.get_by_role("button", name=re.compile("Accept all")).click()
        page.get_by_role("button", name="See the final plan").click()
        page.get_by_role("button", name="Sync clients").click()
        page.wait_for_url("**/done/**", timeout=SOON * 2)


def test_books_are_compared_signed_and_kept(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    clients_in_step(page, demo)
    page.goto(demo.app + MANAGE)
    page.get_by_role("link", name="Tie-out").first.click()
    page.get_by_role("button", name=re.compile("^Compare")).click()
    expect(page.locator("main")).to_contain_text(
        re.compile(r"unexplained across [\d,]+ clients?"), timeout=SOON
    )
    expect(page.locator("main")).to_contain_text("owed in QuickBooks")
    page.locator("details summary", has_text="document").first.click()
    accessible(page)
    picture(page, "tie-out")
    with page.expect_download() as file:
        page.get_by_role("link", name="PDF").first.click()
    assert file.value.suggested_filename.endswith(".pdf")
    page.get_by_label("A word for the record").fill("Looked at every line")
    page.get_by_role("button", name="Sign and keep").click()
    expect(page.locator("main")).to_contain_text("“Looked at every line”")
    page.goto(demo.app)
    expect(page.locator("main")).to_contain_text("unexplained across")
    picture(page, "dashboard")
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


def test_every_daily_page_is_for_everybody_in_the_dark_and_at_twice_the_size(
    signed_in: Page, demo: Demo
) -> None:
    page = signed_in
    clients_in_step(page, demo)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for path in PAGES:
            page.goto(demo.app + MANAGE + path)
            accessible(page)
    # 200 % zoom of a 1280 pixel window leaves 640
    page.set_viewport_size({"width": 640, "height": 450})
    for path in PAGES:
        page.goto(demo.app + MANAGE + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, path
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


def test_manage_is_worked_by_keyboard_alone(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    clients_in_step(page, demo)
    page.goto(demo.app + MANAGE)
    picture(page, "manage")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''")
        )
        if "More" in reached[-1]:
            break
    assert any("Sync now" in one for one in reached), reached
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Change company")).to_be_visible()
    page.get_by_role("link", name="Reauthorize").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/connect/")


def test_signed_out_an_outage_and_a_name_in_use_lose_nothing(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    clients_in_step(page, demo)

    # a name that a vendor has: its own words, and a press that mends it
    body = {"entity": "Vendor", "fields": {"DisplayName": "Orla Quill"}, "operation": "create"}
    demo.control(f"/companies/{demo.realm}/edit", body)
    add_client(page, demo, "Orla", "Quill")
    page.wait_for_url(re.compile(r"/clients/\d+"))

    def is_listed() -> bool:
        page.goto(demo.app + MANAGE + "needs-you/?cause=name_taken")
        return page.locator("[data-row]", has_text="Orla Quill").count() == 1

    until(page, is_listed, "the name in use is listed")
    accessible(page)
    picture(page, "needs-you")
    page.get_by_role("button", name=re.compile("^Use “Orla Quill .client.”")).click()
    until(page, lambda: "Orla Quill (client)" in demo.customers(), "it went under the other name")

    # an outage: one banner, and what was added meanwhile arrives afterwards
    demo.control("/faults", {"effect": "down", "seconds": 20})
    page.goto(demo.app + MANAGE)
    page.get_by_role("button", name="Sync now").click()

    def says_so() -> bool:
        page.goto(demo.app + MANAGE)
        return "Waiting for QuickBooks" in page.locator("main").inner_text()

    until(page, says_so, "the banner of an outage")
    accessible(page)
    page.goto(demo.app + MANAGE)
    picture(page, "outage")

    # the token is revoked in QuickBooks: one banner, the queue, another sign-in, and it drains
    demo.control(f"/companies/{demo.realm}/revoke", {})
    add_client(page, demo, "Mary", "Somerville")
    page.wait_for_url(re.compile(r"/clients/\d+"))

    def signed_out() -> bool:
        page.goto(demo.app + MANAGE)
        if page.get_by_role("button", name="Sync now").count():
            page.get_by_role("button", name="Sync now").click()
        return "QuickBooks signed us out" in page.locator("main").inner_text()

    until(page, signed_out, "the banner of a sign-in that ended")
    accessible(page)
    page.goto(demo.app + MANAGE)
    picture(page, "signed-out")
    # by another administrator than the one who connected
    browser = page.context.browser
    assert browser is not None
    sam = browser.new_context().new_page()
    sign_in(sam, demo, PEOPLE[1])
    sam.goto(demo.app + MANAGE)
    sam.get_by_role("link", name="Reconnect").click()
    sam.goto(f"{demo.app}{MANAGE}connect/start/?mode=tab")
    sam.get_by_role("button", name="Connect").click()
    sam.wait_for_url("**/connected/**")
    expect(sam.locator("body")).to_contain_text("connected again")
    sam.context.close()
    until(page, lambda: "Mary Somerville" in demo.customers(), "what waited went through")
    page.goto(demo.app + MANAGE + "activity/?search=Mary")
    expect(page.locator("main")).to_contain_text("Mary Somerville")
    picture(page, "activity")
    page.goto(f"{demo.app}/clients/?search=Mary")
    page.get_by_role("link", name="Mary Somerville").click()
    expect(page.locator("main")).to_contain_text("Linked to")
    picture(page, "panel")
    page.goto(demo.app + MANAGE + "advanced/")
    picture(page, "advanced")
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]
