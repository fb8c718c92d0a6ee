"""Every page of the product in a real browser, light and dark, narrow and wide: axe finds nothing, nothing is cut off.

The pages come from the router (tests/web/whole_firm), so a new one is walked without anybody thinking of it.
"""

from __future__ import annotations

import os
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

WIDTHS = (320, 1440)
SCHEMES = ("light", "dark")


@pytest.fixture
def walked(settings: Any, transactional_db: None) -> tuple[WholeFirm, list[Walked]]:
    """The firm and its pages."""
    firm = open_firm(settings)
    return firm, list(pages(firm))


def note_blocked(faults: list[str], said: Any) -> None:
    if "Content Security Policy" in said.text:
        faults.append(said.text)


def signed_in(browser: Browser, session: str, address: str, scheme: Any) -> Page:
    context = browser.new_context(color_scheme=scheme)
    context.add_cookies([{"name": "tieout", "value": session, "url": address}])
    return context.new_page()


def faults_of(page: Page, found: list[Walked], address: str, look: str) -> list[str]:
    faults: list[str] = []
    page.on("console", partial(note_blocked, faults))
    for each in found:
        page.goto(address + each.address)
        assert page.url.rstrip("/") == (address + each.address).rstrip("/"), f"{each.route} leads on"
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if overflow(page) > 0:
                faults.append(f"{each.route} is cut off at {width}")
            faults += [f"{each.route}, {look}, {width}: {fault}" for fault in violations(page)]
    return faults


def test_no_page_has_a_violation_or_is_cut_off_in_any_look(
    walked: tuple[WholeFirm, list[Walked]], live_server: Any, browser: Browser
) -> None:
    firm, found = walked
    assert not [each for each in found if each.problem]
    assert len(found) > 90
    faults: list[str] = []
    session = str(firm.browser().session.session_key)
    for scheme in SCHEMES:
        page = signed_in(browser, session, live_server.url, scheme)
        faults += faults_of(page, found, live_server.url, scheme)
        page.context.close()
    for visit in visits(firm):
        assert not [each for each in visit.pages if each.problem]
        for scheme in SCHEMES:
            page = signed_in(browser, str(visit.who.session.session_key), live_server.url, scheme)
            faults += faults_of(page, visit.pages, live_server.url, scheme)
            page.context.close()
    assert not faults, "\n".join(faults)
