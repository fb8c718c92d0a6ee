"""A thousand clients reviewed and synced with the keyboard alone, every press counted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.in_process import enter
from tests.e2e.test_review_left import REVIEW, a_firm, reviewed, synced

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]

MOST_KEYS = 60
CERTAIN, TO_CHECK, ONLY_HERE, ONLY_THERE = 930, 40, 15, 15
"""A thousand clients when all is well: most of them certain, some with little more than a name."""


class Keyboard:
    """A person without a mouse, who reads where the focus is; ``presses`` counts every key."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.wait_for_load_state()  # nobody presses keys at half a page
        self.page.keyboard.press(key)

    def go_to(self, name: str, key: str = "Enter") -> None:
        """From the top of the page past the menu to the control of that name, and press it."""
        self.page.evaluate("document.activeElement.blur()")
        self.press("Tab")
        self.press("Enter")  # skip to the content
        for _ in range(MOST_KEYS):
            self.press("Tab")
            said = self.page.evaluate(
                "document.activeElement.ariaLabel || document.activeElement.innerText || ''"
            )
            if re.search(name, said):
                self.press(key)
                return
        pytest.fail(f"{name} is not reached by keyboard on {self.page.url}")


def test_a_thousand_clients_are_reviewed_and_synced_in_at_most_sixty_presses(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = a_firm(settings)
    for number in range(CERTAIN + TO_CHECK):
        name, email = f"Client {number:04} LLC", f"client{number}@example.com"
        known = number < CERTAIN
        rig.add_client(name, email=email if known else "")
        rig.add_customer(name, **({"PrimaryEmailAddr": {"Address": email}} if known else {}))
    for number in range(ONLY_HERE):
        rig.add_client(f"Aster {number} Holdings")
    for number in range(ONLY_THERE):
        rig.add_customer(f"Quince {number} Partners")
    found = reviewed(rig)
    page = enter(browser, rig.member, live_server.url)
    keyboard = Keyboard(page)
    page.goto(f"{live_server.url}{REVIEW}")
    forecast = page.locator("#forecast")

    keyboard.press("2")
    page.wait_for_url("**/review/unmatched/")
    expect(page.get_by_role("heading", name="Unmatched")).to_be_visible()
    keyboard.press("a")
    expect(page.locator("[data-selected]")).to_contain_text(f"{ONLY_HERE} of {ONLY_HERE} selected")
    keyboard.press("n")
    expect(forecast).to_contain_text(f"{ONLY_HERE} new in QuickBooks")

    keyboard.press("3")
    page.wait_for_url("**/review/matches/")
    expect(page.get_by_role("heading", name="Matches")).to_be_visible()
    if page.get_by_role("button", name=re.compile("^Accept all")).count():
        keyboard.go_to("^Accept all")
    expect(forecast).to_contain_text(
        f"{CERTAIN + TO_CHECK} pairs linked, {ONLY_THERE} new clients in Tieout, "
        f"{ONLY_HERE} new in QuickBooks, 0 left"
    )

    keyboard.press("p")
    page.wait_for_url("**/confirm/**")
    keyboard.go_to("^Sync clients")
    page.wait_for_url(re.compile("/clients/(progress|done)/"))
    assert keyboard.presses <= MOST_KEYS, keyboard.presses
    synced(rig, found)
    assert len(rig.links()) == CERTAIN + TO_CHECK + ONLY_HERE + ONLY_THERE == 1000
    assert len(rig.customers()) == len(rig.clients()) == 1000
    assert not page.complaints  # type: ignore[attr-defined]
