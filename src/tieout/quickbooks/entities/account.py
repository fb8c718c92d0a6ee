"""Decides how a QuickBooks Account is shown to the practice: chosen for income and deposits. Never written."""

from __future__ import annotations

from tieout.quickbooks.name_lists import from_quickbooks, part_of

ENTITY = from_quickbooks(
    "account",
    "Account",
    "Account",
    "Accounts",
    page="app/register?accountId={id}",
    more=lambda document: {
        "account_type": part_of(document, "AccountType"),
        "account_subtype": part_of(document, "AccountSubType"),
        "classification": part_of(document, "Classification"),
    },
)
