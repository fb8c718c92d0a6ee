"""Fifty at the same moment, each on a connection of its own: every number once, no invoice paid twice over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.practice.billing_world import NOW, TODAY, Desk
from tests.practice.conftest import make_firm
from tests.practice.test_races import at_once
from tieout.practice.actions.credits import apply_credit, create_credit
from tieout.practice.actions.invoice_life import void_invoice
from tieout.practice.actions.payments import apply_payment
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.credits import Credit
from tieout.practice.invoices import Invoice, Status
from tieout.practice.isolation import firm_scope
from tieout.practice.payments import Allocation, Payment

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 50


@pytest.fixture
def desk(transactional_db: None) -> Iterator[Desk]:
    firm = make_firm("Byrne & Co")
    with firm_scope(firm.pk):
        yield Desk.open(firm.pk)


def race(desk: Desk, *acts: Callable[[], Any]) -> Counter[str]:
    """What became of each: the name of what it returned or raised."""
    results = at_once(desk.firm_id, *acts)
    assert None not in results
    return Counter(type(each).__name__ for each in results)


def test_fifty_invoices_finalized_at_once_get_fifty_numbers_without_a_gap(desk: Desk) -> None:
    drafts = [desk.draft() for _ in range(MANY)]
    desk.draft(number="0007")
    assert race(desk, *(lambda each=each: desk.finalise(each) for each in drafts)) == {"Invoice": MANY}
    numbers = sorted(Invoice.objects.exclude(status=Status.DRAFT).values_list("number", flat=True))
    assert numbers == [f"{n:04}" for n in range(1, MANY + 2) if n != 7]
    assert desk.owed() == 100 * MANY


def test_one_draft_finalized_fifty_times_is_one_invoice(desk: Desk) -> None:
    draft = desk.draft()
    assert race(desk, *(lambda: desk.finalise(draft) for _ in range(MANY))) == {"Invoice": MANY}
    assert (desk.fresh(draft).number, desk.fresh(draft).version, desk.owed()) == ("0001", 2, 100)


def test_of_fifty_payments_of_one_invoice_only_what_is_owed_is_applied(desk: Desk) -> None:
    invoice = desk.invoice(100)
    outcome = race(desk, *(lambda: desk.pay(9, (invoice, 9)) for _ in range(MANY)))
    assert outcome == {"Payment": 11, "Invalid": MANY - 11}
    assert (desk.fresh(invoice).paid, desk.owed(), Payment.objects.count()) == (99, 1, 11)


def test_of_fifty_clicks_on_one_form_one_pays(desk: Desk) -> None:
    invoice = desk.invoice(100)
    outcome = race(
        desk, *(lambda: desk.pay(10, (invoice, 10), idempotency_key="form-1") for _ in range(MANY))
    )
    assert outcome == {"Payment": MANY}
    assert (Payment.objects.count(), desk.owed()) == (1, 90)


def test_money_on_account_and_a_credit_are_spent_once(desk: Desk) -> None:
    invoices = [desk.invoice(10) for _ in range(MANY)]
    payment, credit = desk.pay(105), desk.credit(105)
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor, "today": TODAY}
    acts: list[Callable[[], Any]] = []
    for invoice in invoices[::2]:
        parts = [(invoice.pk, 10)]
        acts.append(lambda parts=parts: apply_payment(**where, payment_id=payment.pk, allocations=parts))
        acts.append(lambda parts=parts: apply_credit(**where, credit_id=credit.pk, allocations=parts))
    race(desk, *acts)
    payment, credit = desk.fresh(payment), desk.fresh(credit)
    applied = sum(Allocation.objects.values_list("amount", flat=True), Decimal(0))
    assert payment.allocated == applied <= 105
    assert credit.applied + credit.left == 105
    assert payment.allocated + payment.unapplied == 105
    assert all(each.paid + each.credited in (0, 10) for each in Invoice.objects.all())
    assert desk.balance() == (10 * MANY - payment.allocated - credit.applied, payment.unapplied, credit.left)


def test_paying_voiding_and_refunding_one_invoice_at_once_never_deadlocks(desk: Desk) -> None:
    invoice = desk.invoice(100)
    payment = desk.pay(50, (invoice, 20))
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    acts: list[Callable[[], Any]] = []
    for _ in range(10):
        acts += [
            lambda: desk.pay(10, (invoice, 10)),
            lambda: void_invoice(**where, invoice_id=invoice.pk, now=NOW),
            lambda: refund_payment(**where, payment_id=payment.pk, today=TODAY, amount=5),
            lambda: desk.unapply(payment, invoice, 1),
            lambda: desk.invoice(1),
        ]
    outcome = race(desk, *acts)
    assert set(outcome) <= {"Payment", "Invoice", "Refund", "Invalid"}
    assert outcome["Refund"] == 10
    invoice = desk.fresh(invoice)
    assert invoice.balance == invoice.total - invoice.paid
    assert desk.fresh(payment).refunded == 50


def test_credits_made_at_once_have_numbers_of_their_own(desk: Desk) -> None:
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor, "today": TODAY}
    fields: dict[str, Any] = {"client_id": desk.client.pk, "description": "x", "rate": 1}
    assert race(desk, *(lambda: create_credit(**where, **fields) for _ in range(MANY))) == {"Credit": MANY}
    assert Credit.objects.values("number").distinct().count() == MANY
    assert desk.balance()[2] == MANY
