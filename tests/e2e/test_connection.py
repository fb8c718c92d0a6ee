"""The connection's own bad moments in a real browser: another company chosen, and disconnected and connected again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.test_daily_running import clients_in_step
from tests.e2e.test_first_light import until
from tests.e2e.test_later_decisions import MANAGE, accessible, add_client

pytestmark = [pytest.mark.e2e, pytest.mark.long]


def found(page: Page, demo: Demo, name: str) -> int:
    """How many clients here have that name."""
    page.goto(f"{demo.app}/clients/?search={name.replace(' ', '+')}")
    return page.get_by_role("link", name=name, exact=True).count()


def test_another_company_is_refused_with_the_ways_on_and_nothing_is_touched(
    signed_in: Page, demo: Demo
) -> None:
    page = signed_in
    clients_in_step(page, demo)
    linked, other = demo.control("/companies")["companies"][:2]
    before = demo.control(f"/companies/{other['realm']}/records/customer")["records"]
    page.goto(f"{demo.app}{MANAGE}connect/start/?mode=tab")
    page.get_by_label("Company").select_option(other["realm"])
    page.get_by_role("button", name="Connect").click()
    page.wait_for_url("**/connected/**")
    expect(page.get_by_role("heading", name="That is another company")).to_be_visible()
    expect(page.locator("body")).to_contain_text(linked["name"])
    assert other["realm"] not in page.content()
    accessible(page)
    page.get_by_role("link", name="Back to Manage").click()
    expect(page.locator("main")).to_contain_text(linked["name"])
    add_client(page, demo, "Hedy", "Lamarr")
    until(page, lambda: "Hedy Lamarr" in demo.customers(), "the sync goes on with the linked company")
    assert demo.control(f"/companies/{other['realm']}/records/customer")["records"] == before

    # the way on that is offered there leads back to the linked one
    page.goto(f"{demo.app}{MANAGE}connect/start/?mode=tab")
    page.get_by_label("Company").select_option(linked["realm"])
    page.get_by_role("button", name="Connect").click()
    page.wait_for_url("**/connected/**")
    expect(page.locator("body")).to_contain_text(linked["name"])
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


def test_disconnected_with_the_links_kept_and_connected_again_makes_no_duplicate(
    signed_in: Page, demo: Demo
) -> None:
    page = signed_in
    clients_in_step(page, demo)
    add_client(page, demo, "Emmy", "Noether")
    until(page, lambda: "Emmy Noether" in demo.customers(), "it is in step before")
    emmy = demo.customers()["Emmy Noether"]

    page.goto(demo.app + MANAGE)
    page.locator("summary[aria-label=More]").click()
    page.get_by_role("link", name="Disconnect").click()
    accessible(page)
    expect(page.get_by_label("Keep the links")).to_be_checked()
    page.get_by_role("button", name="Disconnect").click()
    page.wait_for_url("**/disconnected")
    accessible(page)
    before = demo.customers()

    # life goes on, on both sides
    add_client(page, demo, "Sofya", "Kovalevskaya")
    demo.as_in_quickbooks({"DisplayName": "Lise Meitner", "GivenName": "Lise", "FamilyName": "Meitner"})
    demo.as_in_quickbooks({"PrimaryPhone": {"FreeFormNumber": "555-0177"}}, str(emmy["Id"]))
    assert set(demo.customers()) == {*before, "Lise Meitner"}, "nothing is sent while disconnected"

    page.goto(demo.app + MANAGE)
    page.goto(f"{demo.app}{MANAGE}connect/start/?mode=tab")
    page.get_by_role("button", name="Connect").click()
    page.wait_for_url("**/connected/**")
    expect(page.locator("body")).to_contain_text("connected again")
    until(page, lambda: "Sofya Kovalevskaya" in demo.customers(), "what was added here is there")
    until(page, lambda: found(page, demo, "Lise Meitner") == 1, "what was added there is here")

    def has_the_phone() -> bool:
        page.goto(f"{demo.app}/clients/?search=Emmy+Noether")
        page.get_by_role("link", name="Emmy Noether").click()
        return "555-0177" in page.locator("main").inner_text()

    until(page, has_the_phone, "what was edited there is here")
    assert set(demo.customers()) == {*before, "Lise Meitner", "Sofya Kovalevskaya"}
    assert [found(page, demo, name) for name in ("Emmy Noether", "Sofya Kovalevskaya")] == [1, 1]
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]
