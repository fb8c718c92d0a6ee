"""Acts: the table of a firm's billing settings, and the sequences its documents are numbered from."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from tieout.practice.billing_rows import BillingRow, money_column, percent_column, text_column
from tieout.practice.firms import Firm
from tieout.practice.invoice_mail import MAIL_SUBJECT, MAIL_TEXT
from tieout.practice.invoice_terms import Terms
from tieout.practice.payment_methods import Method
from tieout.practice.service_items import ServiceItem

BILLING_SETTINGS = "billing_settings"


class LateFee(models.TextChoices):
    NONE = "", "No late fee"
    PERCENT = "percent", "Percent of what is owed"
    AMOUNT = "amount", "Fixed amount"


def all_methods() -> list[str]:
    return list(Method.values)


class BillingSettings(BillingRow):
    """One per firm."""

    currency = models.CharField(max_length=3, default="USD")
    terms = models.CharField(max_length=20, default=Terms.NET_30.value)
    memo = models.TextField(blank=True, default="")
    """What a new invoice's memo starts with."""
    letterhead = models.TextField(blank=True, default="")
    """The firm's address as its invoices show it, below its name."""
    footer = models.TextField(blank=True, default="")
    """At the end of every invoice: how to pay, a word of thanks."""
    mail_subject = models.CharField(max_length=200, default=MAIL_SUBJECT)
    mail_text = models.TextField(default=MAIL_TEXT)
    """With the places of ``invoice_mail.PLACES``, such as {number}."""
    reply_to = text_column(254)
    """Where clients' answers to a mailed invoice go."""
    payment_methods = ArrayField(models.CharField(max_length=10), default=all_methods)
    """What can be chosen when a payment is recorded."""
    own_terms = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    """Further terms the firm offers, as days until due."""
    processor = text_column(40)
    """By whom cards and bank accounts are charged; empty: they are not."""
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


class FirmLogo(models.Model):
    """The picture at the head of a firm's invoices. A table of its own, so that no other query carries it along."""

    firm = models.OneToOneField(Firm, on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField()
    """PNG, made by ``logo.clean_logo``."""
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Logo of firm {self.firm_id}"


class NumberSequence(models.Model):
    """The next number of one kind of document. Its row is the lock that keeps numbers apart."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    next = models.CharField(max_length=21)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "kind"], name="number_sequence_once")]

    def __str__(self) -> str:
        return self.next


def currency_of(firm_id: int) -> str:
    """The currency in which the firm keeps its books."""
    return settings_of(firm_id).currency


def settings_of(firm_id: int) -> BillingSettings:
    """The firm's settings; the defaults, unsaved, until somebody changed one."""
    return BillingSettings.objects.filter(firm_id=firm_id).first() or BillingSettings(firm_id=firm_id)
