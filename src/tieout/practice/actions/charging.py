"""Acts: charges a card or bank account through a processor, as a payment that is pending until there is an answer.

The payment is committed before the processor is asked, under a key of its own. Whatever happens in between, the row
says what was wanted, and asking again with the same key never charges twice.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Unpack

from django.db import transaction

from tieout.practice.actions.applying import Wanted, invoices_to_pay, open_parts, put_on, read_parts
from tieout.practice.actions.locking import lock_document
from tieout.practice.actions.payments import PaymentFields, asked_before, new_payment, save_once
from tieout.practice.actions.recording import record_changed, record_draft
from tieout.practice.actor import Actor
from tieout.practice.allocation import Part
from tieout.practice.billing_access import row_to_change
from tieout.practice.billing_validation import Checks
from tieout.practice.client_balances import lock_money, move
from tieout.practice.money import ZERO
from tieout.practice.payment_methods import BY_PROCESSOR
from tieout.practice.payments import PAYMENT, Payment, PaymentStatus
from tieout.practice.processors import Answer, NoAnswer, Outcome, Processor
from tieout.practice.validation import Invalid

ON_ITS_WAY = timedelta(minutes=15)
"""A request may still arrive so long after it was sent."""
_DIGITS = re.compile(r"[0-9][0-9 -]{11,}")


def charge_client(
    *,
    firm_id: int,
    actor: Actor,
    today: date,
    processor: Processor,
    token: str,
    allocations: Wanted = (),
    idempotency_key: str = "",
    **fields: Unpack[PaymentFields],
) -> Payment:
    """Charge a card, debit card or bank account. ``token``: made by the processor's own page from the payer's data.

    Returns the payment: received, declined (with the reason), or pending when the processor needs time or did not
    answer; ``ask_again`` then. Raises Invalid before anything is charged.
    """
    if fields.get("method") not in list(BY_PROCESSOR):
        raise Invalid({"method": "Only a card, a debit card or a bank account can be charged."})
    if not token or _DIGITS.search(token):
        raise Invalid(
            {
                "token": "The processor's fields gave no token. Nothing was charged; fill them in and try again."
            }
        )
    with transaction.atomic(durable=True):
        payment, parts = new_payment(firm_id, fields, allocations, today, idempotency_key)
        lock_money(firm_id, payment.client_id)
        if earlier := asked_before(payment):
            return earlier
        invoices_to_pay(firm_id, payment.client_id, parts, payment.amount, payment.currency)
        payment.status = PaymentStatus.PENDING
        payment.processor = processor.name
        payment.planned = [[part.invoice_id, str(part.amount)] for part in parts]
        save_once(payment)
        record_draft(payment, PAYMENT, "asked for", actor, {"amount": [None, payment.amount]})
    try:
        answer = processor.charge(_key(payment), token, payment.method, payment.amount, payment.currency)
    except NoAnswer:
        return payment
    return settle_charge(firm_id=firm_id, payment_id=payment.pk, actor=actor, today=today, answer=answer)


def ask_again(
    *, firm_id: int, payment_id: int | str, actor: Actor, today: date, now: datetime, processor: Processor
) -> Payment:
    """Find out what became of a pending charge; one that never arrived there is declined, once it can no longer arrive.

    Raises NotYours, NoAnswer.
    """
    with transaction.atomic():
        payment = row_to_change(Payment, firm_id, payment_id)
    if payment.status != PaymentStatus.PENDING:
        return payment
    answer = processor.find(_key(payment))
    if answer is None:
        if now - payment.created_at < ON_ITS_WAY:
            return payment
        answer = Answer(
            Outcome.DECLINED, reason="The processor never received this charge. Nothing was taken; try again."
        )
    return settle_charge(firm_id=firm_id, payment_id=payment.pk, actor=actor, today=today, answer=answer)


def settle_charge(
    *, firm_id: int, payment_id: int | str, actor: Actor, today: date, answer: Answer
) -> Payment:
    """Carry out what the processor said about a pending payment. One that is settled is returned as it is.

    The planned invoices are paid as far as they are still open; the rest is money on account. Raises NotYours.
    """
    with transaction.atomic():
        balance, payment = lock_document(Payment, firm_id, payment_id)
        if payment.status != PaymentStatus.PENDING:
            return payment
        payment.processor_reference = answer.reference or payment.processor_reference
        if answer.outcome is Outcome.PENDING:
            payment.save()
            return payment
        if answer.outcome is Outcome.DECLINED:
            payment.status, payment.decline_reason = PaymentStatus.DECLINED, answer.reason[:500]
            payment.save()
            record_draft(payment, PAYMENT, "declined", actor, {"reason": [None, answer.reason]})
            return payment
        payment.status, payment.unapplied = PaymentStatus.RECEIVED, payment.amount
        payment.save()
        move(balance, on_account=payment.amount)
        told = put_on(balance, payment, _still_open(payment), today, actor)
        record_changed(payment, PAYMENT, "received", actor, {**told, "amount": [None, payment.amount]})
    return payment


def _still_open(payment: Payment) -> list[Part]:
    """The planned parts, each no more than what is owed by now."""
    still = open_parts(payment.firm_id, payment.client_id, payment.currency)
    owed = {part.invoice_id: part.amount for part in still}
    planned = read_parts([(invoice_id, amount) for invoice_id, amount in payment.planned], Checks())
    parts = [Part(part.invoice_id, min(part.amount, owed.get(part.invoice_id, ZERO))) for part in planned]
    return [part for part in parts if part.amount > 0]


def _key(payment: Payment) -> str:
    return f"payment-{payment.pk}"
