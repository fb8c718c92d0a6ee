"""The bad moments that records meet in QuickBooks, in a real browser: a card, its cure, and its siblings leave by themselves."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

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
from tieout.practice.models import User

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]

LIST = "/settings/integrations/quickbooks/needs-you/"


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
        assert page.locator("[data-row]").count() > 0
        cure()
        if (every := page.get_by_role("button", name=re.compile("^Check again: all"))).count():
            every.click()
        else:
            page.locator("[data-row]").get_by_role("button", name=re.compile("^Check again")).click()
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


def test_who_may_not_manage_integrations_sees_why_and_who_can_help(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    firm = Firm()
    serve(firm.books, settings)
    sent = firm.invoice()
    firm.books.settle()
    with every_firm_scope():
        user = User.objects.create_user("priya@example.com", None, full_name="Priya Nair")
        priya = add_member(firm_id=firm.books.firm.pk, user=user, preset="staff-all")
    staff = enter(browser, priya, live_server.url)
    staff.goto(f"{live_server.url}/settings/integrations/")
    manage = staff.get_by_role("button", name="Manage QuickBooks Online")
    expect(manage).to_be_disabled()
    expect(manage).to_have_accessible_description(re.compile("Dana Reyes"))
    expect(staff.get_by_role("link", name="Manage QuickBooks Online")).to_have_count(0)
    assert not violations(staff)
    staff.goto(f"{live_server.url}{LIST}")
    expect(staff.get_by_role("heading", name="Needs you")).to_have_count(0)

    # where a record stands is everybody's to see; what decides about it is not
    staff.goto(f"{live_server.url}/billing/invoices/{sent.pk}/")
    quickbooks = staff.locator("section[aria-labelledby=quickbooks]")
    expect(quickbooks).to_contain_text("In step")
    expect(quickbooks.get_by_role("button")).to_have_count(0)
    boss = enter(browser, firm.books.member, live_server.url)
    boss.goto(f"{live_server.url}/settings/integrations/")
    expect(boss.get_by_role("link", name="Manage QuickBooks Online")).to_be_visible()
    boss.goto(f"{live_server.url}/billing/invoices/{sent.pk}/")
    expect(boss.locator("section[aria-labelledby=quickbooks]").get_by_role("button").first).to_be_visible()
