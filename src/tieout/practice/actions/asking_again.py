"""Acts: asks the payment processor what became of charges and refunds that were pending. Asking twice changes nothing."""

from __future__ import annotations

import logging
from datetime import date, datetime

from tieout.practice.actions.charging import ask_again
from tieout.practice.actions.refunds import ask_about_refund
from tieout.practice.actor import Actor
from tieout.practice.billing_access import not_there, row_number, rows_of
from tieout.practice.charging_by import processor_named
from tieout.practice.payments import Payment, PaymentStatus, Refund, RefundStatus
from tieout.practice.processors import NoAnswer
from tieout.practice.validation import Invalid

log = logging.getLogger(__name__)


def ask_about_payment(
    *, firm_id: int, payment_id: int | str, actor: Actor, today: date, now: datetime
) -> tuple[Payment, list[Refund]]:
    """One payment: its charge if that is pending, and those of its refunds that are. What is settled stays as it is.

    Returns the payment and the refunds that were asked about, as they are then. Raises NotYours, NoAnswer, and Invalid
    when this installation does not reach its processor.
    """
    payment = _payment(firm_id, payment_id)
    processor = processor_named(firm_id, payment.processor)
    if processor is None:
        raise Invalid({"status": "No processor that this installation reaches was asked for this payment."})
    if payment.status == PaymentStatus.PENDING:
        payment = ask_again(
            firm_id=firm_id, payment_id=payment.pk, actor=actor, today=today, now=now, processor=processor
        )
    pending = rows_of(Refund, firm_id).filter(payment=payment, status=RefundStatus.PENDING).order_by("id")
    refunds = [
        ask_about_refund(firm_id=firm_id, refund_id=each.pk, actor=actor, now=now, processor=processor)
        for each in pending
    ]
    return payment, refunds


def _payment(firm_id: int, payment_id: int | str) -> Payment:
    """Raises NotYours."""
    payment = rows_of(Payment, firm_id).filter(pk=row_number(Payment, payment_id)).first()
    if payment is None:
        raise not_there(Payment)
    return payment


def ask_about_pending(*, firm_id: int, actor: Actor, today: date, now: datetime) -> None:
    """Every pending charge and refund of a firm. One whose processor does not answer stays as it is."""
    payments = rows_of(Payment, firm_id).filter(status=PaymentStatus.PENDING).exclude(processor="")
    for payment in payments.order_by("id"):
        processor = processor_named(firm_id, payment.processor)
        if processor is not None:
            try:
                ask_again(
                    firm_id=firm_id,
                    payment_id=payment.pk,
                    actor=actor,
                    today=today,
                    now=now,
                    processor=processor,
                )
            except NoAnswer as problem:
                log.warning("payment %s stays pending: %s", payment.pk, problem)
    refunds = rows_of(Refund, firm_id).filter(status=RefundStatus.PENDING).select_related("payment")
    for refund in refunds.order_by("id"):
        processor = processor_named(firm_id, refund.payment.processor)
        if processor is not None:
            try:
                ask_about_refund(
                    firm_id=firm_id, refund_id=refund.pk, actor=actor, now=now, processor=processor
                )
            except NoAnswer as problem:
                log.warning("refund %s stays pending: %s", refund.pk, problem)
