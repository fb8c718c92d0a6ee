"""Decides: when an invoice is due, and which dates it may have. Pure; today comes in, in the firm's time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

EARLIEST = date(1900, 1, 1)
LATEST_DUE = timedelta(days=3660)


class Terms(StrEnum):
    """The value is what is stored; ``label`` the name people and ledgers know it by."""

    RECEIPT = "receipt"
    NET_10 = "net10"
    NET_15 = "net15"
    NET_30 = "net30"
    NET_45 = "net45"
    NET_60 = "net60"
    CUSTOM = "custom"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def days(self) -> int | None:
        """From the invoice date to the due date; None for a due date of one's own."""
        return _DAYS[self]


_DAYS: dict[Terms, int | None] = {
    Terms.RECEIPT: 0,
    Terms.NET_10: 10,
    Terms.NET_15: 15,
    Terms.NET_30: 30,
    Terms.NET_45: 45,
    Terms.NET_60: 60,
    Terms.CUSTOM: None,
}
_LABELS = {each: f"Net {days}" for each, days in _DAYS.items() if days} | {
    Terms.RECEIPT: "Due on receipt",
    Terms.CUSTOM: "Custom",
}


def today_at(now: datetime, time_zone: str) -> date:
    """The firm's date at an instant. ``time_zone``: IANA name."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def due_on(terms: Terms, invoice_date: date, chosen: date | None) -> date:
    """The due date; ``chosen`` is the one a person gave, used only by custom terms."""
    if terms.days is None:
        return chosen or invoice_date
    return invoice_date + timedelta(days=terms.days)


def date_problem(given: date, today: date, what: str) -> str:
    """A document of the future or of another age is a slip of the pen: the sentence, or an empty text."""
    if given > today:
        return f"{what} cannot be in the future; today is {today:%B} {today.day}, {today.year}."
    return f"{what} is before 1900; check the year." if given < EARLIEST else ""


def due_problem(due: date, invoice_date: date) -> str:
    if due < invoice_date:
        return "The due date cannot be before the invoice date."
    return "The due date is more than ten years away; check it." if due - invoice_date > LATEST_DUE else ""
