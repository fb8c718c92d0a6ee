"""Switches bind at every send: what is off makes no such call, also for what was journalled before it was turned off."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.sync.rig import Crash, Rig
from tests.sync.test_documents import TODAY, Books
from tieout.reconcile.state import Side
from tieout.sync import advanced, connections, runner, sections
from tieout.sync.models import Attempt, Connection

pytestmark = pytest.mark.django_db


def turn(rig: Rig, kind: str, side: Side, on: bool) -> None:
    with rig.here():
        advanced.turn(rig.member, "client", kind, side, on, engine=rig.engine)


def calls(rig: Rig, operation: str, entity: str = "customer") -> int:
    found = [one for one in rig.emulator.log.entries() if one.operation == operation]
    return len([one for one in found if str(one.entity).lower() == entity])


def run_with(rig: Rig, point: str, act: Callable[[], object]) -> Any:
    """One run, with this done at the first time it comes by this point."""
    left = [act]

    def at_point(name: str) -> None:
        if name == point and left:
            with rig.here():
                left.pop()()

    return runner.run_once(rig.connection.pk, replace(rig.engine, at_point=at_point))


SWITCHES = [(kind, side) for kind in ("create", "edit") for side in Side]
STATES = [
    (False, False, False, False),
    (False, True, True, True),
    (True, False, True, True),
    (True, True, False, True),
    (True, True, True, False),
]
"""Every pair of two switches, in every pair of states."""


def test_the_states_below_hold_every_pair() -> None:
    for (one, other), wanted in itertools.product(
        itertools.combinations(range(4), 2), itertools.product([True, False], repeat=2)
    ):
        assert any((state[one], state[other]) == wanted for state in STATES), (one, other, wanted)


@pytest.mark.parametrize("states", STATES, ids=str)
def test_each_switch_alone_decides_its_own_kind_of_write(rig: Rig, states: tuple[bool, ...]) -> None:
    here, there = rig.add_client("Ada Byrne", phone="1"), rig.add_client("Bo Diaz", phone="1")
    rig.settle()
    for (kind, side), on in zip(SWITCHES, states, strict=True):
        turn(rig, kind, side, on)
    on = dict(zip(SWITCHES, states, strict=True))
    rig.emulator.log.clear()
    rig.edit_client(here, phone="2")
    rig.edit_customer(rig.links()[there], PrimaryPhone={"FreeFormNumber": "3"})
    rig.add_client("Cleo Marsh")
    rig.add_customer("Dag Ruiz")
    rig.until_the_change_feed_is_asked()
    names = {units["name"] for units in rig.clients().values()}
    assert calls(rig, "create") == on["create", Side.LEDGER]
    assert calls(rig, "update") == on["edit", Side.LEDGER]
    assert ("Dag Ruiz" in names) is on["create", Side.PRACTICE]
    assert (rig.clients()[there]["phone"] == "3") is on["edit", Side.PRACTICE]
    assert len(rig.issues()) == states.count(False)


@pytest.mark.parametrize("kind", ["create", "edit"])
def test_what_is_switched_off_between_journal_and_sending_does_not_leave(rig: Rig, kind: str) -> None:
    client = rig.add_client("Ada Byrne", phone="1")
    if kind == "edit":
        rig.settle()
        rig.edit_client(client, phone="2")
    rig.emulator.log.clear()
    run_with(rig, "journalled", lambda: turn(rig, kind, Side.LEDGER, False))
    assert calls(rig, "create") + calls(rig, "update") == 0
    rig.settle()
    assert calls(rig, "create") + calls(rig, "update") == 0
    assert rig.issues() == [("switched_off", "Ada Byrne")]
    turn(rig, kind, Side.LEDGER, True)
    rig.settle()
    assert len(rig.customers_named("Ada Byrne")) == 1
    assert rig.customers_named("Ada Byrne")[0]["PrimaryPhone"]["FreeFormNumber"] == ("1", "2")[kind == "edit"]
    assert not rig.issues()
    with rig.here():
        assert Attempt.objects.filter(state="withdrawn").count() == 1


def test_what_a_dead_worker_journalled_is_not_sent_while_its_switch_is_off(rig: Rig) -> None:
    rig.add_client("Ada Byrne")
    rig.crash_at = "journalled"
    with pytest.raises(Crash):
        rig.run()
    turn(rig, "create", Side.LEDGER, False)
    rig.emulator.log.clear()
    for _ in range(20):
        rig.advance(rig.engine.settle.total_seconds() + 1)
        rig.run()
    assert calls(rig, "create") == 0
    assert rig.issues() == [("in_flight", "Ada Byrne")]
    turn(rig, "create", Side.LEDGER, True)
    rig.settle(60)
    assert len(rig.customers_named("Ada Byrne")) == 1
    assert not rig.issues()


def test_a_doubt_whose_write_did_arrive_is_settled_even_while_its_switch_is_off(rig: Rig) -> None:
    rig.fault("drop_after", entity="customer", operation="create", nth=1, times=1)
    rig.add_client("Ada Byrne")
    rig.run()
    turn(rig, "create", Side.LEDGER, False)
    rig.settle()
    assert len(rig.customers_named("Ada Byrne")) == len(rig.links()) == 1


STOPS = {
    "paused": lambda rig: connections.pause(rig.member, engine=rig.engine),
    "disconnected": lambda rig: connections.disconnect(rig.member, engine=rig.engine),
    "taken over": lambda rig: Connection.objects.update(epoch=99),
}


@pytest.mark.parametrize("stop", STOPS)
def test_from_the_moment_the_master_switch_is_off_no_call_leaves(rig: Rig, stop: str) -> None:
    for number in range(30):
        rig.add_client(f"Client {number}")
    rig.emulator.log.clear()
    run_with(rig, "answered", lambda: STOPS[stop](rig))
    assert len([one for one in rig.emulator.log.entries() if one.area == "data"]) == 1
    assert calls(rig, "create") == 1


def test_a_pause_in_mid_sending_loses_and_doubles_nothing(rig: Rig) -> None:
    for number in range(30):
        rig.add_client(f"Client {number}")
    run_with(rig, "answered", lambda: STOPS["paused"](rig))
    assert len(rig.links()) == 1  # what had left already is recorded
    with rig.here():
        connections.resume(rig.member, engine=rig.engine)
    rig.settle()
    assert len(rig.customers()) == len(rig.links()) == 30
    assert not rig.issues()


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    return made


def section_off(books: Books) -> None:
    sections.stop_sending(books.member, "invoice", engine=books.engine)


def start_later(books: Books) -> None:
    sections.start_sending(books.member, "invoice", since=date(2026, 3, 3), engine=books.engine)


@pytest.mark.parametrize("act", [section_off, start_later])
def test_an_invoice_journalled_before_its_section_or_its_date_was_turned_off_does_not_leave(
    books: Books, act: Callable[[Books], None]
) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice")
    invoice = books.invoice(client, item)
    books.emulator.log.clear()
    run_with(books, "journalled", lambda: act(books))
    books.run()
    assert calls(books, "create", "invoice") == 0
    with books.here():
        sections.start_sending(books.member, "invoice", since=TODAY, engine=books.engine)
    books.settle()
    assert calls(books, "create", "invoice") == 1
    assert books.partner("invoice", invoice.pk)


def test_a_section_that_is_off_neither_spins_nor_keeps_the_firm_from_being_in_step(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice")
    books.fault("drop_before", entity="invoice", operation="create", nth=1, times=1)
    books.invoice(client, item)
    books.run()
    with books.here():
        section_off(books)
    books.advance(books.engine.settle.total_seconds() * 2)
    books.run()
    with books.here():
        connection = books.connection
        assert connection.due_at >= books.later(seconds=30)
        assert connection.last_in_step_at == books.clock.now()
