"""From sign-in to a firm whose clients are in step with QuickBooks: a real browser, real processes, both sides checked."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Demo

pytestmark = pytest.mark.e2e

PICTURES = ROOT / "docs" / "images"
UNDER_THE_TOP = (
    "(part) => scrollTo({top: part.getBoundingClientRect().top + scrollY - 72, behavior: 'instant'})"
)
"""Scrolls so that a part of a page begins below the bar that stays."""
SOON = 30_000
"""Milliseconds. What is to happen by itself is waited for, never slept for."""


def picture(page: Page, name: str) -> None:
    """With TIEOUT_PICTURES set, keep what the documentation shows."""
    if os.environ.get("TIEOUT_PICTURES"):
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(
            path=PICTURES / f"{name}.png", caret="initial"
        )  # hiding it is a style the policy refuses


def until(page: Page, holds: Callable[[], bool], what: str, within: int = SOON) -> None:
    """Wait for something outside the page, looking again and again. ``within``: milliseconds."""
    for _ in range(within // 250):
        if holds():
            return
        page.wait_for_timeout(250)
    pytest.fail(f"not within {within / 1000} s: {what}")


def test_a_firm_connects_reviews_and_syncs_and_stays_in_step(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    page.set_viewport_size({"width": 1280, "height": 900})
    # Settings -> Integrations -> the tile -> Manage -> Start beside Clients
    page.get_by_role("link", name="Settings").first.click()
    page.get_by_role("link", name="Integrations").first.click()
    page.get_by_role("link", name="Manage").click()
    page.get_by_role("link", name="Start").click()

    # a pop-up that the browser blocks: the same link works in the tab
    page.evaluate("window.open = () => null")
    page.get_by_role("link", name="Continue to QuickBooks").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("body")).to_contain_text("Nothing was changed")
    page.get_by_role("link", name="Try again").click()

    # the pop-up: cancelled first, then connected
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Continue to QuickBooks").click()
    with page.expect_navigation():  # the page behind starts afresh
        opened.value.get_by_role("button", name="Cancel").click()
    expect(opened.value.locator("body")).to_contain_text("Nothing was changed")
    expect(opened.value.get_by_role("link", name="Try again")).to_be_visible()
    opened.value.close()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Continue to QuickBooks").click()
    with opened.value.expect_event("close"):
        opened.value.get_by_role("button", name="Connect").click()
    page.wait_for_url("**/clients/")

    # live counts equal QuickBooks' own
    active = sum(one["Active"] for one in demo.customers().values())
    expect(page.locator("#count-active")).to_contain_text(f"{active} in", timeout=SOON)
    everybody = len(demo.customers())
    expect(page.locator("#count-inactive")).to_contain_text(f"{everybody - active} in")
    expect(page.locator("#count-all")).to_contain_text(f"{everybody} in")
    picture(page, "choose")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/review/**", timeout=SOON)

    # the four buckets, with Next
    left = page.get_by_role("navigation", name="Lists of the review")
    for bucket in ("Duplicates", "Unmatched", "Matches", "New clients"):
        left.get_by_role("link", name=re.compile(bucket)).first.click()
        expect(page.get_by_role("heading", name=bucket)).to_be_visible()
        if bucket == "Matches":
            page.locator(".review").evaluate(UNDER_THE_TOP)
            picture(page, "review")
    page.get_by_role("link", name=re.compile("^Next")).first.click()
    before = set(demo.customers())
    page.get_by_role("button", name="See the final plan").click()
    picture(page, "plan")
    page.get_by_role("button", name="Sync clients").click()
    page.wait_for_url("**/done/**", timeout=SOON * 2)
    assert set(demo.customers()) == before, "duplicates and unmatched must stay untouched"

    # here -> QuickBooks
    page.goto(f"{demo.app}/clients/new/?kind=individual")
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Last name").fill("Lovelace")
    page.get_by_label("E-mail").first.fill("ada@example.com")
    page.get_by_role("button", name=re.compile("Save|Add|Create")).first.click()
    until(page, lambda: "Ada Lovelace" in demo.customers(), "a client added here is in QuickBooks")
    customer = demo.customers()["Ada Lovelace"]
    assert customer["PrimaryEmailAddr"]["Address"] == "ada@example.com"
    assert customer["GivenName"] == "Ada"

    # QuickBooks -> here, with one primary contact
    demo.as_in_quickbooks({"DisplayName": "Grace Hopper", "GivenName": "Grace", "FamilyName": "Hopper"})

    def has_arrived() -> bool:
        page.goto(f"{demo.app}/clients/?search=Grace")
        return page.get_by_role("link", name="Grace Hopper").count() == 1

    until(page, has_arrived, "a customer added in QuickBooks is here")
    page.get_by_role("link", name="Grace Hopper").click()
    expect(page.locator("main")).to_contain_text("Primary")

    # edits, both ways
    page.goto(f"{demo.app}/clients/?search=Ada+Lovelace")
    page.get_by_role("link", name="Ada Lovelace").click()
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_label("Phone").first.fill("555-0100")
    page.get_by_role("button", name=re.compile("Save")).first.click()
    until(
        page,
        lambda: demo.customers()["Ada Lovelace"].get("PrimaryPhone", {}).get("FreeFormNumber") == "555-0100",
        "an edit here is in QuickBooks",
    )
    demo.as_in_quickbooks({"PrimaryPhone": {"FreeFormNumber": "555-0199"}}, str(customer["Id"]))

    def shows_the_new_phone() -> bool:
        page.goto(f"{demo.app}/clients/?search=Ada+Lovelace")
        page.get_by_role("link", name="Ada Lovelace").click()
        return "555-0199" in page.locator("main").inner_text()

    until(page, shows_the_new_phone, "an edit in QuickBooks is here")
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]
