"""Acts: one page of a list that may be very long, without counting or walking all of it.

Up to ``MOST_COUNTED`` rows are counted and summed in one query; beyond, the page says "more than" and goes on by
asking for one row too many. Pages can also be asked for from the end, which is read backwards: the last page of half
a million rows costs what the first does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Count, Model, QuerySet
from django.http import QueryDict

from tieout.web.listing import PAGE_SIZE

MOST_COUNTED = 5_000
MOST_FOUND = 500
"""Counted of what a search finds: each row is looked at."""
MOST_PAGES = 100_000
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class LongPage(Generic[Row]):
    rows: list[Row]
    number: int
    """From 1; below zero counted from the end, where the number from the front is not known."""
    count: int | None
    """All rows of the list; None when there are more than ``MOST_COUNTED``."""
    sums: Mapping[str, Any]
    """Empty when not all rows were counted."""
    has_next: bool
    most: int = MOST_COUNTED

    @property
    def pages(self) -> int | None:
        return None if self.count is None else max(1, -(-self.count // PAGE_SIZE))

    @property
    def total(self) -> str:
        return f"more than {self.most:,}" if self.count is None else f"{self.count:,}"

    @property
    def plural(self) -> str:
        """What their name ends in, after ``total``."""
        return "" if self.count == 1 else "s"

    @property
    def has_previous(self) -> bool:
        return self.number != 1

    @property
    def has_other_pages(self) -> bool:
        return self.count is None or self.count > PAGE_SIZE

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1

    @property
    def place(self) -> str:
        if self.pages is not None:
            return f"Page {self.number} of {self.pages:,}"
        if self.number > 0:
            return f"Page {self.number:,}"
        return "Last page" if self.number == -1 else f"Page {-self.number:,} from the end"


def long_page(
    found: QuerySet[Row],
    address: QueryDict,
    *,
    load: QuerySet[Row] | None = None,
    most: int = MOST_COUNTED,
    **sums: Any,
) -> LongPage[Row]:
    """The page that ``address`` asks for. ``found`` is in order; ``load``: the same with what rows need besides."""
    some = found.order_by()[: most + 1]
    counted = some.aggregate(rows_counted=Count("pk"), **sums)
    rows = found if load is None else load
    count: int = counted.pop("rows_counted")
    asked = _asked(address.get("page", "1"))
    if count <= most:
        pages = max(1, -(-count // PAGE_SIZE))
        number = min(asked, pages) if asked > 0 else max(1, pages + 1 + asked)
        first = (number - 1) * PAGE_SIZE
        return LongPage(list(rows[first : first + PAGE_SIZE]), number, count, counted, number < pages)
    if asked > 0:
        first = (asked - 1) * PAGE_SIZE
        shown = list(rows[first : first + PAGE_SIZE + 1])
        if shown:
            return LongPage(shown[:PAGE_SIZE], asked, None, {}, len(shown) > PAGE_SIZE, most)
        asked = -1
    first = (-asked - 1) * PAGE_SIZE
    backwards = list(rows.reverse()[first : first + PAGE_SIZE])
    return LongPage(backwards[::-1], asked, None, {}, asked < -1, most)


def _asked(text: str) -> int:
    """1 for what is no page."""
    if text == "last":
        return -1
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 7 and 0 < int(digits) <= MOST_PAGES):
        return 1
    return int(text)
