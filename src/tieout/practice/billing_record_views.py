"""Decides: how each billing record looks at the door, as canonical units and facts. Pure: from a loaded row.

Dates are ISO texts, amounts Decimals, references the practice's ids as texts, or the ledger's for what comes from
its lists. An entry of another of the ledger's companies than the firm is tied to has no id there: it shows as not chosen,
and the fact ``other_company`` names its unit; of a row's tax code the row says so itself. The amounts of an invoice's
rows add up to its total.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tieout.practice.credits import Credit, CreditApplication
from tieout.practice.invoice_content import totals_of
from tieout.practice.invoice_terms import Terms, label_of
from tieout.practice.invoices import Invoice, InvoiceLine, Status
from tieout.practice.ledger_lists import LedgerList, ListEntry, TaxRate
from tieout.practice.money import plain
from tieout.practice.payments import Payment, PaymentStatus, Refund
from tieout.practice.record_views import RecordView
from tieout.practice.service_items import ServiceItem

OPEN, VOID = "open", "void"
LOADED_LINES = "loaded_lines"
"""Where an invoice that is to be shown carries its lines, in their order."""
_ONE = Decimal(1)


def item_view(item: ServiceItem) -> RecordView:
    return RecordView(
        item.version,
        {
            "name": item.name,
            "description": item.description,
            "rate": None if item.rate is None else plain(item.rate),
            "sku": item.sku,
            "active": item.is_active,
            "taxable": item.taxable,
            "income_account": _ledger_id(item.income_account),
            "category": _ledger_id(item.category),
        },
        {
            "label": item.name,
            "charge": item.charge,
            "updated_at": item.updated_at.isoformat(),
            **_of_another(("income_account", item.income_account), ("category", item.category)),
        },
    )


def invoice_view(invoice: Invoice) -> RecordView:
    lines: list[InvoiceLine] = getattr(invoice, LOADED_LINES)
    return RecordView(
        invoice.version,
        {
            "number": invoice.number,
            "date": _iso(invoice.date),
            "due_date": _iso(invoice.due_date),
            "terms": "" if invoice.terms == Terms.CUSTOM else label_of(invoice.terms),
            "client": str(invoice.client_id),
            "memo": invoice.memo,
            "location": _ledger_id(invoice.location),
            "content": tuple(_rows(invoice, lines)),
            "total": invoice.total,
            "state": VOID if invoice.status == Status.VOID else OPEN,
        },
        {
            "label": f"Invoice {invoice.number}",
            "status": invoice.status,
            "finalised_at": _iso(invoice.finalised_at),
            "balance": invoice.balance,
            "applied": invoice.paid + invoice.credited,
            "currency": invoice.currency,
            "tax": invoice.tax_total,
            **_of_another(
                ("location", invoice.location), *(("content", line.tracking_class) for line in lines)
            ),
        },
    )


def _rows(invoice: Invoice, lines: Iterable[InvoiceLine]) -> Iterable[dict[str, Any]]:
    """The lines at full price, then what is taken off or put on: one row of discount, one per tax rate, one write-off."""
    lines = list(lines)
    for line in lines:
        yield {
            "kind": "item",
            "item": "" if line.item_id is None else str(line.item_id),
            "description": line.description,
            "quantity": plain(line.quantity),
            "rate": plain(line.rate),
            "amount": line.gross,
            "date": _iso(line.date),
            "taxable": line.tax_rate_id is not None,
            "class": _ledger_id(line.tracking_class),
            **_tax_of(line.tax_rate),
        }
    if invoice.discount_total:
        yield _total_row("discount", "Discount", -invoice.discount_total)
    rates = {line.tax_rate_id: line.tax_rate for line in lines if line.tax_rate is not None}
    for tax in totals_of(invoice, lines).taxes if rates else ():
        rate = rates[tax.tax_rate_id]
        yield _total_row("tax", f"{rate} {plain(tax.percent)}%", tax.tax) | {"tax_rate": str(rate.pk)}
    if invoice.written_off:
        yield _total_row("write_off", "Written off", -invoice.written_off)


def _total_row(kind: str, description: str, amount: Decimal) -> dict[str, Any]:
    return {
        "kind": kind,
        "item": "",
        "description": description,
        "quantity": _ONE,
        "rate": amount,
        "amount": amount,
        "date": "",
        "taxable": False,
        "class": "",
    }


def _tax_of(rate: TaxRate | None) -> dict[str, str]:
    """What a taxed row says beside: its rate, and the ledger's code that this stands for, or that this is one of another
    company. What does not apply is missing, so that it costs no room in what is kept of documents without tax."""
    if rate is None:
        return {}
    code, told = rate.tax_code, {"tax_rate": str(rate.pk)}
    if code is None:
        return told
    return told | (
        {"tax_code": code.ledger_id} if code.is_current else {"other_company": f"the tax code of {rate}"}
    )


def payment_view(payment: Payment) -> RecordView:
    parts = sorted(payment.allocations.all(), key=lambda each: each.invoice_id)
    return RecordView(
        payment.version,
        {
            "client": str(payment.client_id),
            "date": _iso(payment.date),
            "amount": payment.amount,
            "method": payment.method,
            "reference": payment.reference,
            "memo": payment.memo,
            "deposit_to": _ledger_id(payment.deposit_to),
            "allocations": tuple({"invoice": str(each.invoice_id), "amount": each.amount} for each in parts),
            "state": OPEN if payment.status == PaymentStatus.RECEIVED else VOID,
        },
        {
            "label": f"Payment of {_iso(payment.date)}",
            "status": payment.status,
            "unapplied": payment.unapplied,
            "refunded": payment.refunded,
            "additional": payment.is_additional,
            "currency": payment.currency,
            **_of_another(("deposit_to", payment.deposit_to)),
        },
    )


def refund_view(refund: Refund) -> RecordView:
    return RecordView(
        refund.version,
        {
            "client": str(refund.client_id),
            "date": _iso(refund.date),
            "amount": refund.amount,
            "method": refund.method,
            "payment": str(refund.payment_id),
            "reason": refund.reason,
        },
        {"label": f"Refund of {_iso(refund.date)}"},
    )


def credit_view(credit: Credit) -> RecordView:
    return RecordView(
        credit.version,
        {
            "client": str(credit.client_id),
            "date": _iso(credit.date),
            "number": credit.number,
            "item": "" if credit.item_id is None else str(credit.item_id),
            "description": credit.description,
            "quantity": plain(credit.quantity),
            "rate": plain(credit.rate),
            "amount": credit.amount,
            "memo": credit.memo,
            "state": VOID if credit.is_void else OPEN,
        },
        {
            "label": f"Credit {credit.number}",
            "applied": credit.applied,
            "left": credit.left,
            "currency": credit.currency,
        },
    )


def application_view(application: CreditApplication) -> RecordView:
    return RecordView(
        application.version,
        {
            "client": str(application.credit.client_id),
            "credit": str(application.credit_id),
            "invoice": str(application.invoice_id),
            "amount": application.amount,
            "date": _iso(application.date),
            "state": VOID if application.is_void else OPEN,
        },
        {"label": f"Credit {application.credit.number} on invoice {application.invoice.number}"},
    )


def entry_view(entry: ListEntry) -> RecordView:
    of_account = {"account_type": entry.account_type} if entry.list == LedgerList.ACCOUNT else {}
    return RecordView(
        entry.version,
        {
            "name": entry.name,
            "full_name": entry.full_name,
            "active": entry.is_active,
            "parent": entry.parent,
            **of_account,
        },
        {"label": entry.full_name, "ledger_id": entry.ledger_id},
    )


def _ledger_id(entry: ListEntry | None) -> str:
    return "" if entry is None or not entry.is_current else entry.ledger_id


def _of_another(*chosen: tuple[str, ListEntry | None]) -> dict[str, str]:
    """The fact that names the units whose choice is an entry of another company; nothing when none is."""
    units = dict.fromkeys(unit for unit, entry in chosen if entry is not None and not entry.is_current)
    return {"other_company": " ".join(units)} if units else {}


def _iso(when: date | datetime | None) -> str:
    return "" if when is None else when.isoformat()
