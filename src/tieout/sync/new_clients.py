"""Acts: of customers that become clients: which kind of client each is taken for, who becomes its contact, and what a person chose.

The guess is the practice's own (``practice.kinds``); what a person chose in the review holds when the client is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.practice.clients import Kind
from tieout.practice.kinds import guess, primary_contact
from tieout.reconcile.match import Bucket
from tieout.reconcile.state import Present
from tieout.sync import observations
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, Review, ReviewRow
from tieout.sync.review import spec_of

ENTITY = "client"


@dataclass(frozen=True, slots=True)
class Becomes:
    """What a customer becomes here."""

    kind: Kind
    because: str
    """A sentence."""
    chosen: bool
    """By a person; otherwise guessed."""
    contact: str | None
    """The primary contact that is made with it; empty: one without a name yet; None: none."""


def becoming(
    connection: Connection, review: Review, rows: Sequence[ReviewRow], *, engine: Engine | None = None
) -> dict[int, Becomes]:
    """Row id -> what its customer becomes, of the rows only in the ledger. One query."""
    new = [row for row in rows if row.bucket == Bucket.NEW]
    if review.entity != ENTITY or not new:
        return {}
    spec = spec_of(connection, ENTITY, engine or Engine())
    seen = observations.of_ledger(connection, spec, [row.ledger_id for row in new])
    found = {}
    for row in new:
        record = seen.get(row.ledger_id)
        if not isinstance(record, Present):
            continue
        guessed = guess(record.units)
        said = str(row.choice.get("kind", ""))
        kind = Kind(said) if said in Kind.values else guessed.kind
        because = "Chosen in the review." if said else guessed.because
        found[row.pk] = Becomes(kind, because, bool(said), primary_contact(record.units, kind))
    return found


def chosen_kind(connection: Connection, entity: str, ledger_id: str) -> str:
    """The kind that was chosen for this customer in the latest review of it; empty when nobody chose."""
    if entity != ENTITY:
        return ""
    rows = ReviewRow.objects.filter(
        review__connection=connection, review__entity=entity, ledger_id=ledger_id, choice__has_key="kind"
    )
    row = rows.order_by("-review_id", "-id").first()
    return str(row.choice["kind"]) if row else ""
