"""What billing shows elsewhere: on the first page, and on a client's."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import NOW, TODAY, Desk
from tests.web.conftest import entered, make_firm, make_members
from tests.web.fake_sync import FakeSync
from tests.web.test_billing_invoice_lists import queries
from tests.web.test_billing_invoices import numbers, problems, text
from tieout.practice.actions.clients import archive_client, create_client
from tieout.practice.actions.invoice_life import void_invoice
from tieout.practice.actions.payments import bounce_payment
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.billing_figures import BUCKETS
from tieout.practice.firms import Firm, Member
from tieout.web.billing.board import week_of

SignedIn = Callable[[str], Browser]


@pytest.fixture(autouse=True)
def at_noon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)


@pytest.fixture
def desk(in_firm: Firm, sync: FakeSync) -> Desk:
    return Desk.open(in_firm.pk)


def test_the_week_begins_on_monday() -> None:
    assert week_of(date(2026, 11, 20)) == date(2026, 11, 16)
    assert week_of(date(2026, 11, 16)) == date(2026, 11, 16)


def test_the_first_page_says_what_is_owed_and_how_old_it_is(desk: Desk, signed_in: SignedIn) -> None:
    desk.invoice(100)
    desk.invoice(40, date="2026-10-01")
    desk.invoice(7, date="2026-01-01")
    desk.draft()
    desk.pay(25)
    desk.pay(5, date="2026-11-15")
    browser = signed_in("admin")
    page = browser.get("/").content
    told = text(page)
    assert "2 invoices are overdue." in told
    assert "1 draft invoice waits to be finalized." in told
    assert "$147.00 owed to you" in told
    assert "$25.00 received since Monday" in told
    assert "2 payments with money on account" in told
    assert "Not due yet 1 $100.00 1-30 days 1 $40.00 31-60 days 0 $0.00" in told
    assert problems(page) == []


@pytest.mark.parametrize(
    ("link", "count"),
    [
        ("/billing/invoices/?age=current", 1),
        ("/billing/invoices/?age=d30", 1),
        ("/billing/invoices/?age=older", 1),
        ("/billing/invoices/?status=overdue&sort=due", 2),
        ("/billing/invoices/?status=open", 3),
        ("/billing/payments/?status=received&since=2026-11-16&until=2026-11-20", 1),
    ],
)
def test_every_number_leads_to_the_list_it_counts(
    link: str, count: int, desk: Desk, signed_in: SignedIn
) -> None:
    desk.invoice(100)
    desk.invoice(40, date="2026-10-01")
    desk.invoice(7, date="2026-01-01")
    desk.pay(25)
    browser = signed_in("admin")
    assert link.replace("&", "&amp;") in browser.get("/").content.decode()
    assert len(numbers(browser.get(link).content)) == count


def caption(browser: Browser, address: str) -> str:
    """What the list says of itself; empty when nothing is in it."""
    page = browser.get(html.unescape(address)).content
    found = re.search(rb"<caption>(.*?)</caption>", page, re.S)
    return text(found[1]) if found else ""


@pytest.mark.parametrize("role", ["admin", "staff-assigned"])
def test_every_figure_is_the_total_of_the_list_it_leads_to(
    role: str, desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    told: Any = {"firm_id": desk.firm_id, "actor": desk.actor}
    mine = create_client(**told, kind="business", name="Mine", assigned_to_id=members["staff-assigned"].pk)
    archive_client(**told, client_id=create_client(**told, kind="business", name="Gone").pk)
    for client in (desk.client, mine):
        of: Any = {"client_id": client.pk}
        for amount, day in (
            (100, TODAY),
            (40, "2026-10-01"),
            (30, "2026-09-01"),
            (20, "2026-08-01"),
            (7, "2026-01-01"),
        ):
            desk.invoice(amount, date=day, **of)
        paid = desk.invoice(50, **of)
        desk.pay(60, (paid, 50), **of)
        desk.pay(5, date="2026-11-15", **of)
        bounce_payment(**told, payment_id=desk.pay(11, **of).pk)
        refund_payment(**told, payment_id=desk.pay(8, **of).pk, today=TODAY, amount="3")
        void_invoice(**told, invoice_id=desk.invoice(13, **of).pk, now=NOW, reason="x")
        desk.draft(**of)
    browser = signed_in(role)
    page = browser.get("/").content.decode()
    facts = re.findall(r'<a class="fact" href="([^"]+)"><strong>([^<]+)</strong><span>([^<]+)', page)
    assert len(facts) == 8
    for address, number, words in facts:
        said = caption(browser, address)
        numbers_said = re.findall(r"\$?[\d,]+(?:\.\d\d)?", said) or ["0", "$0.00"]
        assert number in numbers_said, f"{number} {words}, but the list: {said}"
    rows = re.findall(
        r'<th scope="row"><a href="([^"]+)">[^<]+</a></th><td[^>]*>([^<]+)</td><td[^>]*>([^<]+)</td>', page
    )
    assert len(rows) == len(BUCKETS)
    for address, count, owed in rows:
        said = caption(browser, address)
        assert said.startswith(f"{count} invoice"), said
        assert said.split(" owed.")[0].endswith(f" {owed}"), said


def test_who_may_not_see_billing_sees_none_of_it(desk: Desk, signed_in: SignedIn) -> None:
    desk.invoice(100)
    browser = signed_in("staff-all-no-billing")
    assert "$100.00" not in text(browser.get("/").content)
    page = text(browser.get(f"/clients/{desk.client.pk}/").content)
    assert "$100.00" not in page
    assert "New invoice" not in page


def test_another_firm_has_its_own_figures(desk: Desk) -> None:
    desk.invoice(100)
    twin = entered(make_members(make_firm("Byrne & Cole CPA"))["admin"])
    assert "$0.00 owed to you" in text(twin.get("/").content)


def test_a_client_shows_the_balance_the_open_invoices_and_what_happened_last(
    desk: Desk, signed_in: SignedIn
) -> None:
    first = desk.invoice(100)
    desk.invoice(50, date="2026-09-01")
    desk.pay(30, (first, 20))
    desk.credit(5)
    browser = signed_in("admin")
    page = browser.get(f"/clients/{desk.client.pk}/").content
    told = text(page)
    assert "Owed $130.00 Money on account $10.00 Credits left $5.00" in told
    assert "0002 Oct 1, 2026 Finalized Overdue $50.00 0001 Dec 20, 2026 Partly paid $80.00" in told
    assert "Payment, check Nov 20, 2026 Received $30.00" in told
    assert problems(page) == []
    before = queries(browser, f"/clients/{desk.client.pk}/"), queries(browser, "/")
    for amount in range(1, 15):
        desk.pay(2, (desk.invoice(amount), 1))
    assert (queries(browser, f"/clients/{desk.client.pk}/"), queries(browser, "/")) == before
    assert "Open invoices, the 10 due first" in text(browser.get(f"/clients/{desk.client.pk}/").content)
