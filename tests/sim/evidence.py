"""Acts: reads what the laws judge: the engine's tables between two steps, and both sides at rest, with getters of our own.

Never from what the engine believes. ``laws`` and ``books`` decide whether it is right.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import connection as database

from tests.sim.memory import SHOWN_THERE
from tieout.practice.records import RECORD_KINDS
from tieout.sync import status
from tieout.sync.models import Issue, Link

if TYPE_CHECKING:
    from tests.sim.storm import Storm
    from tests.sim.town import Town

DOCUMENTS: Mapping[str, str] = {
    "invoice": "Invoice",
    "payment": "Payment",
    "credit": "CreditMemo",
    "credit_application": "Payment",
    "refund": "RefundReceipt",
}
"""The practice's documents and QuickBooks' words for them."""


class Broken(AssertionError):
    """A law does not hold. The message names it and tells the story."""


def demand(storm: Storm, law: str, holds: object, what: object = "") -> None:
    if not holds:
        raise Broken(f"{law}: {what}\n{storm.told()}")


_NOW = """
SELECT count(*), count(DISTINCT (entity, practice_id)), count(DISTINCT (entity, ledger_id)),
    ARRAY(SELECT entity || ' ' || read_until FROM sync_cursor WHERE read_until > %s),
    ARRAY(SELECT state_reason FROM sync_connection WHERE state = 'needs_reconnect')
FROM sync_link
"""


class Instant:
    """What the engine's tables say between two steps: asked at once, because it is asked twenty times a storm."""

    def __init__(self, storm: Storm) -> None:
        self.storm, town = storm, storm.town
        self.latest_cursor = town.clock.now() - town.engine.overlap
        with town.here(), database.cursor() as cursor:
            cursor.execute(_NOW, [self.latest_cursor])
            self.links, self.linked_here, self.linked_there, self.cursors_ahead, self.signed_out = (
                cursor.fetchone()
            )

    def demand(self, law: str, holds: object, what: object = "") -> None:
        demand(self.storm, law, holds, what)


class Rest:
    """Both sides as they are when all is quiet, and what is listed."""

    def __init__(self, storm: Storm) -> None:
        self.storm, self.town = storm, storm.town
        self.words = self.town.words
        with self.town.here():
            self.links = {(one.entity, one.practice_id): one for one in Link.objects.all()}
            issues = list(Issue.objects.filter(closed_at=None))
            compared = [word for word in self.words if word in SHOWN_THERE or word in DOCUMENTS]
            self.rows: dict[str, dict[str, Mapping[str, Any]]] = {
                word: dict(_units_of(self.town, word)) for word in self.words
            }
            self.statuses = {
                word: status.record_statuses(self.town.firm.pk, word, self.rows[word]) for word in compared
            }
        self.issues = [(one.entity, one.side, one.record_id, one.unit, one.cause) for one in issues]
        self.listed = {(one.entity, one.side, one.record_id) for one in issues}
        self.listed_units = {(one.entity, one.side, one.record_id, one.unit) for one in issues}
        self.bugs = [(one.entity, one.record_id, one.sentence) for one in issues if one.cause == "bug"]
        self.drifted = [(one.entity, one.record_id, one.unit) for one in issues if one.cause == "drift"]
        self.by_ledger_id = {(one.entity, one.ledger_id): one for one in self.links.values()}

    def here(self, entity: str) -> dict[str, Mapping[str, Any]]:
        return self.rows[entity]

    def there(self, word: str) -> dict[str, Any]:
        rows = self.town.emulator.control.records(self.town.realm, word)
        return {str(one["Id"]): one for one in rows}

    def is_listed(self, entity: str, practice_id: str, unit: str = "") -> bool:
        """Whether there is an open entry for the record; with a unit, one for it or for the whole record."""
        link = self.links.get((entity, practice_id))
        keys = [("practice", practice_id)] + ([("ledger", link.ledger_id)] if link else [])
        if not unit:
            return any((entity, *key) in self.listed for key in keys)
        return any((entity, *key, one) in self.listed_units for key in keys for one in ("", unit))

    def demand(self, law: str, holds: object, what: object = "") -> None:
        demand(self.storm, law, holds, what)


def digest(storm: Storm, rest: Rest | None = None) -> bytes:
    """All that both sides show and all that is listed, as one hash. ``rest``: of our side, what was read just now."""
    town = storm.town
    said: list[Any] = []
    with town.here():
        for word in town.words:
            if word in ("client", "service_item") or word in DOCUMENTS:
                rows = rest.rows[word].items() if rest else _units_of(town, word)
                said.append(sorted((one, sorted(units.items(), key=str)) for one, units in rows))
        columns = ("entity", "side", "record_id", "unit", "cause")
        listed = Issue.objects.filter(closed_at=None).values_list(*columns) if rest is None else rest.issues
        said.append(sorted(listed))
    for word in ("Customer", "Item", "Invoice", "Payment", "CreditMemo", "RefundReceipt"):
        said.append(
            [(one["Id"], one["SyncToken"]) for one in town.emulator.control.records(town.realm, word)]
        )
    return hashlib.sha256(json.dumps(said, default=str).encode()).digest()


def _units_of(town: Town, word: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(one, view.units) for one, view in RECORD_KINDS[word].list(town.firm.pk, "all")]
