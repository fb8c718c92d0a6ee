"""Whatever is done in whatever order: the columns kept by the verbs equal the sums of the rows. A state machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.practice.billing_world import NOW, TODAY, Desk
from tieout.practice.actions.credits import apply_credit, unapply_credit, void_credit
from tieout.practice.actions.invoice_life import (
    revise_invoice,
    undo_write_off,
    void_invoice,
    write_off_invoice,
)
from tieout.practice.actions.payments import apply_payment, bounce_payment, void_payment
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.credits import Credit, CreditApplication
from tieout.practice.firms import Firm
from tieout.practice.invoice_content import status_of, totals_of
from tieout.practice.invoices import UNCOUNTED, Invoice, Status
from tieout.practice.money import ZERO
from tieout.practice.payments import Allocation, Payment, PaymentStatus
from tieout.practice.records import RECORD_KINDS
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")

amounts = st.decimals("0.01", 120, places=2)
picks = st.integers(0, 2)
STEPS = (
    "invoice",
    "pay",
    "pay oldest",
    "apply",
    "unapply",
    "refund",
    "void payment",
    "bounce",
    "credit",
    "apply credit",
    "unapply credit",
    "void credit",
    "revise",
    "void invoice",
    "write off",
    "undo write off",
)
steps = st.tuples(st.sampled_from(STEPS), picks, picks, amounts)


def nth(rows: Any, number: int) -> Any:
    found = list(rows.order_by("pk"))
    return found[number % len(found)] if found else None


def perform(desk: Desk, name: str, one: int, two: int, amount: Decimal) -> None:
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    invoice, payment = nth(Invoice.objects, one), nth(Payment.objects, two)
    credit, application = nth(Credit.objects, two), nth(CreditApplication.objects, two)
    on_invoice = {**where, "invoice_id": invoice.pk if invoice else 0}
    on_payment = {**where, "payment_id": payment.pk if payment else 0}
    on_credit = {**where, "credit_id": credit.pk if credit else 0}
    parts = [(invoice.pk, amount)] if invoice else []
    acts: dict[str, Callable[[], Any]] = {
        "invoice": lambda: desk.finalise(
            desk.draft(
                discount_kind="percent",
                discount_value=two,
                lines=[
                    {"item_id": desk.taxed.pk, "rate": amount, "quantity": "1.5"},
                    {"description": "x", "rate": "0.335"},
                ],
            )
        ),
        "pay": lambda: desk.pay(amount * 2, *([(invoice, amount)] if invoice else [])),
        "pay oldest": lambda: desk.pay(amount) and apply_payment(**on_payment, today=TODAY),
        "apply": lambda: apply_payment(**on_payment, today=TODAY, allocations=parts),
        "unapply": lambda: desk.unapply(payment, invoice, None if one % 2 else amount),
        "refund": lambda: refund_payment(**on_payment, today=TODAY, amount=amount),
        "void payment": lambda: void_payment(**on_payment),
        "bounce": lambda: bounce_payment(**on_payment),
        "credit": lambda: desk.credit(amount),
        "apply credit": lambda: apply_credit(
            **on_credit, today=TODAY, allocations=None if one % 2 else parts
        ),
        "unapply credit": lambda: unapply_credit(**where, application_id=application.pk),
        "void credit": lambda: void_credit(**on_credit),
        "revise": lambda: revise_invoice(
            **on_invoice, today=TODAY, now=NOW, lines=[{"item_id": desk.taxed.pk, "rate": amount}]
        ),
        "void invoice": lambda: void_invoice(**on_invoice, now=NOW),
        "write off": lambda: write_off_invoice(**on_invoice, now=NOW, amount=amount),
        "undo write off": lambda: undo_write_off(**on_invoice, now=NOW),
    }
    needed = {"apply": payment, "pay oldest": payment, "unapply": payment and invoice, "refund": payment}
    needed |= {"void payment": payment, "bounce": payment, "unapply credit": application}
    needed |= dict.fromkeys(("apply credit", "void credit"), credit)
    needed |= dict.fromkeys(("revise", "void invoice", "write off", "undo write off"), invoice)
    if needed.get(name, True) is None:
        return
    with suppress(Invalid), transaction.atomic():
        acts[name]()


def summed(rows: Any, column: str) -> Decimal:
    found: Decimal = rows.aggregate(sum=Sum(column, default=ZERO))["sum"]
    return found


def check_everything_adds_up(desk: Desk) -> None:
    counted = Invoice.objects.exclude(status__in=UNCOUNTED)
    for invoice in Invoice.objects.all():
        lines = list(invoice.lines.order_by("position"))
        assert invoice.paid == summed(invoice.allocations, "amount")
        assert invoice.credited == summed(invoice.credit_applications.filter(is_void=False), "amount")
        assert invoice.total == totals_of(invoice, lines).total
        assert invoice.status == status_of(invoice)
        assert 0 <= invoice.balance <= invoice.total
        if invoice.status != Status.DRAFT:
            view = RECORD_KINDS["invoice"].read(desk.firm_id, [str(invoice.pk)])[str(invoice.pk)]
            assert sum(row["amount"] for row in view.units["content"]) == invoice.total
    for payment in Payment.objects.all():
        assert payment.allocated == summed(payment.allocations, "amount")
        assert payment.refunded == summed(payment.refunds, "amount")
        if payment.status == PaymentStatus.RECEIVED:
            assert payment.allocated + payment.unapplied + payment.refunded == payment.amount
    for credit in Credit.objects.all():
        assert credit.applied == summed(credit.applications.filter(is_void=False), "amount")
        assert credit.is_void or credit.applied + credit.left == credit.amount
    assert desk.balance() == (
        summed(counted, "balance"),
        summed(Payment.objects, "unapplied"),
        summed(Credit.objects, "left"),
    )
    assert summed(counted, "paid") == summed(Allocation.objects, "amount")


PROLOGUE = [
    ("invoice", 0, 3, Decimal(100)),
    ("invoice", 0, 0, Decimal(80)),
    ("pay", 0, 0, Decimal(40)),
    ("credit", 0, 0, Decimal(30)),
    ("apply credit", 1, 0, Decimal(1)),
]
"""So that every step finds something to do."""


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, min_size=8, max_size=20))
def test_no_cent_appears_or_disappears(firm: Firm, script: list[tuple[str, int, int, Decimal]]) -> None:
    point = transaction.savepoint()
    desk = Desk.open(firm.pk)
    for name, one, two, amount in [*PROLOGUE, *script]:
        perform(desk, name, one, two, amount)
    check_everything_adds_up(desk)
    transaction.savepoint_rollback(point)
