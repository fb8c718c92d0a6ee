"""Decides: how amounts, rates and quantities are written on pages."""

from __future__ import annotations

from decimal import Decimal

from django import template

from tieout.practice.money import exact, plain, shown

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str = "USD") -> str:
    """ "$1,250.00"; nothing for nothing."""
    return "" if amount is None else shown(amount, currency or "USD")


@register.filter
def number(value: Decimal | None) -> str:
    """A rate or quantity without the zeros it is kept with: 1.50000 is 1.5. What is being typed stays as it is."""
    return "" if value is None else f"{plain(exact(value))}"


@register.filter
def price(value: Decimal | None) -> str:
    """A rate as a price: at least two places, more only if it has them."""
    if value is None:
        return ""
    short = plain(value)
    places = max(2, -int(short.as_tuple().exponent))
    return f"${short:,.{places}f}"
