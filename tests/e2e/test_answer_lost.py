"""An invoice whose answer from QuickBooks is lost, in a real browser: Checking, then In step, and there is one there."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.in_process import enter, serve
from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import Books
from tieout.practice.actions.invoices import create_invoice
from tieout.practice.invoice_terms import today_at

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]


def test_an_answer_that_is_lost_is_looked_for_and_the_invoice_is_there_once(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    books = Books()
    serve(books, settings)
    books.review_items()
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice")
    today = today_at(datetime.now(UTC), books.firm.time_zone)  # the day a person there would write on it
    with books.here():
        draft = create_invoice(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=today,
            client_id=client,
            date=today,
            lines=[{"item_id": item.pk, "quantity": Decimal(1), "rate": Decimal("99.99")}],
        )
    before = set(books.of("Invoice"))
    page = enter(browser, books.member, live_server.url)
    page.goto(f"{live_server.url}/billing/invoices/{draft.pk}/")
    page.get_by_role("button", name="Finalize").first.click()
    quickbooks = page.locator("section[aria-labelledby=quickbooks]")
    expect(quickbooks).to_contain_text("Waiting")
    books.fault("drop_after", entity="invoice", operation="create", times=1)
    books.fault("drop_before", entity="invoice", operation="read")
    books.run()
    page.reload()
    expect(quickbooks).to_contain_text("Checking")
    books.emulator.control.clear_faults()
    books.settle()
    page.reload()
    expect(quickbooks).to_contain_text("In step")
    made = set(books.of("Invoice")) - before
    assert made == {books.partner("invoice", draft.pk)}
    assert Decimal(str(books.of("Invoice")[made.pop()]["TotalAmt"])) == Decimal("99.99")
    assert not page.complaints  # type: ignore[attr-defined]
