"""Decides: what a company's own settings mean for the documents we write there. Read by the steps of ``entities``.

Two sources: QuickBooks' Preferences, and ``Settings``, what the firm chose in Tieout for this connection. A preference
that is absent is unknown, not off: then nothing is refused on its account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tieout.reconcile.company import Setting

Settings = Mapping[str, str]
"""Key of ``SETTINGS`` -> an id of the ledger. What is left out is not chosen."""


METHODS = ("card", "debit", "ach", "cash", "check", "other")
"""The practice's payment methods."""

INCOME = ("Income", "Other Income")
MONEY = ("Bank", "Other Current Asset", "Credit Card")
"""Account types that money can be paid into or out of: Undeposited Funds is an Other Current Asset."""

SETTINGS = (
    Setting(
        "income_account", "Income account", "account", "Service items without an income account wait.", INCOME
    ),
    Setting("tracking_class", "Class of invoice rows without one", "tracking_class", ""),
    Setting("location", "Location of invoices without one", "location", ""),
    Setting("row_item", "Item for invoice rows without one", "service_item", ""),
    Setting("write_off_item", "Item for write-offs", "service_item", "Invoices with a write-off wait."),
    Setting("credit_item", "Item for credits without one", "service_item", "Credits without an item wait."),
    Setting("refund_item", "Item for refunds", "service_item", "Refunds wait."),
    Setting("refund_account", "Account refunds are paid from", "account", "Refunds wait.", MONEY),
    Setting("tax_code", "Sales tax code", "tax_code", ""),
    Setting("taxed_code", "Tax code of taxable lines (outside the US)", "tax_code", "Documents wait."),
    Setting("untaxed_code", "Tax code of other lines (outside the US)", "tax_code", "Documents wait."),
    Setting("deposit_account", "Account payments are deposited to", "account", "", MONEY),
    *(
        Setting(f"deposit_account.{one}", f"Deposit account for {one}", "account", "", MONEY)
        for one in METHODS
    ),
    *(Setting(f"payment_method.{one}", f"Payment method for {one}", "payment_method", "") for one in METHODS),
)


class ClassPlace(StrEnum):
    """Where the company keeps classes on sales documents; the two exclude each other."""

    LINES = "on each line"
    DOCUMENT = "one for the whole document"
    NOWHERE = "not at all"


def _no_term(days: int) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class CompanyRules:
    """How one company wants its documents."""

    numbers_itself: bool = False
    """QuickBooks numbers documents; ours are not sent and its own are read back."""
    classes: ClassPlace = ClassPlace.LINES
    locations: bool = True
    is_american: bool = True
    """Lines are TAX or NON, and one tax code stands for the whole document."""
    taxes: bool = True
    default_tax_code: str = ""
    spends_credits: bool = False
    """QuickBooks applies what a customer has to his credit by itself, other than the practice did."""
    closed_until: str = ""
    """The ISO date up to which the books are closed; empty when they are not."""
    settings: Settings = field(default_factory=dict)
    term_of: Callable[[int], str] = _no_term
    """Days until due -> the id of the company's terms of that many days; "" when it has none."""

    def setting(self, key: str, *more: str) -> str:
        """The first of these settings that is chosen; "" when none is."""
        return next((found for one in (key, *more) if (found := self.settings.get(one, ""))), "")


def rules_from(
    preferences: Mapping[str, Any], settings: Settings, term_of: Callable[[int], str] = _no_term
) -> CompanyRules:
    """Read what is needed of Preferences (paths: Intuit's Preferences reference).

    The country is told by the home currency: a company that keeps its books in dollars is taken for an American one.
    """
    accounting, sales, tax, currency = (
        preferences.get(name) or {}
        for name in ("AccountingInfoPrefs", "SalesFormsPrefs", "TaxPrefs", "CurrencyPrefs")
    )
    home = (currency.get("HomeCurrency") or {}).get("value", "USD")
    return CompanyRules(
        numbers_itself=sales.get("CustomTxnNumbers") is False,
        classes=_class_place(accounting),
        locations=accounting.get("TrackDepartments") is not False,
        is_american=home == "USD",
        taxes=tax.get("UsingSalesTax") is not False,
        default_tax_code=str((tax.get("TaxGroupCodeRef") or {}).get("value", "")),
        spends_credits=sales.get("AutoApplyCredit") is True,
        closed_until=str(accounting.get("BookCloseDate") or ""),
        settings=settings,
        term_of=term_of,
    )


def lists_used(preferences: Mapping[str, Any]) -> dict[str, bool]:
    """Practice word of a list -> whether the company uses it. Lists it tells nothing of are left out.

    Plans without classes or locations tell the same switches as those that have them turned off (Intuit's
    Preferences reference: ClassTrackingPerTxn, ClassTrackingPerTxnLine, TrackDepartments).
    """
    accounting = preferences.get("AccountingInfoPrefs") or {}
    used: dict[str, bool] = {}
    classes = [accounting.get(name) for name in ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine")]
    if True in classes or classes == [False, False]:
        used["tracking_class"] = True in classes
    if isinstance(accounting.get("TrackDepartments"), bool):
        used["location"] = accounting["TrackDepartments"]
    return used


def _class_place(accounting: Mapping[str, Any]) -> ClassPlace:
    if accounting.get("ClassTrackingPerTxn") is True:
        return ClassPlace.DOCUMENT
    off = (
        accounting.get("ClassTrackingPerTxnLine") is False and accounting.get("ClassTrackingPerTxn") is False
    )
    return ClassPlace.NOWHERE if off else ClassPlace.LINES
