"""Shows that each QuickBooks list can be taken along whole, and that no cell of it runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.fake_sync import FakeSync, a_connection, a_line, a_review, a_row, an_issue
from tieout.practice.firms import Member
from tieout.web.integrations import exports

MANAGE = "/settings/integrations/quickbooks/"


@pytest.fixture
def browser(members: dict[str, Member], signed_in: Callable[[str], Client], sync: FakeSync) -> Client:
    sync.connection = a_connection(members["admin"], sections={"client": "on"})
    sync.review = a_review(sync.connection, "ready")
    return signed_in("admin")


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_a_review_list_is_exported_whole_whatever_page_is_shown(
    browser: Client, sync: FakeSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    sync.review_rows = [
        a_row("new", there=f"Customer {n}", ledger_details={"city": "Omaha"}) for n in range(5)
    ]
    found = rows(browser.get(MANAGE + "clients/review/new-clients/export.csv"))
    assert [row["Name in QuickBooks"] for row in found] == [f"Customer {n}" for n in range(5)]
    assert {(row["Address here"], row["Address in QuickBooks"]) for row in found} == {("", "Omaha")}
    narrowed = rows(browser.get(MANAGE + "clients/review/new-clients/export.csv?search=r+3"))
    assert [row["Name in QuickBooks"] for row in narrowed] == ["Customer 3"]


def test_a_name_that_is_a_formula_does_not_run(browser: Client, sync: FakeSync) -> None:
    sync.review_rows = [a_row("match", "=HYPERLINK(1)", "@SUM(A1)")]
    row = rows(browser.get(MANAGE + "clients/review/matches/export.csv"))[0]
    assert (row["Name here"], row["Name in QuickBooks"]) == ("'=HYPERLINK(1)", "'@SUM(A1)")


def test_the_activity_and_what_is_not_in_step_can_be_exported(browser: Client, sync: FakeSync) -> None:
    sync.lines = [a_line("Ada sent to QuickBooks.", "done", "tid-1")]
    sync.open_issues = [
        an_issue("Ada", "conflict"),
        an_issue("Sam", "not_eligible"),
    ]
    line = rows(browser.get(MANAGE + "activity/export.csv"))[0]
    assert (line["What"], line["Reference"]) == ("Ada sent to QuickBooks.", "tid-1")
    issues = rows(browser.get(MANAGE + "needs-you/export.csv"))
    assert [(row["List"], row["Record"]) for row in issues] == [("Needs you", "Ada"), ("Left out", "Sam")]


def test_an_unknown_list_is_not_found_and_an_unfinished_one_not_exported(
    browser: Client, sync: FakeSync
) -> None:
    assert browser.get(MANAGE + "clients/review/surprises/export.csv").status_code == 404
    assert sync.review is not None
    sync.review.state = "collecting"
    assert browser.get(MANAGE + "clients/review/matches/export.csv").status_code == 302
