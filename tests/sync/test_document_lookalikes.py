"""A document is not taken for another one for being of the same day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sync.test_documents import TODAY
from tests.sync.test_void_asks_first import Desk
from tieout.practice.actions.payments import record_payment
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, repairs
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def received(desk: Desk, client: str, amount: str) -> Any:
    with desk.here():
        return record_payment(
            **desk.by, today=TODAY, client_id=client, date=TODAY, amount=Decimal(amount), method="check"
        )


def take_apart(desk: Desk, payment: Any) -> str:
    there = desk.partner("payment", payment.pk)
    with desk.here():
        repairs.detach(desk.member, Key("payment", Side.PRACTICE, str(payment.pk)), engine=desk.engine)
    desk.settle()
    return there


def test_a_payment_taken_apart_stops_no_other_payment_of_its_day(desk: Desk) -> None:
    other = desk.add_client("Bo Diaz")
    one = received(desk, desk.client, "40")
    desk.settle()
    take_apart(desk, one)
    others = [received(desk, other, "40"), received(desk, desk.client, "41")]
    desk.settle()
    assert desk.listed() == ["excluded"]
    assert all(desk.partner("payment", each.pk) for each in others)


def test_one_of_the_same_client_day_and_amount_is_asked_about_and_goes_once_they_are_told_apart(
    desk: Desk,
) -> None:
    one = received(desk, desk.client, "40")
    desk.settle()
    there = take_apart(desk, one)
    again = received(desk, desk.client, "40")
    desk.settle()
    with desk.here():
        asked = Issue.objects.get(cause="lookalike", closed_at=None)
        assert (asked.record_id, asked.options) == (str(again.pk), [there])
        key = Key("payment", Side.PRACTICE, str(again.pk))
        repairs.declare_different(desk.member, key, [there], engine=desk.engine)
    desk.settle()
    assert desk.partner("payment", again.pk) != there


def test_two_documents_of_other_clients_or_amounts_cannot_be_linked(desk: Desk) -> None:
    desk.send("refund")
    bo = desk.add_client("Bo Diaz")
    one = received(desk, desk.client, "40")
    desk.settle()
    there = take_apart(desk, one)
    for client, amount, said in ((bo, "40", "another client"), (desk.client, "41", "\\$40.00 in QuickBooks")):
        with desk.here():
            decisions.exclude(
                desk.member,
                [Key("payment", Side.PRACTICE, str((other := received(desk, client, amount)).pk))],
                engine=desk.engine,
            )
        desk.settle()
        with desk.here(), pytest.raises(CannotDecide, match=said):
            decisions.link(desk.member, "payment", str(other.pk), there, engine=desk.engine)


def test_what_was_linked_before_is_linked_again_whatever_it_shows_by_now(desk: Desk) -> None:
    one = received(desk, desk.client, "40")
    desk.settle()
    there = take_apart(desk, one)
    desk.emulator.control.edit(desk.realm, "Payment", there, {"TotalAmt": 45})
    ours = Key("payment", Side.PRACTICE, str(one.pk))
    with desk.here():
        decisions.restore(desk.member, [ours], engine=desk.engine)
    desk.settle()
    with desk.here():
        decisions.link(desk.member, "payment", ours.id, there, engine=desk.engine)
    desk.settle()
    assert set(desk.listed()) == {"drift"}
    assert desk.of("Payment")[there]["TotalAmt"] == 45
