"""Shows the invoices step and the payments step against the engine's own tables; only the ledger and the queue are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.practice.billing_world import Desk
from tests.web.test_items_step import stored, text
from tieout.practice.firms import Firm, Member
from tieout.practice.invoices import Invoice
from tieout.practice.isolation import firm_scope
from tieout.sync import settings_doctor, trial
from tieout.sync.models import Connection, Link, SettingsCheck
from tieout.sync.trial import Tried
from tieout.web.integrations.document_words import shown_lines

SignedIn = Callable[[str], Client]
BASE = "/settings/integrations/quickbooks/"
ON = {"client": "on", "service_item": "on"}
PAID = {**ON, "invoice": "on"}
CANDIDATE = SimpleNamespace(
    pk=7, number="1043", client="Ada Byrne", date=timezone.now(), total=Decimal(100), currency="USD"
)


def connected(firm: Firm, member: Member, sections: dict[str, str], **sales: Any) -> Connection:
    made = stored(firm, member, sections)
    SettingsCheck.objects.create(
        firm=firm,
        connection=made,
        checked_at=timezone.now(),
        facts={"country": "US", "preferences": {"SalesFormsPrefs": sales}},
    )
    return made


@pytest.fixture
def here(firm: Firm, members: dict[str, Member]) -> Iterator[Callable[..., Connection]]:
    with firm_scope(firm.pk):
        yield lambda sections, **sales: connected(firm, members["admin"], sections, **sales)


@pytest.mark.parametrize(
    ("path", "sections", "first"),
    [
        ("invoices/", {"client": "on"}, "Comes after service items."),
        ("payments/", ON, "Comes after invoices."),
        ("payments/", {}, "Comes after clients."),
    ],
)
def test_each_step_says_which_comes_first(
    path: str, sections: dict[str, str], first: str, here: Any, signed_in: SignedIn
) -> None:
    here(sections)
    assert first in text(signed_in("admin").get(BASE + path, follow=True))


@pytest.mark.parametrize(
    ("custom", "words"),
    [(True, "Invoices keep the number"), (False, "it numbers invoices itself"), (None, "does not tell")],
)
def test_the_numbering_found_is_explained(
    custom: bool | None, words: str, here: Any, signed_in: SignedIn
) -> None:
    here(ON, **({} if custom is None else {"CustomTxnNumbers": custom}))
    assert words in text(signed_in("admin").get(BASE + "invoices/"))


def test_the_start_date_is_kept_and_turning_on_leads_to_payments(here: Any, signed_in: SignedIn) -> None:
    connection = here(ON)
    browser = signed_in("admin")
    wrong = browser.post(BASE + "invoices/start-date/", {"since": "soon"}, follow=True)
    assert "year-month-day" in text(wrong)
    browser.post(BASE + "invoices/start-date/", {"since": "2026-02-01"})
    assert 'value="2026-02-01"' in text(browser.get(BASE + "invoices/"))
    answer = browser.post(BASE + "invoices/on/")
    assert answer["Location"] == BASE + "payments/"
    connection.refresh_from_db()
    assert connection.sections["invoice"] == "on"
    assert connection.switches["invoice"]["since"] == "2026-02-01"


def test_payments_stay_locked_while_quickbooks_applies_credits(here: Any, signed_in: SignedIn) -> None:
    connection = here(PAID, AutoApplyCredit=True)
    browser = signed_in("admin")
    page = text(browser.get(BASE + "payments/"))
    assert "QuickBooks is set to apply credits by itself" in page
    assert 'disabled aria-describedby="why-gate"' in page
    browser.post(BASE + "payments/on/", {"since": "2026-02-01"})
    connection.refresh_from_db()
    assert "payment" not in connection.sections


def test_what_quickbooks_does_not_tell_a_person_has_to_look_at(here: Any, signed_in: SignedIn) -> None:
    connection = here(PAID)
    browser = signed_in("admin")
    assert "I have looked in QuickBooks" in text(browser.get(BASE + "payments/"))
    browser.post(BASE + "payments/on/", {"since": "2026-02-01"})
    connection.refresh_from_db()
    assert "payment" not in connection.sections
    browser.post(BASE + "payments/on/", {"since": "2026-02-01", "looked": "on"})
    connection.refresh_from_db()
    assert {connection.sections[one] for one in ("credit", "payment", "credit_application", "refund")} == {
        "on"
    }
    assert "The set-up is complete" in text(browser.get(BASE + "set-up-done/"))


def test_turned_off_nothing_more_is_sent_and_the_links_stay(here: Any, signed_in: SignedIn) -> None:
    connection = here(PAID)
    signed_in("admin").post(BASE + "off/invoices/")
    connection.refresh_from_db()
    assert connection.sections["invoice"] == "not_started"


def test_amounts_are_written_in_their_currency_with_separators_and_no_more_places_than_they_have() -> None:
    detail = {"Qty": Decimal("1200"), "UnitPrice": Decimal("33.33333"), "ItemRef": {"value": "7"}}
    document = {
        "Line": [{"Description": "Work", "Amount": Decimal("39999.996"), "SalesItemLineDetail": detail}]
    }
    assert shown_lines(document, "CAD") == [("Work", "1,200", "33.33333", "CA$40,000.00")]
    whole = {"Line": [{"DetailType": "DiscountLineDetail", "Amount": Decimal(5)}]}
    assert shown_lines(whole, "USD") == [("Discount", "", "", "$5.00")]


def test_the_test_invoice_is_offered_in_its_own_currency(here: Any, signed_in: SignedIn, firm: Firm) -> None:
    connection = here(ON)
    desk = Desk.open(firm.pk)
    invoice = desk.invoice(Decimal("12500.50"))
    Invoice.objects.filter(pk=invoice.pk).update(currency="CAD")
    Link.objects.create(
        firm=firm, connection=connection, entity="client", practice_id=str(invoice.client_id), ledger_id="58"
    )
    browser = signed_in("admin")
    browser.post(BASE + "invoices/start-date/", {"since": invoice.date.isoformat()})
    assert "CA$12,500.50" in text(browser.get(BASE + "invoices/"))


def test_a_setting_that_cannot_be_read_is_asked_for_again_and_can_be_looked_at_at_once(
    here: Any, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = here(PAID)
    SettingsCheck.objects.filter(connection=connection).update(problem="QuickBooks does not let us look.")
    kept = SettingsCheck.objects.get(connection=connection)
    monkeypatch.setattr(settings_doctor, "examine", lambda *given, **named: kept)
    page = text(signed_in("admin").get(BASE + "payments/"))
    assert "does not let us look." in page
    assert 'hx-trigger="every 20s"' in page
    assert 'id="check-again"' in page
    assert "Reconnect as an administrator" in page


def test_what_quickbooks_does_not_tell_is_not_asked_for_again_and_again(
    here: Any, signed_in: SignedIn
) -> None:
    here(PAID)
    page = text(signed_in("admin").get(BASE + "payments/"))
    assert 'id="check-again"' in page
    assert "every 20s" not in page


ARRIVED = Tried("7", "Invoice 1043", "1043", Decimal("100.00"), Decimal("100.00"))
OFF_BY_A_CENT = replace(ARRIVED, ledger_total=Decimal("100.01"))


@pytest.mark.parametrize(
    ("tried", "says"),
    [
        (None, trial.FIRST),
        (Tried("7", "Invoice 1043", under_way=True), trial.ON_ITS_WAY),
        (Tried("7", "Invoice 1043", problems=("The books are closed.",)), trial.NOT_THROUGH),
        (OFF_BY_A_CENT, trial.COMPARE),
    ],
)
def test_invoices_stay_off_until_one_has_arrived_and_agrees_whatever_is_posted(
    tried: Tried | None, says: str, here: Any, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = here(ON)
    monkeypatch.setattr(trial, "tried", lambda *given, **named: tried)
    monkeypatch.setattr(trial, "candidates", lambda *given: [CANDIDATE])
    browser = signed_in("admin")
    page = text(browser.get(BASE + "invoices/"))
    assert ('disabled aria-describedby="why-test"' in page) is (says != trial.COMPARE)
    assert says in text(browser.post(BASE + "invoices/on/", follow=True))
    connection.refresh_from_db()
    assert "invoice" not in connection.sections
    browser.post(BASE + "invoices/on/", {"looked": "on"})
    connection.refresh_from_db()
    assert connection.sections.get("invoice") == ("on" if says == trial.COMPARE else None)


def test_one_that_arrived_to_the_cent_or_was_sent_before_opens_the_flow(
    here: Any, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = here(ON)
    monkeypatch.setattr(trial, "candidates", lambda *given: [CANDIDATE])
    monkeypatch.setattr(trial, "tried", lambda *given, **named: ARRIVED)
    assert trial.readiness(connection, "invoice", timezone.localdate()) == trial.Readiness()
    monkeypatch.setattr(trial, "tried", lambda *given, **named: None)
    assert trial.readiness(connection, "invoice", timezone.localdate()).why_not == trial.FIRST
    Link.objects.create(
        firm=connection.firm, connection=connection, entity="invoice", practice_id="7", ledger_id="70"
    )
    assert signed_in("admin").post(BASE + "invoices/on/")["Location"] == BASE + "payments/"
