"""Decides whether a value fits the ledger and how it is written there. Used by specs, before any plan is sent.

A codec translates one scalar. It holds the ledger's limits, so bad data is found *before* it is sent and
can be named: ``problem`` returns a sentence for a person, or None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tieout.reconcile.state import Scalar

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")


@dataclass(frozen=True, slots=True)
class Codec:
    """One scalar, both ways. ``encode`` is only called on values for which ``problem`` is None."""

    encode: Callable[[Scalar], Scalar]
    decode: Callable[[Scalar], Scalar]
    problem: Callable[[Scalar], str | None]


def _text_in(value: Scalar) -> Scalar:
    return "" if value is None else str(value)


def text(max_length: int, *, forbid: str = "", names: str = "") -> Codec:
    """Text of at most ``max_length`` characters without any of the characters in ``forbid``.

    ``names`` says the forbidden characters in words, for the sentence a person reads.
    An empty text is sent as "" because that is how a ledger's sparse update clears a field.
    """

    def problem(value: Scalar) -> str | None:
        shown = _text_in(value)
        assert isinstance(shown, str)
        if len(shown) > max_length:
            return f"is {len(shown)} characters long; the limit is {max_length}"
        if any(character in shown for character in forbid):
            return f"contains a character that is not allowed there ({names})"
        return None

    return Codec(encode=_text_in, decode=_text_in, problem=problem)


def email(max_length: int = 100) -> Codec:
    """One e-mail address (or several, separated by commas) as ledgers accept it."""
    base = text(max_length)

    def problem(value: Scalar) -> str | None:
        shown = str(_text_in(value))
        if shown and not all(_EMAIL.fullmatch(one.strip()) for one in shown.split(",")):
            return "is not a complete e-mail address"
        return base.problem(value)

    return Codec(encode=base.encode, decode=base.decode, problem=problem)


def flag(*, default: bool) -> Codec:
    """A yes/no. A ledger that leaves it out means ``default``."""

    def decode(value: Scalar) -> Scalar:
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).lower() == "true"

    return Codec(encode=decode, decode=decode, problem=lambda value: None)


def money(minor_units: int = 2) -> Codec:
    """An amount in the firm's currency, rounded half up to its minor unit. Decimal both ways."""
    quantum = Decimal(1).scaleb(-minor_units)

    def convert(value: Scalar) -> Scalar:
        if value is None or value == "":
            return None
        return Decimal(str(value)).quantize(quantum, rounding=ROUND_HALF_UP)

    def problem(value: Scalar) -> str | None:
        amount = convert(value)
        if isinstance(amount, Decimal) and abs(amount) >= Decimal("1e13"):
            return "is larger than an amount can be there"
        return None

    return Codec(encode=convert, decode=convert, problem=problem)
