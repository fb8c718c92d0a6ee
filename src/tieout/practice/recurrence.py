"""Decides: on which dates something recurs. Pure; counted from the first date, so a month's end never drifts.

January 31 monthly is February 28, then March 31 again.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice


class Frequency(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True)
class Schedule:
    frequency: Frequency
    first: date
    every: int = 1
    """Every second week: weekly, 2."""
    last_count: int | None = None
    """Ends after so many; None: not by count."""
    last_date: date | None = None
    """Ends on this date, included; None: not by date."""

    def on(self, number: int) -> date:
        """The date of occurrence ``number``, the first being 0, whether or not the schedule has ended by then."""
        steps = number * self.every
        if self.frequency is Frequency.DAILY:
            return self.first + timedelta(days=steps)
        if self.frequency is Frequency.WEEKLY:
            return self.first + timedelta(weeks=steps)
        months = steps * (12 if self.frequency is Frequency.YEARLY else 1) + self.first.month - 1
        year, month = self.first.year + months // 12, months % 12 + 1
        return date(year, month, min(self.first.day, calendar.monthrange(year, month)[1]))

    def has(self, number: int) -> bool:
        """Whether occurrence ``number`` takes place at all."""
        if self.last_count is not None and number >= self.last_count:
            return False
        return self.last_date is None or self.on(number) <= self.last_date

    def due(self, done: int, today: date) -> Iterator[tuple[int, date]]:
        """The occurrences after the first ``done`` that have come by ``today``, oldest first."""
        number = done
        while self.has(number) and (when := self.on(number)) <= today:
            yield number, when
            number += 1

    def count_due(self, done: int, today: date, most: int) -> int:
        """How many occurrences after the first ``done`` have come by ``today``; counting ends at ``most``."""
        return sum(1 for _ in islice(self.due(done, today), most))
