"""Acts: the rows of a review while somebody decides about them: locked, changed in memory, written together.

Used by ``review_decisions`` and ``review_linking``. However many rows are decided about, the number of queries is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from tieout.practice.models import Member
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Review, ReviewRow, ReviewState
from tieout.sync.review_plan import Decision

COLUMNS = ("decision", "choice", "decided_by", "decided_at")


@dataclass(frozen=True, slots=True)
class Before:
    """What a row said before it was decided, for Undo."""

    row_id: int
    decision: str
    choice: Mapping[str, Any]


class Sheet:
    """Made inside a transaction by ``of``, which holds the review until that ends."""

    def __init__(self, review: Review, member: Member, now: datetime) -> None:
        self.review, self.member, self.now = review, member, now
        self.rows: list[ReviewRow] = []
        """Those asked for, by name."""
        self._known: dict[int, ReviewRow] = {}
        self._before: dict[int, Before] = {}
        self._partners: dict[tuple[str, str], ReviewRow] = {}

    @classmethod
    def of(cls, review: Review, member: Member, ids: Collection[int], now: datetime) -> Sheet:
        """Raises ``CannotDecide`` when the review is not open for decisions."""
        found = Review.objects.select_for_update().filter(pk=review.pk, firm_id=member.firm_id).first()
        if found is None or found.state != ReviewState.READY:
            raise CannotDecide("This review is not open for decisions any more. Nothing was changed.")
        sheet = cls(review, member, now)
        sheet.rows = sheet.taken_up(found.rows.filter(pk__in=ids).order_by("sort_name", "id"))
        return sheet

    def taken_up(self, rows: Iterable[ReviewRow]) -> list[ReviewRow]:
        """These rows, each as one object however often it is met; with them the partners of pairs made by hand."""
        mine = [self._known.setdefault(row.pk, row) for row in rows]
        paired = [row for row in mine if row.decision == Decision.LINK]
        if paired:
            ours = [row.choice["with"] for row in paired if row.ledger_id]
            theirs = [row.choice["with"] for row in paired if not row.ledger_id]
            partners = ReviewRow.objects.filter(
                Q(practice_id__in=ours) | Q(ledger_id__in=theirs), review=self.review, decision=Decision.LINK
            )
            for row in partners:
                one = self._known.setdefault(row.pk, row)
                self._partners |= {(column, record): one for column, record in _names(one) if record}
        return mine

    def put(self, row: ReviewRow, decision: Decision, choice: dict[str, Any]) -> None:
        """What it said before this act is kept once, for Undo."""
        self._before.setdefault(row.pk, Before(row.pk, row.decision, dict(row.choice)))
        row.decision, row.choice = decision.value, choice
        row.decided_by, row.decided_at = self.member, self.now

    def release(self, row: ReviewRow) -> None:
        """Take a pair made by hand apart: the other row goes back to its bucket's own way."""
        if row.decision != Decision.LINK:
            return
        column = "practice_id" if row.ledger_id else "ledger_id"
        partner = self._partners.get((column, row.choice["with"]))
        if partner is not None and partner.pk != row.pk and partner.decision == Decision.LINK:
            self.put(partner, Decision.NONE, {})

    def is_changed(self, row: ReviewRow) -> bool:
        """By this act."""
        return row.pk in self._before

    def write(self) -> list[Before]:
        """Everything that was put, in one go. Returns what it said before."""
        changed = [self._known[pk] for pk in self._before]
        ReviewRow.objects.bulk_update(changed, COLUMNS, batch_size=500)
        return list(self._before.values())


def _names(row: ReviewRow) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("practice_id", row.practice_id), ("ledger_id", row.ledger_id)


def is_late(row: ReviewRow, member: Member, seen: datetime | None) -> bool:
    """Whether a colleague has decided about it since this person saw it."""
    return (
        seen is not None
        and row.decided_at is not None
        and row.decided_at > seen
        and row.decided_by_id != member.pk
    )


def too_late(rows: Collection[ReviewRow]) -> str:
    """The sentence for who comes late: who decided, and how to decide otherwise."""
    who = sorted({row.decided_by.user.get_full_name() if row.decided_by else "A colleague" for row in rows})
    first = next(iter(rows))
    name = first.practice_name or first.ledger_name
    what = name if len(rows) == 1 else f"{len(rows):,} of these rows"
    return f"{' and '.join(who)} decided about {what} since you looked. It stays so; Open again lets you change it."
