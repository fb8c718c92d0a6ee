"""Cards and bank accounts charged through a processor: once, with no number kept, and asked about while pending."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.practice.billing_world import NOW, TODAY, Desk
from tieout.practice.actions.charging import ON_ITS_WAY, ask_again, charge_client, settle_charge
from tieout.practice.actions.payments import (
    change_payment,
    void_payment,
)
from tieout.practice.actions.refunds import left_to_refund, refund_payment, settle_refund
from tieout.practice.actor import ChangeRecord
from tieout.practice.charging_by import offered_processors, processor_named
from tieout.practice.daily import do_what_is_due
from tieout.practice.firms import Firm
from tieout.practice.invoices import Invoice
from tieout.practice.payments import Payment, PaymentStatus, Refund, RefundStatus
from tieout.practice.processors import Answer, Outcome, TestProcessor
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")
D = Decimal


@pytest.fixture
def desk(firm: Firm, scope: None) -> Desk:
    return Desk.open(firm.pk)


def on(desk: Desk, payment: Payment | None = None, **more: Any) -> dict[str, Any]:
    told = {"firm_id": desk.firm_id, "actor": desk.actor, **more}
    return told if payment is None else {**told, "payment_id": payment.pk}


def charge(
    desk: Desk, processor: TestProcessor, token: str, *parts: tuple[Invoice, Any], **more: Any
) -> Payment:
    fields = {"client_id": desk.client.pk, "amount": 100, "method": "card", **more}
    return charge_client(
        **on(desk, today=TODAY),
        processor=processor,
        token=token,
        allocations=[(invoice.pk, part) for invoice, part in parts],
        **fields,  # type: ignore[arg-type]
    )


def test_a_card_is_charged_and_the_token_is_kept_nowhere(desk: Desk) -> None:
    invoice = desk.invoice(80)
    payment = charge(desk, TestProcessor(), "tok-ok", (invoice, 80))
    assert (payment.status, payment.processor, payment.unapplied) == (PaymentStatus.RECEIVED, "test", 20)
    assert payment.processor_reference == f"test-payment-{payment.pk}"
    assert desk.balance() == (0, 20, 0)
    assert "tok-ok" not in str(Payment.objects.values().get())
    assert "tok-ok" not in str(list(ChangeRecord.objects.values_list("changes", flat=True)))
    with pytest.raises(Invalid, match="Refund it instead"):
        void_payment(**on(desk, payment))


def test_a_declined_card_pays_nothing_and_says_why(desk: Desk) -> None:
    invoice = desk.invoice(80)
    payment = charge(desk, TestProcessor(), "tok-declined", (invoice, 80))
    assert (payment.status, payment.decline_reason) == (
        PaymentStatus.DECLINED,
        "The test processor declines this token.",
    )
    assert desk.balance() == (80, 0, 0)
    assert "payment" not in [kind for kind, _, _ in desk.notes()]


def test_cash_is_not_charged_and_an_overpaid_invoice_is_refused_before_the_charge(desk: Desk) -> None:
    processor, invoice = TestProcessor(), desk.invoice(80)
    with pytest.raises(Invalid, match="Only a card"):
        charge(desk, processor, "tok", method="cash")
    with pytest.raises(Invalid, match=r"Only \$80.00 is owed"):
        charge(desk, processor, "tok", (invoice, 81))
    assert processor.answers == {}


def test_a_lost_answer_is_asked_for_and_never_charged_twice(desk: Desk) -> None:
    processor, invoice = TestProcessor(), desk.invoice(100)
    payment = charge(desk, processor, "tok-lost", (invoice, 100), idempotency_key="f")
    assert (payment.status, desk.balance()) == (PaymentStatus.PENDING, (100, 0, 0))
    assert charge(desk, processor, "tok-ok", (invoice, 100), idempotency_key="f").pk == payment.pk
    found = ask_again(
        **on(desk, payment, today=TODAY), now=payment.created_at + ON_ITS_WAY, processor=processor
    )
    assert (found.status, desk.balance(), len(processor.answers)) == (PaymentStatus.RECEIVED, (0, 0, 0), 1)
    again = ask_again(
        **on(desk, payment, today=TODAY), now=payment.created_at + ON_ITS_WAY, processor=processor
    )
    assert (again.version, desk.balance()) == (found.version, (0, 0, 0))


def test_a_charge_that_never_arrived_is_declined_when_asked_for(desk: Desk) -> None:
    processor = TestProcessor()
    payment = charge(desk, processor, "tok-never")
    early = ask_again(**on(desk, payment, today=TODAY), now=payment.created_at, processor=processor)
    assert early.status == PaymentStatus.PENDING
    declined = ask_again(
        **on(desk, payment, today=TODAY), now=payment.created_at + ON_ITS_WAY, processor=processor
    )
    assert (declined.status, desk.balance()) == (PaymentStatus.DECLINED, (0, 0, 0))


@pytest.mark.parametrize("token", ["", "4111 1111 1111 1111", "tok-4111111111111111"])
def test_the_number_of_a_card_is_refused_before_anything_is_kept(desk: Desk, token: str) -> None:
    processor = TestProcessor()
    with pytest.raises(Invalid, match="gave no token"):
        charge(desk, processor, token)
    assert (Payment.objects.count(), processor.answers) == (0, {})


@pytest.mark.parametrize(
    ("token", "status", "owed"), [("tok-pending", "received", 0), ("tok-bounced", "declined", 100)]
)
def test_what_is_pending_is_asked_about_until_it_is_settled(
    desk: Desk, token: str, status: str, owed: int
) -> None:
    invoice = desk.invoice(100)
    processor = processor_named(desk.firm_id, "test")
    assert processor is not None
    payment = charge(desk, processor, token, (invoice, 100), method="ach")
    assert (payment.status, desk.balance()) == (PaymentStatus.PENDING, (100, 0, 0))
    for _ in range(2):
        do_what_is_due(NOW)
        assert (desk.fresh(payment).status, desk.owed()) == (status, owed)


def test_a_refund_that_was_pending_is_asked_about_too(desk: Desk) -> None:
    processor = processor_named(desk.firm_id, "test")
    assert processor is not None
    payment = charge(desk, processor, "tok", (desk.invoice(100), 100))
    Payment.objects.update(processor_reference="ref-pending")
    refund = refund_payment(**on(desk, payment, today=TODAY), amount=60, processor=processor)
    do_what_is_due(NOW)
    assert (desk.fresh(refund).status, desk.owed()) == (RefundStatus.DONE, 60)


def test_the_test_processor_is_not_for_production(settings: Any) -> None:
    settings.MODE = "production"
    assert (offered_processors(), processor_named(1, "test")) == ({}, None)


def test_a_bank_transfer_pays_what_is_still_open_when_it_comes(desk: Desk) -> None:
    processor, invoice = TestProcessor(), desk.invoice(100)
    payment = charge(desk, processor, "tok-pending", (invoice, 100), method="ach")
    desk.pay(70, (invoice, 70))
    settled = settle_charge(**on(desk, payment, today=TODAY), answer=Answer(Outcome.SUCCEEDED, "t-1"))
    assert (settled.status, settled.allocated, settled.unapplied) == (PaymentStatus.RECEIVED, 30, 70)
    assert desk.balance() == (0, 70, 0)


def test_what_was_charged_keeps_its_amount(desk: Desk) -> None:
    payment = charge(desk, TestProcessor(), "tok")
    with pytest.raises(Invalid, match="charged by the processor"):
        change_payment(**on(desk, payment, today=TODAY), amount=90)
    assert change_payment(**on(desk, payment, today=TODAY), amount=100, memo="Retainer").memo == "Retainer"


def test_what_is_on_its_way_back_is_not_left_to_refund(desk: Desk) -> None:
    processor = TestProcessor()
    payment = charge(desk, processor, "tok")
    Payment.objects.update(processor_reference="ref-pending")
    refund_payment(**on(desk, payment, today=TODAY), amount=60, processor=processor)
    assert left_to_refund(desk.fresh(payment)) == 40


def test_a_refund_through_the_processor_is_reserved_until_it_answers(desk: Desk) -> None:
    processor, invoice = TestProcessor(), desk.invoice(100)
    payment = charge(desk, processor, "tok", (invoice, 100))
    Payment.objects.update(processor_reference="ref-pending")
    with pytest.raises(Invalid, match="through it"):
        refund_payment(**on(desk, payment, today=TODAY), amount=60)
    refund = refund_payment(**on(desk, payment, today=TODAY), amount=60, processor=processor)
    assert (refund.status, desk.balance()) == (RefundStatus.PENDING, (0, 0, 0))
    with pytest.raises(Invalid, match=r"Only \$40.00"):
        refund_payment(**on(desk, payment, today=TODAY), amount=41, processor=processor)
    done = settle_refund(**on(desk, refund_id=refund.pk), answer=Answer(Outcome.SUCCEEDED, "r-1"))
    assert (done.status, done.processor_reference, desk.balance()) == (RefundStatus.DONE, "r-1", (60, 0, 0))
    settle_refund(**on(desk, refund_id=refund.pk), answer=Answer(Outcome.SUCCEEDED, "r-1"))
    assert desk.balance() == (60, 0, 0)
    second = refund_payment(**on(desk, payment, today=TODAY), processor=processor)
    failed = settle_refund(**on(desk, refund_id=second.pk), answer=Answer(Outcome.DECLINED, reason="Closed"))
    assert (failed.status, failed.failure, desk.balance()) == (RefundStatus.FAILED, "Closed", (60, 0, 0))
    assert Refund.objects.count() == 2
