"""Decides: the money columns of a statement: one total, or one for each part of the period or each customer.

Titles of parts are as recorded for years and months: whole months by their names, anything else by its days. StartDate
and EndDate in MetaData are what a tap in production reads its days from.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from quickbooks_emulator import faults
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.reports.asked import Asked
from quickbooks_emulator.reports.flows import Flow
from quickbooks_emulator.reports.periods import CALENDAR, Year
from quickbooks_emulator.store.books import Books

_MOST_COLUMNS = 400
_PARTS: dict[str, Callable[[date, Year], date]] = {
    "Days": lambda day, year: day,
    "Week": lambda day, year: year.week(day)[1],
    "Month": lambda day, year: CALENDAR.month(day)[1],
    "Quarter": lambda day, year: year.quarter(day)[1],
    "Year": lambda day, year: year.span(day)[1],
}
_SAME = {"weeks": "Week", "months": "Month", "quarters": "Quarter", "years": "Year", "day": "Days"}


@dataclass(frozen=True, slots=True)
class Slices:
    """`place` says which column a flow belongs to; the total comes after them. `lasts`: the last day of each column of
    days."""

    by: str
    columns: tuple[Body, ...]
    place: Callable[[Flow], int | None]
    lasts: tuple[date, ...] = ()

    @property
    def printed(self) -> list[Body]:
        title = "TOTAL" if self.by == "Customers" else "Total"  # both recorded
        total = {"ColTitle": title, "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": "total"}]}
        return [*self.columns, total]


def slices(books: Books, asked: Asked, flows: list[Flow], *, balances: bool = False) -> Slices:
    """The columns `summarize_column_by` asks for. 2170 for what this emulator does not split by: balances only by
    days."""
    wanted = asked.params.get("summarize_column_by", "").strip()
    if _SAME.get(wanted.lower(), wanted) != wanted:
        wanted = _SAME[wanted.lower()]
    by = {name.lower(): name for name in ("Total", "Customers", *_PARTS)}.get(wanted.lower() or "total")
    if by is None or (balances and by == "Customers"):
        raise faults.Fault(
            "2170", "Invalid Enumeration", f"Invalid Enumeration : {wanted}", element="summarize_column_by"
        )
    if by == "Total":
        return Slices(by, (), lambda flow: None)
    return _customers(books, flows) if by == "Customers" else _parts(asked, by, flows)


def _parts(asked: Asked, by: str, flows: list[Flow]) -> Slices:
    days = [date.fromisoformat(flow.day) for flow in flows]
    start = asked.start or min(days, default=asked.today)
    end = asked.end or max(days, default=asked.today)
    spans: list[tuple[date, date]] = []
    while start <= end:
        last = min(_PARTS[by](start, asked.year), end)
        spans.append((start, last))
        start = last + timedelta(days=1)
        if len(spans) > _MOST_COLUMNS:
            raise faults.Fault(
                "10100", "Result set too large", "The report has too many columns.", element=""
            )
    lasts = [last.isoformat() for _, last in spans]

    def place(flow: Flow) -> int | None:
        found = bisect_left(lasts, flow.day)
        return found if found < len(lasts) else None

    columns = tuple(_part(first, last) for first, last in spans)
    return Slices(by, columns, place, tuple(last for _, last in spans))


def _title(first: date, last: date) -> str:
    """ "Jan 2014", "Jan - Dec 2014", "Jul 4 - Dec 31, 2013" (all recorded), "Jan 3, 2014"."""
    year = f" {first.year}" if first.year != last.year else ""
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        if first.month == last.month and not year:
            return f"{first:%b} {first.year}"
        return f"{first:%b}{year} - {last:%b} {last.year}"
    if first == last:
        return f"{first:%b} {first.day}, {first.year}"
    return f"{first:%b} {first.day}{year and f',{year}'} - {last:%b} {last.day}, {last.year}"


def _part(first: date, last: date) -> Body:
    title = _title(first, last)
    metadata = (("StartDate", first.isoformat()), ("EndDate", last.isoformat()))
    return {
        "ColTitle": title,
        "ColType": "Money",
        "MetaData": [{"Name": name, "Value": value} for name, value in metadata],
    }


def _customers(books: Books, flows: list[Flow]) -> Slices:
    names: dict[str, str] = {}
    for flow in flows:
        customer = _customer(books, flow)
        record = books.get("Customer", customer)
        names[customer] = record.body["DisplayName"] if record else "Not Specified"
    order = sorted(names, key=lambda customer: (names[customer].casefold(), customer))
    columns = tuple(
        {
            "ColTitle": names[customer],
            "ColType": "Money",
            "MetaData": [{"Name": "ID", "Value": customer}, {"Name": "ColKey", "Value": customer}],
        }
        for customer in order
    )
    places = {customer: number for number, customer in enumerate(order)}
    return Slices("Customers", columns, lambda flow: places[_customer(books, flow)])


def _customer(books: Books, flow: Flow) -> str:
    record = books.get(flow.entity, flow.txn)
    return str(record.body.get("CustomerRef", {}).get("value", "")) if record else ""
