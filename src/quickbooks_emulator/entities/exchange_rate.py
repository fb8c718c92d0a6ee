"""Decides: what an ExchangeRate is: home units for one unit of a currency on a date."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator import faults
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    Field,
    Kind,
    ignored,
    name_text,
    read_only,
)
from quickbooks_emulator.forms.shapes import number_field
from quickbooks_emulator.store.books import Books


def settle(change: Change) -> None:
    """SourceCurrencyCode and Rate are needed (2020); the target is the home currency."""
    for name in ("SourceCurrencyCode", "Rate", "AsOfDate"):
        if not change.body.get(name):
            raise faults.required(name)
    change.body["TargetCurrencyCode"] = change.books.company.currency


def rate_on(books: Books, currency: str, day: str) -> Decimal:
    """The latest rate up to `day`; 1 for the home currency and where none is known."""
    if currency == books.company.currency:
        return Decimal(1)
    known = [one.body for one in books.named("ExchangeRate", "SourceCurrencyCode", currency.casefold())]
    past = [one for one in known if one["AsOfDate"] <= day]
    return max(past, key=lambda one: str(one["AsOfDate"]))["Rate"] if past else Decimal(1)


EXCHANGE_RATE = Entity(
    name="ExchangeRate",
    family=Family.NAME_LIST,
    noun="exchange rate",
    sequence="exchange rates",
    name_field="SourceCurrencyCode",
    fields=(
        name_text("SourceCurrencyCode", 3, sticky=True).queried(),
        read_only("TargetCurrencyCode"),
        number_field("Rate"),
        Field("AsOfDate", Kind.DATE, sticky=True).queried(),
        BASE,
        ignored("CustomField"),
    ),
    rules=(settle,),
    indexed=("SourceCurrencyCode",),
    events=(),
)
