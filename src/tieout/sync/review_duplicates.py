"""Acts: the groups of duplicates of a review: keeps the most recently active ones in all of them, and follows a merge made here.

Nothing is merged in the ledger; what is not kept is left out, with the reason, and can be brought back.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from tieout.practice.models import Member
from tieout.reconcile.match import Bucket
from tieout.reconcile.state import Side
from tieout.sync import match_memory, review_activity, review_decisions, review_linking, review_rows
from tieout.sync.decisions import CannotDecide
from tieout.sync.duplicates import Preview, Recency, Twin, keep_most_recent
from tieout.sync.engine import Engine
from tieout.sync.matching import proposer
from tieout.sync.models import OPEN_STATES, Connection, Review, ReviewRow, ReviewState
from tieout.sync.review import spec_of
from tieout.sync.review_linking import Wanted
from tieout.sync.review_plan import Decision
from tieout.sync.review_sheet import Before

NOT_KEPT = "A duplicate; the one with the latest activity is kept"


def preview(review: Review) -> Preview:
    """What keeping the most recently active ones would do. A constant number of queries."""
    groups: dict[str, list[ReviewRow]] = {}
    for row in review.rows.filter(bucket=Bucket.DUPLICATE).order_by("sort_name", "id"):
        groups.setdefault(row.group, []).append(row)
    untouched = {group: rows for group, rows in groups.items() if not any(row.decision for row in rows)}
    lately = review_activity.lately(review, [row for rows in untouched.values() for row in rows])
    return keep_most_recent(
        {group: [_twin(row, lately) for row in rows] for group, rows in untouched.items()}
    )


def _twin(row: ReviewRow, lately: dict[int, review_activity.Lately]) -> Twin:
    side = Side.PRACTICE if row.practice_id else Side.LEDGER
    details = row.practice_details if row.practice_id else row.ledger_details
    known = lately.get(row.pk, review_activity.NOTHING)
    recency = Recency(details.get("active") is not False, known.last_document, known.changed_at)
    return Twin(row.pk, side, row.practice_id or row.ledger_id, recency)


def keep_most_recently_active(
    review: Review, member: Member, *, engine: Engine | None = None
) -> list[Before]:
    """Decide all groups that nobody has touched as ``preview`` says. Returns what the rows said before, for Undo."""
    before: list[Before] = []
    with transaction.atomic():
        Review.objects.select_for_update().get(pk=review.pk)
        rest: list[int] = []
        alone: list[int] = []
        linked: list[Wanted] = []
        for one in preview(review).kept.values():
            rest += [twin.row_id for twin in one.rest]
            if one.ours and one.theirs:
                linked.append(Wanted(one.ours.row_id, one.theirs.record_id))
            else:
                alone += [twin.row_id for twin in (one.ours, one.theirs) if twin]
        done = review_linking.link_each(review, member, linked, engine=engine)
        if done.refused:
            raise CannotDecide(done.refused[0])  # all of them, or none
        before += done.before
        before += review_decisions.decide(review, member, alone, Decision.CREATE, engine=engine)
        before += review_decisions.decide(
            review, member, rest, Decision.EXCLUDE, reason=NOT_KEPT, engine=engine
        )
    return before


# -- a merge made here ---------------------------------------------------------------------------------------------


def follow_merge(firm_id: int, stays_id: str, goes_id: str, *, engine: Engine | None = None) -> bool:
    """Two clients became one here: their group in the open review is sorted anew without the one that is gone.

    Other groups and lists stay as they are. False when no open review has that group.
    """
    with transaction.atomic():
        review = (
            Review.objects.select_for_update()
            .filter(firm_id=firm_id, entity=review_activity.ENTITY, state__in=OPEN_STATES)
            .first()
        )
        if review is None or review.state != ReviewState.READY:
            return False
        gone = review.rows.filter(practice_id=goes_id, half_of=None).first()
        if gone is None:
            return False
        if gone.bucket != Bucket.DUPLICATE:
            _take_out(review, gone)
            return True
        members = list(review.rows.filter(bucket=Bucket.DUPLICATE, group=gone.group))
        if any(row.decision for row in members if row.pk != gone.pk):
            _take_out(review, gone)  # what was decided about the others stays decided
        else:
            _sort_again(review, members, goes_id, engine or Engine())
    return True


def _take_out(review: Review, gone: ReviewRow) -> None:
    """Whoever was to be linked with it is open again; what was said not to be the same stands for itself."""
    for one in (gone, *review.rows.filter(half_of=gone, practice_id=gone.practice_id)):
        if one.decision == Decision.LINK:
            review.rows.filter(ledger_id=one.choice.get("with", ""), decision=Decision.LINK).update(
                decision="", choice={}
            )
    review.rows.filter(half_of=gone, practice_id="", bucket=Bucket.UNMATCHED).update(half_of=None)
    gone.delete()


def _sort_again(review: Review, members: Sequence[ReviewRow], goes_id: str, engine: Engine) -> None:
    connection = Connection.objects.get(pk=review.connection_id)
    spec = spec_of(connection, review.entity, engine)
    ours = [row.practice_id for row in members if row.practice_id not in ("", goes_id)]
    theirs = [row.ledger_id for row in members if row.ledger_id]
    told = {row.ledger_id: row.ledger_details for row in members if row.ledger_id}
    proposed = proposer(review.entity)(
        review_rows.candidates(connection, spec, Side.PRACTICE, ours),
        review_rows.candidates(connection, spec, Side.LEDGER, theirs),
        match_memory.never_pairs(connection, review.entity, ours),
        lambda done, total: None,
    )
    rows = [review_rows.row(review, one) for one in proposed]
    for row in rows:
        if row.ledger_id in told and not row.practice_id:
            row.ledger_details = told[row.ledger_id]
    review.rows.filter(pk__in=[row.pk for row in members]).delete()
    ReviewRow.objects.bulk_create(rows)
