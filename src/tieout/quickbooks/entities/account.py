"""Decides how a QuickBooks Account is shown to the practice: chosen for income and deposits. Never written."""

from __future__ import annotations

from tieout.quickbooks.name_lists import from_quickbooks, part_of
from tieout.reconcile.codecs import text
from tieout.reconcile.spec import Field, Owner

ENTITY = from_quickbooks(
    "account",
    "Account",
    "Account",
    "Accounts",
    page="app/register?accountId={id}",
    also=(Field("account_type", "AccountType", text(60), "Account type", Owner.LEDGER),),
    more=lambda document: {
        "account_subtype": part_of(document, "AccountSubType"),
        "classification": part_of(document, "Classification"),
    },
)
