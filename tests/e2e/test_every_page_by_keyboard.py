"""Walks every page with the Tab key alone: each control is reached, each is seen to have the focus, and nothing holds it."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.test_every_page import signed_in
from tests.web.whole_firm import open_firm, pages

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
"""The browser's driver keeps an event loop in this thread, beside which Django would refuse to work."""

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]

PRESSES_EACH = 6
"""A date takes several presses: its month, its day, its year, its calendar."""
CONTROLS = """() => {
  const one_of_group = (each) => each.type !== "radio" || each.checked || ![...document.getElementsByName(each.name)]
    .some((other) => other.checked || (other.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING));
  const found = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  window.toReach = found.filter((each) => each.tabIndex >= 0 && !each.disabled && each.type !== "hidden"
    && each.checkVisibility({visibilityProperty: true}) && one_of_group(each));
  return window.toReach.length;
}"""
WHERE = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const shown = (each) => { const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none"; };
  const seen = [at, ...(at.labels || []), at.nextElementSibling, at.parentElement].some((each) => each && shown(each));
  return [window.toReach.indexOf(at), seen, at.outerHTML.slice(0, 100)];
}"""
MISSED = "(reached) => window.toReach.filter((_, place) => !reached.includes(place)).map((e) => e.outerHTML.slice(0, 100))"


def by_keyboard(page: Page) -> list[str]:
    """What is wrong for somebody who only has the Tab key."""
    faults: list[str] = []
    reached: set[int] = set()
    many = page.evaluate(CONTROLS)
    ends = 0  # a page that begins in its search is gone through from there, and then from its top
    for _ in range(many * PRESSES_EACH + 2):
        page.keyboard.press("Tab")
        at = page.evaluate(WHERE)
        if at is None:
            ends += 1
            if ends == 2 or len(reached) == many:
                break
            continue
        place, seen, html = at
        reached.add(place)
        if not seen:
            faults.append(f"nobody sees the focus on {html}")
    else:
        faults.append("the focus never leaves the page")
    return [
        *dict.fromkeys(faults),
        *(f"not reached: {each}" for each in page.evaluate(MISSED, sorted(reached))),
    ]


def test_every_control_of_every_page_is_reached_and_seen_with_the_keyboard_alone(
    settings: Any, transactional_db: None, live_server: Any, browser: Browser
) -> None:
    firm = open_firm(settings)
    page = signed_in(browser, firm, live_server.url, "light")
    page.set_viewport_size({"width": 1280, "height": 900})
    faults: list[str] = []
    for each in pages(firm):
        session = str(firm.browser().session.session_key)
        page.context.add_cookies([{"name": "tieout", "value": session, "url": live_server.url}])
        page.goto(live_server.url + each.address)
        faults += [f"{each.route}: {fault}" for fault in by_keyboard(page)]
    assert not faults, "\n".join(faults)
