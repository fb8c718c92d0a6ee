"""Importing and exporting clients as a person meets it: upload, preview, confirm; a file that is safe to open."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from tests.web.conftest import entered, make_firm, make_members
from tieout.practice.access import visible_clients
from tieout.practice.actions.clients import create_client
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.clients import Kind
from tieout.practice.csv_text import LARGEST_FILE
from tieout.practice.drafts import ImportDraft
from tieout.practice.firms import Firm, Member

pytestmark = pytest.mark.usefixtures("sync", "in_firm")
SignedIn = Callable[[str], Browser]
SYNC = Actor(ActorKind.SYNC, "QuickBooks")
FILE = b"Name,E-mail,Shoe size\nAda Byrne,ada@byrne.example,38\nQuay LLC,none,\nBen Quay,,\n"


@pytest.fixture(autouse=True)
def silent_bell(settings: Any) -> None:
    settings.OUTBOX_BELL = ""


def upload(browser: Browser, content: bytes, name: str = "clients.csv") -> Any:
    return browser.post("/clients/import/", {"file": SimpleUploadedFile(name, content, "text/csv")})


def test_the_preview_tells_counts_errors_by_line_and_columns_left_out(
    signed_in: SignedIn, members: dict[str, Member]
) -> None:
    browser = signed_in("admin")
    answer = upload(browser, FILE)
    page = browser.get(answer["Location"]).content.decode()
    assert re.findall(r"<strong>(\d+)</strong>", page) == ["2", "1", "0"]
    assert "Line 3" in page
    assert "Enter an e-mail address such as name@example.com" in page
    assert "“Shoe size”" in page
    assert not visible_clients(members["admin"]).exists()


def test_errors_are_skipped_only_on_purpose_and_a_double_click_imports_once(
    signed_in: SignedIn, members: dict[str, Member]
) -> None:
    browser = signed_in("admin")
    address = upload(browser, FILE)["Location"]
    refused = browser.post(address)
    assert refused.status_code == 422
    assert b"Nothing was imported" in refused.content
    assert not visible_clients(members["admin"]).exists()
    for _ in range(2):
        page = browser.post(address, {"skip_errors": "1"}, follow=True).content
        assert b"2 clients from this file" in page
        assert b"1 row with errors was skipped" in page
    assert sorted(each.name for each in visible_clients(members["admin"])) == ["Ada Byrne", "Ben Quay"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty"),
        ("Name\nZoë\n".encode("latin-1"), "not UTF-8"),
        (b"Phone\n1\n", "There is no column called Name"),
        (b"PK\x03\x04", "spreadsheet file"),
        (b"Name\n" + b"x" * LARGEST_FILE, "larger than 10 MB"),
    ],
    ids=["empty", "latin-1", "no name", "workbook", "too large"],
)
def test_a_file_that_cannot_be_read_says_why_and_keeps_nothing(
    content: bytes, sentence: str, signed_in: SignedIn
) -> None:
    answer = upload(signed_in("admin"), content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ImportDraft.objects.exists()


def test_no_file_at_all_is_a_sentence_too(signed_in: SignedIn) -> None:
    answer = signed_in("admin").post("/clients/import/", {})
    assert answer.status_code == 422
    assert b"This field is required" in answer.content


def test_names_already_there_are_told_and_not_refused(firm: Firm, signed_in: SignedIn) -> None:
    create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="ada byrne")
    browser = signed_in("admin")
    page = browser.get(upload(browser, b"Name\nAda Byrne\n")["Location"]).content.decode()
    assert "Names you may have already" in page
    assert "Import 1 client" in page


def test_an_upload_is_nobody_elses_and_gone_after_a_day(
    signed_in: SignedIn, members: dict[str, Member], firm: Firm
) -> None:
    browser = signed_in("admin")
    address = upload(browser, FILE)["Location"]
    colleague = signed_in("admin-no-billing")
    stranger = entered(make_members(make_firm("Twin"))["admin"])
    for other in (colleague, stranger):
        assert other.get(address).status_code == 404
        assert other.post(address, {"skip_errors": "1"}).status_code == 404
    ImportDraft.objects.update(expires_at=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=1))
    assert browser.get(address).status_code == 404


def test_the_export_is_the_filtered_list_with_nothing_that_runs(firm: Firm, signed_in: SignedIn) -> None:
    for name in ("=1+1", "Ada Byrne"):
        create_client(
            firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name=name, phone="+1 555", notes="a,b\n“c”"
        )
    browser = signed_in("admin")
    answer = browser.get("/clients/export.csv?search==1")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="tieout-clients.csv"'
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeffName,Type,")
    assert "\r\n'=1+1,Business," in text
    assert ",'+1 555," in text
    assert "Ada" not in text
    assert "Ada" in browser.get("/clients/export.csv").content.decode()


def test_the_export_takes_a_constant_number_of_queries(
    firm: Firm, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.INDIVIDUAL, name=f"Client {number}", given="C")
    browser = signed_in("admin")
    with django_assert_max_num_queries(12):
        assert browser.get("/clients/export.csv").content.count(b"\r\n") == 31


def test_the_example_file_is_one_the_import_accepts(signed_in: SignedIn, members: dict[str, Member]) -> None:
    browser = signed_in("admin")
    address = upload(browser, browser.get("/clients/import/example.csv").content)["Location"]
    browser.post(address)
    assert visible_clients(members["admin"]).count() == 2
