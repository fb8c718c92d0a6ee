"""Shows the invoices step and the payments step against the engine's own tables; only the ledger and the queue are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.web.test_items_step import stored, text
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.sync.models import Connection, SettingsCheck

SignedIn = Callable[[str], Client]
BASE = "/settings/integrations/quickbooks/"
ON = {"client": "on", "service_item": "on"}
PAID = {**ON, "invoice": "on"}


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
