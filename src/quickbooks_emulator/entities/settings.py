"""Decides: what the company's preferences and plan say about a rule. Read by the rules of every entity."""

from __future__ import annotations

from typing import Any

from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.store.books import Books

WITH_CLASSES = ("Plus", "Advanced", "Accountant")


def preference(books: Books, group: str, name: str, default: Any = None) -> Any:
    """One switch of Preferences; `default` where the company has none."""
    record = books.get("Preferences", "1")
    found = record.body.get(group, {}).get(name) if record else None
    return default if found is None else found


def other_preference(books: Books, name: str) -> str:
    """A member of OtherPrefs.NameValue as text; "" where there is none."""
    return _named_value(preference(books, "OtherPrefs", "NameValue", ()), name)


def plan(books: Books) -> str:
    """The subscription: CompanyInfo's OfferingSku."""
    record = books.get("CompanyInfo", "1")
    return _named_value(record.body.get("NameValue", ()) if record else (), "OfferingSku")


def is_subscribed(books: Books) -> bool:
    """CompanyInfo's SubscriptionStatus: a company whose subscription or trial is over can be read, not written
    (documented). The words under which it may be written are a switch."""
    record = books.get("CompanyInfo", "1")
    status = _named_value(record.body.get("NameValue", ()) if record else (), "SubscriptionStatus")
    return not status or status.upper() in books.knobs.writable_subscriptions


def inactive_code(books: Books, entity: str) -> str:
    """The code for pointing to an inactive record: a switch, and 6250 is about customers only."""
    code = books.knobs.inactive_reference_code
    return "2500" if code == "6250" and entity != "Customer" else code


def plan_has_classes(books: Books) -> bool:
    """Classes and locations come with Plus and Advanced only (documented)."""
    sku = plan(books)
    return not sku or any(name in sku for name in WITH_CLASSES)


def classes_per_line(books: Books) -> bool:
    return plan_has_classes(books) and bool(
        preference(books, "AccountingInfoPrefs", "ClassTrackingPerTxnLine")
    )


def classes_per_transaction(books: Books) -> bool:
    return plan_has_classes(books) and bool(preference(books, "AccountingInfoPrefs", "ClassTrackingPerTxn"))


def departments(books: Books) -> bool:
    return plan_has_classes(books) and bool(preference(books, "AccountingInfoPrefs", "TrackDepartments"))


def multicurrency(books: Books) -> bool:
    return bool(preference(books, "CurrencyPrefs", "MultiCurrencyEnabled"))


def is_us(books: Books) -> bool:
    return books.company.country == "US"


def automated_sales_tax(books: Books) -> bool:
    """PartnerTaxEnabled true: automated and set up; absent or false: not (documented)."""
    return is_us(books) and preference(books, "TaxPrefs", "PartnerTaxEnabled") is True


def _named_value(pairs: Any, name: str) -> str:
    for pair in pairs:
        member: Body = pair
        if member.get("Name") == name:
            return str(member.get("Value", ""))
    return ""
