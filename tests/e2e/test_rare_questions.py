"""Questions that come up seldom, in a real browser: a document there twice, another currency, many to be archived at once.

Each is read and answered from its card, at every width and without a violation of axe's rules.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.in_process import enter, serve
from tests.e2e.test_later_decisions import MANAGE, accessible
from tests.sync.test_documents import Books
from tests.sync.test_held_up import LAST_YEAR, Desk
from tests.sync.test_mass_retire import by_feed, firm, out_of_use_here, put_away_there
from tests.sync.test_there_twice import copied
from tests.web.test_lost_answers import lost
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]


def billing(settings: Any) -> Books:
    """A firm that sends its invoices, behind the pages."""
    books = Books()
    serve(books, settings)
    books.review_items()
    books.send("invoice")
    return books


def test_of_two_documents_with_one_mark_both_are_opened_and_the_other_is_voided_from_the_card(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    books = billing(settings)
    books.until_the_change_feed_is_asked()
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.settle()
    there = books.partner("invoice", invoice.pk)
    twin = copied(books, there)
    page = enter(browser, books.member, live_server.url)
    page.goto(f"{live_server.url}{MANAGE}needs-you/")
    row = page.locator("tr[data-row]")
    expect(row).to_contain_text("Void the other one")
    for one in (there, twin):
        expect(row.locator(f"a[href*='txnId={one}']")).to_have_count(1)
    accessible(page)
    page.goto(f"{live_server.url}/billing/invoices/{invoice.pk}/")
    accessible(page)
    page.goto(f"{live_server.url}{MANAGE}needs-you/")
    page.get_by_role("button", name="Void the other one").first.click()
    expect(page.locator("#messages")).to_contain_text("void")
    books.settle()
    assert books.of("Invoice")[twin]["TotalAmt"] == 0
    assert books.of("Invoice")[there]["TotalAmt"] > 0
    page.goto(f"{live_server.url}{MANAGE}needs-you/")
    expect(page.locator("main")).not_to_contain_text("Void the other one")
    assert not page.complaints  # type: ignore[attr-defined]


def test_an_invoice_in_another_currency_says_so_and_can_be_left_out(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    books = billing(settings)
    control = books.emulator.control
    control.set_preferences(books.realm, {"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    control.edit(books.realm, "CompanyCurrency", None, {"Code": "EUR"}, "create")
    item = books.item("Bookkeeping")
    abroad = books.add_customer("Bo Diaz GmbH", CurrencyRef={"value": "EUR"})
    books.until_the_change_feed_is_asked()
    client = next(here for here, there in books.links().items() if there == abroad)
    before = set(books.of("Invoice"))
    books.invoice(client, item)
    books.settle()
    page = enter(browser, books.member, live_server.url)
    page.goto(f"{live_server.url}{MANAGE}needs-you/")
    expect(page.locator("main")).to_contain_text(
        "It is in USD, and its client's currency in QuickBooks is EUR."
    )
    accessible(page)
    page.locator("tr[data-row]").get_by_role("button", name="Leave out").click()
    expect(page.locator("main")).to_contain_text("Left out: 0001")
    books.settle()
    page.goto(f"{live_server.url}{MANAGE}needs-you/")
    expect(page.locator("main")).not_to_contain_text("its client's currency in QuickBooks is EUR")
    assert set(books.of("Invoice")) == before
    assert not page.complaints  # type: ignore[attr-defined]


def test_archiving_many_clients_at_once_is_confirmed_from_the_manage_page(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = firm(20)
    serve(rig, settings)
    put_away_there(rig, sorted(rig.links())[:12])
    by_feed(rig)
    assert out_of_use_here(rig) == 0
    page = enter(browser, rig.member, live_server.url)
    page.goto(f"{live_server.url}{MANAGE}")
    expect(page.locator("main")).to_contain_text("archive 12 clients here")
    accessible(page)
    page.get_by_role("button", name="Resume and archive 12 clients here").click()
    expect(page.locator("#messages")).to_contain_text("Resumed")
    assert rig.connection.state == "active"  # what it then does: tests/sync/test_mass_retire.py
    expect(page.locator("main")).not_to_contain_text("archive 12 clients here")
    assert not page.complaints  # type: ignore[attr-defined]


def test_a_payment_whose_invoice_is_left_out_leads_to_it_and_goes_once_it_is_back(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    desk = Desk()
    serve(desk, settings)
    billed, old = (
        desk.invoice(desk.client, desk.sold),
        desk.invoice(desk.client, desk.sold, day=LAST_YEAR),
    )
    with desk.here():
        key = Key("invoice", Side.PRACTICE, str(billed.pk))
        decisions.exclude(desk.member, [key], reason="billed twice", engine=desk.engine)
    paid = desk.pay(billed)
    desk.pay(old)
    desk.settle()
    page = enter(browser, desk.member, live_server.url)
    page.goto(f"{live_server.url}{MANAGE}needs-you/")
    expect(page.locator("main")).to_contain_text("which is left out: it is dated before 2026-01-01")
    expect(page.get_by_role("link", name="Start date of invoices")).to_have_count(1)
    accessible(page)
    page.get_by_role("button", name=f"Restore invoice {billed.number}").click()
    expect(page.locator("main")).to_contain_text(f"Taken back in: invoice {billed.number}")
    desk.settle()
    page.goto(f"{live_server.url}{MANAGE}needs-you/")
    page.get_by_role("link", name=f"Decide about invoice {billed.number}").click()
    page.get_by_role("button", name="Create in QuickBooks").first.click()
    expect(page.locator("#messages")).to_contain_text("to be created on the other side")
    desk.settle()
    assert desk.connection.state == "active"
    assert desk.documents() == ["held_up", "not_eligible"]
    assert desk.partner("payment", paid.pk)
    page.goto(f"{live_server.url}{MANAGE}payments/")
    expect(page.locator("#gate")).to_contain_text("1 paid invoice is left out")
    accessible(page)
    assert not page.complaints  # type: ignore[attr-defined]


def test_what_was_found_in_place_of_a_lost_answer_is_linked_from_its_card(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    desk = Desk()
    serve(desk, settings)
    billed, there = lost(desk)
    page = enter(browser, desk.member, live_server.url)
    page.goto(f"{live_server.url}{MANAGE}needs-you/")
    row = page.locator("tr[data-row]")
    expect(row.locator(f"a[href*='txnId={there}']")).to_have_count(1)
    accessible(page)
    row.get_by_role("button", name="Link with").click()
    expect(page.locator("main")).to_contain_text("Linked: same client and amount.")
    desk.settle()
    assert desk.partner("invoice", billed.pk) == there
    assert not page.complaints  # type: ignore[attr-defined]
