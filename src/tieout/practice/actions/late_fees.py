"""Acts: adds the late fees that have come due, each invoice for itself. Doing it again the same day adds nothing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from tieout.practice.actions.invoice_life import add_late_fee_line
from tieout.practice.actions.invoices import RowResult, each_for_itself
from tieout.practice.actions.locking import lock_document
from tieout.practice.actor import Actor
from tieout.practice.billing_access import rows_of
from tieout.practice.billing_settings import BillingSettings, LateFee, settings_of
from tieout.practice.invoices import OPEN, Invoice, InvoiceLine, LineKind
from tieout.practice.late_fees import due_since, fee_for
from tieout.practice.money import ZERO


def add_late_fees(*, firm_id: int, actor: Actor, today: date, now: datetime) -> list[RowResult]:
    """Look at every overdue invoice and add what the firm's settings say. One result per invoice that got a fee."""
    settings = settings_of(firm_id)
    if settings.late_fee_kind == LateFee.NONE:
        return []
    overdue = (
        rows_of(Invoice, firm_id)
        .filter(status__in=OPEN, balance__gt=0, due_date__lt=due_since(today, settings))
        .order_by("due_date", "id")
    )
    candidates = overdue if settings.late_fee_every_days else overdue.filter(late_fee_on=None)
    results = each_for_itself(
        list(candidates.values_list("pk", flat=True)),
        lambda each: _add_if_due(firm_id, each, settings, actor, today, now),
    )
    return [each for each in results if each.invoice is None or each.invoice.late_fee_on == today]


def _add_if_due(
    firm_id: int, invoice_id: int | str, settings: BillingSettings, actor: Actor, today: date, now: datetime
) -> Invoice:
    with transaction.atomic():
        balance, invoice = lock_document(Invoice, firm_id, invoice_id)
        fees = invoice.lines.filter(kind=LineKind.LATE_FEE)
        fee = fee_for(invoice, settings, today, fees.aggregate(sum=Sum("gross", default=ZERO))["sum"])
        if fee == 0:
            return invoice
        line = InvoiceLine(
            kind=LineKind.LATE_FEE,
            item=settings.late_fee_item,
            description=f"Late fee for payment due {invoice.due_date.isoformat()}",
            rate=fee,
            date=today,
        )
        add_late_fee_line(balance, invoice, line, today, actor, now)
    return invoice
