"""Decides how a QuickBooks Department is shown to the practice, whose word is location. Never written."""

from __future__ import annotations

from tieout.quickbooks.name_lists import from_quickbooks

ENTITY = from_quickbooks("location", "Department", "Location", "Locations", page="app/departments")
