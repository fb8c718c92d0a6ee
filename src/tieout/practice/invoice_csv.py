"""Decides: what the rows of a file of invoices or open balances mean, and how an invoice is written as rows. Pure.

One row is one line. What belongs to the whole invoice stands in its first row; totals too, so that a spreadsheet sums
them right. What was paid is not told here but by the file of payments.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tieout.practice.billing_csv import (
    Built,
    Known,
    client_of,
    currency_of,
    day_text,
    entry_of,
    item_of,
    named,
    one_of,
    said_once,
    together,
)
from tieout.practice.billing_validation import MOST_PERCENT, Checks
from tieout.practice.clients import Client
from tieout.practice.invoice_content import set_amounts
from tieout.practice.invoice_fields import Choices, InvoiceFields, clean_invoice, ready_to_finalise
from tieout.practice.invoice_terms import due_on, is_terms, label_of
from tieout.practice.invoice_totals import DiscountKind
from tieout.practice.invoices import Invoice, InvoiceLine, LineKind, Status
from tieout.practice.ledger_lists import LedgerList
from tieout.practice.money import ZERO, plain
from tieout.practice.sheets import SheetRow
from tieout.practice.validation import Invalid

_STATES = {
    "": Status.DRAFT,
    **{text.lower(): value for value, label in Status.choices for text in (value, label)},
}
_KINDS = {"": LineKind.ITEM} | {
    text.lower(): value for value, label in LineKind.choices for text in (value, label)
}
_ONCE = (
    "number", "client", "group", "status", "date", "terms", "due_date", "currency", "location", "category", "discount",
    "written_off", "memo",
)  # fmt: skip


def invoice_cells(
    invoice: Invoice, lines: Sequence[InvoiceLine], record: str, client: str, items: Sequence[str]
) -> list[list[str]]:
    """Its rows, in the order of the columns. ``client`` and ``items``: as the file names them, which is unmistakable."""
    amounts = (
        invoice.subtotal, invoice.discount_total, invoice.tax_total, invoice.total, invoice.paid, invoice.credited,
        invoice.balance,
    )  # fmt: skip
    first = [
        client,
        str(invoice.group or ""),
        invoice.get_status_display(),
        invoice.date.isoformat(),
        label_of(invoice.terms),
        invoice.due_date.isoformat(),
        invoice.currency,
        str(invoice.location or ""),
        str(invoice.category or ""),
        discount_text(invoice.discount_kind, invoice.discount_value),
        str(invoice.written_off) if invoice.written_off else "",
        invoice.memo,
    ]
    rows = []
    for place, line in enumerate(lines or [None]):
        whole = first if place == 0 else [""] * len(first)
        sums = [str(each) for each in amounts] if place == 0 else [""] * len(amounts)
        own = _line_cells(line, items[place]) if line is not None else [""] * 12
        rows.append([record, invoice.number, *whole, *own, *sums])
    return rows


def _line_cells(line: InvoiceLine, item: str) -> list[str]:
    return [
        "" if line.kind == LineKind.ITEM else line.get_kind_display(),
        item,
        str(line.client or ""),
        line.description,
        str(plain(line.quantity)),
        str(plain(line.rate)),
        line.date.isoformat() if line.date else "",
        discount_text(line.discount_kind, line.discount_value),
        str(line.tax_rate or ""),
        str(plain(line.tax_percent)) if line.tax_rate else "",
        str(line.tracking_class or ""),
        str(line.gross - line.discount),
    ]


def balance_cells(invoice: Invoice, description: str, client: str) -> list[str]:
    """An open invoice as one row with what is still owed."""
    return [
        invoice.number,
        client,
        invoice.date.isoformat(),
        invoice.due_date.isoformat(),
        str(invoice.balance),
        description,
        invoice.currency,
    ]


def discount_text(kind: str, value: Decimal) -> str:
    """``10%`` or ``25.00``."""
    if kind == DiscountKind.PERCENT:
        return f"{plain(value)}%"
    return str(plain(value)) if kind == DiscountKind.AMOUNT else ""


def read_discount(text: str) -> tuple[str, str]:
    told = text.strip()
    if not told:
        return DiscountKind.NONE.value, "0"
    if told.endswith("%"):
        return DiscountKind.PERCENT.value, told[:-1].strip()
    return DiscountKind.AMOUNT.value, told


def build_invoices(rows: Sequence[SheetRow], known: Known, *, balances: bool) -> Built:
    """Rows with one number are the lines of one invoice. ``balances``: one row each, finalized at once.

    A draft may have no number yet: then rows with the same Record are one.
    """
    built = Built()
    invoices: dict[str, list[SheetRow]] = {}
    for row in rows:
        number = row.cells.get("number", "")
        record = row.cells.get("record", "")
        if not number and (balances or not record):
            row.problem("number", "The number is needed: rows with the same number are one invoice.")
        elif number in known.numbers:
            row.problem("number", f"Another invoice has the number {number}.")
        elif balances and number in invoices:
            row.problem("number", f"Line {invoices[number][0].line} has the same number.")
        else:
            invoices.setdefault(number or f"\n{record}", []).append(row)
    for lines in invoices.values():
        made = _invoice(lines, known, balances=balances)
        together(lines)
        if made is not None and not lines[0].problems:
            built.invoices.append(made)
    return built


def _invoice(
    rows: list[SheetRow], known: Known, *, balances: bool
) -> tuple[Invoice, list[InvoiceLine]] | None:
    first = rows[0]
    client = client_of(first, known)
    said_once(rows, _ONCE)
    settings = known.settings
    state = Status.FINALISED
    if not balances:
        state = one_of(first, "status", _STATES, "Status is Draft, Finalized, Sent or Void.")
    if not first.cells.get("number") and state != Status.DRAFT:
        first.problem("number", "Only a draft can be without a number.")
    terms = _terms(first, settings.terms, due_given=bool(first.cells.get("due_date")))
    group = None if balances else named(first, "group", known.groups, "client group")
    invoice = Invoice(
        firm_id=known.firm_id,
        client=client,
        group=group,
        date=known.today,
        terms=terms,
        due_date=due_on(terms, known.today, known.today),
        currency=currency_of(first, known),
        memo="" if balances else settings.memo,
    )
    choices = Choices(
        items={each.pk: each for some in known.items.values() for each in some},
        tax_rates={each.pk: each for each in known.taxes.values()},
        **{
            name: {each.pk: each for each in known.entries.get(of, {}).values()}
            for name, of in (
                ("classes", LedgerList.TRACKING_CLASS),
                ("locations", LedgerList.LOCATION),
                ("categories", LedgerList.CATEGORY),
            )
        },
        line_clients=known.group_clients.get(group.pk, {}) if group else {},
    )
    given = [_line(row, known, choices, balances=balances) for row in rows]
    fields = _fields(first, known, terms, balances=balances)
    fields["lines"] = [] if _has_no_line(rows) else given
    try:
        clean = clean_invoice(fields, choices, invoice, known.today, Checks())
        for column, value in clean.values.items():
            setattr(invoice, column, value)
        lines = clean.lines or []
        if not balances:
            _own_ways(rows, lines)
            invoice.written_off = _written_off(first)
        set_amounts(invoice, lines)
        if state != Status.DRAFT and client is not None:
            problems = ready_to_finalise(invoice, lines, client, known.today, long_ago=True)
            if problems:
                raise Invalid(problems)
            invoice.finalised_at = known.now
            invoice.sent_at = known.now if state == Status.SENT else None
            invoice.voided_at = known.now if state == Status.VOID else None
            set_amounts(invoice, lines)
    except Invalid as invalid:
        _tell(invalid, rows)
        return None
    return (invoice, lines) if client is not None else None


def _fields(first: SheetRow, known: Known, terms: str, *, balances: bool) -> InvoiceFields:
    cells = first.cells
    fields: InvoiceFields = {
        "number": cells.get("number", ""),
        "date": day_text(first, "date"),
        "terms": terms,
    }
    if cells.get("due_date"):
        fields["due_date"] = day_text(first, "due_date")
    if balances:
        return fields
    if "memo" in cells:
        fields["memo"] = cells["memo"]
    location = entry_of(first, "location", known, LedgerList.LOCATION)
    category = entry_of(first, "category", known, LedgerList.CATEGORY)
    fields["location_id"] = location.pk if location else None
    fields["category_id"] = category.pk if category else None
    fields["discount_kind"], fields["discount_value"] = read_discount(cells.get("discount", ""))
    return fields


def _line(row: SheetRow, known: Known, choices: Choices, *, balances: bool) -> Any:
    cells = row.cells
    item = None if balances else item_of(row, known)
    line: dict[str, Any] = {
        "item_id": item.pk if item else None,
        "description": cells.get("description", "") or ("Opening balance" if balances else ""),
        "quantity": cells.get("quantity", "") or 1,
        "rate": cells.get("rate", ""),
    }
    if balances:
        return line
    if "tax" in cells:
        tax = named(row, "tax", known.taxes, "tax rate")
        line["tax_rate_id"] = tax.pk if tax else None
    if cells.get("line_date"):
        line["date"] = day_text(row, "line_date")
    line["discount_kind"], line["discount_value"] = read_discount(cells.get("line_discount", ""))
    of_class = entry_of(row, "tracking_class", known, LedgerList.TRACKING_CLASS)
    line["tracking_class_id"] = of_class.pk if of_class else None
    by_name = {each.name.lower(): each for each in choices.line_clients.values()}
    of_client = named(row, "line_client", by_name, "client in this group")
    line["client_id"] = of_client.pk if of_client else None
    return line


def _own_ways(rows: Sequence[SheetRow], lines: Sequence[InvoiceLine]) -> None:
    """What an invoice keeps as it was: a rate's percent of its day, and that a line is a late fee."""
    for row, line in zip(rows, lines, strict=False):
        line.kind = one_of(row, "kind", _KINDS, "Line is Item or Late fee, or empty.")
        if line.tax_rate is not None and (told := row.cells.get("tax_percent", "")):
            checks = Checks()
            percent = told.removesuffix("%").strip()
            line.tax_percent = checks.number("tax_percent", percent, "Tax %", places=4, most=MOST_PERCENT)
            for name, sentence in checks.problems.items():
                row.problem(name, sentence)


def _written_off(first: SheetRow) -> Decimal:
    told = first.cells.get("written_off", "")
    if not told:
        return ZERO
    checks = Checks()
    amount = checks.amount("written_off", told, "What was written off", positive=False)
    checks.done()
    return amount


def _has_no_line(rows: Sequence[SheetRow]) -> bool:
    """A draft with nothing on it yet is one row without a line."""
    names = ("item", "description", "quantity", "rate")
    return len(rows) == 1 and not any(rows[0].cells.get(name) for name in names)


def _terms(row: SheetRow, usual: str, *, due_given: bool) -> str:
    told = row.cells.get("terms", "").strip().lower()
    if not told:
        return "custom" if due_given else usual
    value = {"due on receipt": "receipt"}.get(told, told.replace(" ", ""))
    if not is_terms(value):
        row.problem("terms", f"Terms are such as {label_of('net30')}, Due on receipt or Custom.")
        return usual
    return value


def _tell(invalid: Invalid, rows: list[SheetRow]) -> None:
    """Put each sentence at the row it is about: ``lines.1.rate`` is the second one's."""
    for name, sentence in invalid.problems.items():
        parts = name.split(".")
        about_a_line = len(parts) == 3 and parts[0] == "lines" and int(parts[1]) < len(rows)
        row = rows[int(parts[1])] if about_a_line else rows[0]
        row.problem(parts[-1].removesuffix("_id"), sentence)


def client_named(client: Client, shared: frozenset[str]) -> str:
    """How a file names a client: by name, or by external ID where several share the name (``shared``, lower case)."""
    return client.external_id if client.name.lower() in shared and client.external_id else client.name
