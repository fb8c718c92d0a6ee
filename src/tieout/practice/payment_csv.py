"""Decides: what the rows of a file of payments mean, and how a payment is written as rows. Pure.

One row for each invoice a payment is on, one for a payment on none. Rows with the same Record are one payment; without
that column each row is a payment of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tieout.practice.billing_csv import (
    Built,
    Known,
    PaymentBuilt,
    client_of,
    currency_of,
    day_text,
    entry_of,
    one_of,
    said_once,
    together,
)
from tieout.practice.billing_validation import Checks
from tieout.practice.clients import Client
from tieout.practice.invoice_content import settle
from tieout.practice.invoices import Invoice
from tieout.practice.ledger_lists import LedgerList
from tieout.practice.money import ZERO, shown
from tieout.practice.payment_methods import Method
from tieout.practice.payments import Allocation, Payment, PaymentStatus, Refund
from tieout.practice.sheets import SheetRow
from tieout.practice.validation import TextRule

_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
_METHODS = {text.lower(): value for value, label in Method.choices for text in (value, label)}
_STATES = {"": PaymentStatus.RECEIVED} | {
    text.lower(): value
    for value, label in PaymentStatus.choices
    for text in (value, label)
    if value != PaymentStatus.PENDING
}
_ONCE = (
    "date", "client", "amount", "method", "reference", "status", "retainer", "refunded", "refunded_on", "deposit_to",
    "currency", "memo",
)  # fmt: skip


def payment_cells(
    payment: Payment, parts: Sequence[tuple[str, Decimal]], refunded_on: str, record: str, client: str
) -> list[list[str]]:
    """Its rows, in the order of the columns. ``parts``: number of an invoice and what is on it."""
    rows = []
    for place, (number, applied) in enumerate(parts or [("", ZERO)]):
        first = place == 0

        def once(value: Any, told: bool = first) -> str:
            return str(value) if told else ""

        rows.append(
            [
                record,
                once(payment.date.isoformat()),
                once(client),
                once(payment.amount),
                once(payment.get_method_display()),
                once(payment.reference),
                once(payment.get_status_display()),
                number,
                str(applied) if applied else "",
                once("Yes" if payment.is_additional else "No"),
                once(payment.refunded or ""),
                once(refunded_on),
                once(payment.deposit_to or ""),
                once(payment.currency),
                once(payment.memo),
                once(payment.unapplied),
            ]
        )
    return rows


def build_payments(rows: Sequence[SheetRow], known: Known) -> Built:
    """A payment is put on the invoice it names, as far as that is owed or as Applied says; the rest is on account."""
    built = Built()
    payments: dict[str, list[SheetRow]] = {}
    for row in rows:
        payments.setdefault(row.cells.get("record", "") or f"\n{row.line}", []).append(row)
    for lines in payments.values():
        made = _payment(lines, known)
        together(lines)
        if made is None or lines[0].problems:
            continue
        for part in made.parts:
            settle(part.invoice, paid=part.amount)
        built.payments.append(made)
    return built


def _payment(rows: list[SheetRow], known: Known) -> PaymentBuilt | None:
    row = rows[0]
    said_once(rows, _ONCE)
    client = client_of(row, known)
    checks = Checks()
    amount = checks.amount("amount", row.cells.get("amount", ""), "The amount")
    when = checks.day("date", day_text(row, "date"), "The date")
    if when is None:
        checks.problem("date", "The date is needed.")
    elif when > known.today:
        checks.problem("date", "The date is in the future.")
    reference = checks.text("reference", row.cells.get("reference", ""), TextRule("The reference", 21))
    memo = checks.text("memo", row.cells.get("memo", ""), TextRule("Memo", 4000, prose=True))
    refunded = ZERO
    if told := row.cells.get("refunded", ""):
        refunded = checks.amount("refunded", told, "What was refunded")
    back_on = checks.day("refunded_on", day_text(row, "refunded_on"), "The date of the refund")
    if back_on is not None and back_on > known.today:
        checks.problem("refunded_on", "The date of the refund is in the future.")
    elif back_on is not None and when is not None and back_on < when:
        checks.problem("refunded_on", "The date of the refund is before the payment's.")
    for name, sentence in checks.problems.items():
        row.problem(name, sentence)
    method = one_of(row, "method", _METHODS, "Method is Credit card, Debit card, ACH, Cash, Check or Other.")
    retainer = one_of(row, "retainer", _YES, "Retainer is Yes or No.")
    state = one_of(
        row,
        "status",
        _STATES,
        "Status is Received, Bounced, Declined or Void. A charge that is pending is the processor's to settle; leave it out.",
    )
    deposit_to = entry_of(row, "deposit_to", known, LedgerList.ACCOUNT)
    came = state == PaymentStatus.RECEIVED
    currency = currency_of(row, known)
    parts = _parts(rows, client, amount - refunded, currency, known, came=came)
    if refunded and (not came or amount - refunded < sum((each.amount for each in parts), ZERO)):
        row.problem("refunded", "More was refunded than is left of this payment beside its invoices.")
    if client is None or when is None or any(each.problems for each in rows):
        return None
    payment = Payment(
        firm_id=known.firm_id, client=client, date=when, amount=amount, currency=currency,
        method=method, reference=reference, memo=memo, is_additional=retainer, status=state, deposit_to=deposit_to,
        refunded=refunded,
    )  # fmt: skip
    made = PaymentBuilt(payment, parts)
    payment.allocated = sum((part.amount for part in parts), ZERO)
    payment.unapplied = amount - refunded - payment.allocated if came else ZERO
    for part in parts:
        part.payment, part.date = payment, when
    if refunded:
        made.refund = Refund(
            firm_id=known.firm_id,
            payment=payment,
            client=client,
            date=back_on or when,
            amount=refunded,
            method=method,
        )
    return made


def _parts(
    rows: Sequence[SheetRow], client: Client | None, left: Decimal, currency: str, known: Known, *, came: bool
) -> list[Allocation]:
    """What goes on which invoice. Nothing is changed yet."""
    parts: list[Allocation] = []
    for row in rows:
        invoice = _paid_invoice(row, client, currency, known, came=came)
        if invoice is None:
            continue
        put = min(left, invoice.balance)
        if told := row.cells.get("applied", ""):
            checks = Checks()
            put = checks.amount("applied", told, "What is applied")
            for name, sentence in checks.problems.items():
                row.problem(name, sentence)
            if put > invoice.balance:
                told = shown(invoice.balance, currency)
                row.problem("applied", f"Only {told} is owed on invoice {invoice.number}.")
            elif put > left:
                row.problem("applied", f"Only {shown(max(left, ZERO), currency)} of this payment is left.")
        if any(part.invoice is invoice for part in parts):
            row.problem("invoice", f"This payment is on invoice {invoice.number} in another row already.")
        elif put > ZERO and not row.problems:
            left -= put
            parts.append(Allocation(firm_id=known.firm_id, invoice=invoice, amount=put))
    return parts


def _paid_invoice(
    row: SheetRow, client: Client | None, currency: str, known: Known, *, came: bool
) -> Invoice | None:
    number = row.cells.get("invoice", "")
    if not number:
        return None
    invoice = known.invoices.get(number)
    if not came:
        row.problem("invoice", "Money that did not come pays no invoice. Leave the invoice out.")
    elif invoice is None or (client is not None and invoice.client_id != client.pk):
        row.problem("invoice", f"This client has no invoice with the number {number}.")
    elif not invoice.is_open:
        told = f"{shown(invoice.balance, invoice.currency)} is owed on invoice {number}; "
        row.problem("invoice", f"{told}it is {invoice.get_status_display().lower()}.")
    elif invoice.currency != currency:
        row.problem("invoice", f"Invoice {number} is in {invoice.currency} and this payment in {currency}.")
    else:
        return invoice
    return None
