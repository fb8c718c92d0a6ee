"""Acts: the verbs on refunds: part or all of a payment given back, by hand or through the processor.

The part that is on no invoice goes first, then the invoices paid last are opened again. A refund through a processor
is reserved and committed before the processor is asked, so that a crash leaves a row that says what was wanted.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum

from tieout.practice.actions.applying import take_off
from tieout.practice.actions.charging import ON_ITS_WAY
from tieout.practice.actions.locking import lock_document
from tieout.practice.actions.recording import (
    KeyUsed,
    fingerprint,
    given,
    record_changed,
    record_created,
    record_draft,
)
from tieout.practice.actor import Actor
from tieout.practice.allocation import Part, take_back
from tieout.practice.billing_access import row_to_change, rows_of
from tieout.practice.billing_validation import Checks, Number
from tieout.practice.client_balances import ClientBalance, move
from tieout.practice.invoice_terms import date_problem, said_day
from tieout.practice.money import ZERO, shown
from tieout.practice.payments import PAYMENT, REFUND, Payment, PaymentStatus, Refund, RefundStatus
from tieout.practice.processors import Answer, NoAnswer, Outcome, Processor
from tieout.practice.validation import Invalid, TextRule

REASON = TextRule("The reason", 500)
KEY = TextRule("The idempotency key", 80)


def refund_payment(
    *,
    firm_id: int,
    payment_id: int | str,
    actor: Actor,
    today: date,
    amount: Number | None = None,
    on: date | str | None = None,
    reason: str = "",
    idempotency_key: str = "",
    processor: Processor | None = None,
) -> Refund:
    """Give ``amount`` back, all that is left by default. Invoices it leaves are open again.

    A payment that a processor took is given back through it: pass the same ``processor``. The refund may then come
    back pending (``settle_refund`` later) or failed, with the processor's reason. Raises NotYours, Invalid, KeyUsed.
    """
    checks = Checks()
    reason = checks.text("reason", reason, REASON)
    key = checks.text("idempotency_key", idempotency_key, KEY)
    wanted = None if amount is None or amount == "" else checks.amount("amount", amount, "The amount")
    when = checks.day("on", on, "The date") or today
    if problem := date_problem(when, today, "The date"):
        checks.problem("on", problem)
    checks.done()
    with transaction.atomic(durable=processor is not None):
        balance, payment = lock_document(Payment, firm_id, payment_id)
        asked = fingerprint(payment=payment, amount=wanted, on=on and when, reason=reason) if key else ""
        earlier = rows_of(Refund, firm_id).filter(idempotency_key=key).exclude(idempotency_key="").first()
        if earlier is not None:
            if earlier.payment_id != payment.pk or earlier.asked not in ("", asked):
                raise _other_use(earlier)
            return earlier
        if payment.status != PaymentStatus.RECEIVED:
            told = payment.get_status_display().lower()
            raise Invalid({"payment_id": f"This payment is {told}; nothing came to give back."})
        if when < payment.date:
            came = said_day(payment.date)
            raise Invalid({"on": f"The payment came on {came}. It cannot be given back before that."})
        left = left_to_refund(payment)
        back = left if wanted is None else wanted
        if back > left or back == 0:
            told = shown(left, payment.currency)
            raise Invalid({"amount": f"Only {told} of this payment can be refunded."})
        if bool(payment.processor) != (processor is not None):
            raise Invalid(
                {
                    "payment_id": "This payment was charged by the processor and is refunded through it."
                    if payment.processor
                    else "This payment came by hand and is refunded by hand."
                }
            )
        refund = Refund(
            firm_id=firm_id,
            payment=payment,
            client_id=payment.client_id,
            date=when,
            amount=back,
            method=payment.method,
            status=RefundStatus.PENDING if processor else RefundStatus.DONE,
            reason=reason,
            idempotency_key=key,
            asked=asked,
        )
        _save_once(refund)
        if processor is None:
            _give_back(balance, payment, refund, actor)
            record_created(refund, REFUND, actor, _told(refund))
        else:
            record_draft(refund, REFUND, "asked for", actor, _told(refund))
    if processor is None:
        return refund
    try:
        answer = processor.refund(
            f"refund-{refund.pk}", payment.processor_reference, refund.amount, payment.currency
        )
    except NoAnswer:
        return refund
    return settle_refund(firm_id=firm_id, refund_id=refund.pk, actor=actor, answer=answer)


def ask_about_refund(
    *, firm_id: int, refund_id: int | str, actor: Actor, now: datetime, processor: Processor
) -> Refund:
    """Find out what became of a pending refund; one that never arrived there has failed. Raises NotYours, NoAnswer."""
    refund = row_to_read(firm_id, refund_id)
    if refund.status != RefundStatus.PENDING:
        return refund
    answer = processor.find(f"refund-{refund.pk}")
    if answer is None:
        if now - refund.created_at < ON_ITS_WAY:
            return refund
        answer = Answer(
            Outcome.DECLINED, reason="The processor never received this refund. Ask for it again."
        )
    return settle_refund(firm_id=firm_id, refund_id=refund.pk, actor=actor, answer=answer)


def settle_refund(*, firm_id: int, refund_id: int | str, actor: Actor, answer: Answer) -> Refund:
    """Carry out what the processor said about a pending refund. One that is settled is returned as it is.

    Raises NotYours.
    """
    payment_id = row_to_read(firm_id, refund_id).payment_id
    with transaction.atomic():
        balance, payment = lock_document(Payment, firm_id, payment_id)
        refund = row_to_change(Refund, firm_id, refund_id)
        if refund.status != RefundStatus.PENDING or answer.outcome is Outcome.PENDING:
            return refund
        if answer.outcome is Outcome.DECLINED:
            refund.status, refund.failure = RefundStatus.FAILED, answer.reason[:500]
            refund.save()
            record_draft(refund, REFUND, "failed", actor, {"reason": [None, answer.reason]})
            return refund
        refund.status, refund.processor_reference = RefundStatus.DONE, answer.reference
        _give_back(balance, payment, refund, actor)
        record_changed(refund, REFUND, "refunded", actor, {"status": ["pending", "done"]})
    return refund


def row_to_read(firm_id: int, refund_id: int | str) -> Refund:
    with transaction.atomic():
        return row_to_change(Refund, firm_id, refund_id)


def _give_back(balance: ClientBalance, payment: Payment, refund: Refund, actor: Actor) -> None:
    newest_first = [Part(each.invoice_id, each.amount) for each in payment.allocations.order_by("-id")]
    _, parts = take_back(refund.amount, payment.unapplied, newest_first)
    told = take_off(balance, payment, parts, actor)
    payment.unapplied -= refund.amount
    payment.refunded += refund.amount
    move(balance, on_account=-refund.amount)
    told["refunded"] = [str(payment.refunded - refund.amount), str(payment.refunded)]
    record_changed(payment, PAYMENT, "refunded", actor, told)


def left_to_refund(payment: Payment) -> Decimal:
    """What of a payment can still be given back: not what was, nor what the processor is giving back now."""
    pending = payment.refunds.filter(status=RefundStatus.PENDING)
    reserved: Decimal = pending.aggregate(sum=Sum("amount", default=ZERO))["sum"]
    left: Decimal = payment.allocated + payment.unapplied - reserved
    return left


def _save_once(refund: Refund) -> None:
    try:
        with transaction.atomic():
            refund.save()
    except IntegrityError as error:
        if "refund_asked_once" not in str(error):
            raise
        raise _other_use(
            rows_of(Refund, refund.firm_id).get(idempotency_key=refund.idempotency_key)
        ) from error


def _other_use(earlier: Refund) -> KeyUsed:
    sentence = "This key belongs to another refund. Nothing was refunded; send a new key."
    return KeyUsed(sentence, earlier.payment_id)


def _told(refund: Refund) -> dict[str, list[object]]:
    return given({name: getattr(refund, name) for name in ("date", "amount", "method", "reason")})
