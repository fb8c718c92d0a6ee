"""Decides: what a report call asks for: its period, filters and accounting method. Pure but for the company's switches.

Parameter names and defaults are those of the report reference pages. A wrong value is refused with the code of its
form (2060 date, 2170 enumeration).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from quickbooks_emulator import faults
from quickbooks_emulator.entities import settings
from quickbooks_emulator.reports.periods import MACROS, Year
from quickbooks_emulator.store.books import Books

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FILTERS = ("customer", "vendor", "item", "class", "department", "employee")
_FIRST_YEAR, _LAST_YEAR = 1900, 9000
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One report call. Days are inclusive. `macro`: the named period as printed in the header, "" for given dates.

    `basis`: Accrual or Cash. `customers` are the ids of the customer filter, None for everybody.
    """

    name: str
    params: Mapping[str, str]
    today: date
    start: date | None
    end: date | None
    macro: str
    basis: str
    year: Year

    @property
    def customers(self) -> frozenset[str] | None:
        found = self.filter("customer")
        return frozenset(found) if found else None

    def filter(self, name: str) -> tuple[str, ...]:
        return tuple(one.strip() for one in self.params.get(name, "").split(",") if one.strip())

    @property
    def printed_filters(self) -> list[tuple[str, tuple[str, ...]]]:
        """The filters that were used, as the header repeats them."""
        return [(name.capitalize(), self.filter(name)) for name in _FILTERS if self.filter(name)]

    def day(self, name: str) -> date | None:
        return _day(self.params, name)

    def number(self, name: str, default: int, least: int = 0, most: int = 10_000) -> int:
        """A whole number parameter. 2090 where it is none."""
        text = self.params.get(name, "").strip()
        if not text:
            return default
        if not re.fullmatch(r"\d{1,6}", text) or not least <= int(text) <= most:
            raise faults.bad_value("2090", "Number", text, name)
        return int(text)

    def choice(self, name: str, *values: str) -> str:
        """One of the documented values in any case; the first is the default. 2170 for anything else."""
        text = self.params.get(name, "").strip()
        if not text:
            return values[0]
        for value in values:
            if value.lower() == text.lower():
                return value
        raise faults.Fault("2170", "Invalid Enumeration", f"Invalid Enumeration : {text}", element=name)


def read(books: Books, name: str, params: Mapping[str, str], default_macro: str) -> Asked:
    """Dates that are given win over a date macro; without either the report's own default macro counts."""
    now = datetime.fromtimestamp(books.now, UTC).astimezone(ZoneInfo(books.company.time_zone))
    today = now.date()
    first = settings.preference(books, "AccountingInfoPrefs", "FirstMonthOfFiscalYear", "January")
    first_day = 0 if books.knobs.report_week_begins == "Monday" else 6
    year = Year(_MONTHS.index(first) + 1 if first in _MONTHS else 1, first_day)
    start, end = _day(params, "start_date"), _day(params, "end_date")
    macro = ""
    if start is None and end is None:
        macro = (params.get("date_macro") or default_macro).strip().lower()
        if macro not in MACROS:
            raise faults.Fault(
                "2170", "Invalid Enumeration", f"Invalid Enumeration : {macro}", element="date_macro"
            )
        start, end = MACROS[macro](today, year)
    if start is not None and end is not None and start > end:
        raise faults.bad_value("2080", "Date Range", f"{start} is after {end}", "start_date")
    asked = Asked(name, params, today, start, end, macro, "", year)
    basis = settings.preference(books, "ReportPrefs", "ReportBasis", "Accrual")
    others = ("Cash", "Accrual") if basis == "Cash" else ("Accrual", "Cash")
    return Asked(name, params, today, start, end, macro, asked.choice("accounting_method", *others), year)


def yesterday(day: date) -> date:
    return day - timedelta(days=1)


def _day(params: Mapping[str, str], name: str) -> date | None:
    text = params.get(name, "").strip()
    if not text:
        return None
    try:
        if not _DAY.fullmatch(text) or not _FIRST_YEAR <= int(text[:4]) <= _LAST_YEAR:
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise faults.bad_value("2060", "Date", text, name) from None
