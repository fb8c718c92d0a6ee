"""Acts: keeps what people decide in a review, row by row. Nothing is written to either side before it is applied.

Several people may decide at once: whoever decides holds the review for that moment. Who decides about a row that a colleague has decided
about since the page was drawn (``seen``) is late: the row stays as it is, and that person is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from tieout.practice.models import Member
from tieout.reconcile.match import Bucket
from tieout.reconcile.state import Side
from tieout.sync.decisions import tidy_reason
from tieout.sync.engine import Engine
from tieout.sync.models import Review, ReviewRow
from tieout.sync.review_plan import ALLOWED, LEFT_OUT_BEFORE, Decision, is_pair
from tieout.sync.review_sheet import Before, Sheet, is_late

LASTING = ("keep", "kind")
"""What was said beside a decision and stays when the decision becomes another; the sides only of a proposed pair."""
NOTED: Mapping[str, Callable[[ReviewRow], bool]] = {
    "reason": lambda row: row.decision == Decision.EXCLUDE,
    "kind": lambda row: row.bucket == Bucket.NEW,
}
"""What may be said about a row without deciding -> of which rows."""


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
    assert decision is not Decision.LINK, "linking names another record: see ``review_linking``"
    why = tidy_reason(reason) if decision is Decision.EXCLUDE else ""
    with transaction.atomic():
        sheet = Sheet.of(review, member, ids, (engine or Engine()).now())
        for row in sheet.rows:
            allowed = not decision or decision in ALLOWED[row.bucket]
            changes = row.decision != decision or (why and row.choice.get("reason") != why)
            late = any(is_late(one, member, seen) for one in (row, *sheet.halves(row)))
            if not allowed or not changes or late:
                continue
            sheet.release(row)
            lasting = LASTING if row.bucket == Bucket.MATCH else ("kind",)
            choice = {name: row.choice[name] for name in lasting if name in row.choice}
            sheet.put(row, decision, choice | ({"reason": why} if why else {}))
        return sheet.write()


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
    with transaction.atomic():
        sheet = Sheet.of(review, member, list(said), (engine or Engine()).now())
        for row in sheet.rows:
            text = tidy_reason(said[row.pk])
            if not NOTED[what](row) or row.choice.get(what, "") == text:
                continue
            rest = {name: one for name, one in row.choice.items() if name not in (what, LEFT_OUT_BEFORE)}
            sheet.put(row, Decision(row.decision), rest | ({what: text} if text else {}))
        return sheet.write()


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
    chosen = dict.fromkeys(units, side)
    return keep_each(review, member, dict.fromkeys(ids, chosen), engine=engine)


def keep_each(
    review: Review,
    member: Member,
    chosen: Mapping[int, Mapping[str, str]],
    *,
    engine: Engine | None = None,
) -> list[Before]:
    """As ``keep_sides``, each pair its own: row id -> unit -> side. A constant number of queries."""
    with transaction.atomic():
        sheet = Sheet.of(review, member, list(chosen), (engine or Engine()).now())
        for row in sheet.rows:
            if not is_pair(row):
                continue
            sides = chosen[row.pk]
            now_kept = row.choice.get("keep", {})
            keep = {unit: one for unit, one in now_kept.items() if unit not in sides}
            keep |= {unit: Side(side).value for unit, side in sides.items() if side}
            if keep != now_kept:
                for one in filter(None, (row, sheet.partner(row))):
                    rest = {name: said for name, said in one.choice.items() if name != "keep"}
                    sheet.put(one, Decision(one.decision), rest | ({"keep": keep} if keep else {}))
        return sheet.write()


def put_back(
    review: Review, member: Member, before: Sequence[Before], *, engine: Engine | None = None
) -> int:
    """Undo: as it was before, where nobody else has decided since. Returns how many rows."""
    with transaction.atomic():
        said = {one.row_id: one for one in before}
        sheet = Sheet.of(review, member, list(said), (engine or Engine()).now())
        mine = _still_mine(sheet, said)
        for row in mine:
            old = said[row.pk]
            sheet.put(row, Decision(old.decision), dict(old.choice))
        sheet.write()
    return len(mine)


def _still_mine(sheet: Sheet, said: Mapping[int, Before]) -> list[ReviewRow]:
    """The rows about which nobody else has decided since; of pairs and of their two records all, or none."""

    def is_mine(row: ReviewRow) -> bool:
        others = [one for one in sheet.halves(row) if one.decision]
        return all(one.decided_by_id == sheet.member.pk for one in (row, *others))

    theirs = [row for row in sheet.rows if not is_mine(row)]
    lost = {row.pk for row in theirs}
    taken = {(column, getattr(row, column)) for row in theirs for column in ("practice_id", "ledger_id")}

    def with_theirs(row: ReviewRow) -> bool:
        column = "ledger_id" if row.practice_id else "practice_id"
        return row.half_of_id in lost or (column, said[row.pk].choice.get("with")) in taken

    return [row for row in sheet.rows if row.pk not in lost and not with_theirs(row)]


def last_decision(review: Review) -> datetime:
    """When anybody last decided about a row of it: what a page drawn now has seen. The review's beginning before that."""
    last = review.rows.aggregate(last=Max("decided_at"))["last"]
    return last or review.created_at


def decided_since(
    review: Review, member: Member, ids: Collection[int], seen: datetime | None
) -> list[ReviewRow]:
    """Of these rows, those that a colleague has decided about since: this person is late for them."""
    rows = review.rows.filter(Q(pk__in=ids) | Q(half_of__in=ids)).select_related("decided_by__user")
    return [row for row in rows.order_by("sort_name", "id") if is_late(row, member, seen)]
