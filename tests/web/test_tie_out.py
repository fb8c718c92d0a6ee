"""Shows the tie-out: its sentence, the documents behind it, its files, its signature; and that firms stay apart."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from tests.web.conftest import entered, make_firm, make_members
from tieout.practice.billing_settings import BillingSettings
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.reconcile.ports import RetryLater
from tieout.sync import tie_out
from tieout.sync.models import Connection, TieOut, TieOutLine
from tieout.sync.tie_out_daily import today_of

SignedIn = Callable[[str], Client]
PAGE = "/settings/integrations/quickbooks/tie-out/"
DAY = date(2026, 3, 31)
PART: dict[str, Any] = {
    "kind": "invoice",
    "practice_id": "7",
    "ledger_id": "130",
    "label": "Invoice 1043",
    "day": "2026-03-02",
    "here": "100.00",
    "there": "100.01",
    "cause": "unexplained",
    "sentence": "The two sides show different amounts, and nothing says why.",
}


@pytest.fixture
def connection(firm: Firm, members: dict[str, Member]) -> Iterator[Connection]:
    with firm_scope(firm.pk):
        yield Connection.objects.create(
            firm=firm,
            company_sealed="x",
            company_digest="d" * 64,
            company_name="Smith & Lee CPA LLC",
            connected_by=members["admin"],
            sections={"client": "on"},
        )


def compared(connection: Connection, day: date = DAY, *, cents_off: bool = False) -> TieOut:
    made = TieOut.objects.create(
        firm_id=connection.firm_id,
        connection=connection,
        day=day,
        checked_at=datetime(2026, 4, 1, 6, 10, tzinfo=UTC),
        clients=214,
        differing=int(cents_off),
        here=Decimal("5100.00"),
        there=Decimal("5100.01" if cents_off else "5100.00"),
        unexplained=Decimal("0.01" if cents_off else "0.00"),
        causes={"unexplained": [1, "-0.01"]} if cents_off else {},
    )
    for name, parts in (("Ada Byrne", [PART] if cents_off else []), ("Sam Ito", [])):
        differs = Decimal("0.01") if parts else Decimal(0)
        TieOutLine.objects.create(
            firm_id=connection.firm_id,
            tie_out=made,
            name=name,
            ledger_id="58",
            here=Decimal("100.00"),
            there=Decimal("100.00") + differs,
            difference=-differs,
            unexplained=differs,
            parts=parts,
        )
    return made


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_books_that_agree_say_so_on_the_dashboard_on_manage_and_on_their_own_page(
    signed_in: SignedIn, connection: Connection
) -> None:
    compared(connection)
    browser = signed_in("admin")
    for address in ("/", "/settings/integrations/quickbooks/", PAGE):
        page = text_of(browser.get(address))
        assert "Books agree: $0.00 unexplained across 214 clients" in page, address
    assert "Every client agrees to the cent" in text_of(browser.get(PAGE))


def test_one_cent_is_named_with_its_document_its_reason_and_both_amounts(
    signed_in: SignedIn, connection: Connection
) -> None:
    compared(connection, cents_off=True)
    page = text_of(signed_in("admin").get(PAGE))
    assert "$0.01 unexplained across 214 clients" in page
    assert re.search(
        r"Invoice 1043 2026-03-02 ?: \$100\.00 here, \$100\.01 in QuickBooks.*, -\$0\.01\.", page
    )
    assert "nothing says why" in page
    assert "Sam Ito" not in page
    assert "Sam Ito" in text_of(signed_in("admin").get(PAGE + "?show=all"))


def test_the_file_has_every_client_and_every_document(signed_in: SignedIn, connection: Connection) -> None:
    found = compared(connection, cents_off=True)
    answer = signed_in("admin").get(f"{PAGE}{found.pk}/export.csv")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="tie-out-2026-03-31.csv"'
    assert len(rows) == 3
    assert (
        'Ada Byrne,100.00,100.01,-0.01,Invoice 1043,2026-03-02,100.00,100.01,-0.01,"Unexplained.' in rows[1]
    )


def test_the_paper_has_the_sentence_the_documents_and_a_place_to_sign(
    signed_in: SignedIn, connection: Connection
) -> None:
    found = compared(connection, cents_off=True)
    answer = signed_in("admin").get(f"{PAGE}{found.pk}/print.pdf")
    assert answer["Content-Type"] == "application/pdf"
    said = " ".join(
        "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split()
    )
    for piece in ("$0.01 unexplained across 214 clients", "Ada Byrne", "Invoice 1043", "Not signed yet"):
        assert piece in said, piece


def test_a_signature_keeps_it_with_name_and_note(signed_in: SignedIn, connection: Connection) -> None:
    found = compared(connection)
    page = text_of(signed_in("admin").post(f"{PAGE}{found.pk}/sign/", {"note": "March closed"}, follow=True))
    assert "Signed by Dana Reyes" in page
    assert "“March closed”" in page
    again = signed_in("admin").post(f"{PAGE}{found.pk}/sign/", {"note": "other"}, follow=True)
    assert "It was signed already." in text_of(again)
    assert "“March closed”" in text_of(again)


def test_days_compared_are_drawn_and_listed(signed_in: SignedIn, connection: Connection) -> None:
    compared(connection, DAY - timedelta(days=1))
    compared(connection, cents_off=True)
    page = signed_in("admin").get(PAGE).content.decode()
    assert page.count("<polyline") == 2
    assert page.count('class="course-alarm"') == 1
    assert "The figures of 2 days" in page


def test_a_day_not_compared_yet_offers_it_and_a_day_to_come_is_refused(
    signed_in: SignedIn, connection: Connection
) -> None:
    assert "Not compared yet" in text_of(signed_in("admin").get(PAGE + "?day=2026-01-31"))
    answer = signed_in("admin").post(PAGE + "compare/", {"day": "2999-01-01"}, follow=True)
    assert "Choose a day up to today. Nothing was compared." in text_of(answer)


def test_when_quickbooks_does_not_answer_the_last_comparison_stays(
    signed_in: SignedIn, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*given: object, **named: object) -> TieOut:
        raise RetryLater("QuickBooks could not be reached.")

    compared(connection)
    monkeypatch.setattr(tie_out, "check", down)
    page = text_of(signed_in("admin").post(PAGE + "compare/", {"day": DAY.isoformat()}, follow=True))
    assert "QuickBooks could not be reached. The last comparison stays as it was." in page
    assert "Books agree" in page


def test_another_firm_can_neither_read_nor_sign_it(connection: Connection) -> None:
    found = compared(connection)
    firm = make_firm("Another firm")
    stranger = make_members(firm)["admin"]
    with firm_scope(firm.pk):
        Connection.objects.create(
            firm=firm,
            company_sealed="y",
            company_digest="e" * 64,
            company_name="Other",
            connected_by=stranger,
        )
    assert entered(stranger).get(f"{PAGE}{found.pk}/export.csv").status_code == 404
    assert entered(stranger).post(f"{PAGE}{found.pk}/sign/").status_code == 404
    found.refresh_from_db()
    assert found.signed_at is None


def test_the_page_asks_no_more_of_the_database_with_more_clients(
    signed_in: SignedIn, connection: Connection, django_assert_max_num_queries: Any
) -> None:
    found = compared(connection, cents_off=True)
    for number in range(40):
        TieOutLine.objects.create(
            firm_id=connection.firm_id,
            tie_out=found,
            name=f"Client {number}",
            ledger_id=str(number),
            parts=[PART],
        )
    browser = signed_in("admin")
    with django_assert_max_num_queries(30):
        browser.get(PAGE)


def test_a_search_is_kept_on_the_next_page_and_when_every_client_is_shown(
    signed_in: SignedIn, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared(connection, cents_off=True)
    lines_of = tie_out.lines_of
    monkeypatch.setattr(tie_out, "lines_of", lambda *given, **asked: lines_of(*given, **asked, per_page=1))
    browser = signed_in("admin")
    with firm_scope(connection.firm_id):
        TieOutLine.objects.filter(name="Sam Ito").update(name="Ada Ito")
    page = browser.get(PAGE + "?show=all&search=ada").content.decode()
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
    assert "search=ada" in following
    assert "Ada Ito" in text_of(browser.get(PAGE + following.replace("&amp;", "&")))
    (other,) = re.findall(r'href="([^"]+)">Show only those that differ', page)
    assert "search=ada" in other
    none = browser.get(PAGE + "?show=all&search=zz").content.decode()
    (unsearched,) = re.findall(r'href="([^"]+)">Show all</a>', none)
    assert "search" not in unsearched


def test_a_canadian_firm_reads_its_tie_out_in_its_own_currency(
    signed_in: SignedIn, connection: Connection
) -> None:
    compared(connection, cents_off=True)
    BillingSettings.objects.create(firm_id=connection.firm_id, currency="CAD")
    page = text_of(signed_in("admin").get(PAGE))
    assert "CA$0.01 unexplained across 214 clients" in page
    assert not re.search(r"(?<!CA)\$", page)


def test_manage_says_of_which_day_the_books_are_when_that_is_not_today(
    signed_in: SignedIn, connection: Connection
) -> None:
    found = compared(connection)
    browser = signed_in("admin")
    for address in ("/", "/settings/integrations/quickbooks/"):
        assert "as of March 31, 2026, checked" in text_of(browser.get(address)), address
    with firm_scope(connection.firm_id):
        TieOut.objects.filter(pk=found.pk).update(day=today_of(connection, timezone.now()))
    for address in ("/", "/settings/integrations/quickbooks/"):
        page = text_of(browser.get(address))
        assert "Books agree" in page
        assert "as of" not in page


def test_an_older_comparison_after_it_changes_nothing_on_manage(
    signed_in: SignedIn, connection: Connection
) -> None:
    compared(connection)
    compared(connection, date(2025, 12, 31), cents_off=True)
    page = text_of(signed_in("admin").get("/settings/integrations/quickbooks/"))
    assert "Books agree: $0.00 unexplained across 214 clients" in page
    assert "as of March 31, 2026" in page


def test_a_day_whose_clients_are_no_longer_kept_does_not_claim_that_they_agree(
    signed_in: SignedIn, connection: Connection
) -> None:
    found = compared(connection, cents_off=True)
    browser, here = signed_in("admin"), f"{PAGE}?day={DAY.isoformat()}"
    assert "Sign and keep" in text_of(browser.get(here))
    with firm_scope(connection.firm_id):
        TieOutLine.objects.filter(tie_out=found).delete()
    page = text_of(browser.get(here))
    assert "The clients of this day are no longer kept" in page
    assert "$0.01 unexplained" in page
    for gone in ("Every client agrees", "Sign and keep", "Export CSV", "PDF"):
        assert gone not in page, gone
    for file in ("export.csv", "print.pdf"):
        assert browser.get(f"{PAGE}{found.pk}/{file}").status_code == 404
    answer = browser.post(f"{PAGE}{found.pk}/sign/", {"note": "all fine"}, follow=True)
    assert "no longer kept. Nothing was signed" in text_of(answer)
    found.refresh_from_db()
    assert found.signed_at is None
