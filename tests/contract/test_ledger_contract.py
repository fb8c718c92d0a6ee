"""The ledger port against our client and the emulator in one process: what every ledger must do."""

import json
from datetime import timedelta

import msgspec
import pytest

from quickbooks_emulator import Limits
from tests.contract.place import COMPANY, FULL, OURS, change, place, target
from tieout.reconcile.action import Create, Retire
from tieout.reconcile.ports import Activity, AskHuman, ChooseMatch, FixData, Replan, RetryLater, WindowTooOld
from tieout.reconcile.state import Absent, Key, Present, Side, same

# -- writing -------------------------------------------------------------------------------------------


def test_a_created_record_shows_every_unit_that_was_sent(here):
    row = here.create(**FULL)
    assert all(same(row.record.units[name], FULL[name]) for name in FULL)
    assert row.record.token == "0"
    seen = here.see(row.id)
    assert all(same(seen.units[name], FULL[name]) for name in FULL)
    assert seen.facts["currency"] == "USD"
    assert seen.facts["balance"] == 0


def test_an_update_changes_what_it_names_and_nothing_else(here):
    row = here.create(**FULL)
    changed = here.update(row, phone="1", billing_address={"line1": "2 Side St", "city": "Bayshore"})
    assert int(changed.record.token) > int(row.record.token)
    expected = {**FULL, "phone": "1", "billing_address": {"line1": "2 Side St", "city": "Bayshore"}}
    assert all(same(changed.record.units[name], expected[name]) for name in expected)


@pytest.mark.parametrize("unit", [name for name in FULL if name not in {"name", "active"}])
def test_every_unit_can_be_cleared(here, unit):
    row = here.create(**FULL)
    cleared = here.update(row, **{unit: None})
    assert same(cleared.record.units[unit], None)
    kept = [name for name in FULL if name != unit]
    assert all(same(cleared.record.units[name], FULL[name]) for name in kept)


def test_a_change_that_changes_nothing_leaves_the_token(here):
    row = here.create(**FULL)
    assert here.update(row, phone=FULL["phone"]).record.token == row.record.token


def test_a_stale_token_is_refused_and_nothing_changes(here):
    row = here.create(**FULL)
    here.person(record_id=row.id, Notes="seen by a person")
    with pytest.raises(Replan):
        here.update(row, phone="1")
    assert here.see(row.id).units["phone"] == FULL["phone"]


def test_a_name_a_vendor_has_is_refused_and_the_vendor_is_named(here):
    here.person("Vendor", DisplayName="Hall Properties II")
    with pytest.raises(ChooseMatch, match="vendor"):
        here.create(name="Hall Properties II")
    assert here.customers("Hall Properties II") == []


def test_a_name_a_customer_has_is_refused_and_can_be_linked(here):
    row = here.create(name="Twice")
    with pytest.raises(ChooseMatch, match="Link this client") as raised:
        here.create(name="twice")
    assert row.id in raised.value.detail


def test_renaming_to_a_taken_name_is_refused(here):
    here.create(name="First")
    row = here.create(name="Second")
    with pytest.raises(ChooseMatch):
        here.update(row, name="First")
    assert here.see(row.id).units["name"] == "Second"


@pytest.mark.parametrize(
    "units, unit",
    [
        ({"name": "Acme: the shop"}, "name"),
        ({"name": "x" * 501}, "name"),
        ({"name": "Acme", "email": "not an address"}, "email"),
        ({"name": "Acme", "company_name": "x" * 101}, "company_name"),
    ],
)
def test_what_quickbooks_would_refuse_is_refused_before_it_is_sent(here, units, unit):
    here.emulator.log.clear()
    with pytest.raises(FixData) as raised:
        here.create(**units)
    assert raised.value.unit == unit
    assert len(here.emulator.log.entries()) == 0


def raw(write, **members):
    """The same write with other bytes, past our own checks."""
    body = json.dumps({**json.loads(write.body), **members}).encode()
    return type(write)(write.request_id, write.entity, write.operation, write.path, body, write.record_id)


@pytest.mark.parametrize(
    "members, unit",
    [
        ({"DisplayName": "Acme: the shop"}, "name"),
        ({"CompanyName": "x" * 101}, "company_name"),
        ({"PrimaryEmailAddr": {"Address": "nonsense"}}, "email"),
    ],
)
def test_what_slips_past_our_checks_comes_back_as_the_unit_to_fix(here, members, unit):
    write = here.prepare(Create(Side.LEDGER, OURS, {"name": "Acme"}))
    with pytest.raises(FixData) as raised:
        here.ledger.send(raw(write, **members))
    assert raised.value.unit == unit
    assert raised.value.reference


def test_a_retired_record_is_kept_inactive_under_its_own_name(here):
    row = here.create(name="Going")
    gone = here.do(Retire(Side.LEDGER, target(row), row.record.token))
    assert (gone.record.units["active"], gone.record.units["name"]) == (False, "Going")
    seen = here.see(row.id)
    assert (seen.units["active"], seen.units["name"]) == (False, "Going")


@pytest.mark.parametrize("strips", [True, False])
def test_a_record_made_active_again_has_its_own_name_whatever_quickbooks_does(here, strips):
    here.emulator.control.set_knobs(
        msgspec.structs.replace(here.emulator.knobs, reactivate_strips_suffix=strips)
    )
    row = here.create(name="Back again")
    gone = here.do(Retire(Side.LEDGER, target(row), row.record.token))
    back = here.do(change(gone, active=True), shown=gone.record)
    assert (back.record.units["active"], back.record.units["name"]) == (True, "Back again")


def test_an_inactive_record_takes_no_edits(here):
    row = here.create(name="Resting")
    gone = here.do(Retire(Side.LEDGER, target(row), row.record.token))
    with pytest.raises(AskHuman, match="inactive"):
        here.update(gone, phone="1")


def test_a_customer_with_an_open_balance_is_not_retired(here):
    owing = next(
        row
        for page in here.ledger.list("Customer", Activity.ACTIVE)
        for row in page
        if row.record.facts["balance"]
    )
    with pytest.raises(AskHuman, match="balance"):
        here.do(Retire(Side.LEDGER, target(owing), owing.record.token))


# -- reading -------------------------------------------------------------------------------------------


def listed(here, activity=Activity.ALL):
    return [row for page in here.ledger.list("Customer", activity) for row in page]


def test_counts_and_lists_agree_for_every_activity(here):
    row = here.create(name="Resting")
    here.do(Retire(Side.LEDGER, target(row), row.record.token))
    counts = {activity: here.ledger.count("Customer", activity) for activity in Activity}
    assert counts == {activity: len(listed(here, activity)) for activity in Activity}
    assert counts[Activity.ALL] == counts[Activity.ACTIVE] + counts[Activity.INACTIVE]
    assert counts[Activity.INACTIVE] == 1


def test_a_list_longer_than_a_page_is_whole_and_each_id_comes_once():
    large = place("large:2300")
    ids = [row.id for row in listed(large)]
    assert len(ids) == len(set(ids)) == large.ledger.count("Customer", Activity.ALL) > 2000
    queries = [entry for entry in large.emulator.log.entries() if entry.operation == "query"]
    assert len(queries) == len(ids) // 1000 + 1 + 1  # full pages, the short one, and the count


def test_records_are_read_together_and_a_missing_one_is_absent_with_evidence(here):
    made = [here.create(name=f"Client {number}") for number in range(5)]
    gone = here.do(Retire(Side.LEDGER, target(made[0]), made[0].record.token))
    here.emulator.log.clear()
    found = here.ledger.read("Customer", [*(row.id for row in made), "999999"])
    assert found["999999"] == Absent("not found")
    assert found[gone.id].units["active"] is False
    assert all(isinstance(found[row.id], Present) for row in made)
    assert len(here.emulator.log.entries()) == 2


def test_sub_customers_are_listed_with_their_parent(here):
    parent = here.create(name="Freeman")
    child = here.person(DisplayName="Ocean View Road", Job=True, ParentRef={"value": parent.id})
    facts = here.see(child).facts
    assert (facts["parent"], facts["is_job"], facts["full_name"]) == (
        parent.id,
        True,
        "Freeman:Ocean View Road",
    )


def test_a_read_while_quickbooks_is_down_raises_and_says_nothing_about_the_records(here):
    row = here.create(name="Still there")
    here.fault("status", status=503)
    for ask in (
        lambda: here.see(row.id),
        lambda: listed(here),
        lambda: here.ledger.count("Customer", Activity.ALL),
    ):
        with pytest.raises(RetryLater):
            ask()


@pytest.mark.parametrize(
    "effect, more",
    [("cut", {"bytes": 40}), ("body", {"status": 200}), ("drop_after", {}), ("drop_before", {})],
)
def test_a_broken_answer_to_a_list_is_not_an_empty_list(here, effect, more):
    here.fault(effect, operation="query", **more)
    with pytest.raises(RetryLater):
        listed(here)


# -- changes -------------------------------------------------------------------------------------------


def test_changes_tell_what_moved_since_with_the_ledgers_own_clock(here):
    old = here.create(name="Old")
    here.emulator.clock.advance(60)
    since = here.now
    here.emulator.clock.advance(1)
    new = here.create(name="New")
    gone = here.do(Retire(Side.LEDGER, target(old), old.record.token))
    found = here.ledger.changes(["Customer"], since)
    assert set(found.keys) == {Key("Customer", Side.LEDGER, new.id), Key("Customer", Side.LEDGER, old.id)}
    assert found.rows[Key("Customer", Side.LEDGER, old.id)] == gone.record
    assert found.complete
    assert since <= found.until <= here.now


def test_without_a_change_there_is_nothing_and_the_answer_is_complete(here):
    here.emulator.clock.advance(60)
    found = here.ledger.changes(["Customer"], here.now)
    assert (found.keys, found.complete) == ((), True)


def test_a_change_feed_at_its_cap_is_not_complete():
    large = place("large:1001")
    for row in listed(large):
        large.person(record_id=row.id, Notes="touched")
    found = large.ledger.changes(["Customer"], large.now - timedelta(days=29))
    assert len(found.keys) == 1000
    assert not found.complete


def test_a_feed_that_does_not_reach_back_so_far_says_so(here):
    with pytest.raises(WindowTooOld):
        here.ledger.changes(["Customer"], here.now - timedelta(days=31))


# -- pace and trouble ----------------------------------------------------------------------------------


def test_being_throttled_is_for_later_and_nothing_was_done(here):
    here.fault("status", status=429)
    with pytest.raises(RetryLater) as raised:
        here.create(name="Patience")
    assert raised.value.after == timedelta(seconds=60)
    assert here.customers("Patience") == []


def test_a_wait_the_ledger_names_is_kept(here):
    here.fault("status", status=429, retry_after=7)
    with pytest.raises(RetryLater) as raised:
        here.ledger.count("Customer", Activity.ALL)
    assert raised.value.after == timedelta(seconds=7)


def test_our_own_pace_stays_below_the_ledgers_limits():
    here = place(limits=Limits())
    for _ in range(600):
        here.ledger.count("Customer", Activity.ALL)
    assert {entry.status for entry in here.emulator.log.entries()} == {200}


def test_every_call_says_its_minor_version_and_every_write_its_request_id(here):
    row = here.create(name="Marked")
    here.update(row, phone="1")
    here.see(row.id)
    here.ledger.changes(["Customer"], here.now)
    data = [entry for entry in here.emulator.log.entries() if entry.area == "data"]
    assert {entry.minor_version for entry in data} == {"75"}
    writes = [entry for entry in data if entry.operation in {"create", "update"}]
    assert [entry.request_id for entry in writes] == ["request-1", "request-2"]


# -- company ------------------------------------------------------------------------------------------


def test_the_company_says_what_a_pre_flight_check_needs(here):
    company = here.ledger.company()
    assert company.id == COMPANY
    assert "SalesFormsPrefs" in company.facts["preferences"]
