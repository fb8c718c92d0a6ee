"""The lists that only come from QuickBooks."""

from datetime import UTC, datetime

import pytest

from tests.quickbooks.scripted import feed, ledger, page
from tests.quickbooks.test_item import service
from tieout.quickbooks.entities import READY
from tieout.reconcile.ports import Activity
from tieout.reconcile.spec import Direction
from tieout.reconcile.state import Absent, Key, Present, Side

LISTS = {one.spec.practice: one for one in READY if one.spec.direction is Direction.FROM_LEDGER}
ROW = {
    "Id": "7",
    "SyncToken": "1",
    "Name": "Audit",
    "FullyQualifiedName": "Services:Audit",
    "ParentRef": {"value": "3"},
    "Active": True,
}
CATEGORY = {"Id": "12", "SyncToken": "0", "Name": "Tax", "FullyQualifiedName": "Tax", "Type": "Category"}


def test_every_list_of_the_practice_has_its_entity():
    assert {name: one.resource for name, one in LISTS.items()} == {
        "account": "Account",
        "category": "Item",
        "tracking_class": "Class",
        "location": "Department",
        "payment_method": "PaymentMethod",
        "tax_code": "TaxCode",
        "term": "Term",
    }


@pytest.mark.parametrize("name", LISTS)
def test_a_row_shows_its_name_its_place_and_its_ledger_id(name):
    record = LISTS[name].row(ROW).record
    of_account = {"account_type": ""} if name == "account" else {}
    assert record.units == {
        "name": "Audit",
        "full_name": "Services:Audit",
        "parent": "3",
        "active": True,
        **of_account,
    }
    assert record.facts["ledger_id"] == "7"


@pytest.mark.parametrize("name", LISTS)
def test_a_row_made_inactive_keeps_its_name(name):
    gone = {
        **ROW,
        "Name": "Audit (deleted)",
        "FullyQualifiedName": "Services:Audit (deleted)",
        "Active": False,
    }
    units = LISTS[name].row(gone).record.units
    assert (units["name"], units["full_name"], units["active"]) == ("Audit", "Services:Audit", False)


def test_a_flat_list_has_its_name_for_its_full_name():
    term = LISTS["term"].row(
        {"Id": "3", "SyncToken": "0", "Name": "Net 30", "DueDays": 30, "Type": "STANDARD"}
    )
    assert term.record.units["full_name"] == "Net 30"
    assert term.record.facts["due_days"] == 30
    dated = LISTS["term"].row({"Id": "4", "SyncToken": "0", "Name": "1st", "DayOfMonthDue": 1})
    assert dated.record.facts["due_days"] is None


def test_an_account_tells_its_type():
    shown = LISTS["account"].row({**ROW, "AccountType": "Bank", "AccountSubType": "Checking"}).record
    assert (shown.units["account_type"], shown.facts["account_subtype"]) == ("Bank", "Checking")


def test_the_american_line_codes_are_no_tax_codes_to_choose():
    made, _ = ledger(page("TaxCode", {"Id": "TAX", "Name": "TAX"}, {**ROW, "Id": "2"}))
    found = made.read("tax_code", ["TAX", "2"])
    assert isinstance(found["TAX"], Absent)
    assert isinstance(found["2"], Present)
    assert LISTS["tax_code"].spec.in_change_feed is False


def test_categories_and_items_are_listed_apart():
    made, script = ledger(page("Item", CATEGORY), page("Item", service()))
    assert [row.id for rows in made.list("category", Activity.ALL) for row in rows] == ["12"]
    assert [row.id for rows in made.list("service_item", Activity.ALL) for row in rows] == ["21"]
    assert "from Item where Type = 'Category' and Active" in script.questions[0]
    assert "Type IN ('Service', 'Inventory', 'NonInventory', 'Group')" in script.questions[1]


def test_a_category_is_no_item_and_an_item_no_category():
    made, _ = ledger(page("Item", CATEGORY, service()), page("Item", CATEGORY, service()))
    items, categories = made.read("Item", ["12", "21"]), made.read("Category", ["12", "21"])
    assert isinstance(items["12"], Absent)
    assert isinstance(items["21"], Present)
    assert isinstance(categories["12"], Present)
    assert isinstance(categories["21"], Absent)


def test_one_question_about_changes_serves_both_and_a_deleted_one_may_be_either():
    stub = {"Id": "99", "status": "Deleted"}
    made, script = ledger(feed({"Item": [CATEGORY, service(), stub]}))
    found = made.changes(["Item", "Category"], datetime(2026, 11, 22, tzinfo=UTC))
    assert set(found.rows) == {Key("Category", Side.LEDGER, "12"), Key("Item", Side.LEDGER, "21")}
    assert set(found.absent) == {Key("Category", Side.LEDGER, "99"), Key("Item", Side.LEDGER, "99")}
    assert script.seen[0].url.params["entities"] == "Item"
