"""Acts: the grid on which money is put on open invoices: what is typed, what would be left, what is too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import QueryDict

from tieout.practice.allocation import Part, oldest_first
from tieout.practice.billing_access import visible_documents
from tieout.practice.firms import Member
from tieout.practice.invoices import OPEN, Invoice
from tieout.practice.money import MOST, ZERO, NotAnAmount, exact, shown, total
from tieout.practice.row_ids import row_id

MOST_ROWS = 200
APPLY = "apply-"


@dataclass
class GridRow:
    invoice: Invoice
    typed: str = ""
    amount: Decimal = ZERO
    problem: str = ""


@dataclass
class Grid:
    rows: list[GridRow]
    available: Decimal
    currency: str
    problem: str = ""
    more: bool = False
    """There are open invoices beyond the ones shown."""
    left: Decimal = field(init=False, default=ZERO)
    """Of what is available, once the amounts are applied; below zero when that is too much."""

    def __post_init__(self) -> None:
        self.compute()

    def compute(self) -> None:
        for row in self.rows:
            row.amount, row.problem = _read(row)
        self.left = self.available - total(row.amount for row in self.rows)
        if self.left < 0:
            self.problem = (
                f"That is {shown(-self.left, self.currency)} more than there is to apply. "
                "Lower one of the amounts."
            )

    def fill_oldest(self) -> None:
        """Put all there is on the invoices, the one due first at the front."""
        parts = oldest_first(self.available, [Part(row.invoice.pk, row.invoice.balance) for row in self.rows])
        amounts = {part.invoice_id: part.amount for part in parts}
        for row in self.rows:
            row.typed = str(amounts[row.invoice.pk]) if row.invoice.pk in amounts else ""
        self.problem = ""
        self.compute()

    @property
    def asked(self) -> list[GridRow]:
        return [row for row in self.rows if row.typed]

    def wanted(self) -> list[tuple[int, str]]:
        """For the verbs."""
        return [(row.invoice.pk, row.typed) for row in self.asked]

    def take(self, problems: Mapping[str, str]) -> dict[str, str]:
        """Put each sentence of a refusal at its row; returns those that are about none."""
        rest = {}
        for name, sentence in problems.items():
            head, _, index = name.partition(".")
            place = row_id(index)
            if head == "allocations" and place is not None and place < len(self.asked):
                self.asked[place].problem = sentence
            elif head == "allocations":
                self.problem = sentence
            else:
                rest[name] = sentence
        return rest


def grid_of(
    member: Member,
    client_id: int,
    typed: QueryDict | Mapping[str, str],
    available: Decimal,
    currency: str,
) -> Grid:
    """The client's open invoices in that currency, with what is typed beside each, as ``apply-<id>``.

    What is typed for one that is open no more is shown and asked for as well: left out, the money would go elsewhere
    than was meant, and a second click would not be known as one, whose first has closed the invoice.
    """
    invoices = visible_documents(member, Invoice).filter(client_id=client_id).order_by("due_date", "id")
    found = list(invoices.filter(status__in=OPEN, currency=currency)[: MOST_ROWS + 1])
    shown_rows, more = found[:MOST_ROWS], len(found) > MOST_ROWS
    if others := _typed_for(typed) - {each.pk for each in shown_rows}:
        shown_rows += invoices.filter(pk__in=sorted(others)[:MOST_ROWS])
    rows = [GridRow(each, typed.get(f"{APPLY}{each.pk}", "").strip()[:40]) for each in shown_rows]
    return Grid(rows, available, currency, more=more)


def _typed_for(typed: QueryDict | Mapping[str, str]) -> set[int]:
    """The invoices something other than nothing is typed for."""
    written = {
        name.removeprefix(APPLY)
        for name in typed
        if name.startswith(APPLY) and typed.get(name, "").strip("0. ")
    }
    return {number for each in written if (number := row_id(each)) is not None}


def read_amount(text: str) -> Decimal:
    """What is typed as an amount; zero while it is none, or more than any document can be of."""
    try:
        amount = max(ZERO, exact(text))
    except NotAnAmount:
        return ZERO
    return amount if amount <= MOST else ZERO


def _read(row: GridRow) -> tuple[Decimal, str]:
    if not row.typed:
        return ZERO, ""
    try:
        amount = exact(row.typed)
    except NotAnAmount as problem:
        return ZERO, str(problem)
    if amount < 0:
        return ZERO, "The amount cannot be below zero."
    owed = row.invoice.balance
    too_much = f"Only {shown(owed, row.invoice.currency)} is owed on it." if amount > owed else ""
    return amount if amount <= MOST else ZERO, too_much
