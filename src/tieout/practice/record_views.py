"""Decides nothing: the shapes the records door speaks in. ``records`` and ``billing_records`` fill them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tieout.practice.actor import Actor

Units = Mapping[str, Any]
"""Unit name -> text, bool, Decimal or None; a group (part name -> scalar); or rows: a tuple of groups. Empty texts are ""."""

PAGE = 1000


class OneWay(Exception):
    """Records of this kind are written in the practice only; whoever keeps the ledger in step reads them. A bug there."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"Records of the kind {kind} are never written from outside the practice.")


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record as it is now."""

    version: int
    units: Units
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What may matter to a decision and is never written: kind, label, external id ..."""


class Records(Protocol):
    """One kind of record. All ids are texts."""

    def read(self, firm_id: int, ids: Collection[str]) -> dict[str, RecordView]:
        """Those of ``ids`` that exist, in a constant number of queries."""

    def all_ids(self, firm_id: int) -> set[str]: ...

    def list(self, firm_id: int, activity: str = "all") -> Iterator[tuple[str, RecordView]]:
        """All records, ``active``, ``inactive`` or ``all``, by id, read in pages."""

    def create(
        self, firm_id: int, units: Units, actor: Actor, *, facts: Mapping[str, Any] | None = None
    ) -> tuple[str, RecordView]:
        """Raises Invalid with the problems keyed by unit, OneWay for a kind that is written only here."""

    def change(
        self, firm_id: int, record_id: str, units: Units, actor: Actor, *, expected_version: int | None
    ) -> RecordView:
        """Sets the given units. Raises ChangedMeanwhile, NotYours, Invalid keyed by unit, OneWay."""
