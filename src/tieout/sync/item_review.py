"""Acts: the review of service items: its three lists, and one row looked at again after somebody mended something.

Looking again reads the records of that row alone; every other row stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from tieout.reconcile.match import Bucket, Proposal
from tieout.reconcile.match_items import RATE
from tieout.reconcile.match_text import normalise
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Present, Side
from tieout.sync import match_memory, news, observations, review_final, review_rows
from tieout.sync.decisions import CannotDecide
from tieout.sync.engine import Engine
from tieout.sync.item_matching import FAILS, propose_items
from tieout.sync.ledgers import counted
from tieout.sync.models import Connection, Link, Observation, Review, ReviewRow, ReviewState
from tieout.sync.review import PER_PAGE, SHOWN, RowPage, named, page_of_rows, spec_of
from tieout.sync.review_plan import Decision
from tieout.sync.review_rows import JOINED, OUTSIDE

ENTITY = "service_item"
INACTIVE_NAMESAKE = (
    "QuickBooks has an inactive item of this name, and only the active ones were asked for. "
    "Link to it, or make it active there and check again."
)
_PAIR = Q(bucket=Bucket.MATCH) | (Q(decision=Decision.LINK) & ~Q(practice_id=""))
_HERE = ~Q(practice_id="") & ~Q(bucket__in=(Bucket.MATCH, JOINED)) & ~Q(decision=Decision.LINK)
_THERE = Q(practice_id="") & ~Q(bucket__in=(OUTSIDE, JOINED)) & ~Q(decision=Decision.LINK)
_HALF = Q(bucket=Bucket.UNMATCHED, half_of__isnull=False)
LISTS = {"matched": _PAIR, "unmatched": _HERE, "only-in-quickbooks": _THERE}
"""Slug of a list -> its rows. A pair made by hand stands once, in the row of the item here."""


def counts(review: Review) -> dict[str, int]:
    return {slug: review.rows.filter(of).count() for slug, of in LISTS.items()}


def rows(
    review: Review,
    slug: str,
    *,
    show: str = "",
    search: str = "",
    page: int = 1,
    per_page: int = PER_PAGE,
) -> RowPage:
    """One page of a list, by name. Below a pair that is none stand its two items, each to be decided about."""
    listed = LISTS[slug] | _HALF if slug == "matched" else LISTS[slug]
    return page_of_rows(named(review.rows.filter(listed, SHOWN[show]), search), page, per_page)


def rate_only(review: Review) -> list[ReviewRow]:
    """Items here that nobody has decided about and whose nearest item differs in nothing but a rate both sides have."""
    found = review.rows.filter(bucket=Bucket.UNMATCHED, decision="", against=[FAILS[RATE]])
    return list(found.exclude(practice_id="").exclude(suggestions=[]).order_by("sort_name", "id"))


def note_namesakes(connection: Connection, spec: EntitySpec, rows: Sequence[ReviewRow]) -> None:
    """Say of items without a partner that QuickBooks has the name for something that is not compared. Rows are not stored.

    Without it, "create it there" would only meet a refusal. One query.
    """
    compared = {row.ledger_id for row in rows if row.ledger_id}
    alone = {
        normalise(row.practice_name)[:1000]: row for row in rows if row.practice_id and not row.ledger_id
    }
    seen = Observation.objects.filter(
        connection=connection, entity=ENTITY, side=Side.LEDGER, absent="", name_key__in=[*alone]
    ).exclude(record_id__in=compared)
    linked = set(
        Link.objects.filter(connection=connection, entity=ENTITY).values_list("ledger_id", flat=True)
    )
    for one in seen.order_by("id"):
        record = observations.as_seen(one)
        if one.record_id in linked or not isinstance(record, Present):
            continue
        row, why = alone[one.name_key], spec.left_out(Side.LEDGER, record)
        if why is not None:
            row.reasons = [*row.reasons, f"QuickBooks has something else of this name. {why}"]
        elif not review_rows.is_active(spec, record):
            row.reasons = [*row.reasons, INACTIVE_NAMESAKE]


def recheck(review: Review, row_id: int, *, engine: Engine | None = None) -> ReviewRow:
    """Read the records of one row anew, on both sides, and match them again. Returns the row as it is now.

    Raises ``CannotDecide`` when the review is not open or the row is gone, and ``LedgerError``.
    """
    engine = engine or Engine()
    connection = Connection.objects.get(pk=review.connection_id)
    spec = spec_of(connection, ENTITY, engine)
    row = review.rows.filter(pk=row_id).first()
    if row is None:
        raise CannotDecide("That row is not here any more. Nothing was changed.")
    _read_again(connection, spec, _ledger_ids(row), engine)
    with transaction.atomic():
        held = Review.objects.select_for_update().filter(pk=review.pk, state=ReviewState.READY).first()
        row = ReviewRow.objects.filter(pk=row_id, review=review).first()
        if held is None or row is None:
            raise CannotDecide("This review is not open any more. Nothing was changed.")
        if row.decision or row.half_of_id:
            return row  # a person has decided; what it would be without that is no question
        return _match_again(held, connection, spec, row)


def _ledger_ids(row: ReviewRow) -> list[str]:
    """The ledger's records this row speaks of: its own, and the nearest ones."""
    near = [str(one["id"]) for one in row.suggestions if one["side"] == Side.LEDGER]
    return [one for one in (row.ledger_id, *near) if one]


def _read_again(connection: Connection, spec: EntitySpec, ids: Sequence[str], engine: Engine) -> None:
    with counted(connection, engine) as ledger:
        seen = ledger.read(spec.ledger, ids) if ids else {}
    news.take(connection, spec, seen, engine, "seen by the review")


def _match_again(review: Review, connection: Connection, spec: EntitySpec, row: ReviewRow) -> ReviewRow:
    lone = review.rows.exclude(pk=row.pk).exclude(bucket=Bucket.MATCH).filter(decision="", half_of=None)
    ours = [row.practice_id] if row.practice_id else _ids(lone, "practice_id")
    theirs = [row.ledger_id, *_ids(lone, "ledger_id")] if row.practice_id else [row.ledger_id]
    never = match_memory.never_pairs(connection, spec.practice)
    proposed = propose_items(
        review_rows.candidates(connection, spec, Side.PRACTICE, ours),
        review_rows.candidates(connection, spec, Side.LEDGER, [one for one in theirs if one]),
        never,
    )
    touched = {(Side.PRACTICE, row.practice_id), (Side.LEDGER, row.ledger_id)} - {(side, "") for side in Side}
    mine = [one for one in proposed if touched & _sides(one)]
    partners = {key for one in mine for key in _sides(one)} - touched
    for side, record_id in partners:
        column = "practice_id" if side is Side.PRACTICE else "ledger_id"
        lone.filter(**{column: record_id}).delete()
    row.delete()
    made = sorted((review_rows.row(review, one) for one in mine), key=lambda one: not one.practice_id)
    note_namesakes(connection, spec, made)
    review_final.note_fills(connection, spec, made)
    if not made:
        raise CannotDecide("The item is gone on both sides. The row was taken away.")
    return ReviewRow.objects.bulk_create(made)[0]


def _ids(found: QuerySet[ReviewRow], column: str) -> list[str]:
    return list(found.exclude(**{column: ""}).exclude(bucket=OUTSIDE).values_list(column, flat=True))


def _sides(one: Proposal) -> set[tuple[Side, str]]:
    return {(each.key.side, each.key.id) for each in (one.practice, one.ledger) if each is not None}
