"""Acts: remembers in the session what the last decisions of a review said before, so that they can be taken back one by one."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from tieout.practice.firms import Member
from tieout.sync import review_decisions
from tieout.sync.models import Review
from tieout.sync.review_sheet import Before

KEPT = "quickbooks_review_undo"
DEPTH = 20
MOST_ROWS = 5_000
"""A decision about more rows than that cannot be undone here: the session would grow too large."""


TOO_MANY = (
    "That decided about {many:,} rows; more than {most:,} at once cannot be taken back with Undo. "
    "“Open again” takes back what is ticked."
)


def keep(session: MutableMapping[str, Any], review_id: int, before: Sequence[Before], sentence: str) -> str:
    """Returns a sentence when there is no taking it back with Undo; empty otherwise."""
    if len(before) > MOST_ROWS:
        session[KEPT] = []  # Undo would take back an older decision than the one that was just made
        return TOO_MANY.format(many=len(before), most=MOST_ROWS)
    if not before:
        return ""
    rows = [[one.row_id, one.decision, dict(one.choice)] for one in before]
    session[KEPT] = [*_stack(session, review_id), {"review": review_id, "said": sentence, "rows": rows}][
        -DEPTH:
    ]
    return ""


def offered(session: Mapping[str, Any], review_id: int) -> str:
    """The sentence of the last decision that can be taken back; empty when there is none."""
    stack = _stack(session, review_id)
    return str(stack[-1]["said"]) if stack else ""


def take_back(session: MutableMapping[str, Any], review: Review, member: Member) -> int | None:
    """Undo the last decision. Returns how many rows, None when nothing is left to take back.

    Raises ``CannotDecide`` when the review is not open any more.
    """
    stack = _stack(session, review.pk)
    if not stack:
        return None
    last = stack.pop()
    session[KEPT] = stack
    before = [Before(row_id, decision, choice) for row_id, decision, choice in last["rows"]]
    return review_decisions.put_back(review, member, before)


def _stack(session: Mapping[str, Any], review_id: int) -> list[dict[str, Any]]:
    return [one for one in session.get(KEPT, []) if one["review"] == review_id]
