"""Small moments that need a browser: a record's past under the finger, the bundle copied, a switch that shows first what it sends."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.sync.rig import Rig
from tests.web.conftest import entered

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
"""The browser's driver keeps an event loop in this thread, beside which Django would refuse to work."""

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]
MANAGE = "/settings/integrations/quickbooks/"


def test_the_past_is_stepped_through_the_bundle_copied_and_a_switch_shows_first_what_it_sends(
    transactional_db: None, live_server: Any, browser: Browser
) -> None:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    rig.edit_client(client, phone="2")
    rig.settle()
    session = str(entered(rig.member).session.session_key)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "tieout", "value": session, "url": live_server.url}])
    page, moment = context.new_page(), "#moment"

    past = f"{live_server.url}{MANAGE}record/client/{client}/past/"
    page.goto(past)
    page.get_by_label("Step through what happened").focus()
    page.keyboard.press("Home")
    expect(page.locator(moment)).to_contain_text("Step 1 of")
    page.keyboard.press("ArrowRight")
    expect(page.locator(moment)).to_contain_text("Step 2 of")
    expect(page).to_have_url(f"{past}?step=2")
    page.get_by_role("link", name="Earlier").click()
    expect(page.locator(moment)).to_contain_text("Step 1 of")

    page.goto(f"{live_server.url}{MANAGE}support/")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("[data-copied]")).not_to_be_empty()

    page.goto(f"{live_server.url}{MANAGE}advanced/")
    page.locator("#switch-create-ledger").click()
    expect(page.locator("#messages")).to_contain_text("Create new clients in QuickBooks: off.")
    rig.add_client("Held Back")
    rig.settle()
    page.locator("#switch-create-ledger").click()
    expect(page.locator("h1")).to_contain_text("Before it is turned on")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#messages")).to_contain_text("Create new clients in QuickBooks: on.")
    context.close()
