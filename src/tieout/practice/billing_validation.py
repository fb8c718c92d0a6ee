"""Decides: which values billing fields may have. Pure; collects every problem with its field before refusing.

Between the raw values of forms, imports and programs and the verbs. Texts follow ``validation``'s rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from tieout.practice.invoice_totals import Discount, DiscountKind
from tieout.practice.money import MOST, NotAnAmount, exact, shown
from tieout.practice.validation import Invalid, TextRule, clean_texts

Number = Decimal | int | str
Row = TypeVar("Row")
RATE_PLACES = 5
QUANTITY_PLACES = 4
MOST_QUANTITY = Decimal("9999999")
MOST_PERCENT = Decimal(100)


class Checks:
    """Reads values one after the other; ``done`` raises Invalid with all that was wrong."""

    def __init__(self, prefix: str = "") -> None:
        self.problems: dict[str, str] = {}
        self.prefix = prefix

    def problem(self, field: str, sentence: str) -> None:
        """The first sentence of a field stays."""
        self.problems.setdefault(self.prefix + field, sentence)

    def text(self, field: str, value: str, rule: TextRule) -> str:
        try:
            return clean_texts({field: value}, {field: rule})[field]
        except Invalid as invalid:
            self.problem(field, invalid.problems[field])
            return ""

    def number(
        self, field: str, value: Number, label: str, *, places: int, most: Decimal, least: Decimal | int = 0
    ) -> Decimal:
        try:
            number = exact(value)
        except NotAnAmount as problem:
            self.problem(field, f"{label}: {str(problem)[0].lower()}{str(problem)[1:]}")
            return Decimal(0)
        if number < least:
            told = "be below zero" if least == 0 else f"be less than {least}"
            self.problem(field, f"{label} cannot {told}.")
        elif number > most:
            self.problem(field, f"{label} can be at most {most:,}.")
        elif number != round(number, places):
            self.problem(field, f"{label} can have at most {places} decimal places.")
        else:
            return number
        return Decimal(0)

    def amount(self, field: str, value: Number, label: str, *, positive: bool = True) -> Decimal:
        """An amount of money in whole cents, above zero unless ``positive`` is False."""
        amount = self.number(field, value, label, places=2, most=MOST)
        if positive and amount == 0 and self.prefix + field not in self.problems:
            self.problem(field, f"{label} has to be more than {shown(amount)}.")
        return amount

    def rate(self, field: str, value: Number) -> Decimal:
        return self.number(field, value, "The rate", places=RATE_PLACES, most=MOST)

    def quantity(self, field: str, value: Number) -> Decimal:
        return self.number(field, value, "The quantity", places=QUANTITY_PLACES, most=MOST_QUANTITY)

    def choice(self, field: str, value: str, choices: Collection[str], sentence: str) -> str:
        if value not in choices:
            self.problem(field, sentence)
        return value

    def discount(self, kind: str, value: Number) -> Discount:
        """The fields ``discount_kind`` and ``discount_value``."""
        if kind not in list(DiscountKind):
            self.problem("discount_kind", "Choose no discount, a percentage or an amount.")
            return Discount()
        known = DiscountKind(kind)
        if known is DiscountKind.NONE:
            return Discount()
        percent = known is DiscountKind.PERCENT
        number = self.number(
            "discount_value",
            value,
            "The discount",
            places=4 if percent else 2,
            most=MOST_PERCENT if percent else MOST,
        )
        return Discount(known, number)

    def row(
        self,
        field: str,
        value: int | str | None,
        rows: Mapping[int, Row],
        sentence: str,
        *,
        needed: bool = False,
    ) -> Row | None:
        """The row chosen by id among those that may be chosen; None when none is chosen."""
        if value is None or value == "":
            if needed:
                self.problem(field, sentence)
            return None
        text = str(value)
        row = rows.get(int(text)) if text.isascii() and text.isdigit() and len(text) <= 18 else None
        if row is None:
            self.problem(field, sentence)
        return row

    def day(self, field: str, value: date | str | None, label: str) -> date | None:
        """A date, or an ISO text of one; None when empty. An instant is no date."""
        if value is None or value == "":
            return None
        if type(value) is date:
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.problem(field, f"{label} is written like 2026-01-31.")
            return None

    def done(self) -> None:
        if self.problems:
            raise Invalid(self.problems)
