"""Decides: what an invoice comes to. Pure; the only arithmetic on invoice lines there is.

Each line is rounded half up by itself. The invoice's own discount is taken before tax and shared over the lines by
what they cost. Tax is computed per rate on what is left, and rounded once per rate, as ledgers do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tieout.practice.allocation import share_out
from tieout.practice.money import ZERO, percent_of, rounded, shown, total


class DiscountKind(StrEnum):
    NONE = ""
    PERCENT = "percent"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Discount:
    kind: DiscountKind = DiscountKind.NONE
    value: Decimal = ZERO
    """Percent (10 means 10 %) or an amount in the invoice's currency."""

    def of(self, amount: Decimal, currency: str) -> Decimal:
        """What is taken off ``amount``."""
        if self.kind is DiscountKind.PERCENT:
            return percent_of(amount, self.value, currency)
        return rounded(self.value, currency) if self.kind is DiscountKind.AMOUNT else ZERO


NO_DISCOUNT = Discount()


@dataclass(frozen=True, slots=True)
class LineInput:
    """What a line's amounts follow from."""

    quantity: Decimal
    rate: Decimal
    discount: Discount = NO_DISCOUNT
    tax_rate_id: int | None = None
    tax_percent: Decimal = ZERO
    discountable: bool = True
    """False for a late fee: the invoice's discount does not lower it."""


@dataclass(frozen=True, slots=True)
class LineAmounts:
    gross: Decimal
    """Quantity times rate."""
    discount: Decimal
    """The line's own."""
    share: Decimal
    """Of the invoice's discount."""

    @property
    def net(self) -> Decimal:
        """After the line's own discount: what the line shows."""
        return self.gross - self.discount

    @property
    def taxable(self) -> Decimal:
        return self.net - self.share


@dataclass(frozen=True, slots=True)
class TaxAmount:
    tax_rate_id: int
    percent: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    lines: tuple[LineAmounts, ...]
    taxes: tuple[TaxAmount, ...]
    """In the order their rates first appear."""
    write_off: Decimal

    @property
    def subtotal(self) -> Decimal:
        """Before every discount."""
        return total(line.gross for line in self.lines)

    @property
    def discount(self) -> Decimal:
        """The lines' own and the invoice's."""
        return total(line.discount + line.share for line in self.lines)

    @property
    def shown_subtotal(self) -> Decimal:
        """What the lines show, added up: as printed above the invoice's own discount."""
        return total(line.net for line in self.lines)

    @property
    def own_discount(self) -> Decimal:
        """The invoice's own, without the lines'."""
        return total(line.share for line in self.lines)

    @property
    def tax(self) -> Decimal:
        return total(each.tax for each in self.taxes)

    @property
    def total(self) -> Decimal:
        return self.subtotal - self.discount + self.tax - self.write_off


class TooMuchOff(ValueError):
    """A discount or write-off is larger than what it is taken off. ``field`` and a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


def line_amounts(line: LineInput, currency: str) -> tuple[Decimal, Decimal]:
    """Gross and own discount of one line."""
    gross = rounded(line.quantity * line.rate, currency)
    return gross, line.discount.of(gross, currency)


def total_up(
    lines: Sequence[LineInput],
    *,
    discount: Discount = NO_DISCOUNT,
    write_off: Decimal = ZERO,
    currency: str = "USD",
) -> Totals:
    """All amounts of an invoice. Raises TooMuchOff."""
    pairs = [line_amounts(line, currency) for line in lines]
    for index, (gross, off) in enumerate(pairs):
        if off > gross:
            raise TooMuchOff(
                f"lines.{index}.discount_value", f"The discount is more than the line's {shown(gross)}."
            )
    bases = [
        gross - off if line.discountable else ZERO for line, (gross, off) in zip(lines, pairs, strict=True)
    ]
    taken = discount.of(total(bases), currency)
    if taken > total(bases):
        raise TooMuchOff("discount_value", f"The discount is more than the invoice's {shown(total(bases))}.")
    amounts = tuple(
        LineAmounts(gross, off, share)
        for (gross, off), share in zip(pairs, share_out(taken, bases), strict=True)
    )
    totals = Totals(amounts, _taxes(lines, amounts, currency), write_off)
    if totals.total < 0:
        raise TooMuchOff("amount", f"Only {shown(totals.total + write_off)} can be written off.")
    return totals


def _taxes(
    lines: Sequence[LineInput], amounts: Sequence[LineAmounts], currency: str
) -> tuple[TaxAmount, ...]:
    bases: dict[tuple[int, Decimal], Decimal] = {}
    for line, amount in zip(lines, amounts, strict=True):
        if line.tax_rate_id is not None:
            rate = (line.tax_rate_id, line.tax_percent)
            bases[rate] = bases.get(rate, ZERO) + amount.taxable
    return tuple(
        TaxAmount(tax_rate_id, percent, base, percent_of(base, percent, currency))
        for (tax_rate_id, percent), base in bases.items()
    )
