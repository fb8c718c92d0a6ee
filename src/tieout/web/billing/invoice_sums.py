"""Acts: what the invoice in a form comes to, computed as the verbs would, saving nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.practice.actions.invoices import lines_of, prepare
from tieout.practice.billing_settings import settings_of
from tieout.practice.invoice_content import totals_of
from tieout.practice.invoice_sheet import tax_names
from tieout.practice.invoice_terms import due_on
from tieout.practice.invoice_totals import TaxAmount, Totals
from tieout.practice.invoices import Invoice, InvoiceLine, LineKind
from tieout.practice.money import total
from tieout.practice.validation import Invalid
from tieout.web.billing.invoice_typed import InvoiceTyped


@dataclass(frozen=True, slots=True)
class Sums:
    """None while a field is not right yet."""

    totals: Totals | None
    taxes: list[tuple[str, TaxAmount]]
    """Each with the name of its rate."""
    due_date: date
    currency: str
    fees: Decimal
    """Late fees that are on the invoice already and stay."""


def unsaved(firm_id: int, today: date) -> Invoice:
    """A new invoice as its verb starts it."""
    settings = settings_of(firm_id)
    terms = settings.terms
    return Invoice(
        firm_id=firm_id,
        date=today,
        terms=terms,
        due_date=due_on(terms, today, None),
        currency=settings.currency,
        memo=settings.memo,
    )


def fee_lines(invoice: Invoice) -> list[InvoiceLine]:
    return [line for line in lines_of(invoice) if line.kind == LineKind.LATE_FEE] if invoice.pk else []


def sum_up(invoice: Invoice, typed: InvoiceTyped, today: date) -> Sums:
    """Puts amounts and problems on ``typed``. ``invoice`` is changed and must not be saved."""
    fees = fee_lines(invoice)
    fee_total = total(line.gross for line in fees)
    if invoice.finalised_at is not None:  # who is billed is not up for change any more
        typed.head.pop("client_id", None)
        typed.head.pop("group_id", None)
    try:
        clean = prepare(invoice.firm_id, invoice, typed.fields(), today)
        for column, value in clean.values.items():
            setattr(invoice, column, value)
        lines = [*(clean.lines or ()), *fees]
        totals, names = totals_of(invoice, lines), tax_names(lines)
    except Invalid as invalid:
        typed.take(invalid.problems)
        return Sums(None, [], invoice.due_date, invoice.currency, fee_total)
    _put_amounts(typed, totals)
    taxes = [(names.get(each.tax_rate_id, "Tax"), each) for each in totals.taxes]
    return Sums(totals, taxes, invoice.due_date, invoice.currency, fee_total)


def _put_amounts(typed: InvoiceTyped, totals: Totals) -> None:
    for line, amounts in zip(typed.written, totals.lines, strict=False):
        line.amount = amounts.net
