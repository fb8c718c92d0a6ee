"""Charging a card or bank account from a page: once however often the button is clicked, and honest while nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import NOW, Desk
from tests.web.conftest import entered, make_firm, make_members
from tests.web.test_billing_invoices import form_of, problems, text
from tieout.practice.actions.billing_settings import change_billing_settings
from tieout.practice.firms import Firm
from tieout.practice.payments import Payment, Refund
from tieout.practice.pretended_charges import PretendedCharge

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
CHARGE = "/billing/payments/charge/"


@pytest.fixture(autouse=True)
def at_noon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    made = Desk.open(in_firm.pk)
    change_billing_settings(firm_id=made.firm_id, actor=made.actor, processor="test")
    return made


def charge(browser: Browser, desk: Desk, token: str, amount: str = "100", **more: Any) -> Any:
    form = {
        "client_id": desk.client.pk, "form_token": "k", "do": "save", "method": "card", "amount": amount,
        "token": token, **more,
    }  # fmt: skip
    return browser.post(f"{CHARGE}?client={desk.client.pk}", form, follow=True)


def test_a_double_click_charges_once(signed_in: SignedIn, desk: Desk) -> None:
    browser, invoice = signed_in("staff-all"), desk.invoice(100)
    page = browser.get(f"{CHARGE}?client={desk.client.pk}&invoice={invoice.pk}")
    assert problems(page.content) == []
    assert form_of(page.content)["amount"] == "100.00"
    part = {f"apply-{invoice.pk}": "100"}
    first = charge(browser, desk, "tok-ok", **part)
    assert "Charged. The invoices chosen are paid with it." in text(first.content)
    second = charge(browser, desk, "tok-ok", **part)
    assert second.redirect_chain == first.redirect_chain
    assert (Payment.objects.count(), PretendedCharge.objects.count(), desk.owed()) == (1, 1, 0)


def test_what_does_not_fit_is_refused_before_anything_is_charged(signed_in: SignedIn, desk: Desk) -> None:
    browser, invoice = signed_in("admin"), desk.invoice(50)
    for token, amount, part, sentence in (
        ("tok-ok", "x", "", "enter a number"),
        ("tok-ok", "60", "60", "Only $50.00 is owed"),
        ("4111 1111 1111 1111", "50", "50", "gave no token"),
        ("", "50", "50", "gave no token"),
    ):
        answer = charge(browser, desk, token, amount, **{f"apply-{invoice.pk}": part})
        assert (answer.status_code, sentence in text(answer.content)) == (422, True), sentence
    assert "4111" not in answer.content.decode()
    assert (Payment.objects.count(), PretendedCharge.objects.count()) == (0, 0)


def test_a_declined_card_says_why_and_pays_nothing(signed_in: SignedIn, desk: Desk) -> None:
    invoice = desk.invoice(100)
    told = text(charge(signed_in("admin"), desk, "tok-declined", **{f"apply-{invoice.pk}": "100"}).content)
    assert "Declined, and nothing was taken. The test processor declines this token." in told
    assert desk.owed() == 100


@pytest.mark.parametrize(
    ("token", "sentence", "owed"),
    [
        ("tok-pending", "Charged.", 0),
        ("tok-lost", "Charged.", 0),
        ("tok-bounced", "Declined, and nothing was taken. The bank of the payer", 100),
    ],
)
def test_what_is_pending_pays_nothing_until_the_processor_is_asked(
    signed_in: SignedIn, desk: Desk, token: str, sentence: str, owed: int
) -> None:
    browser, invoice = signed_in("admin"), desk.invoice(100)
    begun = charge(browser, desk, token, method="ach", **{f"apply-{invoice.pk}": "100"})
    assert "Nothing is paid until the money comes" in text(begun.content)
    assert desk.owed() == 100
    payment = Payment.objects.get()
    settled = browser.post(f"/billing/payments/{payment.pk}/ask/", follow=True)
    assert sentence in text(settled.content)
    assert desk.owed() == owed
    assert "Ask the processor" not in text(settled.content)


def test_a_charge_is_refunded_through_the_processor(signed_in: SignedIn, desk: Desk) -> None:
    browser, invoice = signed_in("admin"), desk.invoice(100)
    charge(browser, desk, "tok-ok", **{f"apply-{invoice.pk}": "100"})
    payment = Payment.objects.get()
    here = f"/billing/payments/{payment.pk}/refund/"
    assert "The processor returns the money." in text(browser.get(here).content)
    for _ in range(2):
        browser.post(here, {"amount": "40", "on": "2026-11-20", "form_token": "r"})
    assert (Refund.objects.count(), desk.owed()) == (1, 40)
    Payment.objects.update(processor_reference="ref-declined")
    refused = browser.post(here, {"amount": "10", "on": "2026-11-20", "form_token": "s"}, follow=True)
    assert "Nothing was refunded. The test processor declines" in text(refused.content)
    Payment.objects.update(processor_reference="ref-pending")
    waits = browser.post(here, {"amount": "10", "on": "2026-11-20", "form_token": "t"}, follow=True)
    assert "It is reserved until it answers." in text(waits.content)
    asked = browser.post(f"/billing/payments/{payment.pk}/ask/", follow=True)
    assert "The refund: refunded." in text(asked.content)
    assert desk.owed() == 50
    bounced = browser.get(f"/billing/payments/{payment.pk}/")
    assert "Part of it was refunded. Refund the rest instead." in text(bounced.content)


def test_a_firm_without_a_processor_is_told_where_to_choose_one(signed_in: SignedIn, desk: Desk) -> None:
    change_billing_settings(firm_id=desk.firm_id, actor=desk.actor, processor="")
    browser = signed_in("admin")
    assert "Choose a processor in the billing settings" in text(browser.get(CHARGE, follow=True).content)
    assert "Charge a card" not in text(browser.get("/billing/payments/").content)


def test_another_firms_payment_is_asked_about_by_nobody_else(signed_in: SignedIn, desk: Desk) -> None:
    charge(signed_in("admin"), desk, "tok-pending", method="ach")
    twin = entered(make_members(make_firm("Twin"))["admin"])
    payment = Payment.objects.get()
    assert twin.post(f"/billing/payments/{payment.pk}/ask/").status_code == 404
    assert twin.get(f"{CHARGE}?client={desk.client.pk}").status_code in (302, 404)
