"""Acts: keeps what people decide in a review, row by row. Nothing is written to either side before it is applied.

Several people may decide at once: each row is saved by itself. Who decides about a row that a colleague has decided
about since the page was drawn (``seen``) is late: the row stays as it is, and that person is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from tieout.practice.models import Member
from tieout.reconcile.match import Bucket
from tieout.reconcile.state import Side
from tieout.sync.decisions import CannotDecide, tidy_reason
from tieout.sync.engine import Engine
from tieout.sync.models import Link, Observation, Review, ReviewRow, ReviewState
from tieout.sync.review_plan import ALLOWED, Decision

COLUMNS = ("decision", "choice", "decided_by", "decided_at")
LASTING = ("keep", "kind")
"""What was said beside a decision and stays when the decision becomes another."""
NOTED: Mapping[str, Callable[[ReviewRow], bool]] = {
    "reason": lambda row: row.decision == Decision.EXCLUDE,
    "kind": lambda row: row.bucket == Bucket.NEW,
}
"""What may be said about a row without deciding -> of which rows."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a row said before it was decided, for Undo."""

    row_id: int
    decision: str
    choice: Mapping[str, Any]


def decide(
    review: Review,
    member: Member,
    ids: Collection[int],
    decision: Decision,
    *,
    reason: str = "",
    seen: datetime | None = None,
    engine: Engine | None = None,
) -> list[Before]:
    """Say the same of all these rows that may be said so. Returns what they said before, without those unchanged.

    ``reason``: why they are left out, in the person's words; kept in the row's ``choice`` and, once applied, with its hold.
    ``seen``: the last decision that the person had before them (``last_decision``); without it nobody is late.
    """
    assert decision is not Decision.LINK, "linking names another record: see ``link``"
    with transaction.atomic():
        rows = _rows(review, member, ids)
        now = (engine or Engine()).now()
        why = tidy_reason(reason) if decision is Decision.EXCLUDE else ""
        allowed = [
            row
            for row in rows
            if (not decision or decision in ALLOWED[row.bucket])
            and (row.decision != decision or (why and row.choice.get("reason") != why))
            and not _late(row, member, seen)
        ]
        before = []
        for row in allowed:
            before += _release(review, row, member, now)
            before.append(_before(row))
            choice = {name: row.choice[name] for name in LASTING if name in row.choice}
            _save(row, decision, choice | ({"reason": why} if why else {}), member, now)
    return before


def note(
    review: Review,
    member: Member,
    said: Mapping[int, str],
    what: str,
    *,
    engine: Engine | None = None,
) -> list[Before]:
    """Say more about rows, without deciding anew: ``reason`` of one left out, ``kind`` of a client that is new.

    ``said``: row id -> the text; an empty one takes it back. Rows that it cannot be said of stay as they are.
    """
    now = (engine or Engine()).now()
    with transaction.atomic():
        before = []
        for row in _rows(review, member, list(said)):
            text = tidy_reason(said[row.pk])
            if not NOTED[what](row) or row.choice.get(what, "") == text:
                continue
            before.append(_before(row))
            rest = {name: one for name, one in row.choice.items() if name != what}
            _save(row, Decision(row.decision), rest | ({what: text} if text else {}), member, now)
    return before


def link(
    review: Review,
    member: Member,
    row_id: int,
    other: str,
    *,
    keep: Mapping[str, str] | None = None,
    seen: datetime | None = None,
    engine: Engine | None = None,
) -> list[Before]:
    """Link a row's record with one of the other side, which may stand in a row of its own.

    ``keep``: unit -> the side whose value both get; what is not named is asked about where it differs.
    Raises ``CannotDecide`` also when a colleague has decided about one of the two since ``seen``.
    """
    kept = {"keep": {unit: Side(side).value for unit, side in keep.items()}} if keep else {}
    with transaction.atomic():
        row = next(iter(_rows(review, member, [row_id])), None)
        now = (engine or Engine()).now()
        if row is None or Decision.LINK not in ALLOWED[row.bucket]:
            raise CannotDecide("That row cannot be linked from here.")
        side = Side.LEDGER if row.practice_id else Side.PRACTICE
        name = _free(review, side, other)
        partner = _partner(review, side, other)
        for each in (row, partner):
            if each is not None and _late(each, member, seen):
                raise CannotDecide(too_late([each]))
        before = _release(review, row, member, now)
        if partner is not None:
            before += _release(review, partner, member, now)
            before.append(_before(partner))
            mine = kept | {
                "with": row.practice_id or row.ledger_id,
                "with_name": row.practice_name or row.ledger_name,
            }
            _save(partner, Decision.LINK, mine, member, now)
        before.append(_before(row))
        _save(row, Decision.LINK, kept | {"with": other, "with_name": name}, member, now)
    return before


def keep_sides(
    review: Review,
    member: Member,
    ids: Collection[int],
    units: Collection[str],
    side: str,
    *,
    engine: Engine | None = None,
) -> list[Before]:
    """Whose value these units of these pairs get; an empty ``side`` asks afterwards, as by default."""
    now = (engine or Engine()).now()
    kept = {unit: Side(side).value for unit in units} if side else {}
    with transaction.atomic():
        before, changed = [], []
        for row in _rows(review, member, ids):
            if row.bucket != Bucket.MATCH:
                continue
            now_kept = row.choice.get("keep", {})
            keep = {unit: one for unit, one in now_kept.items() if unit not in units} | kept
            if keep == now_kept:
                continue
            before.append(_before(row))
            rest = {name: one for name, one in row.choice.items() if name != "keep"}
            row.choice = rest | ({"keep": keep} if keep else {})
            row.decided_by, row.decided_at = member, now
            changed.append(row)
        ReviewRow.objects.bulk_update(changed, COLUMNS, batch_size=500)
    return before


def put_back(
    review: Review, member: Member, before: Sequence[Before], *, engine: Engine | None = None
) -> int:
    """Undo: as it was before, where nobody else has decided since. Returns how many rows."""
    now = (engine or Engine()).now()
    with transaction.atomic():
        said = {one.row_id: one for one in before}
        rows = [row for row in _rows(review, member, list(said)) if row.decided_by_id == member.pk]
        for row in rows:
            old = said[row.pk]
            _save(row, Decision(old.decision), dict(old.choice), member, now)
    return len(rows)


def last_decision(review: Review) -> datetime:
    """When anybody last decided about a row of it: what a page drawn now has seen. The review's beginning before that."""
    last = review.rows.aggregate(last=Max("decided_at"))["last"]
    return last or review.created_at


def decided_since(
    review: Review, member: Member, ids: Collection[int], seen: datetime | None
) -> list[ReviewRow]:
    """Of these rows, those that a colleague has decided about since: this person is late for them."""
    rows = review.rows.filter(pk__in=ids).select_related("decided_by__user")
    return [row for row in rows.order_by("sort_name", "id") if _late(row, member, seen)]


def too_late(rows: Sequence[ReviewRow]) -> str:
    """The sentence for who comes late: who decided, and how to decide otherwise."""
    who = sorted({row.decided_by.user.get_full_name() if row.decided_by else "A colleague" for row in rows})
    name = rows[0].practice_name or rows[0].ledger_name
    what = name if len(rows) == 1 else f"{len(rows):,} of these rows"
    return f"{' and '.join(who)} decided about {what} since you looked. It stays so; Open again lets you change it."


# -- shared ----------------------------------------------------------------------------------------------------


def _rows(review: Review, member: Member, ids: Collection[int]) -> list[ReviewRow]:
    """The rows, the review locked. Raises ``CannotDecide`` when it is not open for decisions."""
    found = Review.objects.select_for_update().filter(pk=review.pk, firm_id=member.firm_id).first()
    if found is None or found.state != ReviewState.READY:
        raise CannotDecide("This review is not open for decisions any more. Nothing was changed.")
    return list(found.rows.filter(pk__in=ids).order_by("sort_name", "id"))


def _late(row: ReviewRow, member: Member, seen: datetime | None) -> bool:
    return (
        seen is not None
        and row.decided_at is not None
        and row.decided_at > seen
        and row.decided_by_id != member.pk
    )


def _free(review: Review, side: Side, other: str) -> str:
    """The record's name. Raises ``CannotDecide`` when it is gone or linked already."""
    seen = Observation.objects.filter(
        connection=review.connection_id, entity=review.entity, side=side, record_id=other, absent=""
    ).first()
    column = "ledger_id" if side is Side.LEDGER else "practice_id"
    if seen is None:
        raise CannotDecide("The other record does not exist any more. Nothing was changed.")
    if Link.objects.filter(connection=review.connection_id, entity=review.entity, **{column: other}).exists():
        raise CannotDecide(f"{seen.name} is linked already. Unlink it first, on its own page.")
    return seen.name


def _partner(review: Review, side: Side, other: str) -> ReviewRow | None:
    """The other record's own row. Raises ``CannotDecide`` when it stands in a pair that is to be linked."""
    column = "ledger_id" if side is Side.LEDGER else "practice_id"
    rows = ReviewRow.objects.filter(review=review, **{column: other})
    pair = rows.filter(bucket=Bucket.MATCH).exclude(decision=Decision.REJECT).first()
    if pair is not None:
        raise CannotDecide(
            f"{pair.ledger_name} stands under Matches with {pair.practice_name}. "
            "Say there first that these two are different."
        )
    return rows.exclude(bucket=Bucket.MATCH).first()


def _release(review: Review, row: ReviewRow, member: Member, now: datetime) -> list[Before]:
    """Take a pair made by hand apart: the other row goes back to its bucket's own way."""
    if row.decision != Decision.LINK:
        return []
    mine = Q(practice_id=row.choice["with"]) if row.ledger_id else Q(ledger_id=row.choice["with"])
    partners = ReviewRow.objects.filter(mine, review=review, decision=Decision.LINK)
    before = []
    for partner in partners.exclude(pk=row.pk):
        before.append(_before(partner))
        _save(partner, Decision.NONE, {}, member, now)
    return before


def _before(row: ReviewRow) -> Before:
    return Before(row.pk, row.decision, dict(row.choice))


def _save(row: ReviewRow, decision: Decision, choice: dict[str, Any], member: Member, now: datetime) -> None:
    row.decision, row.choice = decision.value, choice
    row.decided_by, row.decided_at = member, now
    row.save(update_fields=COLUMNS)
