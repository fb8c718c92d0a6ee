"""The pages of payments and credits as a person meets them: recorded, applied, refunded, bounced, taken off, void."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import NOW, TODAY, Desk
from tests.web.conftest import entered, make_firm, make_members
from tests.web.test_billing_invoice_lists import queries
from tests.web.test_billing_invoices import form_of, numbers, problems, text
from tieout.practice.actions.credits import apply_credit
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.credits import Credit
from tieout.practice.firms import Firm, Member
from tieout.practice.payments import Payment, Refund

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
PAYMENTS = "/billing/payments/"
CREDITS = "/billing/credits/"
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_noon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def paying(desk: Desk, amount: Any, *parts: tuple[Any, Any], **more: Any) -> dict[str, str]:
    """What a browser sends of the form."""
    form = {
        "client_id": desk.client.pk,
        "amount": amount,
        "method": "check",
        "date": "2026-11-20",
        "do": "save",
    }
    form |= {f"apply-{invoice.pk}": part for invoice, part in parts}
    return {name: str(value) for name, value in {**form, **more}.items()}


# Payments ------------------------------------------------------------------------------------------------------
def test_a_payment_pays_parts_of_several_invoices_and_the_rest_is_on_account(
    desk: Desk, signed_in: SignedIn
) -> None:
    first, second = desk.invoice(100), desk.invoice(50)
    browser = signed_in("admin")
    answer = browser.post(f"{PAYMENTS}new/", paying(desk, "160.00", (first, "100"), (second, "20.00")))
    payment = Payment.objects.get()
    assert answer["Location"] == f"{PAYMENTS}{payment.pk}/"
    assert (payment.allocated, payment.unapplied) == (Decimal(120), Decimal(40))
    assert (desk.fresh(first).status, desk.fresh(second).balance) == ("paid", Decimal(30))
    page = text(browser.get(answer["Location"]).content)
    assert "On invoices $120.00 On account $40.00 Amount $160.00" in page


def test_from_an_invoice_all_that_is_owed_is_filled_in(desk: Desk, signed_in: SignedIn) -> None:
    invoice = desk.invoice(100)
    browser = signed_in("admin")
    form = form_of(browser.get(f"/billing/invoices/{invoice.pk}/pay/", follow=True).content)
    assert (form["amount"], form[f"apply-{invoice.pk}"]) == ("100.00", "100.00")
    browser.post(f"{PAYMENTS}new/", form | {"method": "cash"})
    assert desk.fresh(invoice).status == "paid"


def test_a_double_click_pays_once(desk: Desk, signed_in: SignedIn) -> None:
    invoice = desk.invoice(100)
    browser = signed_in("admin")
    form = paying(desk, 30, (invoice, 30), form_token="one")
    first, second = (browser.post(f"{PAYMENTS}new/", form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert (Payment.objects.count(), desk.fresh(invoice).balance) == (1, Decimal(70))
    whole = paying(desk, 70, (invoice, 70), form_token="two")
    first, second = (browser.post(f"{PAYMENTS}new/", whole) for _ in range(2))
    assert first["Location"] == second["Location"], "the first has closed the invoice"
    assert (Payment.objects.count(), desk.fresh(invoice).balance) == (2, Decimal(0))


def test_what_is_typed_for_an_invoice_that_was_paid_meanwhile_is_not_put_elsewhere(
    desk: Desk, signed_in: SignedIn
) -> None:
    invoice = desk.invoice(100)
    form = paying(desk, 100, (invoice, 100))
    desk.pay(100, (invoice, 100))
    answer = signed_in("admin").post(f"{PAYMENTS}new/", form)
    assert (answer.status_code, problems(answer.content)) == (422, [])
    assert form_of(answer.content)[f"apply-{invoice.pk}"] == "100"
    assert f'id="apply-{invoice.pk}-problem"' in answer.content.decode()
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "part", "sentence"),
    [
        ("100", "60.00", "Only $50.00 is owed on this invoice."),
        ("20", "30", "more than the $20.00 there is to apply"),
        ("20", "much", "Enter a number"),
        ("20", "1.005", "at most 2 decimal places"),
        ("", "", "The amount"),
        ("-5", "", "The amount cannot be below zero."),
    ],
)
def test_more_than_there_is_cannot_be_applied(
    amount: str, part: str, sentence: str, desk: Desk, signed_in: SignedIn
) -> None:
    invoice = desk.invoice(50)
    answer = signed_in("admin").post(f"{PAYMENTS}new/", paying(desk, amount, (invoice, part)))
    page = text(answer.content)
    assert answer.status_code == 422
    assert sentence.lower() in page.lower()
    assert problems(answer.content) == []
    assert not Payment.objects.exists()
    assert form_of(answer.content)["amount"] == amount


def test_the_remainder_is_computed_by_the_server_while_one_types(desk: Desk, signed_in: SignedIn) -> None:
    first, second = desk.invoice(100, date="2026-11-01"), desk.invoice(50)
    browser = signed_in("admin")
    form = paying(desk, "120", (first, "70"), (second, "60"), do="")
    form.pop("do")
    left = text(browser.post(f"{PAYMENTS}grid/", form, headers=PART).content)
    assert "To apply $120.00 Left over -$10.00" in left
    assert "$10.00 more than there is to apply" in left
    assert "Only $50.00 is owed on it." in left
    filled = form_of(browser.post(f"{PAYMENTS}grid/", form | {"do": "oldest"}, headers=PART).content)
    assert (filled[f"apply-{first.pk}"], filled[f"apply-{second.pk}"]) == ("100.00", "20.00")
    plain = form_of(browser.post(f"{PAYMENTS}new/", form | {"do": "oldest"}).content)
    assert plain[f"apply-{second.pk}"] == "20.00", "without scripts the whole page says the same"
    assert not Payment.objects.exists()


def test_a_retainer_waits_on_account_and_is_applied_later(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    browser.post(f"{PAYMENTS}new/", paying(desk, 500, is_additional="on"))
    payment = Payment.objects.get()
    assert payment.is_additional
    assert numbers(browser.get(f"{PAYMENTS}?status=retainer").content) == ["Nov 20, 2026"]
    invoice = desk.invoice(120)
    where = f"{PAYMENTS}{payment.pk}/apply/"
    form = form_of(browser.get(where).content)
    refused = browser.post(where, form | {f"apply-{invoice.pk}": "121"})
    assert refused.status_code == 422
    browser.post(where, form | {f"apply-{invoice.pk}": "120"})
    assert (desk.fresh(payment).unapplied, desk.fresh(invoice).status) == (Decimal(380), "paid")
    again = browser.post(where, form | {f"apply-{invoice.pk}": "1"}, follow=True).content
    assert b"while you were editing" in again


def test_a_part_is_taken_off_again(desk: Desk, signed_in: SignedIn) -> None:
    invoice = desk.invoice(100)
    payment = desk.pay(60, (invoice, 60))
    signed_in("admin").post(f"{PAYMENTS}{payment.pk}/take-off/{invoice.pk}/")
    assert (desk.fresh(payment).unapplied, desk.fresh(invoice).balance) == (Decimal(60), Decimal(100))


def test_a_refund_opens_the_invoice_again_and_a_double_click_refunds_once(
    desk: Desk, signed_in: SignedIn
) -> None:
    invoice = desk.invoice(100)
    payment = desk.pay(100, (invoice, 100))
    browser = signed_in("admin")
    where = f"{PAYMENTS}{payment.pk}/refund/"
    form = form_of(browser.get(where).content) | {"amount": "40", "reason": "Too much"}
    for _ in range(2):
        browser.post(where, form)
    assert (Refund.objects.count(), desk.fresh(invoice).balance) == (1, Decimal(40))
    refused = browser.post(where, form | {"amount": "70", "form_token": "other"})
    assert "Only $60.00 of this payment can be refunded." in text(refused.content)
    assert problems(refused.content) == []
    page = browser.get(f"{PAYMENTS}{payment.pk}/").content
    assert b"Too much" in page
    assert b"Part of it was refunded" in page
    of_refund = f"/billing/refunds/{Refund.objects.get().pk}/"
    assert browser.get(of_refund).headers["Location"] == f"{PAYMENTS}{payment.pk}/#refunds"
    assert signed_in("staff-assigned").get(of_refund).status_code == 404


@pytest.mark.parametrize(("how", "status"), [("bounce", "bounced"), ("void", "void")])
def test_a_payment_that_was_none_is_undone(how: str, status: str, desk: Desk, signed_in: SignedIn) -> None:
    invoice = desk.invoice(100)
    payment = desk.pay(100, (invoice, 100))
    browser = signed_in("admin")
    asked = text(browser.get(f"{PAYMENTS}{payment.pk}/{how}/").content)
    assert "Invoice 0001 ($100.00)" in asked
    browser.post(f"{PAYMENTS}{payment.pk}/{how}/", {"version": payment.version})
    assert (desk.fresh(payment).status, desk.fresh(invoice).balance) == (status, Decimal(100))


def test_what_never_came_adds_nothing_to_the_caption(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    payment = desk.pay(10)
    browser.post(f"{PAYMENTS}{payment.pk}/void/")
    assert "1 payment, $0.00 received, $0.00 of it on account." in text(browser.get(PAYMENTS).content)


def test_cash_cannot_bounce_and_the_page_says_so(desk: Desk, signed_in: SignedIn) -> None:
    payment = desk.pay(10, method="cash")
    page = text(signed_in("admin").get(f"{PAYMENTS}{payment.pk}/").content)
    assert "Cash cannot bounce. Void it instead." in page


def test_a_payment_is_corrected_with_its_amount(desk: Desk, signed_in: SignedIn) -> None:
    payment = desk.pay(10, (desk.invoice(100), 8))
    browser = signed_in("admin")
    where = f"{PAYMENTS}{payment.pk}/edit/"
    form = form_of(browser.get(where).content)
    assert form["amount"] == "10.00"
    refused = browser.post(where, form | {"amount": "7.99"})
    assert (refused.status_code, problems(refused.content)) == (422, [])
    assert "$8.00 of this payment is on invoices or was refunded" in text(refused.content)
    browser.post(where, form | {"reference": "1044", "amount": "99"})
    kept = desk.fresh(payment)
    assert (kept.reference, kept.amount, kept.unapplied) == ("1044", Decimal(99), Decimal(91))
    page = text(browser.get(f"{PAYMENTS}{payment.pk}/").content)
    assert "Amount: $10.00 $99.00" in page
    wrong = browser.post(where, form | {"date": "2026-12-01", "version": "2"})
    assert (wrong.status_code, problems(wrong.content)) == (422, [])


@pytest.mark.parametrize(
    ("address", "expected"),
    [("", 3), ("?method=cash", 1), ("?status=unapplied", 2), ("?status=bounced", 0), ("?search=77", 1),
     ("?search=acme", 3), ("?since=2026-11-20", 2), ("?until=2026-11-19", 1), ("?sort=amount&status=x", 3)],
)  # fmt: skip
def test_the_list_of_payments_filters(address: str, expected: int, desk: Desk, signed_in: SignedIn) -> None:
    invoice = desk.invoice(100)
    desk.pay(10, (invoice, 10), reference="77")
    desk.pay(20, method="cash")
    desk.pay(30, date="2026-11-01")
    page = signed_in("admin").get(PAYMENTS + address).content
    assert (len(numbers(page)), problems(page)) == (expected, [])


def test_refunds_are_listed_narrowed_and_exported(desk: Desk, signed_in: SignedIn) -> None:
    browser, where = signed_in("admin"), "/billing/refunds/"
    assert b"No refunds yet" in browser.get(where).content
    told: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor, "today": TODAY}
    for amount, reference, day in ((50, "1001", "2026-11-02"), (60, "2002", "2026-11-10")):
        payment = desk.pay(amount, reference=reference, date="2026-11-01", method="cash")
        refund_payment(**told, payment_id=payment.pk, amount=amount - 30, on=day, reason=f"for {reference}")
    page = browser.get(where).content
    assert (problems(page), "2 refunds, $50.00 given back." in text(page)) == ([], True)
    for narrowed, there, not_there in (
        ("?search=2002", "for 2002", "for 1001"),
        ("?search=acme&since=2026-11-05", "for 2002", "for 1001"),
        ("?status=done&until=2026-11-05", "for 1001", "for 2002"),
        ("?status=pending", "No refund is like that", "for 1001"),
        ("?method=check", "No refund is like that", "for 1001"),
    ):
        found = text(browser.get(where + narrowed).content)
        assert (there in found, not_there in found) == (True, False), narrowed
    rows = browser.get(f"{where}export.csv?search=1001").content.decode("utf-8-sig").splitlines()
    assert rows[1:] == ["2026-11-02,Acme LLC,Cash,for 1001,Refunded,USD,20.00,2026-11-01,1001"]
    few = queries(browser, where)
    for _ in range(5):
        refund_payment(**told, payment_id=desk.pay(9).pk)
    assert queries(browser, where) == few
    assert b"for 1001" not in signed_in("staff-assigned").get(where).content
    assert signed_in("admin-no-billing").get(where).status_code == 403


def test_a_credits_notes_are_corrected_over_the_version_that_was_seen(
    desk: Desk, signed_in: SignedIn
) -> None:
    credit, browser = desk.credit(50), signed_in("admin")
    where = f"{CREDITS}{credit.pk}/notes/"
    form = form_of(browser.get(where).content)
    browser.post(where, form | {"memo": "Agreed by phone"})
    assert desk.fresh(credit).memo == "Agreed by phone"
    stale = browser.post(where, form | {"memo": "Other"})
    assert (stale.status_code, problems(stale.content)) == (409, [])
    assert b"Other</textarea>" in stale.content
    too_long = browser.post(where, {"memo": "x" * 4001, "version": "2"})
    assert (too_long.status_code, problems(too_long.content)) == (422, [])
    assert desk.fresh(credit).memo == "Agreed by phone"


def test_payments_and_credits_are_exported_as_listed(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    desk.pay(10, reference="=1+1")
    desk.credit(5)
    payments = browser.get(f"{PAYMENTS}export.csv").content.decode("utf-8-sig").splitlines()
    assert payments[1:] == ["1,2026-11-20,Acme LLC,10.00,Check,'=1+1,Received,,,No,,,,USD,,10.00"]
    credits = browser.get(f"{CREDITS}export.csv?status=left").content.decode("utf-8-sig").splitlines()
    assert credits[1:] == ["CR-0001,Acme LLC,2026-11-20,Goodwill,USD,5.00,0.00,5.00,No,"]


# Credits -------------------------------------------------------------------------------------------------------
def test_a_credit_is_made_once_and_needs_a_reason(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    where = f"{CREDITS}new/?client={desk.client.pk}"
    form = form_of(browser.get(where).content)
    refused = browser.post(where, form | {"rate": "5"})
    assert "what the credit is for" in text(refused.content)
    assert problems(refused.content) == []
    form |= {"item_id": str(desk.item.pk), "quantity": "2"}
    first, second = (browser.post(where, form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Credit.objects.get().amount == 200


def test_a_credit_is_applied_taken_off_and_void(desk: Desk, signed_in: SignedIn) -> None:
    invoice, credit = desk.invoice(100), desk.credit(30)
    browser = signed_in("admin")
    here = f"{CREDITS}{credit.pk}/"
    form = form_of(browser.get(f"{here}apply/").content)
    assert browser.post(f"{here}apply/", form | {f"apply-{invoice.pk}": "31"}).status_code == 422
    left = text(browser.post(f"{here}apply/", {f"apply-{invoice.pk}": "12"}, headers=PART).content)
    assert "Left over $18.00" in left
    oldest = browser.post(f"{here}apply/", form | {"do": "oldest"}, headers=PART).content
    assert form_of(oldest)[f"apply-{invoice.pk}"] == "30.00"
    browser.post(f"{here}apply/", form | {f"apply-{invoice.pk}": "30"})
    assert desk.fresh(invoice).balance == 70
    application = credit.applications.get()
    assert b"take it off its invoices first" in browser.get(here).content
    browser.post(f"{here}take-off/{application.pk}/")
    assert (desk.fresh(invoice).balance, desk.fresh(credit).left) == (Decimal(100), Decimal(30))
    page = browser.get(here).content
    assert b"<del>$30.00</del>" in page
    browser.post(f"{here}void/", {"version": desk.fresh(credit).version})
    assert desk.fresh(credit).is_void


# All of them ---------------------------------------------------------------------------------------------------
def test_the_pages_keep_the_promises_and_ask_as_often_for_many_as_for_few(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    pages = [PAYMENTS, f"{PAYMENTS}new/", CREDITS, f"{CREDITS}new/", f"{CREDITS}new/?client={desk.client.pk}"]
    for address in pages:
        assert problems(browser.get(address).content) == [], address
    invoice = desk.invoice(100)
    payment, credit = desk.pay(50, (invoice, 20)), desk.credit(30)
    apply_credit(
        firm_id=desk.firm_id,
        credit_id=credit.pk,
        actor=desk.actor,
        today=NOW.date(),
        allocations=[(invoice.pk, 5)],
    )
    one, two = f"{PAYMENTS}{payment.pk}/", f"{CREDITS}{credit.pk}/"
    pages += [one, f"{one}apply/", f"{one}edit/", f"{one}refund/", f"{one}bounce/", f"{one}void/", two]
    pages += [
        f"{two}apply/",
        f"{two}void/",
        f"{PAYMENTS}new/?client={desk.client.pk}",
        f"{PAYMENTS}?search=no",
    ]
    before = {}
    for address in pages:
        assert problems(browser.get(address).content) == [], address
        before[address] = queries(browser, address)
    for _ in range(5):
        desk.pay(3, (desk.invoice(10), 2))
        desk.credit(1)
    assert {address: queries(browser, address) for address in pages} == before


def test_nothing_of_it_is_anywhere_for_another_firm(desk: Desk) -> None:
    invoice = desk.invoice(100)
    payment, credit = desk.pay(50, (invoice, 20)), desk.credit(30)
    twin = entered(make_members(make_firm("Byrne & Cole CPA"))["admin"])
    for address in ("", "apply/", "edit/", "refund/", "bounce/", "void/"):
        assert twin.get(f"{PAYMENTS}{payment.pk}/{address}").status_code == 404, address
    for address in ("", "apply/", "void/"):
        assert twin.get(f"{CREDITS}{credit.pk}/{address}").status_code == 404, address
    assert twin.post(f"{PAYMENTS}{payment.pk}/take-off/{invoice.pk}/").status_code == 404
    assert twin.post(f"{PAYMENTS}new/", paying(desk, 5)).status_code == 404
    assert twin.post(f"{PAYMENTS}grid/", paying(desk, 5)).status_code == 404
    assert twin.post(f"{CREDITS}new/?client={desk.client.pk}", {"rate": "1"}).status_code == 404
    assert numbers(twin.get(PAYMENTS).content) == numbers(twin.get(CREDITS).content) == []


def test_who_may_not_record_payments_is_not_offered_to(
    desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    role = members["staff-all"].role
    role.permissions = ["view_clients", "view_all_clients", "view_billing"]
    role.save()
    payment = desk.pay(50)
    browser = signed_in("staff-all")
    page = browser.get(f"{PAYMENTS}{payment.pk}/").content
    assert "Dana Reyes" in text(page)
    assert not re.search(rb'href="[^"]*refund/', page)
    for address in ("new/", f"{payment.pk}/refund/", f"{payment.pk}/apply/", f"{payment.pk}/void/"):
        assert browser.get(PAYMENTS + address).status_code == 403, address
