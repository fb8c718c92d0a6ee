"""The life of what is billed in a real browser: bill, part pay, credit, refund, revise, void, and no page out of reach."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo

pytestmark = pytest.mark.e2e

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
WIDTHS = (1280, 320)
FOCUS_AS_IT_COMES_IN = """(link) => new Promise((told) => {
  const table = document.querySelector("main table");
  new MutationObserver(() => table.querySelector("[name=rate]") && told(document.activeElement.name))
    .observe(table, {childList: true, subtree: true});
  [...table.querySelectorAll("a")].find((one) => one.innerText.replace(/\\s+/g, " ").trim() === link).click();
})"""
"""Press a row's link, and tell which field has the focus in the very moment its fields are there."""


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA on the page as it is."""
    # Scrolled, whatever is half under the sticky head would count as too small to hit.
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(AXE.read_text())
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found: list[dict[str, Any]] = page.evaluate("rules => axe.run(document, rules)", rules)["violations"]
    return [f"{page.url}: {each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def look(page: Page, name: str) -> None:
    """The page in both widths: no violation, nothing out of sight. With TIEOUT_LOOK set, a picture of each."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if kept := os.environ.get("TIEOUT_LOOK"):
            page.screenshot(path=Path(kept) / f"{name}-{width}.png", full_page=True)
        assert overflow(page) <= 0, f"{name} is too wide at {width}"
        assert violations(page) == []
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


@pytest.fixture(autouse=True)
def no_page_fails(page: Page) -> Iterator[None]:
    """The browser's own complaint does not say which address failed; this does. Nothing may be blocked either."""
    failed: list[str] = []
    page.on("response", lambda got: failed.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    page.on(
        "console", lambda said: failed.append(said.text) if "Content Security Policy" in said.text else None
    )
    yield
    assert failed == []


def submit(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()


def test_an_accountant_bills_is_paid_credits_refunds_revises_and_voids(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    billing = f"{demo.app}/billing"

    # a service item, edited in its row
    page.goto(f"{billing}/service-items/")
    look(page, "items-empty")
    page.get_by_role("link", name="Add the first service item").click()
    page.get_by_label("Name").fill("Tax return")
    page.get_by_label("Rate").fill("400")
    look(page, "item-form")
    submit(page, "Add service item")
    expect(page.get_by_role("heading", name="Tax return")).to_be_visible()
    look(page, "item")
    page.goto(f"{billing}/service-items/")
    assert page.evaluate(FOCUS_AS_IT_COMES_IN, "Edit Tax return") == "name", (
        "typed at once, it goes where it should"
    )
    page.get_by_label("Rate of Tax return").fill("450")
    submit(page, "Save Tax return")
    expect(page.get_by_role("cell", name="$450.00")).to_be_visible()
    look(page, "items")

    # an invoice: the client searched for, lines added, sums by the server
    page.goto(f"{billing}/invoices/")
    page.get_by_role("link", name="New invoice").click()
    page.get_by_label("For which client?").press_sequentially("alvarado")
    expect(page.get_by_role("link", name=re.compile("Amy"))).to_have_count(0)
    look(page, "pick-client")
    page.get_by_role("link", name=re.compile("Alvarado Roofing")).click()
    page.get_by_label("Item, line 1").select_option(label="Tax return")
    expect(page.get_by_label("Rate, line 1")).to_have_value("450")
    page.get_by_role("button", name="Add a line").click()
    page.get_by_label("Description, line 2").fill("Filing by post")
    page.get_by_label("Rate, line 2").fill("12.50")
    page.get_by_label("Rate, line 2").press("Tab")
    expect(page.locator("#totals")).to_contain_text("$462.50")
    page.get_by_label("Date of the service, line 2").fill("2026-01-15")
    page.get_by_label("Memo").fill("Thank you")
    look(page, "invoice-form")
    submit(page, "Save draft")
    expect(page.get_by_text("Jan 15, 2026")).to_be_visible()
    expect(page.get_by_text("Ready to be finalized.")).to_be_visible()
    look(page, "draft")
    submit(page, "Finalize")
    expect(page.get_by_role("heading", name="Invoice 0001")).to_be_visible()
    here = page.url

    # part paid; the remainder follows the typing
    page.get_by_role("link", name="Record a payment").click()
    page.get_by_label("Amount", exact=True).fill("200")
    expect(page.locator("#left")).to_contain_text("-$262.50")
    page.get_by_label("Amount for invoice 0001").fill("150")
    expect(page.locator("#left")).to_contain_text("$50.00")
    page.get_by_label("Method").select_option("check")
    look(page, "payment-form")
    submit(page, "Record payment")
    expect(page.get_by_text("The payment is recorded.")).to_be_visible()
    look(page, "payment")
    payment = page.url
    page.goto(here)
    expect(page.locator("main")).to_contain_text("Partly paid")
    expect(page.locator("main")).to_contain_text("$312.50")
    page.get_by_role("link", name="Apply money on account ($50.00)").click()
    expect(page.get_by_label("Amount for invoice 0001")).to_have_value("50.00")
    look(page, "apply")

    # a credit for part of the rest
    page.goto(f"{billing}/credits/new/?search=alvarado")
    page.get_by_role("link", name=re.compile("Alvarado Roofing")).click()
    page.get_by_label("Description").fill("Goodwill")
    page.get_by_label("Rate").fill("100")
    submit(page, "Make credit")
    page.get_by_role("link", name="Apply to invoices").click()
    page.get_by_role("button", name="Apply to the oldest first").click()
    expect(page.get_by_label("Amount for invoice 0001")).to_have_value("100.00")
    look(page, "credit-apply")
    submit(page, "Apply")
    expect(page.get_by_text("The credit is applied.")).to_be_visible()
    look(page, "credit")

    # a refund opens it again
    page.goto(payment)
    page.get_by_role("link", name="Refund").click()
    page.get_by_label("Amount").fill("60")
    look(page, "refund")
    submit(page, "Record refund")
    page.goto(here)
    expect(page.locator("main")).to_contain_text("$222.50")

    # revised, with what it said before
    page.get_by_role("link", name="Revise").click()
    page.get_by_label("Rate, line 2").fill("20")
    page.get_by_label("Reason for the revision").fill("Postage went up")
    submit(page, "Save revision")
    expect(page.get_by_text("Postage went up").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("$230.00")
    look(page, "invoice")
    page.get_by_role("link", name="Print view").click()
    look(page, "print")

    # void only once nothing is on it
    page.goto(here)
    expect(page.locator("main")).to_contain_text("Take that off first.")
    page.goto(payment)
    submit(page, "Take off invoice 0001")
    page.goto(here)
    page.get_by_role("link", name="Credit CR-0001").click()
    submit(page, "Take off invoice 0001")
    page.goto(here)
    page.get_by_role("link", name="Void").click()
    submit(page, "Void invoice")
    expect(page.get_by_text("The invoice is void.")).to_be_visible()
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


def test_the_lists_the_first_page_and_the_people_are_in_reach_of_everybody(
    signed_in: Page, demo: Demo
) -> None:
    page = signed_in
    pages = {
        "dashboard": "/",
        "invoices": "/billing/invoices/",
        "payments": "/billing/payments/",
        "credits": "/billing/credits/",
        "recurring": "/billing/recurring/",
        "settings": "/settings/",
        "team": "/settings/team/",
        "invite": "/settings/team/invite/",
        "roles": "/settings/roles/",
        "sessions": "/settings/sessions/",
        "audit-log": "/settings/audit-log/",
    }
    for name, address in pages.items():
        answer = page.goto(demo.app + address)
        assert answer is not None
        assert answer.ok, f"{address}: {answer.status}"
        look(page, name)
    page.goto(f"{demo.app}/clients/?search=alvarado")
    page.get_by_role("link", name="Alvarado Roofing").click()
    page.wait_for_url(re.compile(r"/clients/\d+/"))
    look(page, "client")
    page.goto(f"{demo.app}/settings/roles/")
    page.get_by_role("link", name="Admin", exact=True).click()
    page.wait_for_url(re.compile(r"/roles/\d+/"))
    look(page, "role")
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


def test_an_invoice_is_written_without_scripts(demo: Demo, browser: Any) -> None:
    from tieout.demo.people import PASSWORD, PEOPLE

    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(demo.app)
    page.get_by_label("E-mail").fill(PEOPLE[0].email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{demo.app}/billing/invoices/new/")
    page.get_by_label("For which client?").fill("Zo")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name=re.compile("Café Zoë")).click()
    page.get_by_label("Description, line 1").fill("Advice")
    page.get_by_label("Rate, line 1").fill("90")
    page.get_by_role("button", name="Add a line").click()
    expect(page.get_by_label("Rate, line 1")).to_have_value("90")
    page.get_by_label("Description, line 2").fill("More advice")
    page.get_by_label("Rate, line 2").fill("10")
    page.get_by_role("button", name="Recalculate").click()
    expect(page.locator("#totals")).to_contain_text("$100.00")
    page.get_by_role("button", name="Remove line 1").click()
    expect(page.get_by_label("Description, line 1")).to_have_value("More advice")
    submit(page, "Save draft")
    expect(page.get_by_role("heading", name="Draft invoice")).to_be_visible()
    context.close()
