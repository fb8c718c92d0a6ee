"""Decides: what an amount of money is, how it is rounded, read and shown. Pure. No float crosses this line.

Amounts are ``Decimal`` in the firm's currency. Whatever is computed is rounded half up to the currency's minor unit,
as ledgers round; prices and quantities keep more places until they are multiplied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
MOST = Decimal("9999999999.99")
"""The largest amount of one document; far above any invoice, far below what the columns hold."""
CURRENCIES: Mapping[str, int] = {"USD": 2, "CAD": 2}
"""ISO 4217 code -> places of the minor unit."""
SIGNS: Mapping[str, str] = {"USD": "$", "CAD": "CA$"}
_AMOUNT = re.compile(r"-?\$?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)?(\.[0-9]*)?")


class NotAnAmount(ValueError):
    """A text is not an amount; ``str()`` says how one is written."""


def exact(value: Decimal | int | str) -> Decimal:
    """The value as a finite Decimal, unrounded. Raises TypeError for a float, NotAnAmount for what is no number."""
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    elif isinstance(value, str):
        return read_number(value)
    else:
        raise TypeError(f"Money is a Decimal, never a {type(value).__name__}.")
    if not number.is_finite():
        raise NotAnAmount("Enter a number such as 1250 or 1,250.00.")
    return number


def read_number(text: str) -> Decimal:
    """What a person typed: "1,250.00", "$1250", ".5". Raises NotAnAmount, also for thousands in the wrong place."""
    told = text.strip().replace(" ", "")
    if len(told) > 30 or not _AMOUNT.fullmatch(told) or not re.search("[0-9]", told):
        raise NotAnAmount("Enter a number such as 1250 or 1,250.00.")
    return Decimal(told.replace(",", "").replace("$", ""))


def rounded(amount: Decimal, currency: str = "USD") -> Decimal:
    """Half up to the minor unit: 0.005 is 0.01 and -0.005 is -0.01."""
    return amount.quantize(Decimal(1).scaleb(-CURRENCIES[currency]), rounding=ROUND_HALF_UP)


def rounded_rate(rate: Decimal) -> Decimal:
    """A price to the five places we keep, half up: a ledger may hold more."""
    return rate.quantize(Decimal("0.00001"), rounding=ROUND_HALF_UP)


def percent_of(amount: Decimal, percent: Decimal, currency: str = "USD") -> Decimal:
    """``percent`` (8.25 means 8.25 %) of an amount, rounded."""
    return rounded(amount * percent / 100, currency)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, zero of nothing."""
    return sum(amounts, ZERO)


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent: 1.50000 -> 1.5, 100 -> 100."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def shown_rate(rate: Decimal, currency: str = "USD") -> str:
    """A price with at least the places of the minor unit, more only if it has them: "$1.50", "$0.12345"."""
    short = plain(rate)
    places = max(CURRENCIES[currency], -int(short.as_tuple().exponent))
    return f"{SIGNS[currency]}{short:,.{places}f}"


def shown(amount: Decimal, currency: str = "USD") -> str:
    """For sentences: "$1,250.00", "-$3.50"."""
    places = CURRENCIES[currency]
    sign = "-" if amount < 0 else ""
    return f"{sign}{SIGNS[currency]}{abs(rounded(amount, currency)):,.{places}f}"
