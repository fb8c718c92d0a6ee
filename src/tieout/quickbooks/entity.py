"""Decides nothing: what QuickBooks needs to know of one synced entity beyond its ``EntitySpec``. Read by ``ledger``.

One file in ``entities/`` declares one of these as ``ENTITY``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tieout.quickbooks.api.query import Condition
from tieout.reconcile.ports import Row
from tieout.reconcile.spec import Document, EntitySpec
from tieout.reconcile.state import Present, Scalar


def _as_it_is(document: Document) -> Document:
    return document


@dataclass(frozen=True, slots=True)
class QuickBooksEntity:
    """One entity as QuickBooks keeps it."""

    spec: EntitySpec
    facts: Callable[[Document], Mapping[str, Scalar]]
    """What the planner may need to know of a record but never writes."""
    marker: Callable[[Document], tuple[Condition, ...]]
    """From a document we sent: the question that finds it again when no answer came."""
    page: str
    """Where a person sees the record in QuickBooks, with ``{id}``; relative to the site."""
    tidy: Callable[[Document], Document] = _as_it_is
    """Takes back what QuickBooks itself writes into a field, before the units are read."""
    is_name_list: bool = True
    """Name lists have ``Active`` and hide inactive rows from questions that do not ask for them."""
    retired: Mapping[str, Any] = field(default_factory=lambda: {"Active": False})
    """The members that take a record out of use."""
    name_field: str = ""
    """The field that must be unique, and ..."""
    name_pool: tuple[str, ...] = ()
    """... over which QuickBooks entities together, this one first."""

    @property
    def name(self) -> str:
        """QuickBooks' word: ``Customer``."""
        return self.spec.ledger

    def row(self, document: Document) -> Row:
        """A QuickBooks document as the core sees it."""
        tidied = self.tidy(document)
        shown = Present(self.spec.read(tidied), str(document.get("SyncToken", "")), self.facts(tidied))
        return Row(str(document["Id"]), shown)
