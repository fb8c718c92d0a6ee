"""Acts: what happened lately to the records of duplicate groups, on both sides. For telling the living one from the twin.

The ledger's half is read with the review, in as few calls as possible, and kept on the rows; ours is read when it is
shown. Clients only: an item has no documents of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from tieout.practice.client_activity import ClientActivity, activity_of
from tieout.reconcile.match import Bucket
from tieout.reconcile.owing import OpenItem
from tieout.reconcile.ports import Ledger
from tieout.reconcile.state import Present
from tieout.sync import observations
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, Review, ReviewRow
from tieout.sync.review import spec_of

ENTITY = "client"
KEPT = "activity"
"""The word under which a row's details of the ledger's record hold what is told here."""


@dataclass(frozen=True, slots=True)
class Lately:
    """Of one record: what its client owes, the latest documents, what is open, and when it was changed last."""

    balance: Decimal | None = None
    """None: not told."""
    last_invoice: str = ""
    """ISO date; empty: never."""
    last_document: str = ""
    open_work: str = ""
    """In words; empty: nothing."""
    changed_at: str = ""


NOTHING = Lately()


def note_there(found: Review, rows: Sequence[ReviewRow], ledger: Ledger, engine: Engine) -> None:
    """Put what the ledger says of the duplicates on their rows, which are not stored yet. Raises ``LedgerError``."""
    twins = [row for row in rows if row.bucket == Bucket.DUPLICATE and row.ledger_id]
    if found.entity != ENTITY or not twins:
        return
    ids = [row.ledger_id for row in twins]
    tomorrow = engine.now().date() + timedelta(days=1)  # an invoice of today, wherever the firm is
    documents: dict[str, list[OpenItem]] = {}
    for one in ledger.documents_of(ids, tomorrow):
        documents.setdefault(one.customer_id, []).append(one)
    connection = Connection.objects.get(pk=found.connection_id)
    seen = observations.of_ledger(connection, spec_of(connection, ENTITY, engine), ids)
    for row in twins:
        record = seen.get(row.ledger_id)
        facts = record.facts if isinstance(record, Present) else {}
        row.ledger_details = {
            **row.ledger_details,
            KEPT: _told(facts, documents.get(row.ledger_id, ())),
        }


def _told(facts: Mapping[str, object], documents: Sequence[OpenItem]) -> dict[str, object]:
    invoices = [one for one in documents if one.kind == "invoice"]
    return {
        "balance": str(facts.get("balance", "")),
        "last_invoice": max((one.day for one in invoices), default=""),
        "last_document": max((one.day for one in documents), default=""),
        "open_invoices": sum(bool(one.left) for one in invoices),
        "changed_at": str(facts.get("updated_at") or ""),
    }


def lately(review: Review, rows: Sequence[ReviewRow]) -> dict[int, Lately]:
    """Row id -> what is known of its record. A constant number of queries."""
    if review.entity != ENTITY:
        return {}
    ours = activity_of(review.firm_id, [row.practice_id for row in rows if row.practice_id])
    return {
        row.pk: _ours(ours.get(row.practice_id)) if row.practice_id else _theirs(row.ledger_details.get(KEPT))
        for row in rows
    }


def _ours(one: ClientActivity | None) -> Lately:
    if one is None:
        return NOTHING
    counted = (
        (one.open_invoices, "open invoice"),
        (one.drafts, "draft"),
        (one.recurring, "recurring invoice"),
    )
    return Lately(
        one.balance,
        one.last_invoice.isoformat() if one.last_invoice else "",
        one.last_document.isoformat() if one.last_document else "",
        ", ".join(_counted(number, word) for number, word in counted if number),
        one.changed_at.isoformat(),
    )


def _theirs(kept: Mapping[str, str | int] | None) -> Lately:
    if not kept:
        return NOTHING
    open_invoices = int(kept.get("open_invoices", 0))
    return Lately(
        Decimal(kept["balance"]) if kept.get("balance") else None,
        str(kept.get("last_invoice", "")),
        str(kept.get("last_document", "")),
        _counted(open_invoices, "open invoice") if open_invoices else "",
        str(kept.get("changed_at", "")),
    )


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
