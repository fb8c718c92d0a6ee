"""Decides: which fields an invoice and its lines have for the verbs, and whether they make a valid one. No database.

The verb brings the rows that may be chosen (``Choices``) and the invoice as it is; this returns what to set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypedDict

from tieout.practice.billing_validation import Checks, Number
from tieout.practice.clients import Client
from tieout.practice.invoice_terms import date_problem, due_on, due_problem, is_terms
from tieout.practice.invoices import Invoice, InvoiceLine
from tieout.practice.ledger_lists import ListEntry, TaxRate
from tieout.practice.number_text import LONGEST, number_problem
from tieout.practice.service_items import ServiceItem
from tieout.practice.validation import Invalid, TextRule

MEMO = TextRule("Memo", 1000, prose=True)
DESCRIPTION = TextRule("Description", 4000, prose=True)
MOST_LINES = 700
"""Ledgers take about 750, with tax and discount among them."""


class LineFields(TypedDict, total=False):
    item_id: int | str | None
    client_id: int | str | None
    description: str
    quantity: Number
    rate: Number | None
    date: date | str | None
    discount_kind: str
    discount_value: Number
    tax_rate_id: int | str | None
    """Left out: as the item says. None: not taxed."""
    tracking_class_id: int | str | None


class InvoiceFields(TypedDict, total=False):
    client_id: int | str | None
    group_id: int | str | None
    number: str
    date: date | str
    terms: str
    due_date: date | str | None
    location_id: int | str | None
    category_id: int | str | None
    discount_kind: str
    discount_value: Number
    memo: str
    lines: Sequence[LineFields]


@dataclass(frozen=True, slots=True)
class Choices:
    """The rows an invoice may refer to, by id."""

    items: Mapping[int, ServiceItem] = field(default_factory=dict)
    tax_rates: Mapping[int, TaxRate] = field(default_factory=dict)
    classes: Mapping[int, ListEntry] = field(default_factory=dict)
    locations: Mapping[int, ListEntry] = field(default_factory=dict)
    categories: Mapping[int, ListEntry] = field(default_factory=dict)
    line_clients: Mapping[int, Client] = field(default_factory=dict)
    """Of the group that is billed; empty without one."""


@dataclass(frozen=True, slots=True)
class CleanInvoice:
    values: dict[str, Any]
    """Column -> value, for those that were given."""
    lines: list[InvoiceLine] | None
    """Not saved; None: the lines were not given and stay."""


def clean_invoice(
    fields: InvoiceFields, choices: Choices, now: Invoice, today: date, checks: Checks
) -> CleanInvoice:
    """What to set on ``now``. Client, group and the number's uniqueness are the verb's. Raises Invalid with ``checks``'."""
    values: dict[str, Any] = {}
    if "number" in fields:
        values["number"] = _number(fields["number"], checks)
    values |= _dates(fields, now, today, checks)
    for name, rows in (("location", choices.locations), ("category", choices.categories)):
        if f"{name}_id" in fields:
            chosen = fields[f"{name}_id"]  # type: ignore[literal-required]
            values[name] = checks.row(
                f"{name}_id", chosen, rows, f"Choose a {name} that is offered now, or none."
            )
    if "discount_kind" in fields or "discount_value" in fields:
        discount = checks.discount(
            fields.get("discount_kind", now.discount_kind), fields.get("discount_value", now.discount_value)
        )
        values["discount_kind"], values["discount_value"] = discount.kind.value, discount.value
    if "memo" in fields:
        values["memo"] = checks.text("memo", fields["memo"], MEMO)
    lines = None
    if "lines" in fields:
        if len(fields["lines"]) > MOST_LINES:
            checks.problem("lines", f"An invoice can have at most {MOST_LINES} lines; split it in two.")
        lines = [clean_line(each, i, choices, checks) for i, each in enumerate(fields["lines"][:MOST_LINES])]
    checks.done()
    return CleanInvoice(values, lines)


def clean_line(given: LineFields, position: int, choices: Choices, into: Checks) -> InvoiceLine:
    """One line, not saved. What is left out comes from the item. Problems are named ``lines.<position>.<field>``."""
    checks = Checks(f"lines.{position}.")
    item = checks.row(
        "item_id",
        given.get("item_id"),
        choices.items,
        "Choose a service item that is not archived.",
    )
    description = checks.text("description", given.get("description") or "", DESCRIPTION)
    if not description and item is not None:
        description = item.description or item.name
    if not description and item is None:
        checks.problem("description", "Choose a service item or write what this line is for.")
    rate = given.get("rate")
    if rate is None or rate == "":
        rate = item.rate if item is not None else None
    if rate is None:
        checks.problem("rate", "Enter a rate; this line's service item has none of its own.")
        rate = 0
    discount = checks.discount(given.get("discount_kind", ""), given.get("discount_value", 0))
    tax_rate = _tax_rate(given, item, choices, checks)
    line = InvoiceLine(
        position=position,
        item=item,
        client=checks.row(
            "client_id", given.get("client_id"), choices.line_clients, "Choose a client of the group."
        ),
        description=description,
        quantity=checks.quantity("quantity", given.get("quantity", 1)),
        rate=checks.rate("rate", rate),
        date=checks.day("date", given.get("date"), "The date"),
        discount_kind=discount.kind.value,
        discount_value=discount.value,
        tax_rate=tax_rate,
        tax_percent=tax_rate.percent if tax_rate else 0,
        tracking_class=checks.row(
            "tracking_class_id",
            given.get("tracking_class_id"),
            choices.classes,
            "Choose a class that is offered now, or none.",
        ),
    )
    for name, sentence in checks.problems.items():
        into.problem(name, sentence)
    return line


def ready_to_finalise(
    invoice: Invoice, lines: Sequence[InvoiceLine], client: Client, today: date, *, long_ago: bool = False
) -> dict[str, str]:
    """What stands against finalizing a draft: field -> sentence, empty when nothing does.

    ``long_ago``: it was billed elsewhere before, so its client and its items may be archived by now.
    """
    problems: dict[str, str] = {}
    if problem := date_problem(invoice.date, today, "The invoice date"):
        problems["date"] = problem
    if not lines:
        problems["lines"] = "Add at least one line."
    if long_ago:
        return problems
    if not client.is_active:
        problems["client_id"] = f"{client.name} is archived. Restore the client first."
    for line in lines:
        if line.item is not None and not line.item.is_active:
            problems[f"lines.{line.position}.item_id"] = (
                f"{line.item.name} is archived. Restore it, or choose another service item."
            )
    return problems


def _tax_rate(
    given: LineFields, item: ServiceItem | None, choices: Choices, checks: Checks
) -> TaxRate | None:
    if "tax_rate_id" in given:
        return checks.row(
            "tax_rate_id", given["tax_rate_id"], choices.tax_rates, "Choose one of your tax rates."
        )
    if item is None or not item.taxable or item.tax_rate is None:
        return None
    return item.tax_rate if item.tax_rate.is_active else None


def _number(number: str, checks: Checks) -> str:
    typed = checks.text("number", number, TextRule("Number", LONGEST))
    if problem := number_problem(typed):
        checks.problem("number", problem)
    return typed


def _dates(fields: InvoiceFields, now: Invoice, today: date, checks: Checks) -> dict[str, Any]:
    """Invoice date, terms and the due date that follows from them."""
    if not {"date", "terms", "due_date"} & fields.keys():
        return {}
    when = checks.day("date", fields["date"], "The invoice date") if "date" in fields else now.date
    if when is None:
        checks.problem("date", "The invoice date is needed.")
        when = today
    slip = date_problem(when, today, "The invoice date")
    if slip:
        checks.problem("date", slip)
    terms = fields.get("terms", now.terms)
    if not is_terms(terms):
        checks.problem("terms", "Choose terms such as Net 30, or Custom.")
        return {}
    if slip:  # what follows from it need not be told, and may be past the last date there is
        return {}
    chosen = (
        checks.day("due_date", fields["due_date"], "The due date") if "due_date" in fields else now.due_date
    )
    due = due_on(terms, when, chosen)
    if problem := due_problem(due, when):
        checks.problem("due_date", problem)
    return {"date": when, "terms": terms, "due_date": due}


def number_taken(number: str) -> Invalid:
    return Invalid(
        {"number": f"Another invoice has the number {number}. Type another one, or leave it empty."}
    )
