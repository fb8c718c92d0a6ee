"""The pages a mail leads to: an invitation is taken up, a forgotten password replaced. Each link opens once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_billing import overflow, violations
from tests.web.conftest import PASSWORD, make_firm, make_members
from tieout.practice.actions.invitations import invite
from tieout.practice.firms import Member
from tieout.practice.isolation import firm_scope
from tieout.web.people.invitations import mail_link

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]
NEW = "tallow ember quarry lantern"


@pytest.fixture
def admin(settings: Any, live_server: Any, transactional_db: None) -> Member:
    settings.MAIL_IS_SET_UP = True
    settings.BASE_URL = live_server.url
    settings.OUTBOX_BELL = ""
    mail.outbox = []
    return make_members(make_firm("Byrne & Cole CPA"))["admin"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A visitor's, whom nobody knows yet. Nothing may be written to the console."""
    opened = browser.new_context().new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield opened
    opened.context.close()
    assert [each for each in complaints if "410" not in each and "422" not in each] == []


def looked_at(page: Page) -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0
        assert violations(page) == []


def mailed_link() -> str:
    found = re.search(r"http://\S+", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]


def test_an_invitation_is_taken_up_with_a_password_and_its_link_opens_nothing_again(
    admin: Member, page: Page, browser: Browser
) -> None:
    with firm_scope(admin.firm_id):
        made = invite(by=admin, email="nell@example.com", role_id=admin.role_id, now=datetime.now(UTC))
        mail_link(made)
    link = mailed_link()
    page.goto(link)
    looked_at(page)
    page.get_by_label("Your name").fill("Nell Park")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name=re.compile("Join")).click()
    expect(page.get_by_text(re.compile("too short"))).to_be_visible()
    looked_at(page)
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name=re.compile("Join")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dashboard")
    other = browser.new_context().new_page()
    other.goto(link)
    expect(other.get_by_role("main")).to_contain_text("This link was used already")
    looked_at(other)
    other.context.close()


def test_a_forgotten_password_is_replaced_by_the_mailed_link(
    admin: Member, page: Page, live_server: Any
) -> None:
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("link", name=re.compile("[Ff]orgot")).click()
    looked_at(page)
    page.get_by_label(re.compile("E-?mail")).fill(admin.user.email)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/forgot-password/sent/")
    looked_at(page)
    link = mailed_link()
    page.goto(link)
    assert link not in page.url, "the key is out of the address before anything is shown"
    looked_at(page)
    first, again = page.locator("input[type=password]").all()
    first.fill(NEW)
    again.fill("something else entirely")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("same password|match"))
    looked_at(page)
    first, again = page.locator("input[type=password]").all()
    first.fill(NEW)
    again.fill(NEW)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/forgot-password/done/")
    looked_at(page)
    page.goto(link)
    expect(page.get_by_role("main")).to_contain_text("no longer works")
    looked_at(page)
    for password, way in ((PASSWORD, "/sign-in/"), (NEW, "/")):
        page.goto(f"{live_server.url}/sign-in/")
        page.get_by_label("E-mail").fill(admin.user.email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{live_server.url}{way}")
