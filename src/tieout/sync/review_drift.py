"""Acts: looks whether a review's plan is still the one that was looked at, before it is carried out. Called by ``review_jobs``.

QuickBooks is asked once what has changed since the review was read; our own side is read anew. Where the plan comes out
otherwise nothing is done, and the review is open again: a person looks at the plan as it is now.
"""

from __future__ import annotations

from datetime import datetime

from tieout.reconcile.ports import Activity, Ledger, LedgerError, RetryLater, WindowTooOld
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Absent
from tieout.reconcile.state import Observation as Seen
from tieout.sync import news, review, review_final, tasks
from tieout.sync.engine import Engine
from tieout.sync.ledgers import counted
from tieout.sync.models import Connection, Review, ReviewState
from tieout.sync.review_waits import TRIES, wait

MOVED = "Something changed here or in QuickBooks after you looked at the plan. Nothing was written. Here is the plan as it stands now."
FAILED = "Something unexpected stopped the linking, at every try. Nothing was linked or written. Whoever runs Tieout finds the reason in its log; you can press Sync again."
UNSEEN = "QuickBooks could not be asked whether anything has changed since you looked at the plan: {} Nothing was written."


def looked_again(found: Review, engine: Engine) -> bool:
    """Have what QuickBooks shows now of the reviewed records at hand. False when that has to wait, or a person was asked."""
    if not found.summary.get("looked_at"):
        return True  # nobody's eyes were promised anything
    connection = Connection.objects.get(pk=found.connection_id)
    spec = review.spec_of(connection, found.entity, engine)
    try:
        with counted(connection, engine) as ledger:
            seen = _seen_since(found, spec, ledger, engine)
    except RetryLater as error:
        if not wait(found, error, engine, tasks.apply_soon):
            open_again(found, UNSEEN.format(error.sentence))
        return False
    except LedgerError as error:
        open_again(found, UNSEEN.format(error.sentence))
        return False
    news.take(connection, spec, seen, engine, "seen by the review")
    return True


def has_moved(found: Review, connection: Connection, engine: Engine) -> bool:
    """Whether the plan is another one than was looked at."""
    looked_at = found.summary.get("looked_at")
    return bool(looked_at) and looked_at != review_final.current_fingerprint(connection, found, engine=engine)


def open_again(found: Review, sentence: str) -> None:
    """Back to its pages, with the reason. Nothing has been done."""
    kept = {name: said for name, said in found.summary.items() if name not in ("looked_at", "waits", TRIES)}
    Review.objects.filter(pk=found.pk, state=ReviewState.APPLYING).update(
        state=ReviewState.READY,
        phase="Ready to review",
        progress_done=0,
        progress_total=None,
        summary={**kept, "reopened": sentence},
    )


def _seen_since(found: Review, spec: EntitySpec, ledger: Ledger, engine: Engine) -> dict[str, Seen]:
    """The records of the review that have changed there since it was read; all of them where that cannot be told."""
    ids = set(found.rows.exclude(ledger_id="").values_list("ledger_id", flat=True))
    since = datetime.fromisoformat(found.summary["ledger_clock"]) - engine.overlap
    seen: dict[str, Seen] = {}
    try:
        answer = ledger.changes([spec.ledger], since)
    except WindowTooOld:
        answer = None
    if answer is not None and answer.complete:
        seen |= {key.id: row for key, row in answer.rows.items()}
        seen |= {key.id: Absent(why) for key, why in answer.absent.items()}
    else:
        for page in ledger.list(spec.ledger, Activity.ALL):
            seen |= {row.id: row.record for row in page}
    return {one: record for one, record in seen.items() if one in ids}
