"""Decides how a QuickBooks Term is shown to the practice: its days until due. Never written."""

from __future__ import annotations

from collections.abc import Mapping

from tieout.quickbooks.name_lists import from_quickbooks, part_of
from tieout.reconcile.spec import Document
from tieout.reconcile.state import Scalar


def _due(document: Document) -> Mapping[str, Scalar]:
    """``due_days`` is empty for terms that fall due on a day of the month."""
    days = document.get("DueDays")
    return {
        "due_days": None if days is None else int(days),
        "kind": part_of(document, "Type"),
    }


ENTITY = from_quickbooks("term", "Term", "Terms", "Terms", page="app/terms", more=_due)
