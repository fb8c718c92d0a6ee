"""Decides: when an invoice is due, and which dates it may have. Pure; today comes in, in the firm's time zone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

EARLIEST = date(1900, 1, 1)
LATEST_DUE = timedelta(days=3660)


class Terms(StrEnum):
    """The usual ones. A firm may have others of its own, stored alike: ``net21`` is due after 21 days."""

    RECEIPT = "receipt"
    NET_10 = "net10"
    NET_15 = "net15"
    NET_30 = "net30"
    NET_45 = "net45"
    NET_60 = "net60"
    CUSTOM = "custom"


ON_RECEIPT_LABEL = "Due on receipt"
CUSTOM_LABEL = "Custom"
MOST_DAYS = 365
_NET = re.compile(r"net([1-9][0-9]{0,2})")


def own_terms(days: int) -> str:
    """As terms of a firm's own are stored."""
    return f"net{days}"


def is_terms(value: str) -> bool:
    """Whether it is one of the usual terms, or of a firm's own."""
    found = _NET.fullmatch(value)
    return value in (Terms.RECEIPT, Terms.CUSTOM) or (found is not None and int(found[1]) <= MOST_DAYS)


def days_of(terms: str) -> int | None:
    """From the invoice date to the due date; None for a due date of one's own."""
    if found := _NET.fullmatch(terms):
        return int(found[1])
    return None if terms == Terms.CUSTOM else 0


def label_of(terms: str) -> str:
    """The name people and ledgers know them by: "Net 30"."""
    if found := _NET.fullmatch(terms):
        return f"Net {found[1]}"
    return CUSTOM_LABEL if terms == Terms.CUSTOM else ON_RECEIPT_LABEL


def offered_terms(own_days: Iterable[int], *, custom: bool) -> list[tuple[str, str]]:
    """(value, label) to choose from: the usual ones and the firm's own by their days, then the due date of one's own."""
    counted = {*(each for each in Terms if each is not Terms.CUSTOM), *(own_terms(days) for days in own_days)}
    known = sorted(counted, key=lambda each: days_of(each) or 0)
    return [(str(each), label_of(each)) for each in [*known, *([Terms.CUSTOM] if custom else [])]]


def today_at(now: datetime, time_zone: str) -> date:
    """The firm's date at an instant. ``time_zone``: IANA name."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def due_on(terms: str, invoice_date: date, chosen: date | None) -> date:
    """The due date; ``chosen`` is the one a person gave, used only by custom terms."""
    days = days_of(terms)
    return chosen or invoice_date if days is None else invoice_date + timedelta(days=days)


def said_day(day: date) -> str:
    """For sentences: "January 5, 2026"."""
    return f"{day:%B} {day.day}, {day.year}"


def date_problem(given: date, today: date, what: str) -> str:
    """A document of the future or of another age is a slip of the pen: the sentence, or an empty text."""
    if given > today:
        return f"{what} cannot be in the future; today is {said_day(today)}."
    return f"{what} is before 1900; check the year." if given < EARLIEST else ""


def due_problem(due: date, invoice_date: date) -> str:
    if due < invoice_date:
        return "The due date cannot be before the invoice date."
    return "The due date is more than ten years away; check it." if due - invoice_date > LATEST_DUE else ""
