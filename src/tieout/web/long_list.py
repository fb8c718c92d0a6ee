"""Acts: one page of a list that may be very long, without counting or walking all of it.

Up to ``MOST_COUNTED`` rows are counted, and summed; beyond, the page says "more than" and goes on by asking for one
row too many. Counting half a million rows costs a good part of a second, which nobody wants on every page of every
list; a kept number would be one more row that every bill and payment of the firm has to wait for, and there is none
for most filters. So whoever wants the exact number asks for it (``count=all``), and only that page waits for it.
Pages can also be asked for from the end, which is read backwards: the last page costs what the first does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Count, Model, QuerySet
from django.http import QueryDict

from tieout.practice.many_ids import any_of
from tieout.web.listing import PAGE_SIZE

MOST_COUNTED = 5_000
MOST_FOUND = 500
"""Counted of what a search finds: each row is looked at."""
MOST_PAGES = 100_000
COUNT, ALL = "count", "all"
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class LongPage(Generic[Row]):
    rows: list[Row]
    number: int
    """From 1; below zero counted from the end, where the number from the front is not known."""
    count: int | None
    """All rows of the list; None when there are more than ``most`` and nobody asked for the exact number."""
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
    def count_all(self) -> str:
        """What the address that asks for the exact number ends in; empty where it is told already."""
        return f"page={self.number}&{COUNT}={ALL}" if self.count is None else ""

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
    few = found.order_by()
    count = few.values("pk")[: most + 1].count()
    rows = found if load is None else load
    asked = _asked(address.get("page", "1"))
    if count > most and address.get(COUNT) == ALL:
        return _counted(found, rows, asked, most, sums)
    if count <= most:
        pages = max(1, -(-count // PAGE_SIZE))
        number = min(asked, pages) if asked > 0 else max(1, pages + 1 + asked)
        # By their ids, of which there are few: the database would read all rows to join them with these.
        ids = list(few.values_list("pk", flat=True)[: most + 1])
        among = rows.model._default_manager.filter(any_of("pk", ids))
        shown = _loaded(rows, among.order_by(*found.query.order_by), (number - 1) * PAGE_SIZE, PAGE_SIZE)
        return LongPage(shown, number, count, few.aggregate(**sums), number < pages)
    if asked > 0:
        shown = _part(rows, (asked - 1) * PAGE_SIZE, PAGE_SIZE + 1)
        if shown:
            return LongPage(shown[:PAGE_SIZE], asked, None, {}, len(shown) > PAGE_SIZE, most)
        asked = -1
    backwards = _part(rows.reverse(), (-asked - 1) * PAGE_SIZE, PAGE_SIZE)
    return LongPage(backwards[::-1], asked, None, {}, asked < -1, most)


def _counted(
    found: QuerySet[Row], rows: QuerySet[Row], asked: int, most: int, sums: Mapping[str, Any]
) -> LongPage[Row]:
    """The same page of a long list with its exact number and sums, for which every row is passed by once."""
    told = found.order_by().aggregate(long_page_count=Count("pk"), **sums)
    count: int = told.pop("long_page_count")
    pages = max(1, -(-count // PAGE_SIZE))
    number = min(asked, pages) if asked > 0 else max(1, pages + 1 + asked)
    if number > pages // 2:  # nearer to the end, which is read backwards
        last = pages - number
        skip = 0 if last == 0 else count - number * PAGE_SIZE
        many = count - (number - 1) * PAGE_SIZE if last == 0 else PAGE_SIZE
        shown = _part(rows.reverse(), skip, many)[::-1]
    else:
        shown = _part(rows, (number - 1) * PAGE_SIZE, PAGE_SIZE)
    return LongPage(shown, number, count, told, number < pages, most)


def _part(rows: QuerySet[Row], first: int, many: int) -> list[Row]:
    """Some rows from the ``first`` on. Those before are passed by in the index alone, not read."""
    return _loaded(rows, rows, first, many) if first else list(rows[:many])


def _loaded(rows: QuerySet[Row], among: QuerySet[Row], first: int, many: int) -> list[Row]:
    """Some of ``rows``, in the order of ``among``.

    Said apart because of what the database cannot know: that the few rows found, sorted, are quicker than meeting them
    on a walk through all rows in that order.
    """
    places = {pk: place for place, pk in enumerate(among.values_list("pk", flat=True)[first : first + many])}
    shown = rows.order_by().filter(pk__in=places) if places else rows.none()
    return sorted(shown, key=lambda row: places[row.pk])


def _asked(text: str) -> int:
    """1 for what is no page."""
    if text == "last":
        return -1
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 7 and 0 < int(digits) <= MOST_PAGES):
        return 1
    return int(text)
