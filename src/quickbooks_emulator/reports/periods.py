"""Decides: the days a named period of a report spans. Pure. Names are those of the report reference pages.

A week begins on Sunday (a switch; the company's week is not visible in the reports' pages).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

Span = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Year:
    """A year that begins with `first_month`, whose weeks begin on `first_day` (0 is Monday)."""

    first_month: int = 1
    first_day: int = 6

    def begin(self, day: date) -> date:
        return date(day.year if day.month >= self.first_month else day.year - 1, self.first_month, 1)

    def span(self, day: date, steps: int = 0) -> tuple[date, date]:
        begin = _months(self.begin(day), 12 * steps)
        return begin, _months(begin, 12) - timedelta(days=1)

    def week(self, day: date, steps: int = 0) -> tuple[date, date]:
        begin = day - timedelta(days=(day.weekday() - self.first_day) % 7) + timedelta(weeks=steps)
        return begin, begin + timedelta(days=6)

    def month(self, day: date, steps: int = 0) -> tuple[date, date]:
        begin = _months(day.replace(day=1), steps)
        return begin, _months(begin, 1) - timedelta(days=1)

    def quarter(self, day: date, steps: int = 0) -> tuple[date, date]:
        passed = (day.month - self.first_month) % 12 // 3
        begin = _months(_months(self.begin(day), 3 * passed), 3 * steps)
        return begin, _months(begin, 3) - timedelta(days=1)


CALENDAR = Year()
Maker = Callable[[date, Year, int], tuple[date, date]]


_UNITS: dict[str, Maker] = {
    "week": lambda day, year, steps: year.week(day, steps),
    "month": lambda day, year, steps: CALENDAR.month(day, steps),
    "fiscal quarter": lambda day, year, steps: year.quarter(day, steps),
    "fiscal year": lambda day, year, steps: year.span(day, steps),
    "calendar quarter": lambda day, year, steps: CALENDAR.quarter(day, steps),
    "calendar year": lambda day, year, steps: CALENDAR.span(day, steps),
}


def _whole(make: Maker, steps: int) -> Callable[[date, Year], Span]:
    return lambda day, year: make(day, year, steps)


def _to_date(make: Maker, steps: int) -> Callable[[date, Year], Span]:
    """Up to the same place in the period as today is in its own."""

    def span(day: date, year: Year) -> Span:
        now = make(day, year, 0)
        begin, end = make(day, year, steps)
        return begin, min(begin + (day - now[0]), end)

    return span


def _months(day: date, count: int) -> date:
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


MACROS: dict[str, Callable[[date, Year], Span]] = {
    "all": lambda day, year: (None, None),
    "all dates": lambda day, year: (None, None),
    "today": lambda day, year: (day, day),
    "yesterday": lambda day, year: (day - timedelta(days=1), day - timedelta(days=1)),
    "next 4 weeks": lambda day, year: (day + timedelta(days=1), day + timedelta(weeks=4)),
}
for _unit, _make in _UNITS.items():
    for _word, _steps in (("this", 0), ("last", -1), ("next", 1)):
        MACROS[f"{_word} {_unit}"] = _whole(_make, _steps)
    for _word, _steps in (("this", 0), ("last", -1)):
        MACROS[f"{_word} {_unit}-to-date"] = _to_date(_make, _steps)
