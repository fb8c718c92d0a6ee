"""The set-up from Manage to the first sync with the keyboard alone, in the dark, at twice the size."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.test_first_light import SOON
from tests.e2e.test_later_decisions import AXE, MANAGE

pytestmark = [pytest.mark.e2e, pytest.mark.long]

FARTHEST = 150
"""Presses of Tab after which a control counts as out of reach."""
NAME = """() => {
  const here = document.activeElement;
  const label = here.labels && here.labels.length ? here.labels[0].innerText : "";
  return (here.ariaLabel || here.innerText || label || "").trim();
}"""

SEEN = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const style = getComputedStyle(document.activeElement);
  const drawn = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return box.bottom > 0 && box.top < innerHeight && drawn;
}"""
"""The control that has the focus is in view, and shows it."""


def readable(page: Page) -> None:
    """Nothing is cut off, axe finds nothing, and where the focus is can be seen."""
    page.wait_for_load_state()
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert not found["violations"], (
        page.url,
        found["violations"][0]["id"],
        found["violations"][0]["nodes"][0],
    )
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def go_to(page: Page, name: str, key: str = "Enter") -> None:
    """Tab to the control of that name and press it; it must stand in view and show that it has the focus."""
    page.wait_for_load_state()
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        if re.search(name, page.evaluate(NAME)):
            break
    else:
        pytest.fail(f"{name} is not reached by keyboard on {page.url}")
    page.wait_for_function(SEEN)  # the page may scroll there smoothly
    page.keyboard.press(key)


def test_the_set_up_is_done_by_keyboard_in_the_dark_at_twice_the_size(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 640, "height": 450})  # what 200 % leaves of 1280 by 900
    page.goto(demo.app + MANAGE)
    readable(page)
    go_to(page, "^Start")
    page.wait_for_url("**/connect/")
    readable(page)

    # without a pop-up: the link leads on in the tab
    page.evaluate("window.open = () => null")
    go_to(page, "Continue to QuickBooks")
    page.wait_for_url(re.compile(re.escape(demo.emulator)))
    go_to(page, "^Connect")
    page.wait_for_url("**/connected/**")
    readable(page)
    go_to(page, "^Continue")

    page.wait_for_url("**/clients/")
    expect(page.locator("#count-active")).to_contain_text("in QuickBooks", timeout=SOON)
    expect(page.locator("#counts")).to_contain_text("Likely result")
    expect(page.locator("#doctor")).to_contain_text("settings", timeout=SOON)
    readable(page)
    go_to(page, "^Start$")
    page.wait_for_url("**/review/**", timeout=SOON * 2)
    for bucket in ("Unmatched", "Matches", "New clients", "Duplicates"):
        readable(page)
        go_to(page, f"^{bucket}")
        expect(page.get_by_role("heading", name=bucket)).to_be_visible()
    go_to(page, "^See the final plan")
    page.wait_for_url("**/confirm/**")
    readable(page)
    go_to(page, "^Sync clients")
    page.wait_for_url("**/done/**", timeout=SOON * 2)
    readable(page)

    # service items, invoices, payments: each step is reached from the one before and can be left
    go_to(page, "service items")
    page.wait_for_url("**/service-items/**")
    readable(page)
    page.goto(demo.app + MANAGE)
    for name in ("Service items", "Invoices", "Payments"):
        expect(page.get_by_role("rowheader", name=re.compile(name))).to_be_visible()
    readable(page)
    go_to(page, "^Advanced settings")
    page.wait_for_url("**/advanced/**")
    readable(page)
    go_to(page, "Make customers inactive", "Space")
    page.wait_for_url("**/advanced/look/**")
    readable(page)
    go_to(page, "^Turn it on")
    expect(page.locator("#turns")).to_contain_text("Make customers inactive")
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]
