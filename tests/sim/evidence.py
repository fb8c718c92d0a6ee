"""Acts: reads what the laws judge: the engine's tables between two steps, and both sides at rest, with getters of our own.

Never from what the engine believes. ``laws`` and ``books`` decide whether it is right.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from django.db import connection as database

from quickbooks_emulator.log import Entry
from tests.sim.memory import DOCUMENTS, SHOWN_THERE
from tieout.practice.records import RECORD_KINDS
from tieout.sync import status
from tieout.sync.models import Attempt, Issue, Link, WriteEntry

if TYPE_CHECKING:
    from tests.sim.storm import Storm
    from tests.sim.town import Town

COMES_TO_REST = "the sync did not come to rest"
"""What the towns' own waiting demands."""


class Broken(AssertionError):
    """A law does not hold. The message names it and tells the story."""

    def __init__(self, law: str, message: str) -> None:
        super().__init__(f"{law}: {message}")
        self.law = law


def demand(storm: Storm, law: str, holds: object, what: object = "") -> None:
    if not holds:
        raise Broken(law, f"{what}\n{storm.told()}")


def law_of(problem: Exception) -> str:
    """The law that this says is broken; empty for a storm or an engine that fell over instead."""
    if isinstance(problem, Broken):
        return problem.law
    rests = isinstance(problem, AssertionError) and str(problem).startswith(COMES_TO_REST)
    return COMES_TO_REST if rests else ""


_NOW = """
SELECT count(*), count(DISTINCT (entity, practice_id)), count(DISTINCT (entity, ledger_id)),
    ARRAY(SELECT entity || ' ' || read_until FROM sync_cursor WHERE read_until > %s),
    ARRAY(SELECT state_reason FROM sync_connection WHERE state = 'needs_reconnect'),
    ARRAY(SELECT h.entity || ' ' || h.side || ' ' || h.record_id FROM sync_hold h JOIN sync_link l
        ON l.connection_id = h.connection_id AND l.entity = h.entity
        AND h.record_id = CASE h.side WHEN 'practice' THEN l.practice_id ELSE l.ledger_id END)
FROM sync_link
"""


class Instant:
    """What the engine's tables say between two steps: asked at once, because it is asked twenty times a storm."""

    def __init__(self, storm: Storm) -> None:
        self.storm, town = storm, storm.town
        self.latest_cursor = town.clock.now() - town.engine.overlap
        with town.here(), database.cursor() as cursor:
            cursor.execute(_NOW, [self.latest_cursor])
            (
                self.links,
                self.linked_here,
                self.linked_there,
                self.cursors_ahead,
                self.signed_out,
                self.undecided_and_linked,
            ) = cursor.fetchone()

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
            # Whoever forgets the links keeps the log of what was sent.
            self.record_of: dict[str, tuple[str, str]] = {
                request_id: (entity, practice_id)
                for table in (WriteEntry, Attempt)
                for request_id, entity, practice_id in table.objects.filter(operation="create").values_list(
                    "request_id", "entity", "practice_id"
                )
            }
            """Request id of a create of ours -> (entity, practice id) of the record it was for."""
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

    def was_garbled(self, entity: str, record_id: str) -> bool:
        """Whether an answer about this record, or one that named none, was replaced by one that makes no sense."""
        link = self.links.get((entity, record_id)) or self.by_ledger_id.get((entity, record_id))
        ids = {record_id} | ({link.practice_id, link.ledger_id} if link else set())
        struck = [
            one
            for one in self.town.emulator.log.entries(area="data", realm=self.town.realm, status="200")
            if "body" in one.faults
        ]
        return any(self._concerns(one, entity, ids) for one in struck)

    def _concerns(self, call: Entry, entity: str, ids: set[str]) -> bool:
        with self.town.here():
            ours = Attempt.objects.filter(request_id=call.request_id, entity=entity, practice_id__in=ids)
            if call.request_id:
                return ours.exists()
        word = {**DOCUMENTS, **{kind: shown[0] for kind, shown in SHOWN_THERE.items()}}.get(
            entity, ""
        ).lower()
        if word and call.entity and word not in call.entity.split(","):
            return False
        if call.record:
            return call.record in ids
        named = re.findall(r"'(\d+)'", unquote_plus(call.path))
        return not named or bool(ids.intersection(named))

    def demand(self, law: str, holds: object, what: object = "") -> None:
        demand(self.storm, law, holds, what)


LOSES_THE_PAIR = ("drop_after", "apply_then", "reset", "body", "cut", "delay")
"""Faults after which a refresh has taken place there, and its new pair did not arrive."""
REFUSES = (400, 401, 403)


def let_go(storm: Storm) -> bool:
    """Whether QuickBooks gave a reason to have somebody sign in again since somebody last did: the answer to a refresh was
    lost or a refusal, the person who connected was refused, or a call and its repetition were answered as expired."""
    refused = 0
    for one in reversed(storm.town.emulator.log.entries()):
        if one.operation == "exchange" and one.status == 200:
            return False
        lost = one.status in REFUSES or any(effect in LOSES_THE_PAIR for effect in one.faults)
        if one.operation == "refresh" and one.faults and lost:
            return True
        if one.area == "data" and one.faults:
            refused += one.status == 401
            if one.status == 403 or refused > 1:
                return True
    return False


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
