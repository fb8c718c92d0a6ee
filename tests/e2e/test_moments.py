"""The bad moments that records meet in QuickBooks, in a real browser: a card, its cure, and its siblings leave by themselves."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.in_process import enter, serve
from tests.e2e.test_billing import violations
from tests.web.test_bad_moments import (
    Firm,
    closed_period,
    deleted_there,
    duplicate_name,
    duplicate_number,
    inactive_item,
)
from tieout.practice.actions.team import add_member
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Client, Member, User
from tieout.practice.permissions import ADMIN, PRESET_ROLES, Permission

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]

LIST = "/settings/integrations/quickbooks/needs-you/"
TIE_OUT = "/settings/integrations/quickbooks/tie-out/"


def test_each_is_cured_from_its_card_and_those_of_the_same_cause_leave_before_ones_eyes(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    firm = Firm()
    serve(firm.books, settings)
    deleted_there(firm)
    firm.books.until_the_change_feed_is_asked()
    duplicate_name(firm)
    duplicate_number(firm)
    firm.books.settle()
    reactivate = inactive_item(firm)
    firm.invoice()
    firm.books.settle()
    reopen = closed_period(firm)
    firm.invoice()
    firm.books.settle()
    page = enter(browser, firm.books.member, live_server.url)
    page.goto(live_server.url + LIST)
    for title in (
        "Removed in QuickBooks",
        "QuickBooks already uses this name",
        "QuickBooks already has a document with this number",
        "Refers to something missing or inactive",
        "The books are closed for this date",
    ):
        expect(page.get_by_role("heading", name=re.compile(title))).to_be_visible()
    assert not violations(page)

    # what many wait for is cured once: one press, and all of them leave the page by themselves
    for cause, cure in (("closed_period", reopen), ("reference", reactivate)):
        page.goto(f"{live_server.url}{LIST}?cause={cause}")
        assert page.locator("[data-row]").count() >= 2, "one alone has no siblings"
        cure()
        page.get_by_role("button", name=re.compile("^Check again: all")).click()
        expect(page.locator("#moving")).to_contain_text("on the way")
        firm.books.settle()
        expect(page.locator("[data-row]")).to_have_count(0)
        expect(page.locator("#moving")).to_contain_text("Done")

    # the name and the number: a suggestion that would do, taken with one press
    for cause, name in (("name_taken", "^Use “Bo Lee .client.”"), ("number_taken", "^Use ")):
        page.goto(f"{live_server.url}{LIST}?cause={cause}")
        page.locator("[data-row]").get_by_role("button", name=re.compile(name)).click()
        expect(page.locator("#messages")).to_contain_text("and is sent under that")
        firm.books.settle()
        page.goto(f"{live_server.url}{LIST}?cause={cause}")
        expect(page.locator(f"#cause-{cause}")).to_have_count(0)
    assert "Bo Lee (client)" in {one["DisplayName"] for one in firm.books.customers().values()}

    # deleted there: sent again, when a person says so
    before = len(firm.books.of("Invoice"))
    page.goto(f"{live_server.url}{LIST}?cause=gone_there")
    page.locator("[data-row]").get_by_role("button", name=re.compile("^Send again")).click()
    expect(page.locator("#messages")).to_contain_text("to be created there again")
    firm.books.settle()
    assert len(firm.books.of("Invoice")) == before + 1
    page.goto(f"{live_server.url}{LIST}?cause=gone_there")
    expect(page.locator("#cause-gone_there")).to_have_count(0)
    assert not page.complaints  # type: ignore[attr-defined]


def test_each_role_sees_on_every_page_what_it_may_do_and_why_not_the_rest(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    firm = Firm()
    serve(firm.books, settings)
    sent = firm.invoice()
    firm.books.settle()
    closed_period(firm)
    firm.books.settle()
    for preset in PRESET_ROLES:
        member = firm.books.member if preset.slug == ADMIN else hired(firm, preset.slug)
        page = enter(browser, member, live_server.url)
        manages = Permission.MANAGE_INTEGRATIONS in preset.permissions
        bills = Permission.VIEW_BILLING in preset.permissions
        tile_of(page, live_server.url, manages)
        needs_you_of(page, live_server.url, manages)
        tie_out_of(page, live_server.url, manages, bills)
        # the client's page is open to all of them; to an assigned role because the client is assigned to it
        page.goto(f"{live_server.url}/clients/{firm.client}/")
        panel_of(page, manages)
        page.goto(f"{live_server.url}/billing/invoices/{sent.pk}/")
        if bills:
            panel_of(page, manages)
        else:
            expect(page.get_by_text("You need the permission “View Billing”")).to_be_visible()
        page.context.close()


def hired(firm: Firm, preset: str) -> Member:
    """A member with that role, to whom the one client is assigned."""
    with every_firm_scope():
        user = User.objects.create_user(f"{preset}@example.com", None, full_name=f"Of {preset}")
        member = add_member(firm_id=firm.books.firm.pk, user=user, preset=preset)
    with firm.books.here():
        Client.objects.filter(pk=firm.client).update(assigned_to=member)
    return member


def tile_of(page: Page, address: str, manages: bool) -> None:
    page.goto(f"{address}/settings/integrations/")
    if manages:
        expect(page.get_by_role("link", name="Manage QuickBooks Online")).to_be_visible()
        expect(page.get_by_role("link", name="1 record")).to_be_visible()
        return
    manage = page.get_by_role("button", name="Manage QuickBooks Online")
    expect(manage).to_be_disabled()
    expect(manage).to_have_accessible_description(re.compile("Dana Reyes"))
    expect(page.get_by_role("link", name="Manage QuickBooks Online")).to_have_count(0)
    expect(page.get_by_role("button", name="Request permission")).to_be_visible()
    assert not violations(page)


def needs_you_of(page: Page, address: str, manages: bool) -> None:
    page.goto(f"{address}{LIST}")
    if manages:
        again = page.locator("[data-row]").get_by_role("button", name=re.compile("^Check again"))
        expect(again).to_be_enabled()
        return
    expect(page.locator("[data-row]")).to_have_count(0)
    expect(page.get_by_text("You need the permission “Manage Integrations”")).to_contain_text("Dana Reyes")


def tie_out_of(page: Page, address: str, manages: bool, bills: bool) -> None:
    page.goto(f"{address}{TIE_OUT}")
    compare = page.get_by_role("button", name="Compare")
    if manages and bills:
        expect(compare).to_be_enabled()
        return
    expect(compare).to_have_count(0)
    lacks = "View Billing" if manages else "Manage Integrations"
    expect(page.get_by_text(f"You need the permission “{lacks}”")).to_contain_text("Dana Reyes")


def panel_of(page: Page, manages: bool) -> None:
    """Where a record stands is for all who may see it; what decides about it is not."""
    panel = page.locator("section[aria-labelledby=quickbooks]")
    expect(panel).to_contain_text("In step")
    if manages:
        expect(panel.get_by_role("button", name="Unlink")).to_be_enabled()
        return
    expect(panel.get_by_role("button")).to_have_count(0)
    expect(panel).to_contain_text("You need the permission “Manage Integrations”")
    expect(panel).to_contain_text("Dana Reyes")
