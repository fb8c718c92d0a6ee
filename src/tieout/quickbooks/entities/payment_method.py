"""Decides how a QuickBooks PaymentMethod is shown to the practice: mapped to its own methods. Never written."""

from __future__ import annotations

from tieout.quickbooks.name_lists import from_quickbooks

ENTITY = from_quickbooks(
    "payment_method",
    "PaymentMethod",
    "Payment method",
    "Payment methods",
    page="app/paymentmethods",
    more=lambda document: {"is_card": document.get("Type") == "CREDIT_CARD"},
)
