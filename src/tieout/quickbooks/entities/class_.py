"""Decides how a QuickBooks Class is shown to the practice: chosen for an invoice's rows. Never written."""

from __future__ import annotations

from tieout.quickbooks.name_lists import from_quickbooks

ENTITY = from_quickbooks("tracking_class", "Class", "Class", "Classes", page="app/class")
