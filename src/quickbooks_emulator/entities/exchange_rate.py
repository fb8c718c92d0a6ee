"""Decides: what an ExchangeRate is: home units for one unit of a currency on a date."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator import faults
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    Body,
    Entity,
    Family,
    Field,
    Kind,
    computed,
    ignored,
    name_text,
    read_only,
)
from quickbooks_emulator.entities.render import company_time
from quickbooks_emulator.forms.shapes import number_field
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record


def settle(change: Change) -> None:
    """SourceCurrencyCode and Rate are needed (2020); the target is the home currency."""
    for name in ("SourceCurrencyCode", "Rate", "AsOfDate"):
        if not change.body.get(name):
            raise faults.required(name)
    change.body["TargetCurrencyCode"] = change.books.company.currency


def known_rate(books: Books, currency: str, day: str) -> Record | None:
    """The latest rate of a currency up to `day`, the last written one of several."""
    known = books.named("ExchangeRate", "SourceCurrencyCode", currency.casefold())
    past = [one for one in known if one.body["AsOfDate"] <= day]
    return max(past, key=lambda one: (str(one.body["AsOfDate"]), one.seq)) if past else None


def same_day(books: Books, given: Body) -> Record | None:
    """A rate has no Id: one sent for a currency and a day that have one replaces it (documented)."""
    currency, day = str(given.get("SourceCurrencyCode") or ""), given.get("AsOfDate")
    known = books.named("ExchangeRate", "SourceCurrencyCode", currency.casefold())
    return next((one for one in known if one.body["AsOfDate"] == day), None)


def rate_on(books: Books, currency: str, day: str) -> Decimal:
    """The rate to use on `day`: 1 for the home currency and where none is known."""
    record = None if currency == books.company.currency else known_rate(books, currency, day)
    return Decimal(record.body["Rate"]) if record else Decimal(1)


def _changed(books: Books, record: Record) -> Body:
    return {"MetaData": {"LastUpdatedTime": company_time(record.updated, books.company.time_zone)}}


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
        computed("MetaData"),  # no Id and no token is printed (recorded)
        ignored("CustomField"),
    ),
    rules=(settle,),
    compute=_changed,
    indexed=("SourceCurrencyCode",),
    same=same_day,
    events=(),
)
