"""Decides: whether an overdue invoice gets a late fee now, and how much. Pure; today is the firm's date."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tieout.practice.billing_settings import BillingSettings, LateFee
from tieout.practice.invoices import Invoice
from tieout.practice.money import ZERO, percent_of


def due_since(today: date, settings: BillingSettings) -> date:
    """Invoices due before this date are late enough for a fee."""
    return today - timedelta(days=settings.late_fee_grace_days)


def fee_for(invoice: Invoice, settings: BillingSettings, today: date, fees_before: Decimal) -> Decimal:
    """The late fee to add now, zero for none. A percentage is of what is owed without ``fees_before``: no fee on fees."""
    if settings.late_fee_kind == LateFee.NONE or not invoice.is_open:
        return ZERO
    if invoice.due_date >= due_since(today, settings):
        return ZERO
    if invoice.late_fee_on is not None:
        every = settings.late_fee_every_days
        if not every or today < invoice.late_fee_on + timedelta(days=every):
            return ZERO
    if settings.late_fee_kind == LateFee.AMOUNT:
        amount: Decimal = settings.late_fee_amount
        return amount
    return percent_of(max(invoice.balance - fees_before, ZERO), settings.late_fee_percent, invoice.currency)
