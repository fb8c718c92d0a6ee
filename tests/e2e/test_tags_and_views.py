"""Tags and saved views by a person: without a script, narrow and wide, light and dark; and no page has a violation."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_billing import overflow, violations
from tests.web.conftest import entered, make_firm, make_members
from tieout.practice.actions.clients import create_client
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.isolation import firm_scope
from tieout.practice.tags import ClientTag

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]


def looked_at(page: Page) -> None:
    """As it is now, in every look."""
    for scheme in ("light", "dark"):
        page.emulate_media(
            color_scheme=scheme, reduced_motion="reduce"
        )  # colours change at once, not in steps
        for width in (320, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert overflow(page) <= 0, (page.url, width)
            assert violations(page) == [], (page.url, scheme, width)


def test_clients_are_tagged_found_and_kept_as_a_view_without_a_script(
    settings: Any, transactional_db: None, live_server: Any, browser: Browser
) -> None:
    settings.OUTBOX_BELL = settings.BULK_BELL = ""
    firm = make_firm("Byrne & Cole CPA")
    admin = make_members(firm)["admin"]
    with firm_scope(firm.pk):
        for name in ("Ada Byrne", "Ben Cole", "Cleo Ray"):
            create_client(firm_id=firm.pk, actor=Actor(ActorKind.SYSTEM, "Test"), kind="business", name=name)
    key = str(entered(admin).session.session_key)
    for scripts in (False, True):  # axe itself is a script
        context = browser.new_context(java_script_enabled=scripts)
        context.add_cookies([{"name": "tieout", "value": key, "url": live_server.url}])
        page = context.new_page()
        (with_scripts if scripts else without_scripts)(page, live_server.url)
        context.close()
    with firm_scope(firm.pk):
        assert set(ClientTag.objects.values_list("client__name", "tag__name")) == {
            ("Ada Byrne", "Monthly"),
            ("Ben Cole", "Monthly"),
        }


def without_scripts(page: Page, address: str) -> None:
    page.goto(f"{address}/clients/tags/")
    page.get_by_role("textbox", name="New tag").fill("Monthly")
    page.get_by_label("Color of the new tag").select_option("purple")
    page.get_by_role("button", name="Add", exact=True).click()
    page.goto(f"{address}/clients/")
    for name in ("Ada Byrne", "Ben Cole"):
        page.get_by_label(f"Select {name}", exact=True).check()
    page.get_by_label("Tag for the selected clients").select_option(label="Monthly")
    page.get_by_role("button", name="Put the tag on").click()
    expect(page.locator("#bulk").get_by_role("status")).to_have_text("2 done.")
    page.get_by_role("link", name="Clients tagged Monthly").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_text("Save this view").click()
    page.get_by_label("Name of the view").fill("Every month")
    page.get_by_label("Open the list with it").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{address}/clients/")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.get_by_role("navigation", name="Saved views").locator("[aria-current]")).to_have_text(
        "Every month"
    )
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(3)


def with_scripts(page: Page, address: str) -> None:
    page.goto(f"{address}/clients/?view=all")
    page.get_by_text("Save this view").click()
    looked_at(page)
    for path in ("/views/clients/", "/clients/tags/", "/settings/security/"):
        page.goto(address + path)
        looked_at(page)
    page.goto(f"{address}/clients/tags/")
    page.get_by_role("link", name="Delete Monthly").click()
    looked_at(page)
    page.goto(f"{address}/clients/?tag=none")
    page.get_by_role("link", name="Cleo Ray").click()
    page.get_by_label("Tag to put on Cleo Ray").fill("Later")
    page.get_by_role("button", name="Tag", exact=True).click()
    looked_at(page)
    page.get_by_role("button", name="Take the tag Later off").click()
    expect(page.get_by_role("button", name="Take the tag Later off")).to_have_count(0)
