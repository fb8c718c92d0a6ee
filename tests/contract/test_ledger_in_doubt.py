"""Writes whose answer is lost: looked for, found, and never made twice. Against the emulator in one process."""

import pytest

from tests.contract.place import FULL, OURS, change
from tieout.reconcile.action import Create
from tieout.reconcile.ports import Replan, UnknownOutcome
from tieout.reconcile.state import Side, same

LOST = [
    ("drop_after", {}),
    ("reset", {"bytes": 10}),
    ("apply_then", {"status": 500}),
    ("apply_then", {"status": 503}),
    ("body", {}),
    ("body", {"status": 200}),
    ("cut", {"bytes": 25}),
]


@pytest.mark.parametrize("effect, more", LOST)
def test_a_create_whose_answer_is_lost_is_found_and_exists_once(here, effect, more):
    write = here.prepare(Create(Side.LEDGER, OURS, FULL))
    sent_at = here.now
    here.fault(effect, operation="create", nth=1, **more)
    with pytest.raises(UnknownOutcome):
        here.ledger.send(write)
    here.emulator.clock.advance(120)
    found = here.ledger.look_for(write, sent_at=sent_at)
    assert found.row is not None
    assert found.lookalikes == ()
    assert all(same(found.row.record.units[name], FULL[name]) for name in FULL)
    assert len(here.customers(FULL["name"])) == 1


@pytest.mark.parametrize("effect, more", LOST)
def test_the_same_bytes_sent_again_after_a_lost_answer_make_no_second_record(here, effect, more):
    write = here.prepare(Create(Side.LEDGER, OURS, FULL))
    here.fault(effect, operation="create", nth=1, **more)
    with pytest.raises(UnknownOutcome):
        here.ledger.send(write)
    again = here.ledger.send(write)
    assert [one["Id"] for one in here.customers(FULL["name"])] == [again.row.id]


@pytest.mark.parametrize(
    "effect, more", [("drop_before", {}), ("status", {"status": 500}), ("status", {"status": 502})]
)
def test_a_create_that_never_arrived_is_not_found_and_can_be_sent_again(here, effect, more):
    write = here.prepare(Create(Side.LEDGER, OURS, FULL))
    here.fault(effect, operation="create", nth=1, **more)
    with pytest.raises(UnknownOutcome):
        here.ledger.send(write)
    found = here.ledger.look_for(write)
    assert (found.row, found.lookalikes) == (None, ())
    assert here.ledger.send(write).row.record.units["name"] == FULL["name"]


def test_a_record_somebody_else_made_under_the_name_is_not_taken_for_ours(here):
    here.person(DisplayName=FULL["name"])
    found = here.ledger.look_for(here.prepare(Create(Side.LEDGER, OURS, FULL)))
    assert found.row is None
    assert len(found.lookalikes) == 1


def test_a_twin_from_long_before_is_not_taken_for_ours(here):
    here.create(name="Twin")
    here.emulator.clock.advance(3000)
    found = here.ledger.look_for(here.prepare(Create(Side.LEDGER, OURS, {"name": "Twin"})), sent_at=here.now)
    assert found.row is None
    assert len(found.lookalikes) == 1


def test_our_record_is_found_even_if_it_was_made_inactive_since(here):
    write = here.prepare(Create(Side.LEDGER, OURS, {"name": "Quick"}))
    row = here.ledger.send(write).row
    here.person(record_id=row.id, operation="deactivate")
    assert here.ledger.look_for(write).row.id == row.id


@pytest.mark.parametrize("effect, more", LOST)
def test_an_update_whose_answer_is_lost_is_found_by_its_token_and_its_values(here, effect, more):
    row = here.create(**FULL)
    write = here.prepare(change(row, phone="", email="new@example.com"))
    assert here.ledger.look_for(write).row is None
    here.fault(effect, operation="update", nth=1, **more)
    with pytest.raises(UnknownOutcome):
        here.ledger.send(write)
    found = here.ledger.look_for(write).row
    assert found.record.units["email"] == "new@example.com"
    assert int(found.record.token) == int(row.record.token) + 1


def test_an_edit_by_somebody_else_is_not_taken_for_our_update(here):
    row = here.create(**FULL)
    write = here.prepare(change(row, phone="1"))
    here.person(record_id=row.id, Notes="a person was here")
    assert here.ledger.look_for(write).row is None
    with pytest.raises(Replan):
        here.ledger.send(write)
