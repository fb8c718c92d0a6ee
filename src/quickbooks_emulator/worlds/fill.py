"""Acts: fills the store with a named world, through the same rules as every other write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from quickbooks_emulator import formats
from quickbooks_emulator.entities import ENTITIES
from quickbooks_emulator.entities.preferences import initial
from quickbooks_emulator.knobs import Knobs
from quickbooks_emulator.service.writes import change_as_person
from quickbooks_emulator.store import Store, Transaction
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.collection import Saved
from quickbooks_emulator.store.documents import PRODUCTION, Company
from quickbooks_emulator.worlds import abroad, bulk, large, lists, sample, tax

SAMPLE = Company(realm="9341450000000001", name="Craig's Design and Landscaping Services")
SECOND = Company(realm="9341450000000002", name="Harbor Street Books", person="Dana Whitfield")
LIVE = Company(
    realm="9341450000000003", name="Granite Peak Outfitters", person="Robin Ito", environment=PRODUCTION
)
CANADA = Company(
    realm=SAMPLE.realm,
    name="Maple Leaf Design Co.",
    time_zone="America/Toronto",
    currency="CAD",
    currency_name="Canadian Dollar",
    country="CA",
)
UK = Company(
    realm=SAMPLE.realm,
    name="Ouse Valley Design Ltd",
    time_zone="Europe/London",
    currency="GBP",
    currency_name="British Pound Sterling",
    country="GB",
)
_AGE_MS = 60 * 86_400_000  # a world's records are older than any change data window
_LARGE_DEFAULT = 10_000
_TAX = {"US": lists.US_TAX, "CA": lists.CANADA_TAX, "GB": lists.UK_TAX}

Rows = Iterable[tuple[str, Mapping[str, Any]]]
_WORLDS: dict[str, tuple[Company, Callable[[date], Rows]]] = {
    "sample": (SAMPLE, sample.rows),
    "empty": (SAMPLE, lambda today: ()),
    "canada": (CANADA, abroad.canada),
    "uk": (UK, abroad.uk),
}
_KEPT_WORLDS = 16
_made: dict[tuple[str, int, bytes], Saved] = {}
_LARGE = re.compile(r"large(?::(\d+)(?::(\d+))?)?$")


def fill(
    store: Store, transaction: Transaction, world: str, now_ms: int, knobs: Knobs, seed: str = "0"
) -> None:
    """sample, empty, canada, uk, large (10,000 customers), large:N or large:N:M (N customers, M invoices; five for
    each customer when left out; names and contacts follow from `seed`). The second company and the one of the production environment
    have a few customers in `sample` and none elsewhere. Raises LookupError with a sentence."""
    if world not in _WORLDS and _LARGE.match(world) is None:
        raise LookupError(
            f"There is no world {world!r}: sample, empty, canada, uk, large, large:N, large:N:M."
        )
    if world in _WORLDS:
        for name, rows in _filled(store, world, now_ms, knobs).items():
            for key, document in rows.items():
                transaction.put(name, key, document)
        return
    _make(store, transaction, world, now_ms, knobs, seed)
    for key in list(store.collection("events").rows):
        transaction.remove("events", key)


def _filled(store: Store, world: str, now_ms: int, knobs: Knobs) -> Saved:
    """All documents of a small world. Documents are immutable, so they are made once a process and shared: whoever
    starts emulators by the hundred (a test suite) does not wait for the same rules again."""
    key = (world, now_ms, formats.to_json(knobs))
    found = _made.get(key)
    if found is None:
        blank = store.blank()
        with blank.transaction() as transaction:
            _make(blank, transaction, world, now_ms, knobs)
        found = blank.save()
        while len(_made) >= _KEPT_WORLDS:
            _made.pop(next(iter(_made)), None)
        _made[key] = found
    return found


def _make(
    store: Store, transaction: Transaction, world: str, now_ms: int, knobs: Knobs, seed: str = "0"
) -> None:
    start_ms = now_ms - _AGE_MS
    today = _day(start_ms)
    company, rows = _WORLDS.get(world, _WORLDS["empty"])
    large_match = _LARGE.match(world)
    books = _found(store, transaction, company, start_ms, knobs)
    if large_match is not None:
        customers = int(large_match[1] or _LARGE_DEFAULT)
        bulk.load(books, large.rows(customers, seed), int(large_match[2] or customers * 5))
    else:
        _write(books, rows(today))
    second = _found(store, transaction, SECOND, start_ms, knobs)
    _write(second, sample.second_rows() if world == "sample" else ())
    live = _found(store, transaction, LIVE, start_ms, knobs)
    _write(live, sample.live_rows() if world == "sample" else ())


def _found(store: Store, transaction: Transaction, company: Company, now_ms: int, knobs: Knobs) -> Books:
    """A new company with the lists it starts with."""
    transaction.put("companies", company.realm, company)
    books = Books(store, transaction, company, ENTITIES, now_ms, knobs, person=True)
    books.insert(ENTITIES["CompanyInfo"], _company_info(company), record_id="1")
    books.insert(ENTITIES["Preferences"], initial(company.country, company.currency), record_id="1")
    _write(books, lists.accounts(company.country == "US"))
    tax.set_up(books, *_TAX[company.country])
    _write(books, lists.small_lists())
    return books


def _write(books: Books, rows: Rows) -> None:
    for entity, fields in rows:
        change_as_person(books, ENTITIES[entity], None, fields)


def _day(milliseconds: int) -> date:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).date()


_ADDRESSES = {
    "US": ("123 Sierra Way", "San Pablo", "USA", "CA", "87999"),
    "CA": ("14 Front St. W", "Toronto", "CAN", "ON", "M5J 1E3"),
    "GB": ("3 Mill Lane", "Lewes", "GBR", "East Sussex", "BN7 2AA"),
}
"""Countries in three letters, as answered since 2025 (documented)."""


def _company_info(company: Company) -> dict[str, Any]:
    line, city, country, region, code = _ADDRESSES[company.country]
    address = {
        "Id": "1",
        "Line1": line,
        "City": city,
        "Country": country,
        "CountrySubDivisionCode": region,
        "PostalCode": code,
    }
    return {
        "CompanyName": company.name,
        "LegalName": company.name,
        "CompanyAddr": address,
        "CustomerCommunicationAddr": address,
        "LegalAddr": address,
        "CompanyStartDate": "2020-01-01",
        "FiscalYearStartMonth": "January",
        "Country": company.country,
        "Email": {"Address": "books@example.com"},
        "SupportedLanguages": "en",
        "DefaultTimeZone": company.time_zone,
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "IndustryType", "Value": "Landscaping Services"},
            {"Name": "SubscriptionStatus", "Value": "SUBSCRIBED"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "PayrollFeature", "Value": "false"},
            {"Name": "AccountantFeature", "Value": "false"},
        ],
    }
