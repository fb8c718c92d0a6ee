"""Decides how a QuickBooks TaxCode is shown to the practice: mapped to its tax rates. Never written.

Change capture leaves tax codes out (Intuit's documentation): only a full comparison sees a new one. An old company
may list the two American line codes, TAX and NON, among them (recorded in 2013); they are no codes to choose.
"""

from __future__ import annotations

from tieout.quickbooks.name_lists import from_quickbooks
from tieout.quickbooks.sales_lines import TAXED, UNTAXED

ENTITY = from_quickbooks(
    "tax_code",
    "TaxCode",
    "Tax code",
    "Tax codes",
    page="app/salestax",
    more=lambda document: {"taxable": document.get("Taxable", True) is True},
    belongs=lambda document: document.get("Id") not in (TAXED, UNTAXED),
    in_change_feed=False,
)
