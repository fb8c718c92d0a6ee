"""Money that moves from one document to another arrives there, in whatever order it was entered and however much waited."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.sync.test_documents import TODAY
from tests.sync.test_void_asks_first import Desk
from tieout.practice.actions.credits import apply_credit, create_credit, unapply_credit
from tieout.practice.actions.payments import apply_payment, unapply_payment, void_payment
from tieout.sync.models import Issue
from tieout.sync.write_log import WriteEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


IN_BOTH_WAYS = pytest.mark.parametrize("at_once", [1, 6])
"""Sent one after the other, and as many at once as the product does."""


def send(desk: Desk, at_once: int) -> None:
    desk.engine = replace(desk.engine, at_once=at_once)
    desk.settle()


def refusals(desk: Desk) -> int:
    with desk.here():
        return WriteEntry.objects.filter(result="refused").count()


def credit_on(desk: Desk, billed: Any, amount: int) -> Any:
    with desk.here():
        credit = create_credit(
            **desk.by,
            today=TODAY,
            client_id=desk.client,
            item_id=desk.sold.pk,
            date=TODAY,
            quantity=Decimal(1),
            rate=Decimal(amount),
        )
        allocations = [(billed.pk, Decimal(amount))]
        (applied,) = apply_credit(**desk.by, credit_id=credit.pk, today=TODAY, allocations=allocations)
    return applied


def paid_by(desk: Desk, payment: Any) -> dict[str, Decimal]:
    """In QuickBooks: invoice -> how much of it this payment pays."""
    there = desk.of("Payment")[desk.partner("payment", payment.pk)]
    return {
        link["TxnId"]: Decimal(str(line["Amount"]))
        for line in there.get("Line", ())
        for link in line["LinkedTxn"]
    }


def put_on(desk: Desk, payment: Any, on: Any, amount: str = "100") -> None:
    with desk.here():
        allocations = [(on.pk, Decimal(amount))]
        apply_payment(**desk.by, payment_id=payment.pk, today=TODAY, allocations=allocations)


def take_off(desk: Desk, payment: Any, off: Any) -> None:
    with desk.here():
        unapply_payment(**desk.by, payment_id=payment.pk, invoice_id=off.pk)


@IN_BOTH_WAYS
def test_what_one_lets_go_of_another_takes_in_the_same_run(desk: Desk, at_once: int) -> None:
    bills = [desk.bill() for _ in range(4)]
    (of_void, void_there), (of_credit, credit_there), (onward, onward_there), (left, left_there) = bills
    small = [desk.pay(of_void, "10") for _ in range(9)]
    paid = desk.pay(onward, "100")
    off, on = credit_on(desk, of_credit, 100), credit_on(desk, left, 100)
    desk.settle()
    assert [desk.shows(there)[1] for _, there in bills] == [10, 0, 0, 0]
    with desk.here():
        for payment in [*small, paid]:
            void_payment(**desk.by, payment_id=payment.pk)
        for applied in (off, on):
            unapply_credit(**desk.by, application_id=applied.pk)
        allocations = [(onward.pk, Decimal(100))]
        apply_credit(**desk.by, credit_id=on.credit_id, today=TODAY, allocations=allocations)
    after = [desk.pay(of_void, "100"), desk.pay(of_credit, "100")]
    send(desk, at_once)
    assert desk.listed() == []
    assert [desk.shows(there)[1] for _, there in bills] == [0, 0, 0, 100]
    assert [paid_by(desk, one) for one in after] == [{void_there: 100}, {credit_there: 100}]
    assert refusals(desk) == 0, "what lets go is there before what takes leaves"
    desk.until_the_change_feed_is_asked()
    assert desk.listed() == []
    assert desk.shows(onward_there) == (100, 0)
    assert desk.shows(left_there) == (100, 100)


@IN_BOTH_WAYS
def test_payments_change_places(desk: Desk, at_once: int) -> None:
    bills = [desk.bill() for _ in range(6)]
    payments = [desk.pay(billed, "100") for billed, _ in bills]
    desk.settle()
    turned = [bills[1], bills[0], *bills[3:], bills[2]]  # two change places, and four go round
    for payment, (billed, _) in zip(payments, bills, strict=True):
        take_off(desk, payment, billed)
    for payment, (billed, _) in zip(payments, turned, strict=True):
        put_on(desk, payment, billed)
    send(desk, at_once)
    assert desk.listed() == []
    assert [paid_by(desk, one) for one in payments] == [{there: 100} for _, there in turned]
    desk.until_the_change_feed_is_asked()
    assert desk.listed() == []
    assert [desk.shows(there) for _, there in bills] == [(100, 0)] * 6
    assert [desk.partner("payment", one.pk) for one in payments] == sorted(
        (desk.partner("payment", one.pk) for one in payments), key=int
    ), "the same payments as before, in the order in which they were recorded"


def test_what_waits_for_room_goes_once_somebody_makes_it_in_quickbooks(desk: Desk) -> None:
    billed, there = desk.bill()
    desk.paid_in_quickbooks(there, 40)
    payment = desk.pay(billed, "100")
    desk.settle()
    assert desk.listed() == ["no_room"]
    with desk.here():
        row = Issue.objects.get(cause="no_room", closed_at=None)
        assert row.options == [f"invoice:{there}"]
        assert "Less is open in QuickBooks" in row.sentence
    (theirs,) = [one for one, shown in desk.of("Payment").items() if shown["TotalAmt"] == 40]
    desk.emulator.control.edit(desk.realm, "Payment", theirs, {}, "delete")
    desk.until_the_change_feed_is_asked()
    assert desk.listed() == []
    assert paid_by(desk, payment) == {there: 100}
