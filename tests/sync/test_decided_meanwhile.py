"""What people decide while a run carries out what it planned before: nothing is written to another pair, nor made after all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY, Rig
from tieout.practice.actions.clients import archive_client
from tieout.reconcile.state import Key, Side
from tieout.sync import advanced, decisions, repairs
from tieout.sync.decided import being_created
from tieout.sync.models import ActivityLine, Attempt, Hold, Link, WriteEntry

pytestmark = pytest.mark.django_db


def here(record_id: str) -> Key:
    return Key("client", Side.PRACTICE, record_id)


def there(record_id: str) -> Key:
    return Key("client", Side.LEDGER, record_id)


def phone(number: str) -> dict[str, Any]:
    return {"PrimaryPhone": {"FreeFormNumber": number}}


def at(rig: Rig, point: str, act: Callable[[], object]) -> None:
    """From now on, this is done the first time that a run comes by this point."""
    left = [act]

    def at_point(name: str) -> None:
        if name == point and left:
            left.pop()()

    rig.engine = replace(rig.engine, at_point=at_point)


def while_preparing(rig: Rig, act: Callable[[], object]) -> None:
    """The same while the first write is made ready: its plan is made, and nothing of it is journalled."""
    number, left = rig.engine.new_id, [act]

    def new_id() -> str:
        if left:
            left.pop()()
        return number()

    rig.engine = replace(rig.engine, new_id=new_id)


def retires(rig: Rig, side: Side) -> None:
    """What is made inactive on the other side is made so on this one, too: switched off by itself."""
    with rig.here():
        advanced.turn(rig.member, "client", "archive", side, True, engine=rig.engine)


def leave_out(rig: Rig, *keys: Key) -> int:
    """Returns how many of them were just being sent."""
    with rig.here():
        decisions.exclude(rig.member, keys, engine=rig.engine)
        return being_created(rig.firm.pk, keys)


# -- another pair ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edit", [phone("5"), {"Active": False}], ids=["a phone", "made inactive"])
def test_what_one_record_there_shows_is_not_written_to_a_client_who_was_linked_to_another(
    rig: Rig, edit: dict[str, Any]
) -> None:
    retires(rig, Side.PRACTICE)
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    one, other = rig.links()[client], rig.add_customer("Ada B.", **phone("9"))
    leave_out(rig, there(other))
    rig.until_the_change_feed_is_asked()
    rig.edit_customer(one, **edit)
    at(
        rig,
        "before writing here",
        lambda: repairs.link_instead(rig.member, "client", client, other, engine=rig.engine),
    )
    rig.until_the_change_feed_is_asked()
    assert rig.links() == {client: other}
    assert (rig.clients()[client]["phone"], rig.clients()[client]["active"]) == ("1", True)
    assert rig.customers()[other]["PrimaryPhone"]["FreeFormNumber"] == "9"
    assert ("conflict", "Ada Byrne") in rig.issues(), "they were never agreed: a person chooses"


@pytest.mark.parametrize("change", ["a phone", "archived"])
def test_what_one_client_shows_is_not_sent_to_a_customer_who_was_linked_to_another(
    rig: Rig, change: str
) -> None:
    retires(rig, Side.LEDGER)
    ada = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    bo, customer = rig.add_client("Bo Diaz", phone="7"), rig.links()[ada]
    leave_out(rig, here(bo))
    rig.settle()
    if change == "archived":
        with rig.here():
            archive_client(firm_id=rig.firm.pk, client_id=ada, actor=SOMEBODY)
    else:
        rig.edit_client(ada, phone="2")

    def link_the_other() -> None:
        decisions.unlink(rig.member, "client", ada, engine=rig.engine)
        decisions.link(rig.member, "client", bo, customer, engine=rig.engine)

    while_preparing(rig, link_the_other)
    rig.settle()
    assert rig.links() == {bo: customer}
    shown = rig.customers()[customer]
    assert (shown["PrimaryPhone"]["FreeFormNumber"], shown["Active"]) == ("1", True)
    with rig.here():
        assert WriteEntry.objects.count() == 1, "only that it was created"
        assert not Attempt.objects.filter(practice_id=bo).exists()
    assert ("conflict", "Bo Diaz") in rig.issues()


def test_an_agreement_that_was_planned_for_one_pair_is_not_noted_for_another(rig: Rig) -> None:
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    one, other = rig.links()[client], rig.add_customer("Ada B.", **phone("9"))
    leave_out(rig, there(other))
    rig.until_the_change_feed_is_asked()
    rig.edit_client(client, phone="5", email="ada@example.com")
    rig.edit_customer(
        one, **phone("5")
    )  # the same on both sides: to be agreed, while the e-mail is to be sent

    while_preparing(rig, lambda: repairs.link_instead(rig.member, "client", client, other, engine=rig.engine))
    rig.until_the_change_feed_is_asked()
    with rig.here():
        baseline = Link.objects.get(practice_id=client).baseline_ledger
    assert baseline.get("phone") != "5"
    assert rig.customers()[other]["PrimaryPhone"]["FreeFormNumber"] == "9"
    assert "PrimaryEmailAddr" not in rig.customers()[one]


# -- left out ----------------------------------------------------------------------------------------------------


def test_what_is_left_out_after_it_was_journalled_does_not_leave_and_the_others_do(rig: Rig) -> None:
    ids = [rig.add_client(name) for name in ("Ada Byrne", "Bo Diaz", "Cleo Marsh")]
    at(rig, "journalled", lambda: leave_out(rig, here(ids[1])))
    rig.settle()
    assert {one["DisplayName"] for one in rig.customers().values()} == {"Ada Byrne", "Cleo Marsh"}
    assert set(rig.links()) == {ids[0], ids[2]}
    assert rig.issues() == [("excluded", "Bo Diaz")]
    with rig.here():
        assert Attempt.objects.get(practice_id=ids[1]).state == "withdrawn"
        decisions.create_on_other_side(rig.member, [here(ids[1])], engine=rig.engine)
    rig.settle()
    assert len(rig.customers_named("Bo Diaz")) == 1
    assert not rig.issues()


def test_what_is_left_out_when_it_has_left_is_linked_and_whoever_did_is_told(rig: Rig) -> None:
    client = rig.add_client("Ada Byrne")
    leaving: list[int] = []
    at(rig, "answered", lambda: leaving.append(leave_out(rig, here(client))))
    rig.settle()
    assert leaving == [1]
    assert list(rig.links()) == [client]
    assert not rig.issues()
    with rig.here():
        assert not Hold.objects.exists(), "linked and left out at once is a contradiction"
        told = ActivityLine.objects.filter(record_id=client, result="problem").values_list(
            "sentence", flat=True
        )
        assert "on its way to QuickBooks already" in told.get()


@pytest.mark.parametrize("decided", ["left out", "linked"])
def test_what_is_decided_before_it_is_made_here_is_not_made(rig: Rig, decided: str) -> None:
    client = rig.add_client("Robert Byrne")
    leave_out(rig, here(client))
    rig.settle()
    customer = rig.add_customer("Bob Byrne")

    def decide() -> None:
        if decided == "left out":
            leave_out(rig, there(customer))
        else:
            decisions.link(rig.member, "client", client, customer, engine=rig.engine)

    at(rig, "before writing here", decide)
    rig.until_the_change_feed_is_asked()
    assert list(rig.clients()) == [client]
    assert rig.links() == ({client: customer} if decided == "linked" else {})
    assert "bug" not in {cause for cause, _ in rig.issues()}
