"""Decides: what an invoice's columns follow from: its amounts, its status, and what it said. Pure; saves nothing.

Works on rows that the verbs have loaded and will save.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tieout.practice.invoice_totals import Discount, DiscountKind, LineInput, TooMuchOff, Totals, total_up
from tieout.practice.invoices import Invoice, InvoiceLine, LineKind, Status
from tieout.practice.money import ZERO, plain, shown
from tieout.practice.validation import Invalid

_SAID = ("number", "date", "terms", "due_date", "memo", "discount_kind", "discount_value")
_SAID_AMOUNTS = ("subtotal", "discount_total", "tax_total", "written_off", "total")


def totals_of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Totals:
    """What the invoice comes to with these lines. Raises Invalid."""
    inputs = [
        LineInput(
            line.quantity,
            line.rate,
            Discount(DiscountKind(line.discount_kind), line.discount_value),
            line.tax_rate_id,
            line.tax_percent,
            discountable=line.kind != LineKind.LATE_FEE,
        )
        for line in lines
    ]
    discount = Discount(DiscountKind(invoice.discount_kind), invoice.discount_value)
    try:
        return total_up(inputs, discount=discount, write_off=invoice.written_off, currency=invoice.currency)
    except TooMuchOff as problem:
        raise Invalid({problem.field: str(problem)}) from problem


def set_amounts(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    """Put what follows from the lines on them and on the invoice. Raises Invalid; the balance may not fall below zero."""
    totals = totals_of(invoice, lines)
    for line, amounts in zip(lines, totals.lines, strict=True):
        line.gross, line.discount = amounts.gross, amounts.discount
    invoice.subtotal, invoice.discount_total = totals.subtotal, totals.discount
    invoice.tax_total, invoice.total = totals.tax, totals.total
    settle(invoice)


def settle(invoice: Invoice, *, paid: Decimal = ZERO, credited: Decimal = ZERO) -> None:
    """Add to what was paid and credited; balance and status follow. Raises Invalid when more is paid than it comes to."""
    invoice.paid += paid
    invoice.credited += credited
    settled = invoice.paid + invoice.credited
    counted = invoice.finalised_at is not None and invoice.voided_at is None
    if counted and settled > invoice.total:
        raise Invalid(
            {
                "lines": f"{shown(settled)} has been paid or credited; the invoice cannot come to {shown(invoice.total)}. "
                "Take a payment or credit off it first."
            }
        )
    invoice.balance = invoice.total - settled if counted else ZERO
    invoice.status = status_of(invoice)


def status_of(invoice: Invoice) -> Status:
    """Where the invoice is in its life."""
    if invoice.voided_at is not None:
        return Status.VOID
    if invoice.finalised_at is None:
        return Status.DRAFT
    if invoice.balance == 0:
        unpaid = invoice.paid == 0 and invoice.credited == 0
        return Status.WRITTEN_OFF if unpaid and invoice.written_off > 0 else Status.PAID
    if invoice.paid > 0 or invoice.credited > 0:
        return Status.PART_PAID
    return Status.SENT if invoice.sent_at is not None else Status.FINALISED


def said(invoice: Invoice, lines: Sequence[InvoiceLine]) -> dict[str, Any]:
    """What a reader of the invoice would see: kept at each revision. Amounts as text, so that JSON keeps them exact."""
    return {
        **{field: _text(getattr(invoice, field)) for field in (*_SAID, *_SAID_AMOUNTS)},
        "location": str(invoice.location or ""),
        "category": str(invoice.category or ""),
        "lines": [
            {
                "kind": line.kind,
                "client": str(line.client or ""),
                "item": str(line.item or ""),
                "description": line.description,
                "quantity": str(plain(line.quantity)),
                "rate": str(plain(line.rate)),
                "date": _text(line.date),
                "discount": str(line.discount),
                "amount": str(line.gross - line.discount),
                "tax": str(line.tax_rate or ""),
                "tax_percent": str(plain(line.tax_percent)),
                "class": str(line.tracking_class or ""),
            }
            for line in lines
        ],
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)
