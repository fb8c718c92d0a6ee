"""Acts: the tables of invoices, their lines, and what they said before each revision."""

from __future__ import annotations

import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from tieout.practice.billing_rows import (
    BillingRow,
    money_column,
    percent_column,
    quantity_column,
    rate_column,
    text_column,
)
from tieout.practice.clients import Client
from tieout.practice.firms import Firm, Member
from tieout.practice.groups import ClientGroup
from tieout.practice.invoice_terms import Terms, label_of
from tieout.practice.invoice_totals import DiscountKind
from tieout.practice.ledger_lists import ListEntry, TaxRate
from tieout.practice.service_items import ServiceItem

INVOICE = "invoice"
"""The kind of invoices in the outbox, the history and at the door."""
_DISCOUNTS = [("", "None"), (DiscountKind.PERCENT.value, "Percent"), (DiscountKind.AMOUNT.value, "Amount")]


class Status(models.TextChoices):
    """Follows from the columns; ``invoice_status.status_of`` says how. Kept so that lists can filter."""

    DRAFT = "draft", "Draft"
    FINALISED = "finalised", "Finalized"
    SENT = "sent", "Sent"
    PART_PAID = "part_paid", "Partly paid"
    PAID = "paid", "Paid"
    WRITTEN_OFF = "written_off", "Written off"
    VOID = "void", "Void"


OPEN = (Status.FINALISED, Status.SENT, Status.PART_PAID)
"""Something is owed."""
UNCOUNTED = (Status.DRAFT, Status.VOID)
"""Nothing of it is in any balance."""


class Invoice(BillingRow):
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="invoices")
    """Who is billed and owes it."""
    group = models.ForeignKey(
        ClientGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    """Billed together: lines may then name other clients of the group."""
    number = models.CharField(max_length=21, blank=True, default="", db_collation="C")
    """Empty on a draft without a typed one; taken from the sequence when it is finalized. Sorted by code point, so
    that numbers with one prefix are neighbors in the index."""
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    date = models.DateField()
    terms = models.CharField(max_length=20, default=Terms.NET_30.value)
    due_date = models.DateField()
    currency = models.CharField(max_length=3, default="USD")
    """ISO 4217; fixed when the invoice is made."""
    location = models.ForeignKey(ListEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey(ListEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    discount_kind = models.CharField(max_length=10, choices=_DISCOUNTS, blank=True, default="")
    discount_value = models.DecimalField(max_digits=16, decimal_places=4, default=0)
    memo = models.TextField(blank=True, default="")
    """Printed on the invoice."""
    subtotal = money_column()
    discount_total = money_column()
    tax_total = money_column()
    written_off = money_column()
    total = money_column()
    """Subtotal - discounts + tax - what was written off."""
    paid = money_column()
    credited = money_column()
    balance = money_column()
    late_fee_on = models.DateField(null=True, blank=True)
    """When the last late fee was added."""
    finalised_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_to = text_column(254)
    voided_at = models.DateTimeField(null=True, blank=True)
    recurring = models.ForeignKey(
        "practice.RecurringInvoice", on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    occurrence = models.PositiveIntegerField(null=True, blank=True)
    """Which one of the recurring invoice, from 0. The database lets each happen once."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "number"], condition=~Q(number=""), name="invoice_number_once"
            ),
            models.UniqueConstraint(fields=["recurring", "occurrence"], name="invoice_occurrence_once"),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | ~Q(number=""), name="invoice_has_number"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, balance__gte=0, paid__gte=0, credited__gte=0, written_off__gte=0),
                name="invoice_amounts_positive",
            ),
            models.CheckConstraint(
                condition=Q(total=F("subtotal") - F("discount_total") + F("tax_total") - F("written_off")),
                name="invoice_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNCOUNTED, balance=0, paid=0, credited=0)
                | Q(~Q(status__in=UNCOUNTED), balance=F("total") - F("paid") - F("credited")),
                name="invoice_balance_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-date", "-id"], name="invoice_by_date"),
            models.Index(fields=["firm", "status", "-date", "-id"], name="invoice_by_status"),
            models.Index(fields=["client", "-date", "-id"], name="invoice_of_client"),
            models.Index(
                fields=["firm", "due_date", "id"],
                include=["balance"],
                condition=Q(balance__gt=0),
                name="invoice_open_by_due",
            ),
            models.Index(
                fields=["firm", "-date", "-id"], condition=Q(balance__gt=0), name="invoice_open_by_date"
            ),
            models.Index(fields=["firm", "due_date", "id"], name="invoice_by_due"),
            models.Index(fields=["firm", "number", "id"], name="invoice_by_number"),
            models.Index(
                fields=["firm", "-date", "-id"],
                condition=Q(late_fee_on__isnull=False),
                name="invoice_with_late_fee",
            ),
            models.Index(fields=["firm", "-balance", "-id"], name="invoice_by_balance"),
            models.Index(fields=["firm", "-total", "-id"], name="invoice_by_total"),
        ]

    def __str__(self) -> str:
        return f"Invoice {self.number}" if self.number else "Draft invoice"

    @property
    def terms_label(self) -> str:
        return label_of(self.terms)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class LineKind(models.TextChoices):
    ITEM = "item", "Item"
    LATE_FEE = "late_fee", "Late fee"


class InvoiceLine(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=LineKind.choices, default=LineKind.ITEM)
    item = models.ForeignKey(
        ServiceItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invoice_lines",
        db_index=False,
    )
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """On a group's invoice: for whom the work was."""
    description = models.TextField(blank=True, default="")
    quantity = quantity_column()
    rate = rate_column()
    date = models.DateField(null=True, blank=True)
    """When the service was given."""
    discount_kind = models.CharField(max_length=10, choices=_DISCOUNTS, blank=True, default="")
    discount_value = models.DecimalField(max_digits=16, decimal_places=4, default=0)
    tax_rate = models.ForeignKey(TaxRate, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    tax_percent = percent_column()
    """As the rate was when the line was written: a later change of the rate rewrites no invoice."""
    tracking_class = models.ForeignKey(
        ListEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    gross = money_column()
    discount = money_column()
    """The line's own discount; its share of the invoice's is in the invoice's ``discount_total`` only."""

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, rate__gte=0, discount__gte=0, discount__lte=F("gross")),
                name="invoice_line_amounts_fit",
            ),
        ]
        indexes = [models.Index(fields=["item", "invoice"], include=["firm"], name="invoice_line_of_item")]

    def __str__(self) -> str:
        return self.description

    @property
    def service_date(self) -> datetime.date | None:
        """The date as the client reads it. A late fee was no service: its words say what it is for."""
        return self.date if self.kind == LineKind.ITEM else None


class InvoiceRevision(models.Model):
    """What a finalized invoice said before a revision. Never changed."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    """1 is what was first finalized."""
    said = models.JSONField(encoder=DjangoJSONEncoder)
    """Number, dates, memo, lines and totals; amounts as text."""
    reason = text_column(500)
    actor_label = models.CharField(max_length=200)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "number"], name="invoice_revision_once"),
        ]

    def __str__(self) -> str:
        return f"Revision {self.number}"
