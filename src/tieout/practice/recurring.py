"""Acts: the table of invoices that recur: what to write, for whom, and when."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tieout.practice.billing_rows import BillingRow, text_column
from tieout.practice.clients import Client
from tieout.practice.recurrence import Frequency, Schedule

RECURRING_INVOICE = "recurring_invoice"


class RecurringInvoice(BillingRow):
    name = text_column(200)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="recurring_invoices")
    frequency = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Frequency])
    every = models.PositiveSmallIntegerField(default=1)
    first_date = models.DateField()
    last_count = models.PositiveIntegerField(null=True, blank=True)
    last_date = models.DateField(null=True, blank=True)
    terms = models.CharField(max_length=20)
    content = models.JSONField(encoder=DjangoJSONEncoder)
    """The fields of the invoice to make, as ``invoice_fields`` reads them; amounts as text."""
    finalise = models.BooleanField(default=False)
    """True: finalized at once; else left as a draft for somebody to look at."""
    is_active = models.BooleanField(default=True)
    done = models.PositiveIntegerField(default=0)
    """How many occurrences were made."""
    next_date = models.DateField(null=True, blank=True)
    """None: it has ended."""
    problem = models.TextField(blank=True, default="")
    """Why the last try failed, as a sentence; empty when it did not."""

    class Meta:
        indexes = [
            models.Index(
                fields=["firm", "next_date"], condition=models.Q(is_active=True), name="recurring_due"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def schedule(self) -> Schedule:
        return Schedule(
            Frequency(self.frequency), self.first_date, self.every, self.last_count, self.last_date
        )
