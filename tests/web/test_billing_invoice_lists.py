"""The list of invoices: filters, sums, many at once, export, and who may see what."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from tests.practice.billing_world import NOW, Desk
from tests.web.conftest import entered, make_firm, make_members
from tests.web.test_pages import Reading
from tieout.practice.actions.bulk import carry_on
from tieout.practice.actions.clients import change_client
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.bulk import BulkAct
from tieout.practice.clients import Client
from tieout.practice.firms import Firm, Member
from tieout.practice.invoices import Invoice

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
INVOICES = "/billing/invoices/"
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_noon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages see the day on which the desk's documents are written."""
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def numbers(page: bytes) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="[^"]+">([^<]+)</a>', page.decode())


def problems(content: bytes) -> list[str]:
    reading = Reading()
    reading.feed(content.decode())
    return reading.problems()


def text(content: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", content.decode()).split())


def typed(desk: Desk, *lines: dict[str, Any], **head: Any) -> dict[str, str]:
    """What a browser sends of the form."""
    form = {
        "client_id": desk.client.pk,
        "terms": "net30",
        "date": "2026-11-20",
        "line_count": len(lines),
        "do": "save",
    }
    for row, line in enumerate(lines):
        form |= {f"line-{row}-{name}": value for name, value in {"tax_rate_id": "item", **line}.items()}
    return {name: str(value) for name, value in {**form, **head}.items()}


def form_of(page: bytes) -> dict[str, str]:
    """Every input of a page with its value, as a browser would send it back unchanged."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page.decode()):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            found[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)".*?>(.*?)</select>', page.decode(), re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    for name, value in re.findall(
        r'<textarea[^>]*name="([^"]*)"[^>]*>\s?(.*?)</textarea>', page.decode(), re.S
    ):
        found[name] = value
    found.pop("csrfmiddlewaretoken", None)
    found.pop("search", None)
    return found | {"do": "save"}


# Writing ------------------------------------------------------------------------------------------------------


@pytest.fixture
def five(desk: Desk) -> Desk:
    """0001 overdue, 0002 paid, 0003 sent, 0004 void-able and part paid, and a draft."""
    desk.invoice(10, date="2026-09-01")
    desk.pay(20, (desk.invoice(20), 20))
    desk.send(desk.invoice(30, date="2026-11-10"))
    desk.pay(1, (desk.invoice(40, date="2026-11-11"), 1))
    desk.draft(date="2026-11-12")
    return desk


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ["0002", "Draft", "0004", "0003", "0001"]),
        ("?status=open", ["0004", "0003", "0001"]),
        ("?status=overdue", ["0001"]),
        ("?status=paid", ["0002"]),
        ("?status=draft", ["Draft"]),
        ("?sort=total", ["0001", "0002", "0003", "0004", "Draft"]),
        ("?sort=-balance&status=open", ["0004", "0003", "0001"]),
        ("?search=0003", ["0003"]),
        ("?search=acme&status=sent", ["0003"]),
        ("?search=nobody", []),
        ("?since=2026-11-11&until=2026-11-12", ["Draft", "0004"]),
        ("?status=what&sort=x&since=tomorrow&client=x&page=9", ["0002", "Draft", "0004", "0003", "0001"]),
        ("?client=999999", []),
    ],
)
def test_the_list_filters_searches_and_sorts(
    address: str, expected: list[str], five: Desk, signed_in: SignedIn
) -> None:
    page = signed_in("admin").get(INVOICES + address).content
    assert numbers(page) == expected
    assert problems(page) == []


def test_the_caption_adds_up_what_is_listed(five: Desk, signed_in: SignedIn) -> None:
    page = text(signed_in("admin").get(f"{INVOICES}?status=open").content)
    assert "3 invoices found, $80.00 in all, $79.00 owed." in page


def test_what_is_void_adds_nothing_to_the_caption(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    invoice = desk.invoice(10)
    browser.post(f"{INVOICES}{invoice.pk}/void/")
    assert "1 invoice, $0.00 in all, $0.00 owed." in text(browser.get(INVOICES).content)


def queries(browser: Browser, address: str) -> int:
    """After a first look: a session that is new, or was idle, is noted once."""
    browser.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    return len(seen)


def test_rows_do_not_raise_the_number_of_queries(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    invoice = desk.invoice(1)
    here = f"{INVOICES}{invoice.pk}/"
    browser.get(INVOICES)  # the first page of a session notes that it is in use
    before = queries(browser, INVOICES), queries(browser, here)
    for amount in range(2, 12):
        desk.invoice(amount)
        desk.pay("0.01", (invoice, "0.01"))
    assert (queries(browser, INVOICES), queries(browser, here)) == before


def test_many_are_finalized_each_for_itself(five: Desk, signed_in: SignedIn) -> None:
    good, empty = five.draft(), five.draft(lines=[])
    browser = signed_in("admin")
    ticked = {"pick": [good.pk, empty.pk, "x", "999999"], "do": "finalise", "form_token": "a"}
    answer = browser.post(f"{INVOICES}many/", ticked, follow=True)
    page = text(answer.content)
    assert "1 done, 1 refused" in page
    assert "Add at least one line." in page
    assert (five.fresh(good).status, five.fresh(empty).status) == ("finalised", "draft")
    assert problems(answer.content) == []
    again = browser.post(f"{INVOICES}many/", ticked)
    assert (again["Location"], BulkAct.objects.count()) == (answer.redirect_chain[-1][0], 1)
    browser.post(f"{INVOICES}many/", {"pick": [good.pk], "do": "send"})
    assert five.fresh(good).status == "sent"
    assert b"No invoice was selected" in browser.post(f"{INVOICES}many/", follow=True).content
    assert browser.get(f"{INVOICES}?picked=1").content.count(b" checked") == 7


def test_all_that_was_found_can_be_meant(five: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    sent = set(Invoice.objects.filter(status="sent").values_list("number", flat=True))
    browser.post(f"{INVOICES}many/", {"found": "status=overdue&", "do": "send"})
    assert set(Invoice.objects.filter(status="sent").values_list("number", flat=True)) == {*sent, "0001"}


def test_mails_are_the_workers_and_the_page_shows_how_far_it_is(
    five: Desk, signed_in: SignedIn, settings: Any
) -> None:
    settings.MAIL_IS_SET_UP, settings.BULK_BELL = True, ""
    Client.objects.update(email="ada@example.com")
    browser, invoice = signed_in("admin"), five.invoice(7)
    begun = browser.post(f"{INVOICES}many/", {"pick": [invoice.pk], "do": "mail"}, follow=True)
    assert "0 of 1 done. You may leave this page; it goes on." in text(begun.content)
    here = begun.redirect_chain[-1][0]
    part = browser.get(here, headers={"HX-Request": "true"})
    assert b"every 1s" in part.content
    assert b"<html" not in part.content
    act = BulkAct.objects.get()
    carry_on(firm_id=five.firm_id, act_id=act.pk, clock=lambda: NOW)
    done = browser.get(here, headers={"HX-Request": "true"})
    assert b"every 1s" not in done.content
    assert "1 done." in text(done.content)
    assert "to ada@example.com" in text(done.content)
    assert len(mail.outbox) == 1
    other = signed_in("staff-all")
    assert other.get(here).status_code == 404


def test_without_a_mail_server_sending_is_grey_and_says_why(
    five: Desk, signed_in: SignedIn, settings: Any
) -> None:
    settings.MAIL_IS_SET_UP = False
    browser, invoice = signed_in("admin"), five.invoice(7)
    for address in (INVOICES, f"{INVOICES}{invoice.pk}/", f"{INVOICES}{invoice.pk}/mail/"):
        assert "TIEOUT_EMAIL_URL" in text(browser.get(address).content), address


def test_an_invoice_is_mailed_from_its_page_once(five: Desk, signed_in: SignedIn, settings: Any) -> None:
    settings.MAIL_IS_SET_UP = True
    browser, invoice = signed_in("admin"), five.invoice(7)
    here = f"{INVOICES}{invoice.pk}/mail/"
    page = browser.get(here)
    assert f"Invoice {invoice.number} from Byrne &amp; Cole CPA" in page.content.decode()
    assert problems(page.content) == []
    form = {"to": "ada@example.com, bob@example.com", "subject": "Yours", "text": "Hello", "form_token": "m"}
    assert browser.post(here, {**form, "to": "nobody"}).status_code == 422
    for _ in range(2):
        assert browser.post(here, form)["Location"] == f"{INVOICES}{invoice.pk}/"
    assert [(each.to, each.subject) for each in mail.outbox] == [
        (["ada@example.com", "bob@example.com"], "Yours")
    ]
    assert five.fresh(invoice).sent_to == "ada@example.com, bob@example.com"
    draft = five.draft()
    assert browser.get(f"{INVOICES}{draft.pk}/mail/").status_code == 302


def test_the_export_has_what_the_list_has(five: Desk, signed_in: SignedIn) -> None:
    answer = signed_in("admin").get(f"{INVOICES}export.csv?status=overdue")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[1:] == [
        "1,0001,Acme LLC,,Finalized,2026-09-01,Net 30,2026-10-01,USD,,,,,,,Tax return,,Tax return,1,10,,,,,,"
        "10.00,10.00,0.00,0.00,10.00,0.00,0.00,10.00"
    ]
    owed = signed_in("admin").get(f"{INVOICES}open-balances.csv?status=overdue")
    assert owed.content.decode("utf-8-sig").splitlines()[1:] == [
        "0001,Acme LLC,2026-09-01,2026-10-01,10.00,Tax return,USD"
    ]


# Walls ---------------------------------------------------------------------------------------------------------
def test_an_invoice_is_nowhere_for_another_firm(desk: Desk) -> None:
    invoice, draft = desk.invoice(100), desk.draft()
    twin = entered(make_members(make_firm("Byrne & Cole CPA"))["admin"])
    for address in ("", "print/", "revise/", "void/", "write-off/", "send/", "pay/", "credit/"):
        assert twin.get(f"{INVOICES}{invoice.pk}/{address}").status_code == 404, address
    for address in ("finalize/", "undo-write-off/", "discard/", "edit/", "remove-late-fees/"):
        assert twin.post(f"{INVOICES}{draft.pk}/{address}").status_code == 404, address
    assert twin.get(f"{INVOICES}new/?client={desk.client.pk}").status_code == 404
    assert twin.post(f"{INVOICES}new/", typed(desk, {"description": "x", "rate": "1"})).status_code == 404
    assert twin.post(f"{INVOICES}parts/", {"invoice_id": invoice.pk}, headers=PART).status_code == 404
    assert numbers(twin.get(INVOICES).content) == []
    assert b"0 done" not in twin.post(f"{INVOICES}many/", {"pick": draft.pk}).content
    assert desk.fresh(draft).status == "draft"


def test_assigned_staff_meet_only_the_invoices_of_their_clients(
    desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    invoice = desk.invoice(100)
    browser = signed_in("staff-assigned")
    assert numbers(browser.get(INVOICES).content) == []
    assert browser.get(f"{INVOICES}{invoice.pk}/").status_code == 404
    assert browser.post(f"{INVOICES}new/", typed(desk, {"description": "x", "rate": "1"})).status_code == 404
    change_client(
        firm_id=desk.firm_id,
        client_id=desk.client.pk,
        actor=Actor(ActorKind.SYSTEM, "Test"),
        assigned_to_id=members["staff-assigned"].pk,
    )
    assert numbers(browser.get(INVOICES).content) == ["0001"]


def test_the_pages_keep_the_promises(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    open_, draft = desk.invoice(100), desk.draft(discount_kind="amount", discount_value=5)
    desk.pay(10, (open_, 10))
    here, there = f"{INVOICES}{open_.pk}/", f"{INVOICES}{draft.pk}/"
    pages = [INVOICES, f"{INVOICES}new/", f"{INVOICES}new/?client={desk.client.pk}", here, f"{here}print/"]
    pages += [f"{here}revise/", f"{here}void/", f"{here}write-off/", f"{here}send/", there, f"{there}edit/"]
    for address in [*pages, f"{there}discard/", f"{there}edit/?pick=1"]:
        answer = browser.get(address)
        assert (answer.status_code, problems(answer.content)) == (200, []), address


def test_hostile_words_are_text_wherever_they_show(desk: Desk, signed_in: SignedIn) -> None:
    evil = "<script>alert(1)</script>"
    draft = desk.draft(memo=evil, lines=[{"description": evil, "rate": 1}])
    browser = signed_in("admin")
    for address in ("", "edit/", "print/"):
        page = browser.get(f"{INVOICES}{draft.pk}/{address}").content
        assert b"alert(1)" in page
        assert b"<script>alert" not in page


# Recurring -----------------------------------------------------------------------------------------------------
