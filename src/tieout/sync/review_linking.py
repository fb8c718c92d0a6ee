"""Acts: links a review's rows with records of the other side, as a person says. Nothing is written to either side before
the review is applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from tieout.practice.models import Member
from tieout.reconcile.match import Bucket
from tieout.reconcile.state import Side
from tieout.sync.decisions import CannotDecide
from tieout.sync.engine import Engine
from tieout.sync.models import Link, Observation, Review, ReviewRow
from tieout.sync.review_plan import ALLOWED, Decision
from tieout.sync.review_rows import JOINED
from tieout.sync.review_sheet import Before, Sheet, is_late, too_late

NOT_FROM_HERE = "That row cannot be linked from here."
COLUMN: Mapping[Side, str] = {Side.PRACTICE: "practice_id", Side.LEDGER: "ledger_id"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One pair that somebody wants linked."""

    row_id: int
    other: str
    """The record of the other side, which may stand in a row of its own."""
    keep: Mapping[str, str] = field(default_factory=dict)
    """Unit -> the side whose value both get; what is not named is asked about where it differs."""


@dataclass(frozen=True, slots=True)
class Linked:
    before: list[Before]
    refused: list[str]
    """A sentence for each that could not be linked; it stays as it was."""


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
    """Link a row's record with one of the other side.

    Raises ``CannotDecide`` also when a colleague has decided about one of the two since ``seen``.
    """
    done = link_each(review, member, [Wanted(row_id, other, keep or {})], seen=seen, engine=engine)
    if done.refused:
        raise CannotDecide(done.refused[0])
    return done.before


def link_each(
    review: Review,
    member: Member,
    wanted: Sequence[Wanted],
    *,
    seen: datetime | None = None,
    engine: Engine | None = None,
) -> Linked:
    """All these pairs that may be linked, in one transaction and a constant number of queries.

    Raises ``CannotDecide`` when the review is not open for decisions.
    """
    now = (engine or Engine()).now()
    refused = []
    with transaction.atomic():
        sheet = Sheet.of(review, member, [one.row_id for one in wanted], now)
        rows = {row.pk: row for row in sheet.rows}
        others = _Others.of(sheet, [(rows[one.row_id], one.other) for one in wanted if one.row_id in rows])
        for one in wanted:
            try:
                _link(sheet, rows.get(one.row_id), one, others, seen)
            except CannotDecide as refusal:
                refused.append(str(refusal))
        return Linked(sheet.write(), refused)


def _link(
    sheet: Sheet, row: ReviewRow | None, wanted: Wanted, others: _Others, seen: datetime | None
) -> None:
    if row is None or Decision.LINK not in ALLOWED[row.bucket]:
        raise CannotDecide(NOT_FROM_HERE)
    side = _other_side(row)
    name = others.free(side, wanted.other)
    partner = others.partner(side, wanted.other)
    for each in (row, partner):
        if each is not None and is_late(each, sheet.member, seen):
            raise CannotDecide(too_late([each]))
        if each is not None and sheet.is_changed(each):
            shown = each.practice_name or each.ledger_name
            raise CannotDecide(f"{shown} is the nearest of two of these rows. Choose by hand which it is.")
    kept: dict[str, Any] = (
        {"keep": {unit: Side(whose).value for unit, whose in wanted.keep.items()}} if wanted.keep else {}
    )
    sheet.release(row)
    if partner is not None:
        sheet.release(partner)
        mine = {
            "with": row.practice_id or row.ledger_id,
            "with_name": row.practice_name or row.ledger_name,
        }
        sheet.put(partner, Decision.LINK, kept | mine)
    sheet.put(row, Decision.LINK, kept | {"with": wanted.other, "with_name": name})


def _other_side(row: ReviewRow) -> Side:
    return Side.LEDGER if row.practice_id else Side.PRACTICE


@dataclass(frozen=True, slots=True)
class _Others:
    """The records that rows are to be linked with, as far as there are any."""

    names: Mapping[tuple[str, str], str]
    """(Side, id) -> the name of each that is still there."""
    linked: frozenset[tuple[str, str]]
    rows: Mapping[tuple[str, str], Sequence[ReviewRow]]
    """(Side, id) -> the rows it stands in."""

    @classmethod
    def of(cls, sheet: Sheet, asked: Sequence[tuple[ReviewRow, str]]) -> _Others:
        review = sheet.review
        names: dict[tuple[str, str], str] = {}
        linked: set[tuple[str, str]] = set()
        rows: dict[tuple[str, str], list[ReviewRow]] = {}
        for side in Side:
            ids = {other for row, other in asked if _other_side(row) is side}
            if not ids:
                continue
            of = {"connection": review.connection_id, "entity": review.entity}
            seen = Observation.objects.filter(**of, side=side, record_id__in=ids, absent="")
            names |= {(side, one): name for one, name in seen.values_list("record_id", "name")}
            column = COLUMN[side]
            taken = Link.objects.filter(**of, **{f"{column}__in": ids}).values_list(column, flat=True)
            linked |= {(side, one) for one in taken}
            standing = ReviewRow.objects.filter(review=review, **{f"{column}__in": ids})
            for row in sheet.taken_up(standing.select_related("decided_by__user")):
                rows.setdefault((side, getattr(row, column)), []).append(row)
        return cls(names, frozenset(linked), rows)

    def free(self, side: Side, other: str) -> str:
        """The record's name. Raises ``CannotDecide`` when it is gone or linked already."""
        name = self.names.get((side, other))
        if name is None:
            raise CannotDecide("The other record does not exist any more. Nothing was changed.")
        if (side, other) in self.linked:
            raise CannotDecide(f"{name} is linked already. Unlink it first, on its own page.")
        return name

    def partner(self, side: Side, other: str) -> ReviewRow | None:
        """The other record's own row. Raises ``CannotDecide`` when it stands in a pair that is to be linked."""
        found = self.rows.get((side, other), [])
        for row in found:
            if row.bucket == Bucket.MATCH and row.decision != Decision.REJECT:
                raise CannotDecide(
                    f"{row.ledger_name} stands under Matches with {row.practice_name}. "
                    "Say there first that these two are different."
                )
        return next((row for row in found if row.bucket not in (Bucket.MATCH, JOINED)), None)
