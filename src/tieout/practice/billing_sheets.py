"""Decides: what the rows of a billing file mean: service items, invoices, open balances, payments. Pure.

The verb brings what there is already (``Known``); this builds rows that are not saved, judged by the same rules as a
form's. What is wrong stands at its row, and a row that another one makes impossible is refused with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tieout.practice.billing_settings import BillingSettings
from tieout.practice.billing_validation import Checks
from tieout.practice.clients import Client
from tieout.practice.invoice_content import set_amounts, settle
from tieout.practice.invoice_fields import Choices, InvoiceFields, clean_invoice, ready_to_finalise
from tieout.practice.invoice_terms import due_on, is_terms, label_of
from tieout.practice.invoices import Invoice, InvoiceLine
from tieout.practice.ledger_lists import ListEntry, TaxRate
from tieout.practice.money import ZERO, shown
from tieout.practice.payment_methods import Method
from tieout.practice.payments import Allocation, Payment
from tieout.practice.service_item_fields import ServiceItemFields, clean_item
from tieout.practice.service_items import Charge, ServiceItem
from tieout.practice.sheets import SheetColumn, SheetRow
from tieout.practice.validation import Invalid, TextRule

_CLIENT = SheetColumn("client", "Client", ("customer", "client name", "external id", "name"), needed=True)
_DATE = SheetColumn("date", "Date", ("invoice date", "payment date"), needed=True)
_NUMBER = SheetColumn("number", "Number", ("invoice", "invoice number", "no."), needed=True)
COLUMNS: Mapping[str, tuple[SheetColumn, ...]] = {
    "items": (
        SheetColumn("name", "Name", ("service item", "item", "product/service"), needed=True),
        SheetColumn("description", "Description", ("sales description",)),
        SheetColumn("charge", "Charged"),
        SheetColumn("rate", "Rate", ("price", "sales price / rate")),
        SheetColumn("sku", "SKU", ("code",)),
        SheetColumn("tax", "Tax", ("tax rate",)),
        SheetColumn("income_account", "Income account"),
        SheetColumn("category", "Category"),
        SheetColumn("status", "Status"),
    ),
    "invoices": (
        _NUMBER,
        _CLIENT,
        _DATE,
        SheetColumn("terms", "Terms"),
        SheetColumn("due_date", "Due", ("due date",)),
        SheetColumn("item", "Item", ("service item", "service")),
        SheetColumn("description", "Description"),
        SheetColumn("quantity", "Quantity", ("qty",)),
        SheetColumn("rate", "Rate", ("price",)),
        SheetColumn("tax", "Tax", ("tax rate",)),
        SheetColumn("memo", "Memo"),
        SheetColumn("status", "Status"),
    ),
    "balances": (
        _NUMBER,
        _CLIENT,
        _DATE,
        SheetColumn("due_date", "Due", ("due date",)),
        SheetColumn("rate", "Amount", ("owed", "open balance", "balance"), needed=True),
        SheetColumn("description", "Description"),
    ),
    "payments": (
        _DATE,
        _CLIENT,
        SheetColumn("amount", "Amount", needed=True),
        SheetColumn("method", "Method", ("payment method",), needed=True),
        SheetColumn("reference", "Reference", ("check number", "ref")),
        SheetColumn("invoice", "Invoice", ("invoice number",)),
        SheetColumn("retainer", "Retainer"),
        SheetColumn("memo", "Memo"),
    ),
}
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
_METHODS = {text.lower(): value for value, label in Method.choices for text in (value, label)}
_CHARGES = {text.lower(): value for value, label in Charge.choices for text in (value, label)} | {
    "": Charge.SERVICE
}
_STATES = {"active": True, "": True, "archived": False, "inactive": False}
_DRAFT_OR_NOT = {"": False, "draft": False, "finalized": True, "finalised": True}


@dataclass(frozen=True, slots=True)
class Known:
    """What is there already. Names in lower case."""

    firm_id: int
    today: date
    now: datetime
    settings: BillingSettings
    clients: Mapping[str, Sequence[Client]] = field(default_factory=dict)
    """By name and by external ID."""
    items: Mapping[str, ServiceItem] = field(default_factory=dict)
    taxes: Mapping[str, TaxRate] = field(default_factory=dict)
    accounts: Mapping[str, ListEntry] = field(default_factory=dict)
    categories: Mapping[str, ListEntry] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    """Numbers of the file that invoices have already."""
    invoices: Mapping[str, Invoice] = field(default_factory=dict)
    """By number: those that the file's payments name. They are changed, not saved."""


@dataclass(slots=True)
class Built:
    """Rows to save, each kind in the order of the file."""

    items: list[ServiceItem] = field(default_factory=list)
    invoices: list[tuple[Invoice, list[InvoiceLine]]] = field(default_factory=list)
    payments: list[tuple[Payment, Allocation | None]] = field(default_factory=list)


def build_items(rows: Sequence[SheetRow], known: Known) -> Built:
    built, seen = Built(), dict.fromkeys(known.items, 0)
    for row in rows:
        cells = row.cells
        fields: ServiceItemFields = {
            "name": cells.get("name", ""),
            "description": cells.get("description", ""),
            "charge": _one_of(row, "charge", _CHARGES, "Charged is Per service or Per hour."),
            "rate": cells.get("rate", "") or None,
            "sku": cells.get("sku", ""),
            "is_active": _one_of(row, "status", _STATES, "Status is Active or Archived."),
        }
        tax = _named(row, "tax", known.taxes, "tax rate")
        values = _checked(row, lambda checks, given=fields: clean_item(given, checks, new=True))
        name = fields["name"].strip().lower()
        if name in seen:
            where = f"line {seen[name]} of this file" if seen[name] else "one of your service items"
            row.problem("name", f"The name is that of {where}.")
        seen.setdefault(name, row.line)
        account = _named(row, "income_account", known.accounts, "income account")
        category = _named(row, "category", known.categories, "category")
        if not row.problems and values is not None:
            values |= {
                "tax_rate": tax,
                "taxable": tax is not None,
                "income_account": account,
                "category": category,
            }
            built.items.append(ServiceItem(firm_id=known.firm_id, **values))
    return built


def build_invoices(rows: Sequence[SheetRow], known: Known, *, balances: bool) -> Built:
    """Rows with one number are the lines of one invoice. ``balances``: one row each, finalized at once."""
    built = Built()
    together: dict[str, list[SheetRow]] = {}
    for row in rows:
        number = row.cells.get("number", "")
        if not number:
            row.problem("number", "The number is needed: rows with the same number are one invoice.")
        elif number in known.numbers:
            row.problem("number", f"Another invoice has the number {number}.")
        elif balances and number in together:
            row.problem("number", f"Line {together[number][0].line} has the same number.")
        else:
            together.setdefault(number, []).append(row)
    choices = Choices(
        items={each.pk: each for each in known.items.values()},
        tax_rates={each.pk: each for each in known.taxes.values()},
    )
    for number, lines in together.items():
        made = _invoice(number, lines, known, choices, balances=balances)
        if any(row.problems for row in lines):
            for row in lines:
                row.problem("", "Another line of this invoice has an error.")
        elif made is not None:
            built.invoices.append(made)
    return built


def _invoice(
    number: str, rows: list[SheetRow], known: Known, choices: Choices, *, balances: bool
) -> tuple[Invoice, list[InvoiceLine]] | None:
    first = rows[0]
    client = _client(first, known)
    for row in rows[1:]:
        for name in ("client", "date"):
            if row.cells.get(name, "") not in ("", first.cells.get(name, "")):
                row.problem(name, f"Line {first.line} of the same invoice says something else.")
    settings = known.settings
    terms = _terms(first, settings.terms, due_given=bool(first.cells.get("due_date")))
    invoice = Invoice(
        firm_id=known.firm_id,
        client=client,
        date=known.today,
        terms=terms,
        due_date=due_on(terms, known.today, known.today),
        currency=settings.currency,
        memo="" if balances else settings.memo,
    )
    fields: InvoiceFields = {"number": number, "date": _day(first, "date"), "terms": terms}
    if first.cells.get("due_date"):
        fields["due_date"] = _day(first, "due_date")
    if first.cells.get("memo"):
        fields["memo"] = first.cells["memo"]
    fields["lines"] = [_line(row, known, balances=balances) for row in rows]
    finalised = balances or _one_of(first, "status", _DRAFT_OR_NOT, "Status is Draft or Finalized.")
    try:
        clean = clean_invoice(fields, choices, invoice, known.today, Checks())
        for column, value in clean.values.items():
            setattr(invoice, column, value)
        lines = clean.lines or []
        set_amounts(invoice, lines)
        if finalised and client is not None:
            if problems := ready_to_finalise(invoice, lines, client, known.today):
                raise Invalid(problems)
            invoice.finalised_at = known.now
            set_amounts(invoice, lines)
    except Invalid as invalid:
        _tell(invalid, rows)
        return None
    return (invoice, lines) if client is not None else None


def _line(row: SheetRow, known: Known, *, balances: bool) -> Any:
    item = None if balances else _named(row, "item", known.items, "service item")
    line: dict[str, Any] = {
        "item_id": item.pk if item else None,
        "description": row.cells.get("description", "") or ("Opening balance" if balances else ""),
        "quantity": row.cells.get("quantity", "") or 1,
        "rate": row.cells.get("rate", ""),
    }
    if "tax" in row.cells and not balances:
        tax = _named(row, "tax", known.taxes, "tax rate")
        line["tax_rate_id"] = tax.pk if tax else None
    return line


def build_payments(rows: Sequence[SheetRow], known: Known) -> Built:
    """A payment is put on the invoice it names, as far as that is owed; the rest is money on account."""
    built = Built()
    for row in rows:
        client = _client(row, known)
        checks = Checks()
        amount = checks.amount("amount", row.cells.get("amount", ""), "The amount")
        when = checks.day("date", _day(row, "date"), "The date")
        if when is None:
            checks.problem("date", "The date is needed.")
        elif when > known.today:
            checks.problem("date", "The date is in the future.")
        reference = checks.text("reference", row.cells.get("reference", ""), TextRule("The reference", 21))
        memo = checks.text("memo", row.cells.get("memo", ""), TextRule("Memo", 4000, prose=True))
        for name, sentence in checks.problems.items():
            row.problem(name, sentence)
        method = _one_of(
            row, "method", _METHODS, "Method is Credit card, Debit card, ACH, Cash, Check or Other."
        )
        retainer = _one_of(row, "retainer", _YES, "Retainer is Yes or No.")
        invoice = _paid_invoice(row, client, known)
        if row.problems or client is None or when is None:
            continue
        payment = Payment(
            firm_id=known.firm_id, client=client, date=when, amount=amount, currency=known.settings.currency,
            method=method, reference=reference, memo=memo, is_additional=retainer, unapplied=amount,
        )  # fmt: skip
        part = None
        if invoice is not None and (put := min(amount, invoice.balance)) > ZERO:
            settle(invoice, paid=put)
            payment.allocated, payment.unapplied = put, amount - put
            part = Allocation(firm_id=known.firm_id, payment=payment, invoice=invoice, amount=put, date=when)
        built.payments.append((payment, part))
    return built


def _paid_invoice(row: SheetRow, client: Client | None, known: Known) -> Invoice | None:
    number = row.cells.get("invoice", "")
    if not number:
        return None
    invoice = known.invoices.get(number)
    if invoice is None or (client is not None and invoice.client_id != client.pk):
        row.problem("invoice", f"This client has no invoice with the number {number}.")
    elif not invoice.is_open:
        told = f"{shown(invoice.balance)} is owed on invoice {number}; it is {invoice.get_status_display().lower()}."
        row.problem("invoice", told)
    else:
        return invoice
    return None


def _client(row: SheetRow, known: Known) -> Client | None:
    told = row.cells.get("client", "")
    found = known.clients.get(told.lower(), ())
    if not told:
        row.problem("client", "The client is needed.")
    elif not found:
        row.problem("client", f"No client is called {told}, nor has it as external ID. Add the client first.")
    elif len(found) > 1:
        row.problem("client", f"{len(found)} clients are called {told}. Write the external ID instead.")
    else:
        return found[0]
    return None


def _day(row: SheetRow, name: str) -> str:
    """As ISO writes it; a date as QuickBooks exports it, 1/31/2026, is understood."""
    told = row.cells.get(name, "")
    found = _US_DAY.fullmatch(told)
    return f"{found[3]}-{int(found[1]):02}-{int(found[2]):02}" if found else told


def _terms(row: SheetRow, usual: str, *, due_given: bool) -> str:
    told = row.cells.get("terms", "").strip().lower()
    if not told:
        return "custom" if due_given else usual
    value = {"due on receipt": "receipt"}.get(told, told.replace(" ", ""))
    if not is_terms(value):
        row.problem("terms", f"Terms are such as {label_of('net30')}, Due on receipt or Custom.")
        return usual
    return value


def _named(row: SheetRow, name: str, rows: Mapping[str, Any], what: str) -> Any:
    told = row.cells.get(name, "")
    if not told:
        return None
    found = rows.get(told.lower())
    if found is None:
        row.problem(name, f"There is no {what} called {told}.")
    return found


def _one_of(row: SheetRow, name: str, choices: Mapping[str, Any], sentence: str) -> Any:
    told = row.cells.get(name, "").strip().lower()
    if told not in choices:
        row.problem(name, sentence)
        return next(iter(choices.values()))
    return choices[told]


def _checked(row: SheetRow, clean: Any) -> dict[str, Any] | None:
    checks = Checks()
    values: dict[str, Any] = clean(checks)
    for name, sentence in checks.problems.items():
        row.problem(name, sentence)
    return values if not checks.problems else None


def _tell(invalid: Invalid, rows: list[SheetRow]) -> None:
    """Put each sentence at the row it is about: ``lines.1.rate`` is the second one's."""
    for name, sentence in invalid.problems.items():
        parts = name.split(".")
        about_a_line = len(parts) == 3 and parts[0] == "lines" and int(parts[1]) < len(rows)
        row = rows[int(parts[1])] if about_a_line else rows[0]
        row.problem(parts[-1].removesuffix("_id"), sentence)


def owed_change(built: Built) -> dict[int, Decimal]:
    """Client id -> what the finalized invoices add to what the client owes."""
    sums: dict[int, Decimal] = {}
    for invoice, _ in built.invoices:
        sums[invoice.client_id] = sums.get(invoice.client_id, ZERO) + invoice.balance
    return sums
