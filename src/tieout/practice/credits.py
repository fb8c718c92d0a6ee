"""Acts: the tables of credits and of where they were applied."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tieout.practice.billing_rows import BillingRow, money_column, quantity_column, rate_column
from tieout.practice.clients import Client
from tieout.practice.invoices import Invoice
from tieout.practice.service_items import ServiceItem

CREDIT = "credit"
CREDIT_APPLICATION = "credit_application"
"""The kinds of these in the outbox, the history and at the door."""


class Credit(BillingRow):
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="credits")
    number = models.CharField(max_length=21)
    date = models.DateField()
    item = models.ForeignKey(
        ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="credits"
    )
    description = models.TextField(blank=True, default="")
    quantity = quantity_column()
    rate = rate_column()
    amount = money_column()
    """Quantity times rate, rounded half up."""
    currency = models.CharField(max_length=3, default="USD")
    memo = models.TextField(blank=True, default="")
    applied = money_column()
    left = money_column()
    is_void = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "number"], name="credit_number_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, applied__gte=0, left__gte=0), name="credit_amounts_positive"
            ),
            models.CheckConstraint(
                condition=Q(is_void=False, amount=F("applied") + F("left"))
                | Q(is_void=True, applied=0, left=0),
                name="credit_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-date", "-id"], name="credit_by_date"),
            models.Index(fields=["client", "-date", "-id"], name="credit_of_client"),
            models.Index(fields=["firm", "-date", "-id"], condition=Q(left__gt=0), name="credit_with_rest"),
        ]

    def __str__(self) -> str:
        return f"Credit {self.number}"


class CreditApplication(BillingRow):
    """Part of a credit that pays part of an invoice. Taken off again it is void, and stays as history."""

    credit = models.ForeignKey(Credit, on_delete=models.PROTECT, related_name="applications")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_applications")
    amount = money_column()
    date = models.DateField()
    is_void = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_application_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
