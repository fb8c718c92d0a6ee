"""Decides how the scalars of documents are written in QuickBooks: dates, prices, references. Read by ``entities``.

The general ones (texts, flags, money) are in ``tieout.reconcile.codecs``.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tieout.reconcile.codecs import Codec, text
from tieout.reconcile.state import Scalar

LONGEST_ID = 50
MOST = Decimal(99_999_999_999)
"""Intuit's limit for prices and quantities."""


def reference() -> Codec:
    """The ``value`` of a reference: an id as text, "" for none. An empty one clears the reference in an update."""
    return text(LONGEST_ID)


def calendar_date() -> Codec:
    """A day as ISO text (``2026-11-22``), never an instant."""

    def convert(value: Scalar) -> Scalar:
        return "" if value is None else str(value)[:10]

    def problem(value: Scalar) -> str | None:
        shown = str(convert(value))
        try:
            if shown:
                date.fromisoformat(shown)
        except ValueError:
            return "is not a date"
        return None

    return Codec(encode=convert, decode=convert, problem=problem)


def number(places: int, *, zero_is_none: bool = False) -> Codec:
    """A price or quantity, without trailing zeros, rounded half up to ``places``.

    ``zero_is_none``: where QuickBooks cannot keep an empty price and shows 0 for it.
    """
    quantum = Decimal(1).scaleb(-places)

    def decode(value: Scalar) -> Scalar:
        if value is None or value == "":
            return None
        found = plain(Decimal(str(value)).quantize(quantum, rounding=ROUND_HALF_UP))
        return None if zero_is_none and not found else found

    def encode(value: Scalar) -> Scalar:
        if value is None or value == "":
            return Decimal(0) if zero_is_none else None
        return plain(Decimal(str(value)).quantize(quantum, rounding=ROUND_HALF_UP))

    def problem(value: Scalar) -> str | None:
        found = decode(value)
        if isinstance(found, Decimal) and abs(found) > MOST:
            return "is larger than a number can be there"
        return None

    return Codec(encode=encode, decode=decode, problem=problem)


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent, so that equal numbers give equal bytes."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
