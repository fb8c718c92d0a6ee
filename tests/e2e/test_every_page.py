"""Every page of the product in a real browser, light and dark, narrow and wide: axe finds nothing, nothing is cut off.

The pages come from the router (tests/web/whole_firm), so a new one is walked without anybody thinking of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.test_billing import overflow, violations
from tests.web.whole_firm import Page as Walked
from tests.web.whole_firm import WholeFirm, open_firm, pages
from tests.web.whole_firm_later import visits

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
"""The browser's driver keeps an event loop in this thread, beside which Django would refuse to work."""

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]

WIDTHS = (320, 768, 1440)
SCHEMES = ("light", "dark")


@pytest.fixture
def walked(settings: Any, transactional_db: None) -> tuple[WholeFirm, list[Walked]]:
    """The firm and its pages."""
    firm = open_firm(settings)
    return firm, list(pages(firm))


def note_blocked(faults: list[str], said: Any) -> None:
    if "Content Security Policy" in said.text:
        faults.append(said.text)


def signed_in(browser: Browser, firm: WholeFirm, address: str, scheme: Any) -> Page:
    context = browser.new_context(color_scheme=scheme)
    session = firm.browser().session.session_key
    context.add_cookies([{"name": "tieout", "value": str(session), "url": address}])
    return context.new_page()


def walk(
    browser: Browser, found: list[Walked], address: str, session: Callable[[], str], scheme: Any
) -> list[str]:
    """What is wrong with the pages in one look. ``session``: whose, asked before each: a proof of who one is grows old."""
    faults: list[str] = []
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.on("console", partial(note_blocked, faults))
    for each in found:
        context.add_cookies([{"name": "tieout", "value": session(), "url": address}])
        page.goto(address + each.address)
        if page.url.rstrip("/") != (address + each.address).rstrip("/"):
            faults.append(f"{each.route} leads to {page.url}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if overflow(page) > 0:
                faults.append(f"{each.route} is cut off at {width}")
            faults += [f"{each.route}, {scheme}, {width}: {fault}" for fault in violations(page)]
    context.close()
    return faults


def test_no_page_has_a_violation_or_is_cut_off_in_any_look(
    walked: tuple[WholeFirm, list[Walked]], live_server: Any, browser: Browser
) -> None:
    firm, found = walked
    assert not [each for each in found if each.problem]
    assert len(found) > 90

    def session() -> str:
        return str(firm.browser().session.session_key)

    faults = [fault for scheme in SCHEMES for fault in walk(browser, found, live_server.url, session, scheme)]
    assert not faults, "\n".join(faults)


def test_no_page_of_another_moment_has_a_violation_or_is_cut_off(
    settings: Any, transactional_db: None, live_server: Any, browser: Browser
) -> None:
    faults: list[str] = []
    for visit in visits(open_firm(settings)):
        assert not [each for each in visit.pages if each.problem]
        key = str(visit.who.session.session_key)
        for scheme in SCHEMES:
            faults += walk(browser, visit.pages, live_server.url, partial(str, key), scheme)
    assert not faults, "\n".join(faults)
