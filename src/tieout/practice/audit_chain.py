"""Acts: chains each firm's history by hashes, and finds the first entry that does not fit.

An entry's hash is over all it says and the hash before it: an entry that is changed, removed or put in later breaks the
chain at a place the verifier names. The database itself refuses to change or remove one (migration 0002); the chain is
for whoever holds a copy, such as an exported log.

Entries are numbered some seconds after their verbs committed, by the worker, not by the verb: in the verb's own
transaction everybody's writing would wait for the one that holds the end of the chain.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from tieout.practice.actor import ChangeRecord
from tieout.practice.isolation import every_firm_scope, firm_scope

GENESIS = "0" * 64
AT_ONCE = 2_000
_LOCK = 0x7469656F
"""Names this kind of lock; with the firm it is one lock for each chain."""


def chain_all() -> int:
    """Chain what every firm's verbs wrote meanwhile. Returns how many entries."""
    with every_firm_scope():
        firms = list(
            ChangeRecord.objects.filter(number=None).order_by().values_list("firm_id", flat=True).distinct()
        )
    return sum(chain_firm(firm_id) for firm_id in firms)


def chain_firm(firm_id: int) -> int:
    """Number the entries that are not chained yet, in the order of their making."""
    chained = 0
    with firm_scope(firm_id):
        while many := _chain_some(firm_id):
            chained += many
    return chained


def _chain_some(firm_id: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, firm_id % 2**31])
        of_firm = ChangeRecord.objects.filter(firm_id=firm_id)
        last = of_firm.exclude(number=None).order_by("-number").first()
        number, previous = (last.number or 0, last.hash) if last else (0, GENESIS)
        rows = list(of_firm.filter(number=None).order_by("id")[:AT_ONCE])
        for row in rows:
            number += 1
            row.number, row.previous_hash = number, previous
            row.hash = previous = hash_of(row)
        cursor.execute(
            "UPDATE practice_changerecord entry"
            " SET number = told.number, previous_hash = told.previous_hash, hash = told.hash"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS told(id, number, previous_hash, hash)"
            " WHERE entry.id = told.id",
            [
                [row.pk for row in rows],
                [row.number for row in rows],
                [row.previous_hash for row in rows],
                [row.hash for row in rows],
            ],
        )
    return len(rows)


def hash_of(entry: ChangeRecord) -> str:
    """SHA-256 over all that the entry says and the hash before it."""
    said = [
        entry.previous_hash,
        entry.firm_id,
        entry.number,
        entry.pk,
        entry.kind,
        entry.record_id,
        entry.version,
        entry.verb,
        entry.actor_kind,
        entry.actor_label,
        entry.member_id,
        entry.at.astimezone(UTC).isoformat(),
        entry.changes,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, cls=DjangoJSONEncoder).encode()).hexdigest()


def broken_at(firm_id: int, *, first: int = 1) -> int | None:
    """The number of the first entry that does not fit its firm's chain; None when the history is whole.

    ``first``: where to begin. What the entry before it says is taken as it is; that there is one is looked at.
    """
    chained = ChangeRecord.objects.filter(firm_id=firm_id).exclude(number=None)
    expected, previous = first, GENESIS
    if first > 1:
        before = chained.filter(number=first - 1).first()
        if before is None:
            return first - 1
        previous = before.hash
    for entry in chained.filter(number__gte=first).order_by("number").iterator(chunk_size=AT_ONCE):
        number = entry.number or 0
        if number != expected or entry.previous_hash != previous or entry.hash != hash_of(entry):
            return min(number, expected)
        expected, previous = expected + 1, entry.hash
    return None
