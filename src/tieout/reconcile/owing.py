"""Decides nothing: what a ledger says its customers owe, as plain data. Filled by a ledger, compared by ``tie_out``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One document of the ledger and what it does to what its customer owes, in the company's own currency."""

    entity: str
    """The ledger's word: ``Invoice``, ``JournalEntry``."""
    kind: str
    """The practice's word; empty for what the practice has not."""
    id: str
    customer_id: str
    customer: str
    number: str
    day: str
    """ISO date."""
    amount: Decimal
    """What is open of it (in ``Owed``), or the whole of it; below zero for money and credits."""
    left: Decimal | None = None
    """Beside the whole of an invoice: what is still open of it."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What the ledger says its customers owed at the end of a day."""

    day: date
    sums: Mapping[str, Decimal]
    """Customer id -> amount; who owed nothing is missing."""
    names: Mapping[str, str]
    items: tuple[OpenItem, ...]
    """What was open, adding up to the sums."""
