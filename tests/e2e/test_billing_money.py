"""More of what is billed in a real browser: retainers, recurring invoices, charged cards, mails, files, settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.test_billing import look, no_page_fails, submit

pytestmark = [pytest.mark.e2e, pytest.mark.long]
__all__ = ["no_page_fails"]  # a fixture of all journeys of billing


def write_invoice(page: Page, demo: Demo, what: str, rate: str, client: str = "Alvarado Roofing") -> str:
    """A finalized invoice; returns its number."""
    page.goto(f"{demo.app}/billing/invoices/new/?search={client.split()[0]}")
    page.get_by_role("link", name=re.compile(client)).click()
    page.get_by_label("Description, line 1").fill(what)
    page.get_by_label("Rate, line 1").fill(rate)
    submit(page, "Save draft")
    submit(page, "Finalize")
    heading = page.get_by_role("heading", name=re.compile(r"^Invoice \d+"))
    expect(heading).to_be_visible()
    return heading.inner_text().removeprefix("Invoice ")


def test_a_retainer_waits_and_pays_and_a_card_is_charged_once(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    page.goto(f"{demo.app}/billing/settings/")
    look(page, "billing-settings")
    page.get_by_label("Cards and bank accounts are charged by").select_option("test")
    page.get_by_role("button", name=re.compile("Save ?: payments")).click()
    expect(page.get_by_text("Saved: payments.")).to_be_visible()

    # money for work to come, applied once there is an invoice
    page.goto(f"{demo.app}/billing/payments/new/?search=alvarado")
    page.get_by_role("link", name=re.compile("Alvarado Roofing")).click()
    page.get_by_label("Amount", exact=True).fill("300")
    page.get_by_label("Method").select_option("check")
    page.get_by_label("This is a retainer").check()
    submit(page, "Record payment")
    expect(page.get_by_text("Retainer", exact=True)).to_be_visible()
    retainer = page.url
    number = write_invoice(page, demo, "Advice", "500")
    page.goto(retainer)
    page.get_by_role("link", name="Apply to invoices").click()
    page.get_by_label(f"Amount for invoice {number}").fill("300")
    submit(page, "Apply")
    expect(page.get_by_role("link", name=number, exact=True)).to_be_visible()

    # the rest by card: declined, then charged by a double click
    page.goto(f"{demo.app}/billing/payments/charge/?search=alvarado")
    page.get_by_role("link", name=re.compile("Alvarado Roofing")).click()
    look(page, "charge")
    page.get_by_label("Amount", exact=True).fill("200")
    page.get_by_label(f"Amount for invoice {number}").fill("200")
    page.get_by_label("Decline it").check()
    submit(page, "Charge")
    expect(page.locator("main")).to_contain_text("Declined, and nothing was taken.")
    page.go_back()
    page.reload()
    page.get_by_label("Amount", exact=True).fill("200")
    page.get_by_label(f"Amount for invoice {number}").fill("200")
    page.get_by_label("Charge it", exact=True).check()
    page.get_by_role("button", name="Charge", exact=True).last.dblclick()
    expect(page.get_by_text("Charged. The invoices chosen are paid with it.").first).to_be_visible()
    page.goto(f"{demo.app}/billing/invoices/?search={number}")
    expect(page.get_by_role("row", name=re.compile(number))).to_contain_text("Paid")
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


@pytest.mark.long
def test_invoices_are_sent_with_their_file_one_and_many(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    number = write_invoice(page, demo, "Advice to be sent", "90")
    page.get_by_role("link", name="Send by e-mail").click()
    page.get_by_label("To", exact=True).fill("ada@example.com")
    look(page, "invoice-mail")
    submit(page, "Send")
    expect(page.get_by_text("Sent to ada@example.com.")).to_be_visible()
    page.goto(f"{demo.app}/outbox/")
    look(page, "outbox")
    page.get_by_role("link", name=re.compile(f"Invoice {number} from")).first.click()
    with page.expect_download() as coming:
        page.get_by_role("link", name=f"Invoice-{number}.pdf").click()
    assert Path(coming.value.path()).read_bytes().startswith(b"%PDF-")

    # many, by the worker, with a result for each
    write_invoice(page, demo, "Another", "10")
    page.goto(f"{demo.app}/billing/invoices/?status=finalised&picked=1")
    page.get_by_role("button", name="Send by e-mail", exact=True).click()
    expect(page.locator("#bulk p[role=status]")).to_contain_text("done", timeout=60_000)
    expect(page.locator("#bulk")).to_contain_text("has no e-mail address")
    look(page, "bulk")
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


@pytest.mark.long
def test_an_invoice_recurs_and_is_written_when_it_is_due(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    page.goto(f"{demo.app}/billing/recurring/new/?search=alvarado")
    page.get_by_role("link", name=re.compile("Alvarado Roofing")).click()
    page.get_by_label("Name", exact=True).fill("Bookkeeping")
    page.get_by_label("Ends after so many").fill("1")
    page.get_by_label("Description, line 1").fill("Bookkeeping of the month")
    page.get_by_label("Rate, line 1").fill("75")
    look(page, "recurring-form")
    submit(page, "Save")
    expect(page.get_by_role("heading", name="Bookkeeping", exact=True)).to_be_visible()
    page.goto(f"{demo.app}/billing/recurring/")
    submit(page, "Write what is due")
    page.goto(f"{demo.app}/billing/invoices/?search=alvarado&status=draft")
    expect(page.get_by_role("row", name=re.compile(r"\$75\.00"))).to_have_count(1)
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


@pytest.mark.long
def test_open_balances_come_in_from_a_file(signed_in: Page, demo: Demo) -> None:
    page = signed_in
    page.goto(f"{demo.app}/billing/import/balances/")
    look(page, "import")
    content = b"Number,Client,Date,Amount\nOB-1,Alvarado Roofing,2026-01-05,12.50\nOB-2,Nobody,2026-01-05,1\n"
    page.get_by_label("CSV file").set_input_files(
        {"name": "open.csv", "mimeType": "text/csv", "buffer": content}
    )
    submit(page, "Show the preview")
    expect(page.get_by_text("No client is called Nobody")).to_be_visible()
    look(page, "import-preview")
    page.get_by_label("Skip the 1 row with errors").check()
    submit(page, "Import 1 row")
    expect(page.locator("main")).to_contain_text("1 row of this file is in your practice")
    page.goto(f"{demo.app}/billing/invoices/?search=OB-")
    expect(page.get_by_role("link", name="OB-1", exact=True)).to_be_visible()
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]
