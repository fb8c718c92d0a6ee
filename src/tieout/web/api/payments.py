"""Decides nothing: the operations on payments, retainers and refunds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.db.models import QuerySet
from pydantic import Field

from tieout.practice.actions.asking_again import ask_about_payment
from tieout.practice.actions.charging import charge_client
from tieout.practice.actions.payments import (
    apply_payment,
    bounce_payment,
    change_payment,
    record_payment,
    unapply_payment,
    void_payment,
)
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.actor import Actor
from tieout.practice.billing_access import access_document, rows_of, visible_documents
from tieout.practice.charging_by import processor_named, processor_of
from tieout.practice.payments import PAYMENT, Payment, Refund
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid
from tieout.web.api.calling import ApiRequest
from tieout.web.api.history import HISTORY, Change, history_of_one
from tieout.web.api.kinds_of_value import (
    Day,
    Given,
    Instant,
    Money,
    NumberText,
    RowId,
    Shown,
    ShownDay,
    Text,
    left_out,
)
from tieout.web.api.routes import Record, Section
from tieout.web.billing.payment_list import PAYMENTS, REFUNDS, narrowed_payments, narrowed_refunds
from tieout.web.listing import Asked

section = Section(
    "Payments", "Money that came, what it pays, and money given back. A retainer is_additional."
)
VIEW, EDIT = Permission.VIEW_BILLING, Permission.RECORD_PAYMENTS
MOST_PARTS = 500
Way = Literal["card", "debit", "ach", "cash", "check", "other"]


class OnInvoice(Shown):
    """The part of a payment that pays one invoice."""

    invoice_id: int
    amount: Money
    date: ShownDay


class PaymentRow(Shown):
    """A payment in a list."""

    id: int
    version: int
    client_id: int
    date: ShownDay
    amount: Money
    currency: str
    method: str
    status: str
    reference: str
    memo: str
    deposit_to_id: int | None
    is_additional: bool
    allocated: Money
    unapplied: Money
    refunded: Money
    processor: str
    decline_reason: str
    created_at: Instant
    updated_at: Instant


class PaymentFull(PaymentRow):
    """A payment with the invoices it pays."""

    allocations: list[OnInvoice]


class RefundShown(Shown):
    id: int
    version: int
    payment_id: int
    client_id: int
    date: ShownDay
    amount: Money
    method: str
    status: str
    reason: str
    failure: str
    created_at: Instant


class Part(Given):
    """So much of it on this invoice."""

    invoice_id: RowId
    amount: NumberText


class PaymentChange(Given):
    """``amount``: of one that was recorded by hand, no less than what is on invoices and was refunded."""

    amount: NumberText = left_out()
    method: Way = left_out()
    date: Day = left_out()
    reference: Text = left_out()
    memo: Text = left_out()
    deposit_to_id: RowId | None = left_out()
    is_additional: bool = left_out()


class Applied(Given):
    """null: the invoices due first are paid first."""

    allocations: list[Part] | None = Field(default_factory=list, max_length=MOST_PARTS)

    def values(self) -> dict[str, Any]:
        """The parts as the verbs take them."""
        given = super().values()
        if given.get("allocations") is not None:
            given["allocations"] = [(part["invoice_id"], part["amount"]) for part in given["allocations"]]
        return given


class PaymentNew(Applied, PaymentChange):
    """Left out, ``allocations`` leaves all of it on account; null pays the invoices due first."""

    client_id: RowId
    amount: NumberText
    method: Way


class ChargeNew(Applied, Given):
    """``token``: made by the processor's own fields from the payer's data, which never comes here."""

    allocations: list[Part] = Field(default_factory=list, max_length=MOST_PARTS)
    client_id: RowId
    amount: NumberText
    method: Literal["card", "debit", "ach"]
    token: Text
    memo: Text = left_out()
    is_additional: bool = left_out()


class TakenOff(Given):
    invoice_id: RowId
    amount: NumberText | None = left_out()
    """Left out: all that is on it."""


class RefundNew(Given):
    amount: NumberText | None = left_out()
    """Left out: all that is left."""
    on: Day | None = left_out()
    reason: Text = left_out()


def found(request: ApiRequest, asked: Asked) -> QuerySet[Payment]:
    member = request.member
    return narrowed_payments(asked, visible_documents(member, Payment), member)


def shows(request: ApiRequest, payment_id: int) -> Payment:
    return access_document(request.member, Payment, payment_id)


def finds(request: ApiRequest, payment_id: int) -> Payment:
    return access_document(request.member, Payment, payment_id, to_edit=True)


def shows_made(request: ApiRequest, payment: Payment) -> Payment:
    return payment


def found_refunds(request: ApiRequest, asked: Asked) -> QuerySet[Refund]:
    member = request.member
    return narrowed_refunds(asked, visible_documents(member, Refund), member)


def found_refunds_of(request: ApiRequest, asked: Asked, payment_id: int) -> QuerySet[Refund]:
    return found_refunds(request, asked).filter(payment=shows(request, payment_id))


def charge(*, firm_id: int, actor: Actor, today: date, idempotency_key: str, **fields: Any) -> Payment:
    """Charge a card or bank account through the firm's processor: received, declined, or pending until it says."""
    chosen = processor_of(firm_id)
    if chosen is None:
        raise Invalid(
            {"method": "Your firm charges nobody yet. Choose a processor in the billing settings first."}
        )
    return charge_client(
        firm_id=firm_id,
        actor=actor,
        today=today,
        processor=chosen[0],
        idempotency_key=idempotency_key,
        **fields,
    )


def ask(*, firm_id: int, payment_id: int, actor: Actor, today: date, now: datetime) -> Payment:
    """Ask the processor what became of a charge that is pending, and of refunds of it that are."""
    return ask_about_payment(firm_id=firm_id, payment_id=payment_id, actor=actor, today=today, now=now)[0]


def give_back(
    *, firm_id: int, payment_id: int, actor: Actor, today: date, idempotency_key: str, **fields: Any
) -> Refund:
    """Give part or all of a payment back, by the way it came."""
    payment = rows_of(Payment, firm_id).get(pk=payment_id)
    return refund_payment(
        firm_id=firm_id,
        payment_id=payment_id,
        actor=actor,
        today=today,
        idempotency_key=idempotency_key,
        processor=processor_named(firm_id, payment.processor) if payment.processor else None,
        **fields,
    )


def refund(request: ApiRequest, refund_id: int) -> Refund:
    return access_document(request.member, Refund, refund_id)


def refund_made(request: ApiRequest, row: Refund) -> Refund:
    return row


ONE = "/payments/{payment_id}"
one = Record(section, ONE, PaymentFull, shows, finds)
section.rows(
    "/payments",
    VIEW,
    "list_payments",
    kind=PAYMENTS,
    shape=PaymentRow,
    found=found,
    summary="Payments and retainers",
)
section.act(
    "/payments",
    EDIT,
    "record_payment",
    record_payment,
    takes=PaymentNew,
    shape=PaymentFull,
    shows=shows_made,
    makes="get_payment",
    summary="Record a payment or a retainer",
)
section.act(
    "/payments/charge",
    EDIT,
    "charge",
    charge,
    takes=ChargeNew,
    shape=PaymentFull,
    shows=shows_made,
    makes="get_payment",
    apart=True,
    summary="Charge a card or bank account",
)
one.get(VIEW, "get_payment", summary="One payment")
one.act("/ask", EDIT, "ask_about_charge", ask, apart=True, summary="Ask about what is pending")
one.act(
    "",
    EDIT,
    "change_payment",
    change_payment,
    method="PATCH",
    takes=PaymentChange,
    summary="Correct a payment",
)
one.act(
    "/apply", EDIT, "apply_payment", apply_payment, takes=Applied, summary="Put money on account on invoices"
)
one.act(
    "/unapply",
    EDIT,
    "unapply_payment",
    unapply_payment,
    takes=TakenOff,
    summary="Take a payment off an invoice",
)
one.act("/void", EDIT, "void_payment", void_payment, summary="Void a payment")
one.act("/bounce", EDIT, "bounce_payment", bounce_payment, summary="The bank took it back")
section.rows(
    f"{ONE}/refunds",
    VIEW,
    "list_refunds_of_payment",
    kind=REFUNDS,
    shape=RefundShown,
    found=found_refunds_of,
    searches=False,
    summary="Refunds of a payment",
)
section.act(
    f"{ONE}/refunds",
    EDIT,
    "refund_payment",
    give_back,
    takes=RefundNew,
    apart=True,
    finds=finds,
    shape=RefundShown,
    shows=refund_made,
    makes="get_refund",
    summary="Give part or all of a payment back",
)
section.rows(
    f"{ONE}/history",
    VIEW,
    "list_payment_history",
    kind=HISTORY,
    shape=Change,
    found=history_of_one(shows, PAYMENT),
    searches=False,
    summary="A payment's history",
)
section.rows(
    "/refunds",
    VIEW,
    "list_refunds",
    kind=REFUNDS,
    shape=RefundShown,
    found=found_refunds,
    summary="Refunds",
)
section.one("/refunds/{refund_id}", VIEW, "get_refund", shape=RefundShown, shows=refund, summary="One refund")
