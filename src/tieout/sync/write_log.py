"""Acts: the append-only, hash-chained log of everything that was sent to the ledger, and its verifier.

Each entry carries the hash of the one before it, per connection: a row that is changed, removed or put in later
breaks the chain at a place the verifier names. The database itself refuses UPDATE and DELETE (a trigger in the
migrations); the chain is for whoever holds a copy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tieout.practice.models import Firm
from tieout.sync.connection_tables import Connection
from tieout.sync.record_tables import Attempt

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
    last = WriteEntry.objects.filter(connection_id=connection_id).order_by("-number").first()
    number, previous = (last.number, last.hash) if last else (0, GENESIS)
    rows = []
    for one in entries:
        number += 1
        row = _row(one, number, previous, now)
        row.hash = previous = hash_of(row)
        rows.append(row)
    WriteEntry.objects.bulk_create(rows)


def _row(one: Entry, number: int, previous: str, now: datetime) -> WriteEntry:
    attempt = one.attempt
    return WriteEntry(
        firm_id=attempt.firm_id,
        connection_id=attempt.connection_id,
        number=number,
        at=now,
        entity=attempt.entity,
        practice_id=attempt.practice_id,
        ledger_id=one.ledger_id,
        operation=attempt.operation,
        request_id=attempt.request_id,
        body_hash=attempt.body_hash,
        result=one.result,
        before=attempt.before,
        after=attempt.units,
        reference=one.reference,
        previous_hash=previous,
    )


def hash_of(entry: WriteEntry) -> str:
    """SHA-256 over all that the entry says and the hash before it."""
    said = [
        entry.previous_hash,
        entry.connection_id,
        entry.number,
        entry.at.isoformat(),
        entry.entity,
        entry.practice_id,
        entry.ledger_id,
        entry.operation,
        entry.request_id,
        entry.body_hash,
        entry.result,
        entry.before,
        entry.after,
        entry.reference,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, cls=DjangoJSONEncoder).encode()).hexdigest()


def broken_at(connection: Connection) -> int | None:
    """The number of the first entry that does not fit its chain; None when the log is whole."""
    expected, previous = 1, GENESIS
    for entry in _entries(connection):
        if entry.number != expected or entry.previous_hash != previous or entry.hash != hash_of(entry):
            return min(entry.number, expected)
        expected, previous = expected + 1, entry.hash
    return None


def _entries(connection: Connection) -> Iterator[WriteEntry]:
    return WriteEntry.objects.filter(connection=connection).order_by("number").iterator(chunk_size=1_000)
