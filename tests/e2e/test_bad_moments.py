"""Every bad moment a person can bring about in the emulator's console, met and mended in the demonstration as an accountant would.

Each begins with a press in the console, shows a sentence with a next step, loses nothing, and ends in step.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.test_daily_running import clients_in_step
from tests.e2e.test_first_light import SOON, until
from tests.e2e.test_later_decisions import MANAGE, accessible, add_client
from tests.e2e.test_set_up import add_item, services

pytestmark = [pytest.mark.e2e, pytest.mark.long]

ITEM, CLIENT = "Bookkeeping hour", "Nina Bell"
CODES = re.compile(r"\b(6240|6140|6210|6200|610|2500|5010|3200|3100|429)\b")


class Desk:
    """The console, by its forms."""

    def __init__(self, page: Page, demo: Demo) -> None:
        self.page, self.demo = page, demo
        self.company = f"{demo.emulator}/_console/companies/{demo.realm}"

    def records(self, entity: str) -> list[dict[str, Any]]:
        return list(self.demo.control(f"/companies/{self.demo.realm}/records/{entity}")["records"])

    def newest(self, entity: str) -> str:
        return str(max(int(one["Id"]) for one in self.records(entity)))

    def press(self, entity: str, record_id: str, name: str) -> None:
        self.page.goto(f"{self.company}/records/{entity}/{record_id}")
        self.page.get_by_role("button", name=name, exact=True).click()
        expect(self.page.get_by_role("status")).to_contain_text("Saved.")

    def write(self, entity: str, fields: dict[str, Any], record_id: str = "") -> None:
        """Create, or edit, with the properties typed as JSON."""
        self.page.goto(f"{self.company}/records/{entity}" + (f"/{record_id}" if record_id else ""))
        self.page.get_by_label("Properties, as JSON").fill(json.dumps(fields))
        self.page.get_by_role("button", name="Save" if record_id else "Create", exact=True).click()
        expect(self.page.get_by_role("status")).to_contain_text("Saved.")

    def close_books(self, day: str) -> None:
        self.page.goto(f"{self.company}/settings")
        self.page.get_by_label("BookCloseDate").fill(day)
        self.page.get_by_role("button", name="Save", exact=True).click()
        expect(self.page.get_by_role("status")).to_contain_text("Saved.")

    def turn_on(self, switch: str) -> None:
        self.page.goto(f"{self.company}/settings")
        row = self.page.get_by_role("row", name=re.compile(re.escape(switch)))
        row.get_by_role("button", name="Turn on").click()
        expect(row).to_contain_text("Turn off")

    def fault(self, effect: str, **fields: str) -> None:
        self.page.goto(f"{self.demo.emulator}/_console/faults")
        self.page.get_by_label("Effect").select_option(effect)
        for label, value in fields.items():
            self.page.get_by_label(label.replace("_", " ")).fill(value)
        self.page.get_by_role("button", name="Add the fault").click()

    def all_well(self) -> None:
        self.page.goto(f"{self.demo.emulator}/_console/faults")
        while (clear := self.page.get_by_role("button", name="Clear")).count():
            clear.first.click()
            self.page.wait_for_load_state()


def billing_is_on(page: Page, demo: Demo) -> None:
    """Clients, items and invoices are set up; one client and one item are in QuickBooks."""
    clients_in_step(page, demo)
    add_item(page, demo, ITEM, "100")
    add_client(page, demo, *CLIENT.split())
    page.goto(demo.app + MANAGE + "service-items/")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/service-items/review/**", timeout=SOON)
    page.get_by_label("Income account").select_option(index=1)
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("[data-row]", has_text=ITEM).get_by_role(
        "button", name=re.compile("^Create in QuickBooks")
    ).click()
    expect(page.locator("#undo")).to_contain_text("To be created")
    page.get_by_role("button", name="See the final plan").click()
    page.get_by_role("button", name="Sync service items").click()
    page.wait_for_url("**/service-items/done/**", timeout=SOON * 2)
    until(page, lambda: ITEM in services(demo) and CLIENT in demo.customers(), "both are in QuickBooks")
    page.goto(demo.app + MANAGE + "invoices/")
    page.get_by_role("button", name="Turn invoices on").click()
    page.wait_for_url("**/payments/**")


def bill(page: Page, demo: Demo) -> str:
    """A final invoice of one hour; returns the address of its page."""
    page.goto(f"{demo.app}/billing/invoices/new/?search={CLIENT.split()[0]}")
    page.get_by_role("link", name=re.compile(CLIENT)).click()
    page.get_by_label("Item, line 1").select_option(label=ITEM)
    expect(page.get_by_label("Rate, line 1")).to_have_value("100")
    page.get_by_role("button", name="Save draft", exact=True).last.click()
    page.get_by_role("button", name="Finalize", exact=True).last.click()
    expect(page.get_by_role("heading", name=re.compile("^Invoice "))).to_be_visible()
    return page.url


ASKED_TO_WAIT = 90_000
"""QuickBooks is left alone for a minute when it has asked for that, or was away."""


def stands(page: Page, address: str, word: str, within: int = SOON) -> None:
    """Wait until the badge of a record says so."""

    def says_so() -> bool:
        page.goto(address)
        return word in page.locator("section[aria-labelledby=quickbooks] .tile-head").inner_text()

    until(page, says_so, f"{address} says {word}", within)


def card(page: Page, demo: Demo, cause: str) -> Any:
    """The one row of a cause, once it is listed: with a sentence, a next step, and no code instead of them."""

    def is_listed() -> bool:
        page.goto(f"{demo.app}{MANAGE}needs-you/?cause={cause}")
        return page.locator(f"#cause-{cause}").count() == 1

    until(page, is_listed, f"{cause} is listed")
    row = page.locator("[data-row]")
    expect(row).to_have_count(1)
    assert not CODES.search(re.sub(r"<code>.*?</code>", "", row.inner_html())), "a code stands for a sentence"
    accessible(page)
    return row


def gone(page: Page, demo: Demo, cause: str) -> None:
    def is_gone() -> bool:
        page.goto(f"{demo.app}{MANAGE}needs-you/?cause={cause}")
        return page.locator(f"#cause-{cause}").count() == 0

    until(page, is_gone, f"{cause} is mended")


def press(row: Any, name: str) -> None:
    row.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def says(page: Page, demo: Demo, words: str) -> None:
    def so() -> bool:
        page.goto(demo.app + MANAGE)
        if words not in page.locator("main").inner_text():
            if (button := page.get_by_role("button", name="Sync now")).count():
                button.click()
            return False
        return True

    until(page, so, f"Manage says {words}")
    accessible(page)


def test_every_bad_moment_of_the_console_is_met_mended_and_leaves_everything_in_step(
    signed_in: Page, demo: Demo
) -> None:
    page = signed_in
    billing_is_on(page, demo)
    desk = Desk(page.context.new_page(), demo)
    desk.page.set_default_timeout(30_000)
    first = bill(page, demo)
    stands(page, first, "In step")

    # the books are closed: the date is named, and reopened everything goes
    desk.close_books("2099-12-31")
    closed = bill(page, demo)
    row = card(page, demo, "closed_period")
    expect(page.locator("#work")).to_contain_text("Documents of $100.00.")
    desk.close_books("")
    press(row, "Check again")
    stands(page, closed, "In step")

    # a number that is taken there: one that is free on both sides is offered
    desk.turn_on("SalesFormsPrefs.CustomTxnNumbers")
    taken = bill_with_a_taken_number(page, demo, desk)
    press(card(page, demo, "number_taken"), "Use ")
    stands(page, taken, "In step")

    # one cent more there: both amounts are shown, and ours is restored
    desk.press("invoice", desk.newest("invoice"), "Make it one cent more")
    expect(card(page, demo, "amount_differs")).to_contain_text("$100.01")
    press(card(page, demo, "drift"), "Restore ours")
    gone(page, demo, "drift")
    gone(page, demo, "amount_differs")
    stands(page, taken, "In step")

    # deleted there: nothing is sent again by itself, but when somebody says so
    lost = bill(page, demo)
    stands(page, lost, "In step")
    desk.press("invoice", desk.newest("invoice"), "Delete")
    before = len(desk.records("invoice"))
    press(card(page, demo, "gone_there"), "Send again")
    stands(page, lost, "In step")
    assert len(desk.records("invoice")) == before + 1

    # an account that was made inactive
    account = services(demo)[ITEM]["IncomeAccountRef"]["value"]
    desk.press("account", account, "Make inactive")
    add_item(page, demo, "Valuation", "80")
    valuation = page.url
    row = card(page, demo, "reference")
    desk.press("account", account, "Make active")
    press(row, "Check again")
    stands(page, valuation, "In step")

    # a name that a vendor has
    desk.write("vendor", {"DisplayName": "Orla Quill"})
    add_client(page, demo, "Orla", "Quill")
    page.wait_for_url(re.compile(r"/clients/\d+"))
    orla = page.url
    press(card(page, demo, "name_taken"), "Use “Orla Quill .client.”")
    stands(page, orla, "In step")

    # slowed down, and no answer at all: said once for the whole connection, and it goes on by itself
    for effect, fields in (("throttle", {"Calls_a_minute": "0", "Times": "0"}), ("down", {"Times": "0"})):
        desk.fault(effect, **fields)
        waiting = bill(page, demo)
        says(page, demo, "Waiting for QuickBooks")
        desk.all_well()
        stands(page, waiting, "In step", ASKED_TO_WAIT)

    # signed out from QuickBooks' side: nothing is lost, and signing in again lets it go on
    desk.page.goto(f"{desk.company}/settings")
    desk.page.get_by_role("button", name="Disconnect in QuickBooks").click()
    queued = bill(page, demo)
    says(page, demo, "QuickBooks signed us out")
    page.get_by_role("link", name="Reconnect").click()
    page.goto(f"{demo.app}{MANAGE}connect/start/?mode=tab")
    page.get_by_role("button", name="Connect").click()
    page.wait_for_url("**/connected/**")
    stands(page, queued, "In step")
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


def bill_with_a_taken_number(page: Page, demo: Demo, desk: Desk) -> str:
    """An invoice whose number somebody has given to another one in QuickBooks."""
    page.goto(f"{demo.app}/billing/settings/")
    following = page.locator("#number-invoice").input_value()
    oldest = min(desk.records("invoice"), key=lambda one: int(one["Id"]))
    desk.write("invoice", {"DocNumber": following}, str(oldest["Id"]))
    return bill(page, demo)
