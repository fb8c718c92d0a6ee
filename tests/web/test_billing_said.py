"""What an invoice says is the same on its page, in print and as a file, and adds up; what it said before is told."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from pypdf import PdfReader

from tests.practice.billing_world import NOW, TODAY, Desk
from tests.web.test_billing_invoices import PART, form_of, problems, text, typed
from tieout.practice.actions.billing_settings import change_billing_settings
from tieout.practice.actions.invoice_life import revise_invoice
from tieout.practice.actions.late_fees import add_late_fees
from tieout.practice.actions.ledger_lists import keep_list_entry
from tieout.practice.actions.recurring import create_recurring
from tieout.practice.firms import Firm
from tieout.practice.invoices import Invoice, InvoiceRevision
from tieout.practice.ledger_lists import LedgerList, ListEntry
from tieout.practice.recurring import RecurringInvoice
from tieout.web import badges
from tieout.web.billing import invoices
from tieout.web.billing.revisions import versions

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
INVOICES = "/billing/invoices/"
MONEY = r"-?\$[\d,]+\.\d\d"


@pytest.fixture(autouse=True)
def at_noon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def by(desk: Desk) -> dict[str, Any]:
    return {"firm_id": desk.firm_id, "actor": desk.actor}


def entry(desk: Desk, of: LedgerList, name: str) -> ListEntry:
    return keep_list_entry(**by(desk), of=of, ledger_id=name, name=name)


def file_of(browser: Browser, invoice: Invoice) -> str:
    reader = PdfReader(io.BytesIO(browser.get(f"{INVOICES}{invoice.pk}/invoice.pdf").content))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def amount(said: str) -> Decimal:
    return Decimal(said.replace("$", "").replace(",", ""))


# The date of a line ----------------------------------------------------------------------------------------
def test_a_line_is_given_the_date_of_the_service(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    page = browser.get(f"{INVOICES}new/?client={desk.client.pk}").content
    assert b'type="date" id="line-0-date"' in page
    assert problems(page) == []
    lines = [{"item_id": desk.item.pk, "date": "2026-11-03"}, {"item_id": desk.item.pk}]
    browser.post(f"{INVOICES}new/", typed(desk, *lines))
    invoice = Invoice.objects.get()
    assert [line.date for line in invoice.lines.order_by("position")] == [date(2026, 11, 3), None]
    form = form_of(browser.get(f"{INVOICES}{invoice.pk}/edit/").content)
    assert (form["line-0-date"], form["line-1-date"]) == ("2026-11-03", "")
    browser.post(f"{INVOICES}{invoice.pk}/edit/", form | {"line-0-date": "", "line-1-date": "2026-11-04"})
    assert [line.date for line in invoice.lines.order_by("position")] == [None, date(2026, 11, 4)]


@pytest.mark.parametrize("line", [{"description": "Advice", "rate": "1"}, {}])
def test_a_date_that_is_none_or_stands_alone_is_refused_in_its_row(
    line: dict[str, str], desk: Desk, signed_in: SignedIn
) -> None:
    when = "2026-02-30" if line else "2026-11-03"
    answer = signed_in("admin").post(f"{INVOICES}new/", typed(desk, {**line, "date": when}))
    assert (answer.status_code, problems(answer.content)) == (422, [])
    marked = "date" if line else "description"
    assert f'id="line-0-{marked}-problem"' in answer.content.decode()
    assert form_of(answer.content)["line-0-date"] == when
    assert not Invoice.objects.exists()


def test_lines_of_a_recurring_invoice_ask_for_no_date_and_keep_one_that_a_program_set(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    new = browser.get(f"/billing/recurring/new/?client={desk.client.pk}").content
    assert b"line-0-date" not in new
    part = browser.post(f"{INVOICES}parts/", form_of(new) | {"do": "add"}, headers=PART).content
    assert b"line-1-description" in part
    assert b"-date" not in part
    made = create_recurring(
        **by(desk), today=TODAY, frequency="monthly", first_date="2026-12-01",
        content={"client_id": desk.client.pk, "lines": [{"item_id": desk.item.pk, "date": date(2026, 11, 3)}]},
    )  # fmt: skip
    where = f"/billing/recurring/{made.pk}/edit/"
    form = form_of(browser.get(where).content)
    assert browser.post(where, form | {"name": "Books"}).status_code == 302
    assert RecurringInvoice.objects.get().content["lines"][0]["date"] == "2026-11-03"


# It adds up ------------------------------------------------------------------------------------------------
@pytest.fixture
def discounted(desk: Desk) -> Invoice:
    """Two kinds of discount on the lines, one on the whole, and tax on part of it."""
    return desk.finalise(
        desk.draft(
            discount_kind="percent",
            discount_value="10",
            lines=[
                {"item_id": desk.item.pk, "rate": "200", "discount_kind": "amount", "discount_value": "50"},
                {
                    "item_id": desk.taxed.pk,
                    "rate": "1250.50",
                    "discount_kind": "percent",
                    "discount_value": "20",
                },
                {"description": "Postage", "rate": "4.75"},
            ],
        )
    )


def test_the_amounts_of_the_lines_come_to_the_subtotal_on_the_page_in_print_and_in_the_file(
    desk: Desk, discounted: Invoice, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    told = "Subtotal $1,155.15 Discount -$115.52 State, 8.25% of $900.36 $74.28 Total $1,113.91"
    for part in ("", "print/"):
        page = browser.get(f"{INVOICES}{discounted.pk}/{part}").content
        rows = re.findall(rf'data-label="Amount" class="count nowrap">({MONEY})', page.decode())
        assert sum(map(amount, rows)) == Decimal("1155.15"), part
        assert told in text(page), part
    file = file_of(browser, discounted)
    assert told in file
    printed = re.findall(rf"({MONEY})(?= (?:Software|Postage|Subtotal))", file)
    assert sum(map(amount, printed)) == Decimal("1155.15")
    form = form_of(browser.get(f"{INVOICES}{discounted.pk}/revise/").content)
    sums = browser.post(f"{INVOICES}parts/", form | {"do": ""}, headers=PART).content
    assert told in text(sums)
    outputs = re.findall(rf"<output[^>]*>({MONEY})</output>", sums.decode())
    assert sum(map(amount, outputs)) == Decimal("1155.15")
    assert (discounted.subtotal, discounted.discount_total) == (Decimal("1455.25"), Decimal("415.62"))


def test_print_and_file_say_the_same_of_place_tax_and_late_fees(desk: Desk, signed_in: SignedIn) -> None:
    place = entry(desk, LedgerList.LOCATION, "Portland")
    lines = [{"item_id": desk.taxed.pk, "date": date(2026, 9, 1)}]
    invoice = desk.finalise(desk.draft(date="2026-09-03", location_id=place.pk, lines=lines))
    change_billing_settings(**by(desk), late_fee_kind="amount", late_fee_amount="15", late_fee_grace_days=1)
    add_late_fees(**by(desk), today=TODAY, now=NOW)
    desk.pay("123.25", (invoice, "123.25"))
    browser = signed_in("admin")
    page = browser.get(f"{INVOICES}{invoice.pk}/print/").content
    assert problems(page) == []
    for said in (text(page), file_of(browser, invoice)):
        for told in (
            "Location Portland",
            "State, 8.25% of $100.00 $8.25",
            "Sep 1, 2026",
            "Amount due",
            "PAID",
        ):
            assert told in said, told
        assert "Nov 20, 2026" not in said, "the fee's words say what it is for"


def test_members_see_the_service_items_of_the_lines_and_clients_do_not(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    invoice = desk.finalise(desk.draft(lines=[{"item_id": desk.item.pk, "description": "For the year 2025"}]))
    page = browser.get(f"{INVOICES}{invoice.pk}/").content.decode()
    assert f'Service item: <a href="/billing/service-items/{desk.item.pk}/">Tax return</a>' in page
    assert "Tax return" not in text(browser.get(f"{INVOICES}{invoice.pk}/print/").content)


# What it said before ---------------------------------------------------------------------------------------
def test_a_revision_tells_everything_it_changed(desk: Desk, signed_in: SignedIn) -> None:
    audit, bend = entry(desk, LedgerList.TRACKING_CLASS, "Audit"), entry(desk, LedgerList.LOCATION, "Bend")
    fees = entry(desk, LedgerList.CATEGORY, "Fees")
    invoice = desk.finalise(desk.draft(lines=[{"item_id": desk.item.pk}, {"item_id": desk.taxed.pk}]))
    revise_invoice(
        **desk.at(invoice), now=NOW, terms="net15", location_id=bend.pk, category_id=fees.pk, reason="Agreed",
        discount_kind="amount", discount_value="5",
        lines=[
            {"item_id": desk.item.pk, "tax_rate_id": desk.rate.pk, "tracking_class_id": audit.pk},
            {"item_id": desk.taxed.pk, "discount_kind": "percent", "discount_value": "10", "tax_rate_id": None},
            {"description": "Postage", "rate": "4.50"},
        ],
    )  # fmt: skip
    page = text(signed_in("admin").get(f"{INVOICES}{invoice.pk}/").content)
    for told in (
        "Version 1, $208.25, until", "Terms: Net 30 → became Net 15", "Due: Dec 20, 2026 → became Dec 5, 2026",
        "Location: nothing → became Bend", "Category: nothing → became Fees",
        "Discount: $0.00 → became $5.00", "Line 1, tax: nothing → became State, 8.25%",
        "Line 1, class: nothing → became Audit", "Line 2, discount: $0.00 → became $10.00",
        "Line 2, tax: State, 8.25% → became nothing", "Line 2, amount: $100.00 → became $90.00",
        "Line 3: nothing → became 1 × Postage at $4.50: $4.50",
        "1 × Software at $100.00: $100.00 (Service item: Software; Tax: State, 8.25%)", "Terms: Net 30;",
    ):  # fmt: skip
        assert told in page, told


def test_what_an_older_revision_did_not_keep_is_no_change() -> None:
    line = {"description": "Advice", "quantity": "1", "rate": "5", "amount": "5.00"}
    kept = InvoiceRevision(number=1, said={"number": "7", "total": "5.00", "lines": [line]})
    now = {"number": "8", "total": "5.00", "location": "Bend", "lines": [{**line, "client": "Acme"}]}
    (version,) = versions([kept], now, "USD")
    assert [(each.label, each.before, each.after) for each in version.changes] == [("Number", "7", "8")]
    assert (version.total, version.lines[0].amount) == ("$5.00", "$5.00")


# Where it goes, what settles it -----------------------------------------------------------------------------
def test_the_page_says_which_way_invoices_go_and_what_an_edit_in_quickbooks_does(
    desk: Desk, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    badge = badges.Badge("In sync", "circle-check", "good")
    monkeypatch.setattr(invoices, "badges_for", lambda kind, ids: dict.fromkeys(ids, badge))
    page = text(signed_in("admin").get(f"{INVOICES}{desk.invoice(5).pk}/").content)
    assert "Invoices go from here to QuickBooks and never back" in page
    assert "If somebody edits, voids or deletes it in QuickBooks, neither side is overwritten" in page


def test_money_on_account_and_credits_are_offered_on_an_open_invoice_and_lead_to_applying_them(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser, invoice = signed_in("admin"), desk.invoice(100)
    here = f"{INVOICES}{invoice.pk}/"
    page = text(browser.get(here).content)
    assert "The client has no money on account." in page
    assert "The client has no credit left." in page
    assert "There is nothing to apply" in text(browser.get(f"{here}on-account/").content)
    retainer, credit = desk.pay(250, is_additional=True), desk.credit(30)
    page = browser.get(here).content
    assert "Apply money on account ($250.00)" in text(page)
    assert "Apply a credit ($30.00)" in text(page)
    assert f'href="{here}on-account/"' in page.decode()
    for address, to, put in (
        (f"{here}on-account/", f"/billing/payments/{retainer.pk}/apply/?invoice={invoice.pk}", "100.00"),
        (f"{here}credit/", f"/billing/credits/{credit.pk}/apply/?invoice={invoice.pk}", "30.00"),
    ):
        assert browser.get(address)["Location"] == to
        form = form_of(browser.get(to).content)
        assert form[f"apply-{invoice.pk}"] == put
    browser.post(to, form)
    assert (desk.fresh(invoice).balance, desk.fresh(credit).left) == (70, 0)
    later = desk.pay(20, reference="1044")
    choice = browser.get(f"{here}on-account/")
    assert problems(choice.content) == []
    assert "Retainer of Nov 20, 2026" in text(choice.content)
    assert f"/billing/payments/{later.pk}/apply/?invoice={invoice.pk}" in choice.content.decode()


def test_an_invoice_of_somebody_else_is_not_filled_in(desk: Desk, signed_in: SignedIn) -> None:
    browser, payment = signed_in("admin"), desk.pay(20)
    draft = desk.draft()
    page = browser.get(f"/billing/payments/{payment.pk}/apply/?invoice={draft.pk}").content
    assert f"apply-{draft.pk}" not in page.decode()
    assert browser.get(f"/billing/payments/{payment.pk}/apply/?invoice=²").status_code == 404
