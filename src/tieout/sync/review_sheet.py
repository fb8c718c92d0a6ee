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
from tieout.reconcile.match import Bucket
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Review, ReviewRow, ReviewState
from tieout.sync.review_plan import APART, Decision
from tieout.sync.review_rows import JOINED, halves

COLUMNS = ("bucket", "decision", "choice", "decided_by", "decided_at")


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
        self._halves: dict[int, list[ReviewRow]] = {}
        """By the id of the pair: its two records, as far as they were ever said to be different."""
        self._made: list[ReviewRow] = []
        self._shown: dict[int, ReviewRow] = {}

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
        """These rows, each as one object however often it is met.

        With them come the partners of pairs made by hand, and the two records of pairs that were said to be none.
        """
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
        proposed = [row.pk for row in mine if row.bucket == Bucket.MATCH and row.pk not in self._halves]
        if proposed:
            self._halves |= {pk: [] for pk in proposed}
            stored = ReviewRow.objects.filter(half_of__in=proposed).select_related("decided_by__user")
            for half in self.taken_up(stored.order_by("id")):
                self._halves[half.half_of_id or 0].append(half)
        return mine

    def halves(self, row: ReviewRow) -> list[ReviewRow]:
        """The two records of a pair that was said to be none; of anything else, nothing."""
        return self._halves.get(row.pk, [])

    def put(self, row: ReviewRow, decision: Decision, choice: dict[str, Any]) -> None:
        """What it said before this act is kept once, for Undo."""
        self._before.setdefault(row.pk, Before(row.pk, row.decision, dict(row.choice)))
        if row.bucket == Bucket.MATCH:
            rest = {name: said for name, said in choice.items() if name != APART}
            choice = rest | ({APART: True} if decision is Decision.REJECT else {})
            if decision is Decision.REJECT:
                self._take_apart(row)
            else:
                self._join(row)
        row.decision, row.choice = decision.value, choice
        row.decided_by, row.decided_at = self.member, self.now

    def _take_apart(self, pair: ReviewRow) -> None:
        """Each of its two records can be decided about by itself from now on."""
        if not self.halves(pair):
            self._halves[pair.pk] = halves(pair)
            self._made += self._halves[pair.pk]
        for half in self.halves(pair):
            half.bucket = Bucket.UNMATCHED.value
            if half.pk:
                self._shown[half.pk] = half

    def _join(self, pair: ReviewRow) -> None:
        """What was said about its two records by themselves is taken back."""
        for half in self.halves(pair):
            if half.bucket != JOINED:
                self.release(half)
                self.put(half, Decision.NONE, {})
                half.bucket = JOINED

    def partner(self, row: ReviewRow) -> ReviewRow | None:
        """The other row of a pair made by hand, where the other record has one."""
        if row.decision != Decision.LINK:
            return None
        column = "practice_id" if row.ledger_id else "ledger_id"
        found = self._partners.get((column, row.choice["with"]))
        return found if found is not None and found.pk != row.pk and found.decision == Decision.LINK else None

    def release(self, row: ReviewRow) -> None:
        """Take a pair made by hand apart: the other row goes back to its bucket's own way."""
        partner = self.partner(row)
        if partner is not None:
            self.put(partner, Decision.NONE, {})

    def is_changed(self, row: ReviewRow) -> bool:
        """By this act."""
        return row.pk in self._before

    def write(self) -> list[Before]:
        """Everything that was put, in one go. Returns what it said before."""
        changed = [self._known[pk] for pk in {**self._before, **self._shown}]
        ReviewRow.objects.bulk_update(changed, COLUMNS, batch_size=500)
        ReviewRow.objects.bulk_create(self._made, batch_size=500)
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
