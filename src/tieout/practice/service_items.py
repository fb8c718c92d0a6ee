"""Acts: the table of what the firm sells."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from tieout.practice.billing_rows import BillingRow, text_column
from tieout.practice.ledger_lists import ListEntry, TaxRate

SERVICE_ITEM = "service_item"
"""The kind of service items in the outbox, the history and at the door."""


class Charge(models.TextChoices):
    SERVICE = "service", "Per service"
    HOUR = "hour", "Per hour"


class ServiceItem(BillingRow):
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True, default="")
    """What an invoice line says unless somebody writes something else there."""
    charge = models.CharField(max_length=20, choices=Charge.choices, default=Charge.SERVICE)
    rate = models.DecimalField(max_digits=15, decimal_places=5, null=True, blank=True)
    """Per service or per hour; None: decided on each invoice."""
    sku = text_column(100)
    taxable = models.BooleanField(default=False)
    tax_rate = models.ForeignKey(
        TaxRate, on_delete=models.PROTECT, null=True, blank=True, related_name="service_items"
    )
    """The rate a taxable line starts with."""
    income_account = models.ForeignKey(
        ListEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="items_earning"
    )
    category = models.ForeignKey(
        ListEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="items_in"
    )
    is_active = models.BooleanField(default=True)
    """False: archived. Not offered on new documents, kept on old ones."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "firm",
                Lower("name"),
                "category",
                condition=models.Q(is_active=True),
                nulls_distinct=False,
                name="service_item_name_once",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="service_item_has_name"),
            models.CheckConstraint(
                condition=models.Q(charge__in=Charge.values), name="service_item_charge_known"
            ),
            models.CheckConstraint(
                condition=models.Q(rate__isnull=True) | models.Q(rate__gte=0),
                name="service_item_rate_positive",
            ),
        ]
        indexes = [models.Index("firm", "is_active", Lower("name"), "id", name="service_item_by_name")]

    def __str__(self) -> str:
        return self.name
