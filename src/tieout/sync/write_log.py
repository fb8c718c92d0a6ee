"""Acts: the append-only, hash-chained log of everything that was sent to the ledger, and its verifier.

Each entry carries the hash of the one before it, per connection: a row that is changed, removed or put in later
breaks the chain at a place the verifier names. The database itself refuses UPDATE and DELETE (a trigger in the
migrations); the chain is for whoever holds a copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tieout.practice.models import Firm
from tieout.sync import straight, together
from tieout.sync.connection_tables import Connection
from tieout.sync.record_tables import CAUSE_LENGTH, Attempt, AttemptState

GENESIS = "0" * 64


class WriteEntry(models.Model):
    """One outcome of one sending: what was asked, what it replaced, and what QuickBooks answered."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()
    """Counts from 1 per connection, without gaps."""
    at = models.DateTimeField()
    entity = models.CharField(max_length=40)
    practice_id = models.CharField(max_length=60)
    ledger_id = models.CharField(max_length=60, blank=True)
    operation = models.CharField(max_length=20)
    request_id = models.CharField(max_length=50)
    body_hash = models.CharField(max_length=64)
    result = models.CharField(max_length=20)
    """``done``, ``refused`` or ``in_doubt``."""
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    reference = models.CharField(max_length=120, blank=True)
    """The ledger's own reference of the call (Intuit's ``intuit_tid``)."""
    cause = models.CharField(max_length=CAUSE_LENGTH, blank=True, default="", db_default="")
    """What made us write: ``edited here``, ``webhook``, ``linked by hand`` ..., and the run, as ``Run.epoch`` has it. Empty
    in entries from before it was kept."""
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "number"], name="write_entry_in_sequence")
        ]


@dataclass(frozen=True, slots=True)
class Entry:
    """One outcome to be logged."""

    attempt: Attempt
    result: str
    """``done``, ``refused`` or ``in_doubt``."""
    ledger_id: str
    reference: str


def append_all(entries: Sequence[Entry], now: datetime) -> None:
    """Add these of one connection, in this order. Called inside the transaction that records the same outcomes.

    The run's lease keeps the order: nobody else adds to this connection's chain meanwhile.
    """
    if not entries:
        return
    connection_id = entries[0].attempt.connection_id
    last = straight.texts(_LAST, connection_id)
    number, previous = (int(last[0][0]), last[0][1]) if last else (0, GENESIS)
    rows = []
    for one in entries:
        number += 1
        row = _row(one, number, previous, now)
        row["hash"] = previous = hash_of(row)
        rows.append(row)
    together.insert(WriteEntry, rows)


_LAST = "SELECT number, hash FROM sync_writeentry WHERE connection_id = %s ORDER BY number DESC LIMIT 1"


def _row(one: Entry, number: int, previous: str, now: datetime) -> dict[str, Any]:
    attempt = one.attempt
    return {
        "firm_id": attempt.firm_id,
        "connection_id": attempt.connection_id,
        "number": number,
        "at": now,
        "entity": attempt.entity,
        "practice_id": attempt.practice_id,
        "ledger_id": one.ledger_id,
        "operation": attempt.operation,
        "request_id": attempt.request_id,
        "body_hash": attempt.body_hash,
        "result": one.result,
        "before": attempt.before,
        "after": attempt.units,
        "reference": one.reference,
        "cause": attempt.cause,
        "previous_hash": previous,
    }


_SAID = (
    *("entity", "practice_id", "ledger_id", "operation", "request_id", "body_hash"),
    *("result", "before", "after", "reference"),
)
"""What an entry says, in the order it is hashed in; before it the hash of the one before, connection, number, instant."""


_ENCODER = DjangoJSONEncoder(sort_keys=True)


def hash_of(entry: Mapping[str, Any]) -> str:
    """SHA-256 over all that the entry (its columns) says and the hash before it."""
    said = [
        entry["previous_hash"],
        entry["connection_id"],
        entry["number"],
        entry["at"].isoformat(),
        *(entry[column] for column in _SAID),
    ]
    if entry["cause"]:
        said.append(entry["cause"])  # those without one keep the hash they were given before it was kept
    return hashlib.sha256(_ENCODER.encode(said).encode()).hexdigest()


def broken_at(connection: Connection) -> int | None:
    """The number of the first entry that does not fit its chain, or is missing; None when the log is whole.

    A chain whose end was cut off fits. But every write that arrived is in the journal too: one without an entry tells.
    """
    expected, previous = 1, GENESIS
    for entry in _entries(connection):
        said = {**vars(entry), "connection_id": entry.connection_id}
        if entry.number != expected or entry.previous_hash != previous or entry.hash != hash_of(said):
            return min(entry.number, expected)
        expected, previous = expected + 1, entry.hash
    logged = WriteEntry.objects.filter(
        connection=connection, request_id=models.OuterRef("request_id"), result="done"
    )
    arrived = Attempt.objects.filter(connection=connection, state=AttemptState.DONE)
    return expected if arrived.filter(~models.Exists(logged)).exists() else None


def _entries(connection: Connection) -> Iterator[WriteEntry]:
    return WriteEntry.objects.filter(connection=connection).order_by("number").iterator(chunk_size=1_000)
