"""Acts: puts parts of payments on invoices and takes them off, on rows that are locked. Used by the payment verbs.

Every cent that leaves one column enters another: the payment's, the invoice's and the client's move together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from tieout.practice.actions.locking import lock_invoices
from tieout.practice.actions.recording import record_changed
from tieout.practice.actor import Actor
from tieout.practice.allocation import Part, oldest_first, problems_with
from tieout.practice.billing_access import rows_of
from tieout.practice.billing_validation import Checks, Number
from tieout.practice.client_balances import ClientBalance, move
from tieout.practice.invoice_content import settle
from tieout.practice.invoices import INVOICE, OPEN, Invoice
from tieout.practice.money import MOST, ZERO, total
from tieout.practice.payments import Allocation, Payment
from tieout.practice.validation import Invalid

Wanted = Sequence[tuple[int | str, Number]]
"""Invoice id and the amount to put on it."""


def read_parts(wanted: Wanted, checks: Checks) -> list[Part]:
    """The parts as typed; problems are named ``allocations.<row>``. An empty amount or zero asks for nothing."""
    parts = []
    for index, (invoice_id, amount) in enumerate(wanted):
        field, text = f"allocations.{index}", str(invoice_id)
        if amount == "":
            continue
        number = checks.number(field, amount, "The amount", places=2, most=MOST)
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            checks.problem(field, "Choose an open invoice of this client.")
        elif number > 0:
            parts.append(Part(int(text), number))
    return parts


def open_parts(firm_id: int, client_id: int, currency: str) -> list[Part]:
    """What is owed on the client's open invoices in that currency, the one due first at the front."""
    invoices = rows_of(Invoice, firm_id).filter(client_id=client_id, status__in=OPEN, currency=currency)
    rows = invoices.order_by("due_date", "id").values_list("pk", "balance")
    return [Part(pk, owed) for pk, owed in rows]


def oldest_parts(firm_id: int, client_id: int, amount: Decimal, currency: str) -> list[Part]:
    """``amount`` over the client's open invoices in that currency, the one due first at the front."""
    return oldest_first(amount, open_parts(firm_id, client_id, currency))


def invoices_to_pay(
    firm_id: int, client_id: int, parts: Sequence[Part], available: Decimal, currency: str
) -> dict[int, Invoice]:
    """The invoices of the parts, locked. Raises Invalid unless every part fits its invoice and all what there is.

    ``currency``: of the money. It pays no invoice in another one: an amount is not worth the same there.
    """
    invoices = lock_invoices(firm_id, client_id, [part.invoice_id for part in parts])
    owed = {pk: invoice.balance for pk, invoice in invoices.items() if invoice.is_open}
    problems = problems_with(available, parts, owed, currency)
    for index, part in enumerate(parts):
        if part.invoice_id in owed and invoices[part.invoice_id].currency != currency:
            problems[f"allocations.{index}"] = (
                f"This invoice is in {invoices[part.invoice_id].currency} and the money is in {currency}. "
                f"Choose an invoice in {currency}."
            )
    if problems:
        raise Invalid(problems)
    return invoices


def put_on(
    balance: ClientBalance, payment: Payment, parts: Sequence[Part], on: date, actor: Actor
) -> dict[str, list[str | None]]:
    """Put parts of the unapplied money on invoices; the payment is changed, not saved. Returns what to tell of it."""
    invoices = invoices_to_pay(payment.firm_id, payment.client_id, parts, payment.unapplied, payment.currency)
    there = {each.invoice_id: each for each in payment.allocations.all()} if payment.pk else {}
    for part in parts:
        allocation = there.get(part.invoice_id) or Allocation(
            firm_id=payment.firm_id, payment=payment, invoice_id=part.invoice_id, amount=ZERO
        )
        allocation.amount += part.amount
        allocation.date = on
        allocation.save()
        settle_and_record(invoices[part.invoice_id], actor, paid=part.amount)
    together = total(part.amount for part in parts)
    payment.allocated += together
    payment.unapplied -= together
    move(balance, owed=-together, on_account=-together)
    return _told(parts, invoices, put=True)


def take_off(
    balance: ClientBalance, payment: Payment, parts: Sequence[Part], actor: Actor
) -> dict[str, list[str | None]]:
    """Take parts of a payment off invoices again; they are unapplied then. The payment is changed, not saved."""
    invoices = lock_invoices(payment.firm_id, payment.client_id, [part.invoice_id for part in parts])
    there = {each.invoice_id: each for each in payment.allocations.all()}
    for part in parts:
        allocation = there[part.invoice_id]
        allocation.amount -= part.amount
        if allocation.amount == 0:
            allocation.delete()
        else:
            allocation.save()
        settle_and_record(invoices[part.invoice_id], actor, paid=-part.amount)
    together = total(part.amount for part in parts)
    payment.allocated -= together
    payment.unapplied += together
    move(balance, owed=together, on_account=together)
    return _told(parts, invoices, put=False)


def settle_and_record(
    invoice: Invoice, actor: Actor, *, paid: Decimal = ZERO, credited: Decimal = ZERO
) -> None:
    """The invoice with so much more (or less) paid or credited: saved, with history and note."""
    before = (invoice.balance, invoice.status)
    settle(invoice, paid=paid, credited=credited)
    changes = {"balance": [before[0], invoice.balance]}
    if invoice.status != before[1]:
        changes["status"] = [before[1], invoice.status]
    if paid:
        verb = "paid" if paid > 0 else "payment taken off"
    else:
        verb = "credited" if credited > 0 else "credit taken off"
    record_changed(invoice, INVOICE, verb, actor, changes)


def _told(parts: Iterable[Part], invoices: dict[int, Invoice], *, put: bool) -> dict[str, list[str | None]]:
    told: dict[str, list[str | None]] = {}
    for part in parts:
        amount = str(part.amount)
        told[f"invoice {invoices[part.invoice_id].number}"] = [None, amount] if put else [amount, None]
    return told
