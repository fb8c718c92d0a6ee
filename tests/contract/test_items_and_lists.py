"""Service items both ways and QuickBooks' lists one way: the port against the emulator in one process."""

import pytest

from tests.contract.bookkeeping import D, books
from tests.contract.place import COMPANY
from tieout.reconcile.ports import Activity, ChooseMatch, FixData, UnknownOutcome
from tieout.reconcile.state import Absent, Side, same

FULL = {
    "name": "Tax return & más",
    "description": "Federal and state\nreturn",
    "rate": D("125.50"),
    "sku": "TR-1",
    "taxable": True,
    "income_account": "79",
    "active": True,
}
LOST = [("drop_after", {}), ("apply_then", {"status": 500}), ("cut", {"bytes": 25})]


@pytest.fixture
def desk():
    return books()


def category(desk, name="Tax"):
    return desk.here.person("Item", Name=name, Type="Category")


def test_a_created_item_shows_every_unit_that_was_sent(desk):
    units = {**FULL, "category": category(desk)}
    row = desk.create("service_item", **units)
    assert all(same(row.record.units[name], units[name]) for name in units)
    assert row.record.facts["type"] == "Service"
    assert desk.see("service_item", row).record.units == row.record.units


@pytest.mark.parametrize(
    "unit, value",
    [
        ("name", "Advice"),
        ("rate", None),
        ("rate", D("0.12345")),
        ("description", ""),
        ("sku", ""),
        ("taxable", False),
    ],
)
def test_an_update_changes_one_unit_and_nothing_else(desk, unit, value):
    row = desk.create("service_item", **FULL)
    changed = desk.change("service_item", row, **{unit: value})
    expected = {**row.record.units, unit: value}
    assert all(same(changed.record.units[name], expected[name]) for name in expected)
    assert desk.raw("Item", row.id)["IncomeAccountRef"]["value"] == "79"


def test_an_item_moves_into_a_category_and_out_again(desk):
    row = desk.create("service_item", **FULL)
    inside = desk.change("service_item", row, category=category(desk))
    assert inside.record.facts["full_name"] == "Tax:Tax return & más"
    outside = desk.change("service_item", inside, category="")
    assert outside.record.units["category"] == ""
    assert outside.record.facts["full_name"] == "Tax return & más"


def test_a_name_is_taken_only_within_its_category_and_the_holder_is_named(desk):
    first = desk.create("service_item", **FULL)
    desk.create("service_item", **FULL, category=category(desk))
    with pytest.raises(ChooseMatch, match="product or service") as raised:
        desk.create("service_item", **FULL)
    assert first.id in raised.value.detail


def test_an_archived_item_keeps_its_name_and_comes_back_under_it(desk):
    row = desk.create("service_item", **FULL)
    gone = desk.retire("service_item", row)
    assert (gone.record.units["active"], gone.record.units["name"]) == (False, FULL["name"])
    back = desk.change("service_item", gone, active=True)
    assert (back.record.units["active"], back.record.units["name"]) == (True, FULL["name"])


def test_an_account_of_the_wrong_type_is_said_with_its_unit(desk):
    with pytest.raises(FixData) as raised:
        desk.create("service_item", name='A "quoted" name')
    assert raised.value.unit == "name"


@pytest.mark.parametrize("effect, more", LOST)
def test_an_item_whose_answer_is_lost_is_found_and_exists_once(desk, effect, more):
    write = desk.write("service_item", **FULL)
    sent_at = desk.here.now
    desk.here.fault(effect, operation="create", nth=1, **more)
    with pytest.raises(UnknownOutcome):
        desk.here.ledger.send(write)
    found = desk.here.ledger.look_for(write, sent_at=sent_at)
    assert found.row.record.units["sku"] == "TR-1"
    assert desk.here.ledger.send(write).row.id == found.row.id
    held = [one for one in desk.here.emulator.control.records(COMPANY, "Item") if one["Name"] == FULL["name"]]
    assert len(held) == 1


def test_items_are_listed_without_categories_and_other_types_with_a_reason(desk):
    listed = category(desk)
    goods = desk.here.person("Item", Name="Folder", Type="NonInventory", IncomeAccountRef={"value": "79"})
    rows = {row.id: row for page in desk.here.ledger.list("service_item", Activity.ALL) for row in page}
    assert listed not in rows
    spec = next(one for one in desk.here.ledger.specs if one.practice == "service_item")
    assert "a product without an inventory" in spec.left_out(Side.LEDGER, rows[goods].record)
    assert desk.here.ledger.count("service_item", Activity.ALL) == len(rows)
    assert [row.id for page in desk.here.ledger.list("category", Activity.ALL) for row in page] == [listed]
    assert isinstance(desk.here.ledger.read("category", [goods])[goods], Absent)


@pytest.mark.parametrize(
    "entity, known",
    [
        ("account", "Undeposited Funds"),
        ("term", "Net 30"),
        ("payment_method", "Check"),
        ("tax_code", "California"),
    ],
)
def test_a_list_of_quickbooks_is_read_whole(desk, entity, known):
    rows = [row for page in desk.here.ledger.list(entity, Activity.ALL) for row in page]
    assert known in {row.record.units["name"] for row in rows}
    assert desk.here.ledger.count(entity, Activity.ALL) == len(rows)
    some = rows[0]
    assert desk.here.ledger.read(entity, [some.id])[some.id] == some.record


@pytest.mark.parametrize("entity, kind", [("tracking_class", "Class"), ("location", "Department")])
def test_new_classes_and_locations_come_with_the_change_feed(desk, entity, kind):
    since = desk.here.now
    desk.here.emulator.clock.advance(1)
    above = desk.here.person(kind, Name="East")
    below = desk.here.person(kind, Name="Tax", ParentRef={"value": above}, **{f"Sub{kind}": True})
    found = desk.here.ledger.changes([kind], since)
    shown = {key.id: row.units for key, row in found.rows.items()}
    assert shown[below]["full_name"] == "East:Tax"
    assert shown[below]["parent"] == above
    gone = desk.here.person(kind, below, "deactivate")
    assert desk.here.ledger.read(entity, [gone])[gone].units == {**shown[below], "active": False}


def test_one_feed_tells_items_from_categories(desk):
    since = desk.here.now
    desk.here.emulator.clock.advance(1)
    row = desk.create("service_item", **FULL)
    above = category(desk)
    found = desk.here.ledger.changes(["Item", "Category"], since)
    assert {(key.entity, key.id) for key in found.rows} == {("Item", row.id), ("Category", above)}


def test_writes_are_free_and_reads_are_metered(desk):
    desk.here.metered.clear()
    row = desk.create("service_item", **FULL)
    assert desk.here.metered.count("core") == 1
    reads = desk.here.metered.count("coreplus")
    changed = desk.change("service_item", row, sku="TR-2")
    assert desk.here.metered.count("coreplus") == reads == 1  # the preferences, once in this ledger's life
    desk.see("service_item", changed)
    assert desk.here.metered.count("coreplus") == reads + 1
