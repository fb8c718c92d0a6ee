"""Decides how a category is shown to the practice. QuickBooks keeps categories as Items of their own type. Never written."""

from __future__ import annotations

from tieout.quickbooks.api.query import where
from tieout.quickbooks.name_lists import from_quickbooks

ENTITY = from_quickbooks(
    "category",
    "Category",
    "Category",
    "Categories",
    page="app/categories",
    kept_as="Item",
    among=(where("Type", "=", "Category"),),
    belongs=lambda document: document.get("Type") == "Category",
)
