"""Acts: what the pages of a review count, its matches as they are folded and counted by field, and which lists were opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from tieout.reconcile.match import Bucket
from tieout.sync import review_final, review_plan
from tieout.sync.models import Review, ReviewRow
from tieout.sync.review import PER_PAGE, RowPage
from tieout.sync.review_plan import Decision
from tieout.sync.review_rows import OUTSIDE

COLUMNS = (
    "review",
    "bucket",
    "practice_id",
    "ledger_id",
    "decision",
    "choice",
    "confirmed",
    "group",
    "fills",
    "differs",
)
"""What a forecast needs of a row; without ``review`` each row would be asked for it again."""


def forecast(review: Review) -> dict[str, int]:
    """What applying would do as things stand: what is shown here is what is done."""
    rows = list(review.rows.only(*COLUMNS))
    found = review_plan.forecast(rows, review.create_new)
    return found | {"fields": found["fields"] + review_final.fields_by_hand(review, rows)}


def decided(review: Review) -> dict[str, int]:
    """Bucket -> its rows that a person has decided about."""
    found: dict[str, int] = {}
    for bucket in review.rows.exclude(decision="").values_list("bucket", flat=True):
        found[bucket] = found.get(bucket, 0) + 1
    return found


def to_check(review: Review) -> int:
    """Matches that no rule confirms and nobody has decided about."""
    return review.rows.filter(bucket=Bucket.MATCH, confirmed=False, decision="").count()


FOLDED = Q(exact=True, decision="")
"""Matches that need no look, as long as nobody has said anything about them."""
SHOWN: Mapping[str, Q] = {
    "": ~FOLDED,
    "exact": FOLDED,
    "check": Q(confirmed=False),
    "left_out": Q(decision="exclude"),
}
"""Which matches a list shows, by the word in its address. A search finds them all."""
HALVES: Mapping[str, Q] = {
    "": Q(),
    "exact": Q(pk__in=[]),
    "check": Q(half_of__confirmed=False),
    "left_out": Q(decision="exclude"),
}
"""Likewise, of the records of pairs that are none."""


def exact(review: Review) -> int:
    """Matches that are folded away."""
    return review.rows.filter(FOLDED, bucket=Bucket.MATCH).count()


def matches(
    review: Review, *, show: str = "", search: str = "", page: int = 1, per_page: int = PER_PAGE
) -> RowPage:
    """One page of the matches, by name; of those to be checked the least certain first.

    The two records of a pair that is none stand below it: what becomes of each is decided in place.
    """
    pairs, halves = Q(bucket=Bucket.MATCH), Q(bucket=Bucket.UNMATCHED, half_of__isnull=False)
    if show in ("check", "left_out") or not search:
        pairs, halves = pairs & SHOWN[show], halves & HALVES[show]
    found = review.rows.filter(pairs | halves)
    for word in search.split():
        found = found.filter(Q(practice_name__icontains=word) | Q(ledger_name__icontains=word))
    total = found.count()
    pages = max(1, ceil(total / per_page))
    page = min(max(1, page), pages)
    first = ("certainty",) if show == "check" else ()
    shown = found.select_related("decided_by__user").order_by(*first, "sort_name", "id")
    return RowPage(list(shown[(page - 1) * per_page : page * per_page]), page, pages, total)


@dataclass(frozen=True, slots=True)
class Column:
    """One field in which pairs differ, over the whole list."""

    unit: str
    pairs: int
    practice: int
    """Of these, where our value is to be kept; ``ledger``: theirs. The rest is asked about afterwards."""
    ledger: int


def columns(review: Review) -> list[Column]:
    """The fields in which pairs differ that may be linked, the most frequent first. One query."""
    differing: Counter[str] = Counter()
    kept: Counter[tuple[str, str]] = Counter()
    for differs, choice in _differing(review).values_list("differs", "choice"):
        differing.update(differs)
        kept.update((unit, choice.get("keep", {}).get(unit, "")) for unit in differs)
    return [
        Column(unit, pairs, kept[(unit, "practice")], kept[(unit, "ledger")])
        for unit, pairs in sorted(differing.items(), key=lambda one: (-one[1], one[0]))
    ]


def column_ids(review: Review, unit: str) -> list[int]:
    """The pairs that may be linked and differ in this field."""
    return list(_differing(review).filter(differs__contains=[unit]).values_list("id", flat=True))


def _differing(review: Review) -> QuerySet[ReviewRow]:
    matched = review.rows.filter(bucket=Bucket.MATCH).exclude(differs=[])
    return matched.exclude(decision__in=(Decision.REJECT, Decision.EXCLUDE))


def waiting(review: Review) -> dict[str, int]:
    """Bucket -> its rows that wait for a decision. Those only in the ledger have the switch, and wait for nobody."""
    found = dict(
        review.rows.filter(bucket__in=(Bucket.DUPLICATE, Bucket.UNMATCHED), decision="")
        .values_list("bucket")
        .annotate(Count("id"))
    )
    return {**found, Bucket.MATCH.value: to_check(review)}


def look_through(review: Review, bucket: str) -> None:
    """Note that somebody has opened this list. Nothing is decided by it."""
    if bucket in review.visited:
        return
    with transaction.atomic():
        fresh = Review.objects.select_for_update().get(pk=review.pk)
        fresh.visited = sorted({*fresh.visited, bucket})
        fresh.save(update_fields=["visited"])
    review.visited = fresh.visited


def not_looked_through(review: Review) -> dict[str, int]:
    """Bucket -> how many rows it has, of those lists that nobody has opened. Who took a pair apart has seen its records."""
    counted = review.rows.filter(half_of=None).exclude(bucket__in=[OUTSIDE, *review.visited]).order_by()
    return dict(counted.values_list("bucket").annotate(Count("id")))


def row_of(review: Review, row_id: int) -> ReviewRow | None:
    return review.rows.filter(pk=row_id).first()


def rows_of(review: Review, ids: Collection[int]) -> list[ReviewRow]:
    """These rows, as far as they are of this review. One query."""
    return list(review.rows.filter(pk__in=ids).order_by("sort_name", "id"))


def waiting_ids(review: Review, bucket: str, *, to_check_only: bool = False) -> list[int]:
    """Rows of a bucket that nobody has decided about."""
    found = review.rows.filter(bucket=bucket, decision="")
    if to_check_only:
        found = found.filter(confirmed=False)
    return list(found.values_list("id", flat=True))


def undecided_new(review: Review) -> int:
    """Records only in the ledger that the switch alone decides about."""
    return review.rows.filter(bucket=Bucket.NEW, decision="").count()
