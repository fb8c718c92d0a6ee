"""Acts: the tables of payments, of the parts of them that pay invoices, and of refunds."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tieout.practice.billing_rows import BillingRow, money_column, text_column
from tieout.practice.clients import Client
from tieout.practice.firms import Firm
from tieout.practice.invoices import Invoice
from tieout.practice.ledger_lists import ListEntry
from tieout.practice.payment_methods import BY_PROCESSOR as BY_PROCESSOR
from tieout.practice.payment_methods import Method as Method  # where everybody looks for it

PAYMENT = "payment"
REFUND = "refund"
"""The kinds of these in the outbox, the history and at the door."""


class PaymentStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    """The processor has not said yet whether the money comes; nothing is paid with it."""
    RECEIVED = "received", "Received"
    DECLINED = "declined", "Declined"
    BOUNCED = "bounced", "Bounced"
    VOID = "void", "Void"


class Payment(BillingRow):
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="payments")
    date = models.DateField()
    amount = money_column()
    currency = models.CharField(max_length=3, default="USD")
    method = models.CharField(max_length=10, choices=Method.choices)
    status = models.CharField(max_length=10, choices=PaymentStatus.choices, default=PaymentStatus.RECEIVED)
    reference = models.CharField(max_length=21, blank=True, default="", db_collation="C")
    """Check number and the like."""
    memo = models.TextField(blank=True, default="")
    deposit_to = models.ForeignKey(
        ListEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """The account it lands in; None: the firm's default."""
    is_additional = models.BooleanField(default=False)
    """A retainer: taken without an invoice, to be applied later."""
    allocated = money_column()
    unapplied = money_column()
    """Money on account: on no invoice yet."""
    refunded = money_column()
    processor = text_column(40)
    processor_reference = text_column(100)
    idempotency_key = text_column(80)
    """Chosen by the page or program that asked, so that a double click does not pay twice."""
    asked = text_column(64)
    """What was asked for under that key, as a fingerprint: another request under it is refused, not swallowed."""
    planned = models.JSONField(default=list, blank=True)
    """While pending: the allocations to make when the money comes, as [invoice id, amount as text]."""
    decline_reason = text_column(500)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, allocated__gte=0, unapplied__gte=0, refunded__gte=0),
                name="payment_amounts_positive",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=PaymentStatus.RECEIVED, amount=F("allocated") + F("unapplied") + F("refunded")
                )
                | Q(~Q(status=PaymentStatus.RECEIVED), allocated=0, unapplied=0),
                name="payment_adds_up",
            ),
            models.UniqueConstraint(
                fields=["firm", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="payment_asked_once",
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-date", "-id"], name="payment_by_date"),
            models.Index(fields=["firm", "status", "-date", "-id"], name="payment_by_status"),
            models.Index(fields=["client", "-date", "-id"], name="payment_of_client"),
            models.Index(
                fields=["firm", "-date", "-id"],
                include=["unapplied"],
                condition=Q(unapplied__gt=0),
                name="payment_unapplied",
            ),
            models.Index(fields=["firm", "method", "-date", "-id"], name="payment_by_method"),
            models.Index(fields=["firm", "amount", "id"], name="payment_by_amount"),
            models.Index(fields=["firm", "unapplied", "id"], name="payment_by_unapplied"),
            models.Index(fields=["firm", "reference"], name="payment_by_reference"),
            models.Index(
                fields=["firm", "-date", "-id"], condition=Q(is_additional=True), name="payment_retainers"
            ),
            models.Index(
                fields=["firm", "-date", "-id"], condition=Q(refunded__gt=0), name="payment_with_refund"
            ),
        ]

    def __str__(self) -> str:
        return f"Payment of {self.date}"


class Allocation(models.Model):
    """The part of a payment that pays one invoice. Gone when taken off again; the history remembers it."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    amount = money_column()
    date = models.DateField()
    """When it was applied."""

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="allocation_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class RefundStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    """The processor has not said yet; the amount is reserved, nothing else has happened."""
    DONE = "done", "Refunded"
    FAILED = "failed", "Failed"


class Refund(BillingRow):
    """Money given back, of one payment, by the way it came."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="refunds")
    date = models.DateField()
    amount = money_column()
    method = models.CharField(max_length=10, choices=Method.choices)
    status = models.CharField(max_length=10, choices=RefundStatus.choices, default=RefundStatus.DONE)
    reason = text_column(500)
    processor_reference = text_column(100)
    idempotency_key = text_column(80)
    asked = text_column(64)
    """As on a payment."""
    failure = text_column(500)
    """What the processor said when it refused."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
            models.UniqueConstraint(
                fields=["firm", "idempotency_key"], condition=~Q(idempotency_key=""), name="refund_asked_once"
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-date", "-id"], name="refund_by_date"),
            models.Index(fields=["client", "-date", "-id"], name="refund_of_client"),
        ]

    def __str__(self) -> str:
        return f"Refund of {self.date}"
