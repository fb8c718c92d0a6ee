"""Decides how a finished run of the set-up is reported: in figures, and with every name that was left for later. Reads only.

The same report is mailed to whoever pressed Sync and stands on the pages for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tieout.reconcile.match import Bucket
from tieout.sync.models import Connection, Review, ReviewRow, ReviewState
from tieout.sync.review_plan import Fate, fate
from tieout.sync.review_rows import OUTSIDE

MOST_NAMED = 200
"""Names of one kind in a mail; the page and its file have them all."""

LEFT = {
    Bucket.DUPLICATE: "Duplicates, left as they are",
    Bucket.UNMATCHED: "Unmatched, left as they are",
    Bucket.MATCH: "Not sure enough to link",
    Bucket.NEW: "Only in QuickBooks, not brought over",
}


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Report:
    """One run, told."""

    review: Review
    company: str
    who: str
    finished_at: datetime | None
    figures: Sequence[tuple[str, int]]
    parts: Sequence[Part]
    rolled_back: str

    @property
    def subject(self) -> str:
        return f"QuickBooks set-up of {words(self.review.entity)}: the report"


def words(entity: str) -> str:
    return f"{entity.replace('_', ' ')}s"


def finished(connection: Connection, entity: str = "") -> list[Review]:
    """Every run of the set-up that was applied, the latest first; of one entity, or of all."""
    found = Review.objects.filter(connection=connection, state=ReviewState.DONE)
    if entity:
        found = found.filter(entity=entity)
    return list(found.select_related("applied_by__user").order_by("-id"))


def report(connection: Connection, found: Review) -> Report:
    """Two queries, however many rows."""
    rows = list(found.rows.exclude(bucket=OUTSIDE).order_by("sort_name", "id"))
    done = found.summary.get("done", {})
    figures = [
        ("linked", done.get("linked", 0)),
        ("created in Tieout", done.get("created_here", 0)),
        ("created in QuickBooks", done.get("created_there", 0)),
        ("need a decision", done.get("needs_you", 0)),
        ("left out", done.get("left_out", 0)),
    ]
    undone = found.summary.get("rolled_back")
    return Report(
        found,
        connection.company_name,
        found.applied_by.user.get_full_name() if found.applied_by else "",
        found.finished_at,
        figures,
        [part for bucket, title in LEFT.items() if (part := _part(found, rows, bucket, title)).names],
        f"Rolled back by {undone['by']}." if undone else "",
    )


def _part(found: Review, rows: Sequence[ReviewRow], bucket: Bucket, title: str) -> Part:
    left = (Fate.WAIT, Fate.LEAVE_OUT)
    return Part(
        title, [_name(row) for row in rows if row.bucket == bucket and fate(row, found.create_new) in left]
    )


def _name(row: ReviewRow) -> str:
    name, other = row.practice_name, row.ledger_name
    if name and other:
        return name if name == other else f"{name} and {other} in QuickBooks"
    return name or f"{other} in QuickBooks"


def text(told: Report, address: str) -> str:
    """As a plain mail. ``address``: where the whole of it stands."""
    lines = [
        f"The {words(told.review.entity)} of {told.company} were set up"
        + (f" by {told.who}." if told.who else "."),
        "",
        *(f"{count:>7,}  {what}" for what, count in told.figures),
    ]
    for part in told.parts:
        lines += ["", f"{part.title} ({len(part.names):,})"]
        lines += [f"  - {name}" for name in part.names[:MOST_NAMED]]
        if len(part.names) > MOST_NAMED:
            lines.append(f"  and {len(part.names) - MOST_NAMED:,} more, on the page")
    lines += ["", "Nothing that was left is lost: it waits in Tieout until somebody decides.", address]
    return "\n".join(lines) + "\n"
