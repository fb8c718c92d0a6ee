"""Decides: how amounts, rates and quantities are written on pages.

Amounts that are summed over documents are in ``firm_currency``, which every page has; a document's own in its currency.
"""

from __future__ import annotations

from decimal import Decimal

from django import template

from tieout.practice.money import exact, plain, shown, shown_rate

register = template.Library()


@register.filter
def money(amount: Decimal | str | None, currency: str = "USD") -> str:
    """ "$1,250.00"; nothing for nothing. A revision keeps its amounts as text."""
    return "" if amount is None else shown(exact(amount), str(currency or "USD"))


@register.filter
def number(value: Decimal | None) -> str:
    """A rate or quantity without the zeros it is kept with: 1.50000 is 1.5. What is being typed stays as it is."""
    return "" if value is None else f"{plain(exact(value))}"


@register.filter
def price(value: Decimal | str | None, currency: str = "USD") -> str:
    """A rate as a price: at least two places, more only if it has them."""
    return "" if value is None else shown_rate(exact(value), str(currency or "USD"))
