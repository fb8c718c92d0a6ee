"""Acts: the verbs on payments: recorded, applied, taken off again, corrected, bounced, void. History and note each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from tieout.practice.access import clients_of
from tieout.practice.actions.applying import Wanted, oldest_parts, put_on, read_parts, take_off
from tieout.practice.actions.locking import lock_document
from tieout.practice.actions.recording import (
    KeyUsed,
    check_version,
    fingerprint,
    given,
    record_changed,
    record_created,
    set_values,
)
from tieout.practice.actor import Actor
from tieout.practice.allocation import Part
from tieout.practice.billing_access import choices_in, rows_of
from tieout.practice.billing_settings import settings_of
from tieout.practice.billing_validation import Checks, Number
from tieout.practice.client_balances import lock_money, move
from tieout.practice.clients import Client
from tieout.practice.invoice_terms import date_problem, said_day
from tieout.practice.ledger_lists import LedgerList
from tieout.practice.money import ZERO, shown
from tieout.practice.payment_methods import Method
from tieout.practice.payments import PAYMENT, Payment, PaymentStatus, RefundStatus
from tieout.practice.validation import Invalid, TextRule

REFERENCE = TextRule("The reference", 21)
MEMO = TextRule("Memo", 4000, prose=True)
KEY = TextRule("The idempotency key", 80)
DEPOSIT_TYPES = frozenset({"", "Bank", "Other Current Asset"})
"""Account types money can land in; empty: the ledger did not say."""


class PaymentFields(TypedDict, total=False):
    client_id: int | str | None
    amount: Number
    method: str
    date: date | str | None
    reference: str
    memo: str
    deposit_to_id: int | str | None
    is_additional: bool
    """A retainer: money for work to come."""


def record_payment(
    *,
    firm_id: int,
    actor: Actor,
    today: date,
    allocations: Wanted | None = (),
    idempotency_key: str = "",
    **fields: Unpack[PaymentFields],
) -> Payment:
    """Money that has come. What is on no invoice is money on account, to be applied later.

    ``allocations`` None: the invoices due first are paid first. The same ``idempotency_key`` again returns the payment
    of the first time. Raises Invalid, KeyUsed when the key came with something else then.
    """
    with transaction.atomic():
        payment, parts = new_payment(firm_id, fields, allocations, today, idempotency_key)
        balance = lock_money(firm_id, payment.client_id)
        if earlier := asked_before(payment):
            return earlier
        if allocations is None:
            parts = oldest_parts(firm_id, payment.client_id, payment.amount, payment.currency)
        payment.unapplied = payment.amount
        save_once(payment)
        move(balance, on_account=payment.amount)
        told = put_on(balance, payment, parts, payment.date, actor)
        payment.save()
        record_created(payment, PAYMENT, actor, {**_told(payment), **told})
    return payment


def apply_payment(
    *,
    firm_id: int,
    payment_id: int | str,
    actor: Actor,
    today: date,
    allocations: Wanted | None = None,
    expected_version: int | None = None,
) -> Payment:
    """Put money on account on invoices; ``allocations`` None: the invoices due first are paid first.

    Raises RecordChangedMeanwhile, NotYours, Invalid.
    """
    checks = Checks()
    parts = read_parts(allocations or (), checks)
    checks.done()
    with transaction.atomic():
        balance, payment = lock_document(Payment, firm_id, payment_id)
        check_version(payment, PAYMENT, expected_version)
        _refuse_unless_received(payment)
        if allocations is None:
            parts = oldest_parts(firm_id, payment.client_id, payment.unapplied, payment.currency)
        if not parts:
            raise Invalid(
                {"allocations": "Nothing is applied: choose an open invoice of this client and an amount."}
            )
        told = put_on(balance, payment, parts, today, actor)
        record_changed(payment, PAYMENT, "applied", actor, told)
    return payment


def unapply_payment(
    *,
    firm_id: int,
    payment_id: int | str,
    invoice_id: int | str,
    actor: Actor,
    amount: Number | None = None,
    expected_version: int | None = None,
) -> Payment:
    """Take the payment, or ``amount`` of it, off an invoice; it is money on account then.

    Raises RecordChangedMeanwhile, NotYours, Invalid.
    """
    checks = Checks()
    wanted = None if amount is None else checks.amount("amount", amount, "The amount")
    checks.done()
    with transaction.atomic():
        balance, payment = lock_document(Payment, firm_id, payment_id)
        check_version(payment, PAYMENT, expected_version)
        there = {str(each.invoice_id): each.amount for each in payment.allocations.all()}
        on_invoice = there.get(str(invoice_id), ZERO)
        off = on_invoice if wanted is None else wanted
        if on_invoice == 0:
            raise Invalid({"invoice_id": "This payment is not on that invoice."})
        if off > on_invoice:
            told = shown(on_invoice, payment.currency)
            raise Invalid({"amount": f"Only {told} of this payment is on that invoice."})
        changes = take_off(balance, payment, [Part(int(invoice_id), off)], actor)
        record_changed(payment, PAYMENT, "taken off an invoice", actor, changes)
    return payment


def change_payment(
    *,
    firm_id: int,
    payment_id: int | str,
    actor: Actor,
    today: date,
    expected_version: int | None = None,
    **fields: Unpack[PaymentFields],
) -> Payment:
    """Correct a payment's amount, date, method, reference, memo or account. Its client stays: void it instead.

    The amount can be corrected when it was recorded by hand, down to what is on invoices and was refunded; money on
    account takes up the difference. Raises RecordChangedMeanwhile, NotYours, Invalid.
    """
    with transaction.atomic():
        balance, payment = lock_document(Payment, firm_id, payment_id)
        check_version(payment, PAYMENT, expected_version)
        _refuse_unless_received(payment)
        checks = Checks()
        if "client_id" in fields:
            checks.problem("client_id", "A recorded payment keeps its client. Void it and record another.")
        values = _clean(firm_id, fields, today, checks, now=payment)
        if "amount" in values and "amount" not in checks.problems:
            _check_amount(payment, values["amount"], checks)
        if "date" in values:
            _check_refunds_come_after(payment, values["date"], checks)
        checks.done()
        if changes := set_values(payment, values):
            on_account = payment.amount - payment.allocated - payment.refunded - payment.unapplied
            payment.unapplied += on_account
            if on_account:
                move(balance, on_account=on_account)
            record_changed(payment, PAYMENT, "changed", actor, changes)
    return payment


def _check_amount(payment: Payment, amount: Decimal, checks: Checks) -> None:
    """Whether it can come to ``amount``, with what is on invoices and what was given back staying as they are."""
    used = payment.allocated + payment.refunded
    if payment.processor and amount != payment.amount:
        checks.problem("amount", "This payment was charged by the processor. Refund part of it instead.")
    elif amount < used:
        checks.problem(
            "amount",
            f"{shown(used, payment.currency)} of this payment is on invoices or was refunded, so it cannot come to "
            "less. Take it off an invoice first.",
        )


def _check_refunds_come_after(payment: Payment, when: date, checks: Checks) -> None:
    first = payment.refunds.exclude(status=RefundStatus.FAILED).order_by("date").first()
    if first is not None and first.date < when:
        checks.problem(
            "date",
            f"Part of it was refunded on {said_day(first.date)}. The payment cannot have come after that.",
        )


def void_payment(
    *, firm_id: int, payment_id: int | str, actor: Actor, expected_version: int | None = None
) -> Payment:
    """It was recorded by mistake: its invoices are open again. Void already: returned as it is.

    Raises RecordChangedMeanwhile, NotYours, Invalid, also for one that a processor took: refund that.
    """
    return _undo(firm_id, payment_id, actor, PaymentStatus.VOID, "voided", expected_version)


def bounce_payment(
    *, firm_id: int, payment_id: int | str, actor: Actor, expected_version: int | None = None
) -> Payment:
    """The bank took it back: its invoices are open again. Bounced already: returned as it is.

    Raises RecordChangedMeanwhile, NotYours, Invalid.
    """
    return _undo(firm_id, payment_id, actor, PaymentStatus.BOUNCED, "bounced", expected_version)


def _undo(
    firm_id: int,
    payment_id: int | str,
    actor: Actor,
    status: PaymentStatus,
    verb: str,
    expected_version: int | None,
) -> Payment:
    with transaction.atomic():
        balance, payment = lock_document(Payment, firm_id, payment_id)
        if payment.status == status:
            return payment
        check_version(payment, PAYMENT, expected_version)
        _refuse_unless_received(payment)
        if payment.refunds.exclude(status="failed").exists():
            raise Invalid({"status": "Part of this payment was refunded. Refund the rest instead."})
        if status is PaymentStatus.VOID and payment.processor:
            raise Invalid({"status": "This payment was charged by the processor. Refund it instead."})
        if status is PaymentStatus.BOUNCED and payment.method == Method.CASH:
            raise Invalid({"status": "Cash cannot bounce. Void the payment instead."})
        told = take_off(
            balance,
            payment,
            [Part(each.invoice_id, each.amount) for each in payment.allocations.all()],
            actor,
        )
        move(balance, on_account=-payment.unapplied)
        payment.unapplied = ZERO
        told["status"] = [payment.status, status.value]
        payment.status = status
        record_changed(payment, PAYMENT, verb, actor, told)
    return payment


def new_payment(
    firm_id: int, fields: PaymentFields, allocations: Wanted | None, today: date, idempotency_key: str
) -> tuple[Payment, list[Part]]:
    """A valid payment that is not saved, and the parts asked for; None: none yet. Raises Invalid."""
    checks = Checks()
    values = _clean(firm_id, {"date": today, **fields}, today, checks, now=None)
    if "amount" not in fields:
        checks.problem("amount", "The amount is needed.")
    if "method" not in fields:
        checks.problem("method", "Choose how the money came.")
    client_id = fields.get("client_id")
    known = str(client_id) if str(client_id).isascii() and str(client_id).isdigit() else "0"
    clients: dict[int, Client] = clients_of(firm_id).filter(pk=known[:18]).in_bulk()
    client = checks.row("client_id", client_id, clients, "Choose the client who paid.", needed=True)
    key = checks.text("idempotency_key", idempotency_key, KEY)
    parts = read_parts(allocations or (), checks)
    checks.done()
    payment = Payment(
        firm_id=firm_id,
        client=client,
        currency=settings_of(firm_id).currency,
        idempotency_key=key,
        asked=_asked(values, fields, client, None if allocations is None else parts) if key else "",
        **values,
    )
    return payment, parts


def _asked(
    values: dict[str, Any], fields: PaymentFields, client: Client | None, parts: list[Part] | None
) -> str:
    """A day nobody chose is left out: a request that is sent again after midnight is the same."""
    chosen = {name: value for name, value in values.items() if name != "date" or fields.get("date")}
    shares = "oldest" if parts is None else sorted((part.invoice_id, f"{part.amount:.2f}") for part in parts)
    return fingerprint(client=client, parts=shares, **chosen)


def asked_before(payment: Payment) -> Payment | None:
    """The payment this one repeats, by its key. Raises KeyUsed when the key was used for something else."""
    if not payment.idempotency_key:
        return None
    earlier = rows_of(Payment, payment.firm_id).filter(idempotency_key=payment.idempotency_key).first()
    if earlier is None:
        return None
    if earlier.asked:
        same = earlier.asked == payment.asked
    else:  # recorded before fingerprints were kept
        told = ("client_id", "amount", "method")
        same = all(getattr(earlier, name) == getattr(payment, name) for name in told)
    if not same:
        raise _other_use(earlier)
    return earlier


def save_once(payment: Payment) -> None:
    """Save a new payment; a key that was used at this very moment for another client is refused. Raises KeyUsed."""
    try:
        with transaction.atomic():
            payment.save()
    except IntegrityError as error:
        if "payment_asked_once" not in str(error):
            raise
        earlier = rows_of(Payment, payment.firm_id).get(idempotency_key=payment.idempotency_key)
        raise _other_use(earlier) from error


def _other_use(earlier: Payment) -> KeyUsed:
    return KeyUsed("This key belongs to another payment. Nothing was recorded; send a new key.", earlier.pk)


def _clean(
    firm_id: int, fields: PaymentFields, today: date, checks: Checks, *, now: Payment | None
) -> dict[str, Any]:
    """Valid values of what is given. ``now``: the payment that is corrected; what it has already may stay."""
    values: dict[str, Any] = {}
    if "amount" in fields:
        values["amount"] = checks.amount("amount", fields["amount"], "The amount")
    if "method" in fields:
        values["method"] = _method(firm_id, fields["method"], checks, now)
    if "date" in fields:
        values["date"] = checks.day("date", fields["date"], "The date") or today
        if problem := date_problem(values["date"], today, "The payment date"):
            checks.problem("date", problem)
    if "reference" in fields:
        values["reference"] = checks.text("reference", fields["reference"], REFERENCE)
    if "memo" in fields:
        values["memo"] = checks.text("memo", fields["memo"], MEMO)
    if "deposit_to_id" in fields:
        kept = now.deposit_to_id if now else None
        accounts = choices_in(firm_id, LedgerList.ACCOUNT, types=DEPOSIT_TYPES, kept=kept)
        values["deposit_to"] = checks.row(
            "deposit_to_id", fields["deposit_to_id"], accounts.in_bulk(), "Choose an account from the list."
        )
    if "is_additional" in fields:
        values["is_additional"] = bool(fields["is_additional"])
    return values


def _method(firm_id: int, method: str, checks: Checks, now: Payment | None) -> str:
    """One of the ways the firm takes money; a payment that came by another keeps it."""
    taken = settings_of(firm_id).payment_methods
    if method in Method.values and method not in taken and not (now and now.method == method):
        offered = ", ".join(Method(each).label for each in taken)
        checks.problem(
            "method",
            f"Your firm does not take {Method(method).label} now. Choose one of {offered}, or add it in the billing "
            "settings.",
        )
        return method
    return checks.choice("method", method, Method.values, "Choose card, debit, ACH, cash, check or other.")


def _told(payment: Payment) -> dict[str, list[Any]]:
    names = ("date", "amount", "method", "reference", "memo", "deposit_to", "is_additional")
    return given({name: getattr(payment, name) for name in names})


def _refuse_unless_received(payment: Payment) -> None:
    if payment.status != PaymentStatus.RECEIVED:
        raise Invalid(
            {"status": f"This payment is {payment.get_status_display().lower()}; it cannot change."}
        )
