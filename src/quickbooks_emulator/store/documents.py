"""Decides: the immutable documents the store holds about companies and their records."""

from __future__ import annotations

from typing import Any

import msgspec

SANDBOX, PRODUCTION = ENVIRONMENTS = ("sandbox", "production")
"""Intuit's two environments: test companies for the keys of development, real ones for the keys of production."""


class Company(msgspec.Struct, frozen=True):
    """One QuickBooks company. `person` is who edits in QuickBooks itself (named in 5010)."""

    realm: str
    name: str
    person: str = "Craig Carlson"
    time_zone: str = "America/Los_Angeles"
    currency: str = "USD"
    currency_name: str = "United States Dollar"
    country: str = "US"
    environment: str = SANDBOX


class Record(msgspec.Struct, frozen=True):
    """One record of one entity. Times are whole seconds since 1970; `seq` orders changes in one second."""

    id: str
    token: int
    created: int
    updated: int
    seq: int
    body: dict[str, Any]

    @property
    def active(self) -> bool:
        return bool(self.body.get("Active", True))


class Tombstone(msgspec.Struct, frozen=True):
    """What is left of a deleted record: enough for change data capture."""

    id: str
    updated: int
    seq: int


class Event(msgspec.Struct, frozen=True):
    """A change a webhook tells of. `operation`: Create, Update, Delete, Merge, Void, Emailed.

    `seq` is the order it happened in within its company; `deleted` the absorbed id of a Merge.
    """

    id: str
    seq: int
    realm: str
    entity: str
    record: str
    operation: str
    at_ms: int
    deleted: str | None = None


class Counter(msgspec.Struct, frozen=True):
    """The last number a sequence gave out."""

    last: int
