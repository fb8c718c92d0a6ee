"""Decides nothing, writes nothing: what the pages of a review count, and its matches that are to be checked."""

from __future__ import annotations

from math import ceil

from django.db.models import Q

from tieout.reconcile.match import Bucket
from tieout.sync import review_plan
from tieout.sync.models import Review, ReviewRow
from tieout.sync.review import PER_PAGE, RowPage

COLUMNS = ("bucket", "practice_id", "ledger_id", "decision", "choice", "confirmed", "group")


def forecast(review: Review) -> dict[str, int]:
    """What applying would do as things stand: what is shown here is what is done."""
    return review_plan.forecast(list(review.rows.only(*COLUMNS)), review.create_new)


def decided(review: Review) -> dict[str, int]:
    """Bucket -> its rows that a person has decided about."""
    found: dict[str, int] = {}
    for bucket in review.rows.exclude(decision="").values_list("bucket", flat=True):
        found[bucket] = found.get(bucket, 0) + 1
    return found


def to_check(review: Review) -> int:
    """Matches that no rule confirms and nobody has decided about."""
    return review.rows.filter(bucket=Bucket.MATCH, confirmed=False, decision="").count()


def checking(review: Review, *, search: str = "", page: int = 1, per_page: int = PER_PAGE) -> RowPage:
    """One page of the matches that no rule confirms, decided or not: the least certain first."""
    found = review.rows.filter(bucket=Bucket.MATCH, confirmed=False)
    for word in search.split():
        found = found.filter(Q(practice_name__icontains=word) | Q(ledger_name__icontains=word))
    total = found.count()
    pages = max(1, ceil(total / per_page))
    page = min(max(1, page), pages)
    shown = found.select_related("decided_by__user").order_by("certainty", "sort_name", "id")
    return RowPage(list(shown[(page - 1) * per_page : page * per_page]), page, pages, total)


def row_of(review: Review, row_id: int) -> ReviewRow | None:
    return review.rows.filter(pk=row_id).first()


def waiting_ids(review: Review, bucket: str, *, to_check_only: bool = False) -> list[int]:
    """Rows of a bucket that nobody has decided about."""
    found = review.rows.filter(bucket=bucket, decision="")
    if to_check_only:
        found = found.filter(confirmed=False)
    return list(found.values_list("id", flat=True))


def undecided_new(review: Review) -> int:
    """Records only in the ledger that the switch alone decides about."""
    return review.rows.filter(bucket=Bucket.NEW, decision="").count()
