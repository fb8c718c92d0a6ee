"""A service item and a QuickBooks Item: the same facts, both ways."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quickbooks.scripted import ledger
from tieout.quickbooks.entities.item import ENTITY
from tieout.quickbooks.writing import without_empties
from tieout.reconcile.action import Create, Update
from tieout.reconcile.ports import FixData
from tieout.reconcile.state import Key, Present, Side, same

SPEC = ENTITY.spec
OURS = Key("service_item", Side.PRACTICE, "3")
THEIRS = Key("service_item", Side.LEDGER, "21")
RULES = {"Preferences": {}}

words = st.text(
    st.characters(codec="utf-8", exclude_characters=':"', exclude_categories=("Cc", "Cs")), max_size=100
)
ids = st.sampled_from(["", "79", "5000000000000150000"])
items = st.fixed_dictionaries(
    {
        "name": words.filter(str.strip),
        "description": words,
        "rate": st.none() | st.decimals(Decimal("0.00001"), 99999, places=5),
        "sku": words,
        "taxable": st.booleans(),
        "income_account": ids,
        "category": ids,
        "active": st.booleans(),
    }
)


def service(**more):
    """As QuickBooks shows a minimal service (sample company, 2023)."""
    return {
        "Id": "21",
        "SyncToken": "0",
        "Name": "Consulting",
        "FullyQualifiedName": "Consulting",
        "Type": "Service",
        "Active": True,
        "Taxable": False,
        "UnitPrice": 0,
        "IncomeAccountRef": {"value": "79", "name": "Sales"},
        "MetaData": {"CreateTime": "2026-11-22T03:59:00-08:00"},
        **more,
    }


@given(items)
def test_what_is_written_reads_back_the_same(units):
    back = SPEC.read(SPEC.write(units))
    assert all(same(back[name], units[name]) for name in units)
    back = SPEC.read(without_empties(SPEC.write(units)))
    assert all(same(back[name], units[name]) for name in units)


@given(items)
def test_what_fits_has_no_problem(units):
    assert [name for name, value in units.items() if SPEC.unit(name).problem(value)] == []


# Lengths and characters: Intuit's Item reference.
@pytest.mark.parametrize(
    "unit, value, word",
    [
        ("name", "x" * 101, "100"),
        ("name", "Tax: federal", "colon"),
        ("name", '19" rack', "double quote"),
        ("name", " ", "empty"),
        ("description", "x" * 4001, "4000"),
        ("sku", "x" * 101, "100"),
        ("rate", Decimal(10**11), "larger"),
    ],
)
def test_what_does_not_fit_is_said(unit, value, word):
    assert word in SPEC.unit(unit).problem(value)


def test_the_price_of_zero_that_quickbooks_keeps_for_none_is_none():
    assert ENTITY.row(service()).record.units["rate"] is None
    assert ENTITY.row(service(UnitPrice=Decimal("28.50"))).record.units["rate"] == Decimal("28.5")
    assert SPEC.write({"rate": None}) == {"UnitPrice": Decimal(0)}


def test_equal_prices_give_equal_bytes():
    made = [
        json.dumps(SPEC.write({"rate": Decimal(rate)}), default=str) for rate in ("100", "100.00", "1E+2")
    ]
    assert len(set(made)) == 1


def test_a_new_item_is_a_service_in_its_category_with_its_account():
    made, script = ledger(RULES)
    units = {"name": "Tax return", "income_account": "79", "category": "12", "rate": Decimal("125.50")}
    write = made.prepare(Create(Side.LEDGER, OURS, units), "r1")
    assert (write.path, write.entity) == ("item?requestid=r1", "Item")
    assert json.loads(write.body) == {
        "Name": "Tax return",
        "Type": "Service",
        "IncomeAccountRef": {"value": "79"},
        "SubItem": True,
        "ParentRef": {"value": "12"},
        "UnitPrice": 125.5,
    }
    assert len(script.seen) == 1


def test_without_an_account_the_chosen_one_is_used_and_without_that_a_person_is_told():
    action = Create(Side.LEDGER, OURS, {"name": "Tax return"})
    made, _ = ledger(RULES, settings={"income_account": "5"})
    assert json.loads(made.prepare(action, "r1").body)["IncomeAccountRef"] == {"value": "5"}
    made, _ = ledger(RULES)
    with pytest.raises(FixData, match="income account") as raised:
        made.prepare(action, "r1")
    assert (raised.value.unit, raised.value.topic) == ("income_account", "setting_missing")


def test_leaving_its_category_is_said_and_an_account_is_never_taken_away():
    made, _ = ledger(RULES)
    write = made.prepare(Update(Side.LEDGER, THEIRS, {"category": "", "income_account": ""}, "4"), "r1")
    assert json.loads(write.body) == {
        "Id": "21",
        "SyncToken": "4",
        "sparse": True,
        "SubItem": False,
        "ParentRef": {"value": ""},
    }


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("Inventory", "a product with an inventory"),
        ("NonInventory", "a product without an inventory"),
        ("Group", "a bundle"),
    ],
)
def test_other_types_are_left_out_with_a_reason(kind, words):
    assert words in SPEC.left_out(Side.LEDGER, ENTITY.row(service(Type=kind)).record)
    assert SPEC.left_out(Side.LEDGER, ENTITY.row(service()).record) is None
    assert SPEC.left_out(Side.PRACTICE, Present({"name": "x"}, "1")) is None


def test_the_mark_of_an_inactive_item_is_not_a_rename():
    row = ENTITY.row(service(Name="Consulting (deleted)", Active=False))
    assert row.record.units["name"] == "Consulting"
