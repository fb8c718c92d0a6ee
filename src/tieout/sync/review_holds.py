"""Acts: holds whatever a review leaves open or out, each with its sentence, and says in its history who left it out.

Called by ``review_jobs`` while a review is applied: what is held is never written before a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tieout.reconcile.match import Bucket
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Side
from tieout.sync import review_plan
from tieout.sync.decisions import left_out_by
from tieout.sync.engine import Engine
from tieout.sync.listing import Line, say_all
from tieout.sync.models import Connection, Hold, Review, ReviewRow
from tieout.sync.review_plan import Decision, Fate
from tieout.sync.review_rows import OUTSIDE

HELD = {
    Bucket.DUPLICATE: "It stood under Duplicates at set-up and waits for your decision.",
    Bucket.UNMATCHED: "It stood under Unmatched at set-up and waits for your decision.",
    Bucket.MATCH: "It stood under Matches, to be checked, at set-up and waits for your decision.",
}
SWITCHED_OFF = "“Create new {plural}” was off at set-up."
NOT_ASKED_FOR = "It was not among the records in QuickBooks that were chosen at set-up."


def hold(found: Review, connection: Connection, spec: EntitySpec, rows: Iterable[ReviewRow]) -> None:
    """The holds of this entity become exactly those of this review."""
    holds: dict[tuple[str, str], Hold] = {}
    for row in rows:
        becomes = review_plan.fate(row, found.create_new)
        if becomes not in (Fate.WAIT, Fate.LEAVE_OUT):
            continue
        for key in _keys(row, spec):
            holds[(key.side.value, key.id)] = Hold(
                firm_id=connection.firm_id,
                connection=connection,
                entity=spec.practice,
                side=key.side.value,
                record_id=key.id,
                excluded=becomes is Fate.LEAVE_OUT,
                sentence=_why(row, spec)[:500],
                reason=review_plan.reason_of(row),
                held_by=row.decided_by or found.applied_by,
            )
    Hold.objects.filter(connection=connection, entity=spec.practice).delete()
    Hold.objects.bulk_create(holds.values(), batch_size=1_000)


def say_left_out(
    found: Review, connection: Connection, spec: EntitySpec, rows: Sequence[ReviewRow], engine: Engine
) -> None:
    """A line in the history of each record that somebody left out, with the reason if one was given."""
    lines = []
    for row in rows:
        if row.decision == Decision.EXCLUDE:
            by = row.decided_by or found.applied_by
            who = by.user.get_full_name() if by else "Somebody"
            because = f": {reason}" if (reason := review_plan.reason_of(row)) else ""
            sentence = f"{who} left {row.practice_name or row.ledger_name} out at set-up{because}"
            lines += [Line(sentence, key, by) for key in _keys(row, spec)]
    say_all(connection, engine.now(), lines)


def _keys(row: ReviewRow, spec: EntitySpec) -> Iterator[Key]:
    for side, record_id in ((Side.PRACTICE, row.practice_id), (Side.LEDGER, row.ledger_id)):
        if record_id:
            yield Key(spec.practice, side, record_id)


def _why(row: ReviewRow, spec: EntitySpec) -> str:
    if row.decision == Decision.EXCLUDE:
        who = row.decided_by.user.get_full_name() if row.decided_by else "a colleague"
        return left_out_by(who, review_plan.reason_of(row), when=" at set-up")
    if row.bucket in HELD:
        return HELD[Bucket(row.bucket)]
    return NOT_ASKED_FOR if row.bucket == OUTSIDE else SWITCHED_OFF.format(plural=spec.plural.lower())
