"""Decides: which columns a billing file has, what is there already, and how its cells are read. Pure.

Service items, invoices, open balances, payments: what is exported can be imported again. The builders beside this
(``item_csv``, ``invoice_csv``, ``payment_csv``) make rows that are not saved, judged by the same rules as a
form's; the verb brings what there is already (``Known``). What is wrong stands at its row.
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
from tieout.practice.groups import ClientGroup
from tieout.practice.invoices import Invoice, InvoiceLine
from tieout.practice.ledger_lists import LedgerList, ListEntry, TaxRate
from tieout.practice.money import CURRENCIES, ZERO
from tieout.practice.payments import Allocation, Payment, Refund
from tieout.practice.service_items import ServiceItem
from tieout.practice.sheets import SheetColumn, SheetRow

_CLIENT = SheetColumn("client", "Client", ("customer", "client name", "external id", "name"), needed=True)
_DATE = SheetColumn("date", "Date", ("invoice date", "payment date"), needed=True)
_NUMBER = SheetColumn("number", "Number", ("invoice", "invoice number", "no."), needed=True)
_DUE = SheetColumn("due_date", "Due", ("due date",))
_RECORD = SheetColumn("record", "Record")
"""Whatever is the same in rows that belong together."""
_CURRENCY = SheetColumn("currency", "Currency")


def _shown(*labels: str) -> tuple[SheetColumn, ...]:
    return tuple(SheetColumn(label.lower(), label, shown_only=True) for label in labels)


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
        _RECORD,
        _NUMBER,
        _CLIENT,
        SheetColumn("group", "Client group"),
        SheetColumn("status", "Status"),
        _DATE,
        SheetColumn("terms", "Terms"),
        _DUE,
        _CURRENCY,
        SheetColumn("location", "Location"),
        SheetColumn("category", "Category"),
        SheetColumn("discount", "Discount"),
        SheetColumn("written_off", "Written off"),
        SheetColumn("memo", "Memo"),
        SheetColumn("kind", "Line"),
        SheetColumn("item", "Item", ("service item", "service")),
        SheetColumn("line_client", "For client"),
        SheetColumn("description", "Description"),
        SheetColumn("quantity", "Quantity", ("qty",)),
        SheetColumn("rate", "Rate", ("price",)),
        SheetColumn("line_date", "Service date"),
        SheetColumn("line_discount", "Line discount"),
        SheetColumn("tax", "Tax", ("tax rate",)),
        SheetColumn("tax_percent", "Tax %"),
        SheetColumn("tracking_class", "Class"),
        *_shown("Line amount", "Subtotal", "Discounts", "Tax in all", "Total", "Paid", "Credited", "Owed"),
    ),
    "balances": (
        _NUMBER,
        _CLIENT,
        _DATE,
        _DUE,
        SheetColumn("rate", "Amount", ("owed", "open balance", "balance"), needed=True),
        SheetColumn("description", "Description"),
        _CURRENCY,
    ),
    "payments": (
        _RECORD,
        _DATE,
        _CLIENT,
        SheetColumn("amount", "Amount", needed=True),
        SheetColumn("method", "Method", ("payment method",), needed=True),
        SheetColumn("reference", "Reference", ("check number", "ref")),
        SheetColumn("status", "Status"),
        SheetColumn("invoice", "Invoice", ("invoice number",)),
        SheetColumn("applied", "Applied", ("on the invoice",)),
        SheetColumn("retainer", "Retainer"),
        SheetColumn("refunded", "Refunded"),
        SheetColumn("refunded_on", "Refunded on"),
        SheetColumn("deposit_to", "Deposited to"),
        _CURRENCY,
        SheetColumn("memo", "Memo"),
        *_shown("On account"),
    ),
}
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_CURRENCIES = {code.lower(): code for code in CURRENCIES}


@dataclass(frozen=True, slots=True)
class Known:
    """What is there already. Names in lower case."""

    firm_id: int
    today: date
    now: datetime
    settings: BillingSettings
    clients: Mapping[str, Sequence[Client]] = field(default_factory=dict)
    """By name and by external ID."""
    items: Mapping[str, Sequence[ServiceItem]] = field(default_factory=dict)
    """By name and by ``Category:Name``, active ones first."""
    taxes: Mapping[str, TaxRate] = field(default_factory=dict)
    entries: Mapping[LedgerList, Mapping[str, ListEntry]] = field(default_factory=dict)
    """Of the lists that come from the ledger, by full name."""
    groups: Mapping[str, ClientGroup] = field(default_factory=dict)
    group_clients: Mapping[int, Mapping[int, Client]] = field(default_factory=dict)
    """Id of a group -> its clients."""
    numbers: frozenset[str] = frozenset()
    """Numbers of the file that invoices have already."""
    invoices: Mapping[str, Invoice] = field(default_factory=dict)
    """By number: those that the file's payments name. They are changed, not saved."""


@dataclass(slots=True)
class PaymentBuilt:
    payment: Payment
    parts: list[Allocation] = field(default_factory=list)
    refund: Refund | None = None


@dataclass(slots=True)
class Built:
    """Rows to save, each kind in the order of the file."""

    items: list[ServiceItem] = field(default_factory=list)
    invoices: list[tuple[Invoice, list[InvoiceLine]]] = field(default_factory=list)
    payments: list[PaymentBuilt] = field(default_factory=list)


def client_of(row: SheetRow, known: Known) -> Client | None:
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


def item_of(row: SheetRow, known: Known) -> ServiceItem | None:
    told = row.cells.get("item", "")
    if not told:
        return None
    found = known.items.get(told.lower(), ())
    active = [each for each in found if each.is_active]
    if not found:
        row.problem("item", f"There is no service item called {told}.")
    elif len(found) > 1 and len(active) != 1:
        row.problem("item", f"{len(found)} service items are called {told}. Write one as Category:{told}.")
    return active[0] if active else found[0] if found else None


def entry_of(row: SheetRow, name: str, known: Known, of: LedgerList) -> ListEntry | None:
    found: ListEntry | None = named(row, name, known.entries.get(of, {}), of.label.lower())
    return found


def named(row: SheetRow, name: str, rows: Mapping[str, Any], what: str) -> Any:
    told = row.cells.get(name, "")
    if not told:
        return None
    found = rows.get(told.lower())
    if found is None:
        row.problem(name, f"There is no {what} called {told}.")
    return found


def day_text(row: SheetRow, name: str) -> str:
    """As ISO writes it; a date as QuickBooks exports it, 1/31/2026, is understood."""
    told = row.cells.get(name, "")
    found = _US_DAY.fullmatch(told)
    return f"{found[3]}-{int(found[1]):02}-{int(found[2]):02}" if found else told


def currency_of(row: SheetRow, known: Known) -> str:
    """The firm's. A file in another one is refused: its amounts would be added to the firm's as if they were the same."""
    told, ours = row.cells.get("currency", "").lower(), known.settings.currency
    if told and told not in _CURRENCIES:
        row.problem("currency", f"Currency is one of {', '.join(CURRENCIES)}.")
    elif told and _CURRENCIES[told] != ours:
        row.problem(
            "currency", f"Your firm bills in {ours}, and this row is in {_CURRENCIES[told]}. Leave it out."
        )
    return ours


def one_of(row: SheetRow, name: str, choices: Mapping[str, Any], sentence: str) -> Any:
    told = row.cells.get(name, "").strip().lower()
    if told not in choices:
        row.problem(name, sentence)
        return next(iter(choices.values()))
    return choices[told]


def checked(row: SheetRow, clean: Any) -> dict[str, Any] | None:
    checks = Checks()
    values: dict[str, Any] = clean(checks)
    for name, sentence in checks.problems.items():
        row.problem(name, sentence)
    return values if not checks.problems else None


def said_once(rows: Sequence[SheetRow], names: Sequence[str]) -> None:
    """Rows that are one record say what belongs to the record in the first, and the same or nothing after."""
    for row in rows[1:]:
        for name in names:
            if row.cells.get(name, "") not in ("", rows[0].cells.get(name, "")):
                row.problem(
                    name, f"Line {rows[0].line} is of the same invoice or payment and says something else."
                )


def together(rows: Sequence[SheetRow]) -> None:
    """A record with one bad row is not made at all, and its other rows say so."""
    good = [row for row in rows if not row.problems]
    if len(good) < len(rows):
        for row in good:
            row.problem("", "Another line of this invoice or payment has an error.")


def owed_change(built: Built) -> dict[int, Decimal]:
    """Client id -> what the finalized invoices add to what the client owes."""
    sums: dict[int, Decimal] = {}
    for invoice, _ in built.invoices:
        sums[invoice.client_id] = sums.get(invoice.client_id, ZERO) + invoice.balance
    return sums
