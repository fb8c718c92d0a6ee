"""Money as people enter it here, step by step, comes to the same in QuickBooks, and once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sync.test_documents import TODAY
from tests.sync.test_money_moves import paid_by
from tests.sync.test_void_asks_first import Desk
from tieout.practice.actions.invoice_life import revise_invoice
from tieout.practice.actions.payments import apply_payment, bounce_payment, record_payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def receive(desk: Desk, amount: str, *allocations: tuple[Any, str]) -> Any:
    with desk.here():
        return record_payment(
            **desk.by,
            today=TODAY,
            client_id=desk.client,
            date=TODAY,
            amount=Decimal(amount),
            method="check",
            allocations=[(billed.pk, Decimal(part)) for billed, part in allocations],
        )


def left(desk: Desk, payment: Any) -> tuple[Decimal, Decimal]:
    there = desk.of("Payment")[desk.partner("payment", payment.pk)]
    return Decimal(str(there["TotalAmt"])), Decimal(str(there["UnappliedAmt"]))


def test_a_retainer_is_applied_later_a_payment_pays_several_and_one_bounces(desk: Desk) -> None:
    (one, one_there), (two, two_there), (three, three_there) = desk.bill(), desk.bill(), desk.bill()
    many = len(desk.of("Payment"))
    retainer = receive(desk, "150")
    several = receive(desk, "120", (one, "70"), (two, "50"))
    bounced = receive(desk, "100", (three, "100"))
    desk.settle()
    assert (left(desk, retainer), paid_by(desk, retainer)) == ((150, 150), {})
    assert paid_by(desk, several) == {one_there: 70, two_there: 50}
    with desk.here():
        for allocations in ([(one.pk, Decimal(30))], [(two.pk, Decimal("49.99"))]):
            apply_payment(**desk.by, payment_id=retainer.pk, today=TODAY, allocations=allocations)
            desk.settle()
        bounce_payment(**desk.by, payment_id=bounced.pk)
    desk.settle()
    assert (left(desk, retainer), paid_by(desk, retainer)) == (
        (150, Decimal("70.01")),
        {one_there: 30, two_there: Decimal("49.99")},
    )
    assert left(desk, bounced) == (0, 0)
    assert [desk.shows(there)[1] for there in (one_there, two_there, three_there)] == [
        0,
        Decimal("0.01"),
        100,
    ]
    desk.until_the_change_feed_is_asked()
    assert desk.listed() == []
    assert len(desk.of("Payment")) == many + 3


def test_a_payment_waits_for_an_invoice_that_could_not_be_sent_and_then_pays_both(desk: Desk) -> None:
    billed, there = desk.bill()
    desk.fault("fault", entity="invoice", operation="create", times=1, **REFUSED)
    late = desk.invoice(desk.client, desk.sold)
    payment = receive(desk, "150", (billed, "100"), (late, "50"))
    desk.settle()
    waits = desk.listed()
    assert "held_up" in waits, waits
    with desk.here():
        revise_invoice(
            **desk.by, invoice_id=late.pk, today=TODAY, now=desk.clock.now(), memo="Once more", reason=""
        )
    desk.settle()
    assert desk.listed() == []
    assert paid_by(desk, payment) == {there: 100, desk.partner("invoice", late.pk): 50}


def test_an_invoice_that_comes_to_nothing_is_so_there_and_is_paid_by_nothing(desk: Desk) -> None:
    billed, there = desk.bill()
    with desk.here():
        revise_invoice(
            **desk.by,
            invoice_id=billed.pk,
            today=TODAY,
            now=desk.clock.now(),
            reason="Free of charge",
            lines=[{"item_id": desk.sold.pk, "quantity": Decimal(1), "rate": Decimal(0)}],
        )
    desk.settle()
    assert desk.shows(there) == (0, 0)
    desk.until_the_change_feed_is_asked()
    assert desk.listed() == []


REFUSED: dict[str, Any] = {"code": "6000"}
