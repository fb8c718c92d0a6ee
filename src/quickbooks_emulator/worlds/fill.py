"""Acts: fills the store with a named world, through the same rules as every other write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from quickbooks_emulator.entities import ENTITIES
from quickbooks_emulator.entities.preferences import initial
from quickbooks_emulator.knobs import Knobs
from quickbooks_emulator.service.writes import change_as_person
from quickbooks_emulator.store import Store, Transaction
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Company
from quickbooks_emulator.worlds import large, lists, sample, tax

SAMPLE = Company(realm="9341450000000001", name="Craig's Design and Landscaping Services")
SECOND = Company(realm="9341450000000002", name="Harbor Street Books", person="Dana Whitfield")
_AGE_MS = 60 * 86_400_000  # a world's records are older than any change data window
_LARGE_DEFAULT = 10_000
_TAX = {"US": lists.US_TAX, "CA": lists.CANADA_TAX, "GB": lists.UK_TAX}

Rows = Iterable[tuple[str, Mapping[str, Any]]]


def fill(store: Store, transaction: Transaction, world: str, now_ms: int, knobs: Knobs) -> None:
    """sample, empty, large (10,000 customers) or large:N. Raises LookupError with a sentence."""
    name, _, count = world.partition(":")
    if name == "sample":
        contents: tuple[Rows, Rows] = (sample.rows(_day(now_ms - _AGE_MS)), sample.second_rows())
    elif name == "empty":
        contents = ((), ())
    elif name == "large" and (not count or count.isdigit()):
        contents = (large.rows(int(count or _LARGE_DEFAULT)), ())
    else:
        raise LookupError(f"There is no world {world!r}: sample, empty, large, large:N.")
    for company, rows in zip((SAMPLE, SECOND), contents, strict=True):
        transaction.put("companies", company.realm, company)
        books = Books(store, transaction, company, ENTITIES, now_ms - _AGE_MS, knobs, person=True)
        books.insert(ENTITIES["CompanyInfo"], _company_info(company), record_id="1")
        books.insert(ENTITIES["Preferences"], initial(), record_id="1")
        _lists(books)
        for entity, fields in rows:
            change_as_person(books, ENTITIES[entity], None, fields)
    for name in store.names("events"):
        for key in list(store.collection(name).rows):
            transaction.remove(name, key)


def _day(milliseconds: int) -> date:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).date()


def _lists(books: Books) -> None:
    us = books.company.country == "US"
    for entity, fields in lists.accounts(us):
        change_as_person(books, ENTITIES[entity], None, fields)
    tax.set_up(books, *_TAX.get(books.company.country, lists.US_TAX))
    for entity, fields in lists.small_lists():
        change_as_person(books, ENTITIES[entity], None, fields)


def _company_info(company: Company) -> dict[str, Any]:
    address = {
        "Id": "1",
        "Line1": "123 Sierra Way",
        "City": "San Pablo",
        "Country": "USA",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "87999",
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
