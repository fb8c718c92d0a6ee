"""Decides nothing, writes nothing: what came of one run of the set-up, counted from the tables. Of that run, and no other.

Read by ``review_jobs`` when the run is through, and by the page that tells of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from tieout.reconcile.match import Bucket
from tieout.reconcile.state import Side
from tieout.sync.models import Connection, Issue, Link, Review
from tieout.sync.review_lists import COLUMNS
from tieout.sync.review_plan import Fate, fate
from tieout.sync.review_rows import OUTSIDE


def counted(connection: Connection, found: Review) -> dict[str, int]:
    """Links that this run made, and records of its rows that are listed now. Five queries, however many rows.

    What was linked before the run was applied belongs to an earlier one; what was created since without standing in
    the review (a client added while it synced, say) is the daily work's.
    """
    of = {"connection": connection, "entity": found.entity}
    rows = found.rows.exclude(bucket=OUTSIDE, decision="")
    ours = rows.exclude(practice_id="").values("practice_id")
    theirs = rows.exclude(ledger_id="").values("ledger_id")
    made = Link.objects.filter(**of, linked_at__gte=datetime.fromisoformat(found.summary["applied_at"]))
    reviewed = Q(side=Side.PRACTICE, record_id__in=ours) | Q(side=Side.LEDGER, record_id__in=theirs)
    listed = Issue.objects.filter(reviewed, **of, closed_at=None)
    return {
        "linked": made.filter(origin="review").count(),
        "created_here": made.filter(origin="created here", ledger_id__in=theirs).count(),
        "created_there": made.filter(origin="created there", practice_id__in=ours).count(),
        "needs_you": listed.filter(listing="needs_you").values("side", "record_id").distinct().count(),
        "left_out": listed.filter(listing="left_out").values("side", "record_id").distinct().count(),
    }


@dataclass(frozen=True, slots=True)
class Left:
    """Records of a review that applying leaves as they are."""

    waiting: Mapping[str, int]
    """Bucket -> rows of it that wait for a decision."""
    left_out: int


def left(found: Review) -> Left:
    """By what was decided, not by the list they stood in: a row that was sent is left nowhere. One query."""
    fates = Counter(
        (row.bucket, fate(row, found.create_new))
        for row in found.rows.exclude(bucket=OUTSIDE, decision="").only(*COLUMNS)
    )
    waiting = {bucket.value: fates[(bucket.value, Fate.WAIT)] for bucket in Bucket}
    return Left(waiting, sum(many for (_, becomes), many in fates.items() if becomes is Fate.LEAVE_OUT))
