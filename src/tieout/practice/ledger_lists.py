"""Acts: the tables of what comes from the ledger (categories, classes, locations, accounts ...) and our tax rates.

A list entry is created and changed only through the records door; people choose from the lists. One table for all
of them: they differ in nothing but the list they belong to and a fact or two.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from tieout.practice.billing_rows import BillingRow, percent_column, text_column
from tieout.practice.firms import Firm

TAX_RATE = "tax_rate"


class LedgerList(models.TextChoices):
    """The value is also the kind of record at the door."""

    CATEGORY = "category", "Category"
    TRACKING_CLASS = "tracking_class", "Class"
    LOCATION = "location", "Location"
    ACCOUNT = "account", "Account"
    TERM = "term", "Terms"
    TAX_CODE = "tax_code", "Tax code"
    PAYMENT_METHOD = "payment_method", "Payment method"


class ListEntry(BillingRow):
    """One choice of one list. Retired there, it is inactive here: not offered any more, kept where it was chosen."""

    list = models.CharField(max_length=20, choices=LedgerList.choices)
    ledger_id = models.CharField(max_length=50)
    """The entry's id in the ledger; what the sync puts on documents."""
    company = text_column(64)
    """Of which of the ledger's companies, as whoever keeps us in step names it: two companies use the same ids."""
    is_current = models.BooleanField(default=True)
    """It is of the company the firm is tied to, or was last. Others are kept for a return: not offered, not sent."""
    name = models.CharField(max_length=500)
    full_name = models.CharField(max_length=2000)
    """With the names above it: "Services:Tax"."""
    parent = text_column(50)
    """The ledger id of the entry above; empty at the top."""
    is_active = models.BooleanField(default=True)
    account_type = text_column(60)
    """Of an account: "Income", "Bank", "Other Current Asset" ..."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "list", "company", "ledger_id"], name="list_entry_once"),
            models.CheckConstraint(condition=~models.Q(ledger_id=""), name="list_entry_has_ledger_id"),
            models.CheckConstraint(
                condition=models.Q(list__in=LedgerList.values), name="list_entry_list_known"
            ),
        ]
        indexes = [models.Index("firm", "list", Lower("full_name"), "id", name="list_entry_by_name")]

    def __str__(self) -> str:
        return self.full_name


class UnusedList(models.Model):
    """A list that the ledger's company does not use, because its plan lacks it or it was turned off there.

    Nothing of it is offered; its entries stay, and so does what was chosen. Written through the records door only.
    """

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    list = models.CharField(max_length=20, choices=LedgerList.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "list"], name="unused_list_once")]

    def __str__(self) -> str:
        return self.get_list_display()


class TaxRate(BillingRow):
    """A rate of the firm's own, mapped to one of the ledger's tax codes once those are here."""

    name = models.CharField(max_length=100)
    percent = percent_column()
    tax_code = models.ForeignKey(
        ListEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="tax_rates"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("firm", Lower("name"), name="tax_rate_name_once"),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100), name="tax_rate_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return self.name
