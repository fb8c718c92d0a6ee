"""The pages of billing settings: each section is saved by itself, refused with a sentence, and seen on new invoices."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from PIL import Image

from tests.practice.billing_world import NOW, TODAY, Desk
from tieout.practice.actions.billing_settings import change_billing_settings
from tieout.practice.actions.invoice_life import revise_invoice
from tieout.practice.actions.ledger_lists import keep_list_entry
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.actions.service_items import archive_service_item
from tieout.practice.billing_settings import BillingSettings, FirmLogo, NumberSequence, settings_of
from tieout.practice.firms import Firm
from tieout.practice.ledger_lists import LedgerList, TaxRate

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
SETTINGS = "/billing/settings/"
RATES = f"{SETTINGS}tax-rates/"


@pytest.fixture(autouse=True)
def at_noon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def section(name: str, **fields: Any) -> dict[str, Any]:
    return {"section": name, "version": 1, **fields}


def test_sections_are_saved_one_by_one_and_the_next_invoice_starts_so(
    signed_in: SignedIn, desk: Desk
) -> None:
    browser = signed_in("admin")
    assert browser.get(SETTINGS).status_code == 200
    saved = browser.post(
        SETTINGS, section("invoices", terms="net15", own_terms="90, 21; 30", currency="USD", memo="Hello")
    )
    assert (saved.status_code, saved["Location"]) == (302, f"{SETTINGS}#invoices")
    now = settings_of(desk.firm_id)
    assert (now.terms, now.own_terms, now.memo, now.late_fee_kind) == ("net15", [21, 90], "Hello", "")
    form = browser.get(f"/billing/invoices/new/?client={desk.client.pk}").content.decode()
    offered = re.findall(r"<option value=\"[^\"]*\"[^>]*>(Due on receipt|Net \d+|Custom)", form)
    assert offered == [
        "Due on receipt", "Net 10", "Net 15", "Net 21", "Net 30", "Net 45", "Net 60", "Net 90", "Custom",
    ]  # fmt: skip
    invoice = desk.draft(terms="net21")
    assert (str(invoice.due_date), invoice.terms_label) == ("2026-12-11", "Net 21")


@pytest.mark.parametrize(
    ("name", "fields", "sentence"),
    [
        ("invoices", {"terms": "custom", "currency": "USD"}, "Select a valid choice"),
        ("invoices", {"terms": "net30", "currency": "USD", "own_terms": "0"}, "Enter days from 1 to 365"),
        ("invoices", {"terms": "net30", "currency": "USD", "own_terms": "366"}, "Enter days from 1 to 365"),
        ("mail", {"mail_subject": "", "mail_text": "x"}, "The subject is needed."),
        ("mail", {"mail_subject": "{numbr}", "mail_text": "x"}, "There is no place {numbr}."),
        ("mail", {"mail_subject": "x", "mail_text": "x", "reply_to": "nobody"}, "Enter an e-mail address"),
        ("late_fees", {"late_fee_kind": "percent"}, "Enter how many percent the late fee is."),
        ("payments", {}, "Choose at least one of the ways money can come."),
        ("payments", {"payment_methods": ["check"], "processor": "none-such"}, "not one of the available"),
    ],
)
def test_a_section_that_cannot_be_is_refused_with_a_sentence(
    signed_in: SignedIn, desk: Desk, name: str, fields: dict[str, Any], sentence: str
) -> None:
    answer = signed_in("admin").post(SETTINGS, section(name, **fields))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not BillingSettings.objects.filter(version__gt=1).exists()


def test_two_people_do_not_undo_each_other(signed_in: SignedIn, desk: Desk) -> None:
    browser = signed_in("admin")
    looks = {"letterhead": "1 Quay Street", "footer": ""}
    browser.post(SETTINGS, section("looks", **looks))
    late = browser.post(SETTINGS, section("looks", letterhead="Elsewhere", footer=""), follow=True)
    assert "Someone changed this billing settings" in late.content.decode()
    assert settings_of(desk.firm_id).letterhead == "1 Quay Street"


def test_numbers_go_on_from_where_they_are_told(signed_in: SignedIn, desk: Desk) -> None:
    browser = signed_in("admin")
    assert browser.post(f"{SETTINGS}numbers/", {"kind": "invoice", "number": "2026-101"}).status_code == 302
    assert desk.finalise(desk.draft()).number == "2026-101"
    assert NumberSequence.objects.get(kind="invoice").next == "2026-102"
    refused = browser.post(f"{SETTINGS}numbers/", {"kind": "credit", "number": "CR"})
    assert (refused.status_code, "has to contain a digit" in refused.content.decode()) == (422, True)


def test_only_payment_types_the_firm_takes_are_offered(signed_in: SignedIn, desk: Desk) -> None:
    browser = signed_in("admin")
    browser.post(SETTINGS, section("payments", payment_methods=["check", "cash"], processor=""))
    form = browser.get(f"/billing/payments/new/?client={desk.client.pk}").content.decode()
    assert re.findall(r'<option value="(\w+)"', form) == ["cash", "check"]


def test_an_archived_late_fee_item_stays_chosen(signed_in: SignedIn, desk: Desk) -> None:
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    change_billing_settings(**where, late_fee_kind="amount", late_fee_amount=5, late_fee_item_id=desk.item.pk)
    archive_service_item(**where, item_id=desk.item.pk)
    browser = signed_in("admin")
    assert (
        f'<option value="{desk.item.pk}" selected>Tax return (archived)'
        in browser.get(SETTINGS).content.decode()
    )
    fields = {"late_fee_kind": "amount", "late_fee_amount": "7", "late_fee_item_id": desk.item.pk}
    version = settings_of(desk.firm_id).version
    browser.post(SETTINGS, section("late_fees", **fields, version=version))
    kept = settings_of(desk.firm_id)
    assert (kept.late_fee_amount, kept.late_fee_item) == (7, desk.item)


def test_the_currency_of_the_firm_is_that_of_every_sum(signed_in: SignedIn, desk: Desk) -> None:
    browser = signed_in("admin")
    browser.post(SETTINGS, section("invoices", terms="net30", currency="CAD"))
    invoice = desk.invoice("125.00")
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor, "today": TODAY}
    revise_invoice(
        **desk.at(invoice), now=NOW, reason="Agreed", lines=[{"item_id": desk.item.pk, "rate": "99"}]
    )
    payment = desk.pay(40, (invoice, 10))
    refund_payment(**where, payment_id=payment.pk, amount=5)
    desk.credit(7)
    for address in (
        "/",
        "/billing/invoices/",
        f"/billing/invoices/{invoice.pk}/",
        f"/billing/invoices/{invoice.pk}/print/",
        "/billing/payments/",
        f"/billing/payments/{payment.pk}/",
        "/billing/refunds/",
        "/billing/credits/",
        "/billing/service-items/",
        f"/billing/service-items/{desk.item.pk}/",
        "/clients/",
        f"/clients/{desk.client.pk}/",
        f"/clients/{desk.client.pk}/archive/",
        "/settings/audit-log/",
    ):
        page = re.sub(r"<option[^>]*>[$%]</option>", "", browser.get(address).content.decode())
        assert "CA$" in page, address
        assert re.findall(r"(?<!CA)\$[\d,]+", page) == [], address
    refused = browser.post(SETTINGS, section("invoices", terms="net30", currency="USD", version=2))
    assert (refused.status_code, "goes on billing in CAD" in refused.content.decode()) == (422, True)


def test_a_logo_is_put_on_shown_and_taken_off(signed_in: SignedIn, desk: Desk) -> None:
    browser, kept = signed_in("admin"), io.BytesIO()
    Image.new("RGB", (40, 20)).save(kept, "JPEG")
    assert browser.get(f"{SETTINGS}logo.png").status_code == 404
    refused = browser.post(f"{SETTINGS}logo/", {"logo": SimpleUploadedFile("x.png", b"<svg/>")}, follow=True)
    assert "no PNG or JPEG" in refused.content.decode()
    browser.post(f"{SETTINGS}logo/", {"logo": SimpleUploadedFile("x.jpg", kept.getvalue())})
    shown = browser.get(f"{SETTINGS}logo.png")
    assert (shown["Content-Type"], shown.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    invoice = desk.draft()
    assert f"{SETTINGS}logo.png" in browser.get(f"/billing/invoices/{invoice.pk}/print/").content.decode()
    browser.post(f"{SETTINGS}logo/", {"do": "remove"})
    assert not FirmLogo.objects.exists()


def test_the_print_view_and_the_file_say_what_settings_say(signed_in: SignedIn, desk: Desk) -> None:
    browser = signed_in("staff-all")
    BillingSettings.objects.update_or_create(
        firm_id=desk.firm_id, defaults={"letterhead": "1 Quay Street", "footer": "Pay by check."}
    )
    invoice = desk.finalise(desk.draft())
    page = browser.get(f"/billing/invoices/{invoice.pk}/print/").content.decode()
    assert "1 Quay Street" in page
    assert "Pay by check." in page
    file = browser.get(f"/billing/invoices/{invoice.pk}/invoice.pdf")
    assert file["Content-Disposition"] == 'inline; filename="Invoice-0001.pdf"'
    assert file.content[:5] == b"%PDF-"


def test_settings_say_who_can_help_when_they_are_closed(signed_in: SignedIn, firm: Firm) -> None:
    page = signed_in("staff-all").get("/settings/").content.decode()
    assert "Billing and Payments” to change the billing settings. Dana Reyes can help." in page
    assert "Numbers, terms, late fees" in signed_in("admin").get("/settings/").content.decode()


def test_a_tax_rate_is_made_mapped_and_no_longer_offered(signed_in: SignedIn, desk: Desk) -> None:
    browser = signed_in("admin")
    assert "QuickBooks tax code" not in browser.get(f"{RATES}new/").content.decode()
    code = keep_list_entry(
        firm_id=desk.firm_id, of=LedgerList.TAX_CODE, ledger_id="5", actor=desk.actor, name="TAX"
    )
    assert "Not mapped yet" in browser.get(RATES).content.decode()
    made = browser.post(f"{RATES}new/", {"name": "County", "percent": "1.5", "tax_code_id": code.pk})
    assert made.status_code == 302
    county = TaxRate.objects.get(name="County")
    assert (county.percent, county.tax_code) == (1.5, code)
    again = browser.post(f"{RATES}new/", {"name": "county", "percent": "2"})
    assert (again.status_code, "Another tax rate is called" in again.content.decode()) == (422, True)
    one = f"{RATES}{county.pk}/"
    form = {"name": "County", "percent": "2", "tax_code_id": code.pk, "version": 1}
    assert browser.post(one, form).status_code == 302
    county.refresh_from_db()
    assert (county.percent, county.is_active, county.version) == (2, False, 2)
    assert "Someone changed this tax rate" in browser.post(one, form, follow=True).content.decode()


def test_how_many_queries_the_tax_rates_take_does_not_grow(
    signed_in: SignedIn, desk: Desk, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in("admin")
    TaxRate.objects.bulk_create(TaxRate(firm_id=desk.firm_id, name=f"Rate {i}", percent=1) for i in range(30))
    with django_assert_max_num_queries(10):
        browser.get(RATES)
