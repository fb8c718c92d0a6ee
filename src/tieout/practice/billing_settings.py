"""Acts: the table of a firm's billing settings, and the sequences its documents are numbered from."""

from __future__ import annotations

from django.db import models

from tieout.practice.billing_rows import BillingRow, money_column, percent_column
from tieout.practice.firms import Firm
from tieout.practice.invoice_terms import Terms
from tieout.practice.service_items import ServiceItem

BILLING_SETTINGS = "billing_settings"


class LateFee(models.TextChoices):
    NONE = "", "No late fee"
    PERCENT = "percent", "Percent of what is owed"
    AMOUNT = "amount", "Fixed amount"


class BillingSettings(BillingRow):
    """One per firm."""

    currency = models.CharField(max_length=3, default="USD")
    terms = models.CharField(
        max_length=20, choices=[(each.value, each.label) for each in Terms], default=Terms.NET_30.value
    )
    memo = models.TextField(blank=True, default="")
    """What a new invoice's memo starts with."""
    late_fee_kind = models.CharField(max_length=10, choices=LateFee.choices, blank=True, default="")
    late_fee_percent = percent_column()
    late_fee_amount = money_column()
    late_fee_grace_days = models.PositiveSmallIntegerField(default=0)
    """Days after the due date on which nothing happens yet."""
    late_fee_every_days = models.PositiveSmallIntegerField(default=0)
    """Again after so many days; 0: once per invoice."""
    late_fee_item = models.ForeignKey(
        ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """The service item a fee's line is of."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm"], name="billing_settings_once")]

    def __str__(self) -> str:
        return f"Billing settings of firm {self.firm_id}"


class NumberSequence(models.Model):
    """The next number of one kind of document. Its row is the lock that keeps numbers apart."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    next = models.CharField(max_length=21)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "kind"], name="number_sequence_once")]

    def __str__(self) -> str:
        return self.next


def settings_of(firm_id: int) -> BillingSettings:
    """The firm's settings; the defaults, unsaved, until somebody changed one."""
    return BillingSettings.objects.filter(firm_id=firm_id).first() or BillingSettings(firm_id=firm_id)
