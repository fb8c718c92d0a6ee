"""What a person typed into a billing form is never lost: a refusal, a colleague who was first, a form sent again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import NOW, TODAY, Desk
from tests.web.test_billing_invoices import form_of, problems, text, typed
from tests.web.test_billing_payments import paying
from tieout.practice.actions.billing_settings import change_billing_settings
from tieout.practice.actions.credits import apply_credit
from tieout.practice.actions.invoice_life import revise_invoice
from tieout.practice.actions.invoices import change_draft
from tieout.practice.actions.ledger_lists import change_tax_rate
from tieout.practice.actions.payments import apply_payment, change_payment
from tieout.practice.actions.recurring import change_recurring, create_recurring
from tieout.practice.actions.service_items import change_service_item
from tieout.practice.billing_settings import settings_of
from tieout.practice.bulk import BulkAct
from tieout.practice.credits import Credit
from tieout.practice.firms import Firm
from tieout.practice.invoices import Invoice
from tieout.practice.payments import Payment, Refund
from tieout.practice.recurring import RecurringInvoice

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
BILLING = "/billing/"


@pytest.fixture(autouse=True)
def at_noon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_BELL = settings.BULK_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def recurring(desk: Desk) -> RecurringInvoice:
    return create_recurring(
        **by(desk),
        today=TODAY,
        name="Books",
        frequency="monthly",
        first_date="2026-12-01",
        content={"client_id": desk.client.pk, "lines": [{"item_id": desk.item.pk}]},
    )


def by(desk: Desk) -> dict[str, Any]:
    return {"firm_id": desk.firm_id, "actor": desk.actor}


# Refused ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("amount", "sentence"),
    [("abc", "enter a number"), ("100.01", "Only $100.00 is owed"), ("0", "more than $0.00")],
)
def test_a_refused_write_off_keeps_what_was_typed_and_names_the_field(
    amount: str, sentence: str, desk: Desk, signed_in: SignedIn
) -> None:
    invoice = desk.invoice(100)
    where = f"{BILLING}invoices/{invoice.pk}/write-off/"
    browser = signed_in("admin")
    form = form_of(browser.get(where).content) | {"amount": amount, "reason": "They moved away"}
    answer = browser.post(where, form)
    page = answer.content.decode()
    assert (answer.status_code, problems(answer.content)) == (422, [])
    assert sentence in page.split('id="amount-problem"')[1].split("</div>")[0]
    assert form_of(answer.content)["amount"] == amount
    assert form_of(answer.content)["reason"] == "They moved away"
    assert desk.fresh(invoice).balance == 100
    browser.post(where, form_of(answer.content) | {"amount": "25"})
    assert desk.fresh(invoice).balance == 75


def test_a_payment_whose_method_is_none_is_refused_as_such(desk: Desk, signed_in: SignedIn) -> None:
    answer = signed_in("admin").post(f"{BILLING}payments/new/", paying(desk, 10, method="gold", memo="Kept"))
    assert (answer.status_code, problems(answer.content)) == (422, [])
    assert form_of(answer.content)["memo"] == "Kept"
    assert not Payment.objects.exists()


# Somebody was first -----------------------------------------------------------------------------------------
@dataclass
class Race:
    address: str
    types: dict[str, str]
    """What one types into its form."""
    theirs: Callable[[], Any]
    """What a colleague does meanwhile."""
    done: Callable[[], bool]
    """Whether what was typed is saved."""


def races(desk: Desk) -> dict[str, Race]:
    draft, revised, asked = desk.draft(memo="One"), desk.invoice(100), desk.invoice(50)
    books, item, rate = recurring(desk), desk.item, desk.rate
    payment, retainer, credit = desk.pay(10), desk.pay(80), desk.credit(30)
    open_one = desk.invoice(60)
    other_one = desk.invoice(5)
    put: dict[str, str] = {f"apply-{open_one.pk}": "20"}
    return {
        "draft": Race(
            f"invoices/{draft.pk}/edit/", {"memo": "Mine"},
            lambda: change_draft(**desk.at(draft), memo="Theirs"), lambda: desk.fresh(draft).memo == "Mine",
        ),
        "revision": Race(
            f"invoices/{revised.pk}/revise/", {"memo": "Mine", "reason": "Mine too"},
            lambda: revise_invoice(**desk.at(revised), now=NOW, memo="Theirs"),
            lambda: desk.fresh(revised).memo == "Mine",
        ),
        "write-off": Race(
            f"invoices/{asked.pk}/write-off/", {"amount": "7", "reason": "Mine"},
            lambda: revise_invoice(**desk.at(asked), now=NOW, memo="Theirs"),
            lambda: desk.fresh(asked).written_off == 7,
        ),
        "recurring": Race(
            f"recurring/{books.pk}/edit/", {"name": "Mine"},
            lambda: change_recurring(**by(desk), recurring_id=books.pk, today=TODAY, name="Theirs"),
            lambda: desk.fresh(books).name == "Mine",
        ),
        "item": Race(
            f"service-items/{item.pk}/edit/", {"sku": "Mine"},
            lambda: change_service_item(**by(desk), item_id=item.pk, sku="Theirs"),
            lambda: desk.fresh(item).sku == "Mine",
        ),
        "payment": Race(
            f"payments/{payment.pk}/edit/", {"memo": "Mine"},
            lambda: change_payment(**by(desk), payment_id=payment.pk, today=TODAY, memo="Theirs"),
            lambda: desk.fresh(payment).memo == "Mine",
        ),
        "retainer": Race(
            f"payments/{retainer.pk}/apply/", put,
            lambda: apply_payment(
                **by(desk), payment_id=retainer.pk, today=TODAY, allocations=[(other_one.pk, 1)]
            ),
            lambda: desk.fresh(retainer).allocated == 21,
        ),
        "credit": Race(
            f"credits/{credit.pk}/apply/", put,
            lambda: apply_credit(**by(desk), credit_id=credit.pk, today=TODAY, allocations=[(other_one.pk, 2)]),
            lambda: desk.fresh(credit).left == 8,
        ),
        "tax rate": Race(
            f"settings/tax-rates/{rate.pk}/", {"name": "Mine"},
            lambda: change_tax_rate(**by(desk), tax_rate_id=rate.pk, name="Theirs"),
            lambda: desk.fresh(rate).name == "Mine",
        ),
        "settings": Race(
            "settings/", {"letterhead": "Mine", "section": "looks"},
            lambda: change_billing_settings(**by(desk), letterhead="Theirs"),
            lambda: settings_of(desk.firm_id).letterhead == "Mine",
        ),
    }  # fmt: skip


def test_a_form_a_colleague_was_faster_than_keeps_what_was_typed_and_can_be_saved_over_it(
    desk: Desk, signed_in: SignedIn
) -> None:
    change_billing_settings(**by(desk), footer="Pay by check.")
    browser = signed_in("admin")
    for what, race in races(desk).items():
        where = BILLING + race.address
        form = form_of(its_part(what, browser.get(where).content)) | race.types
        race.theirs()
        answer = browser.post(where, form)
        assert (answer.status_code, problems(answer.content)) == (409, []), what
        assert b"while you were editing" in answer.content, what
        assert re.search(r"<li[^>]*>Test [a-z ]+", answer.content.decode()), f"{what}: it says who did what"
        again = form_of(its_part(what, answer.content))
        assert {name: again[name] for name in race.types} == race.types, what
        assert not race.done(), what
        assert browser.post(where, form | again).status_code == 302, what
        assert race.done(), what


def its_part(what: str, page: bytes) -> bytes:
    """Of the settings only the section that is saved: each is a form of its own."""
    return page[page.index(b'id="looks"') : page.index(b'id="mail"')] if what == "settings" else page


def test_a_refusal_does_not_let_a_form_slip_past_what_a_colleague_did(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser, where = signed_in("admin"), f"{BILLING}service-items/{desk.item.pk}/edit/"
    form = form_of(browser.get(where).content)
    change_service_item(**by(desk), item_id=desk.item.pk, sku="Theirs")
    refused = browser.post(where, form | {"charge": "by the mile"})
    assert refused.status_code == 422
    assert browser.post(where, form_of(refused.content)).status_code == 409
    assert desk.fresh(desk.item).sku == "Theirs"


def test_a_draft_finalized_while_it_was_typed_becomes_a_revision_of_what_was_typed(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser, draft = signed_in("admin"), desk.draft()
    where = f"{BILLING}invoices/{draft.pk}/edit/"
    form = form_of(browser.get(where).content) | {"memo": "Mine"}
    desk.finalise(draft)
    answer = browser.post(where, form)
    assert answer.status_code == 409
    assert b"Revise invoice 0001" in answer.content
    assert f'action="{BILLING}invoices/{draft.pk}/revise/"'.encode() in answer.content
    again = form_of(answer.content)
    assert (again["memo"], again["number"]) == ("Mine", "0001")
    browser.post(f"{BILLING}invoices/{draft.pk}/revise/", again)
    assert (desk.fresh(draft).memo, desk.fresh(draft).number) == ("Mine", "0001")


# Sent again -------------------------------------------------------------------------------------------------
def forms(desk: Desk, browser: Browser) -> dict[str, tuple[str, dict[str, str], dict[str, str], Any]]:
    """Where to, what is typed, what is changed after "back", and the rows it makes."""
    payment = desk.pay(100)
    books = form_of(browser.get(f"{BILLING}recurring/new/?client={desk.client.pk}").content)
    books |= {"name": "Books", "first_date": "2026-12-01", "line-0-item_id": str(desk.item.pk)}
    credit = form_of(browser.get(f"{BILLING}credits/new/?client={desk.client.pk}").content)
    return {
        "invoice": (
            "invoices/new/", typed(desk, {"item_id": desk.item.pk}, form_token="t"), {"memo": "More"}, Invoice
        ),
        "recurring": ("recurring/new/", books, {"memo": "More"}, RecurringInvoice),
        "credit": (
            f"credits/new/?client={desk.client.pk}", credit | {"item_id": str(desk.item.pk)}, {"memo": "More"},
            Credit,
        ),
        "payment": ("payments/new/", paying(desk, 30, form_token="t"), {"memo": "More"}, Payment),
        "payment put elsewhere": (
            "payments/new/", paying(desk, 30, form_token="t"), {f"apply-{desk.invoice(9).pk}": "9"}, Payment
        ),
        "refund": (
            f"payments/{payment.pk}/refund/",
            {"amount": "40", "on": "2026-11-20", "reason": "Too much", "form_token": "t"}, {"amount": ""}, Refund,
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    "what", ["invoice", "recurring", "credit", "payment", "payment put elsewhere", "refund"]
)
def test_a_form_saved_and_changed_after_back_says_that_the_change_is_not_saved(
    what: str, desk: Desk, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    address, form, changed, rows = forms(desk, browser)[what]
    before = rows.objects.count()
    first = browser.post(BILLING + address, form)
    assert browser.post(BILLING + address, form)["Location"] == first["Location"], "a double click is silent"
    answer = browser.post(BILLING + address, form | changed)
    assert (answer.status_code, problems(answer.content)) == (409, [])
    assert "This form was saved already" in text(answer.content)
    assert f'href="{first["Location"]}"' in answer.content.decode()
    again = form_of(answer.content)
    assert {name: again[name] for name in changed} == changed, "what was typed is still there"
    assert rows.objects.count() == before + 1


def test_a_second_click_on_an_edit_is_silent_and_an_older_form_is_not_taken_for_it(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser, draft = signed_in("admin"), desk.draft()
    where = f"{BILLING}invoices/{draft.pk}/edit/"
    form = form_of(browser.get(where).content) | {"memo": "One"}
    first, second = (browser.post(where, form) for _ in range(2))
    assert (first.status_code, second["Location"]) == (302, first["Location"])
    back = browser.post(where, form | {"memo": "Two"})
    assert back.status_code == 409
    browser.post(where, form_of(back.content))
    assert desk.fresh(draft).memo == "Two"
    assert browser.post(where, form).status_code == 409, "it would undo the second"


def test_another_choice_in_a_list_that_was_sent_is_not_taken_for_the_first(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser, one, two = signed_in("admin"), desk.draft(), desk.draft()
    ticked = {"pick": [one.pk], "do": "finalise", "form_token": "a"}
    browser.post(f"{BILLING}invoices/many/", ticked)
    page = browser.post(f"{BILLING}invoices/many/", ticked | {"pick": [one.pk, two.pk]}, follow=True)
    assert "What you chose in it since then was not done" in text(page.content)
    assert (BulkAct.objects.count(), desk.fresh(two).status) == (1, "draft")


def test_a_payment_that_was_corrected_since_is_still_found_by_a_second_click(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser, form = signed_in("admin"), paying(desk, 30, form_token="t")
    first = browser.post(f"{BILLING}payments/new/", form)
    payment = Payment.objects.get()
    change_payment(**by(desk), payment_id=payment.pk, today=TODAY, memo="Corrected", method="cash")
    assert browser.post(f"{BILLING}payments/new/", form)["Location"] == first["Location"]
    assert Payment.objects.get().amount == Decimal(30)
