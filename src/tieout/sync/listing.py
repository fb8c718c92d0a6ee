"""Acts: keeps the open issues and conflicts of a record equal to what its last plan said.

*Not in step = listed* is kept here: whatever a plan does not write has one open row with a reason and a next
step, and a row closes only because a later plan no longer says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tieout.reconcile import plan as planning
from tieout.reconcile.plan import Blocked, Outcome, Question
from tieout.reconcile.ports import LedgerError
from tieout.reconcile.state import Key, Side, is_empty
from tieout.sync import dirty
from tieout.sync.dirty import Mark
from tieout.sync.issues import CAUSE_OF_WHY, CAUSES, cause_of
from tieout.sync.models import ActivityLine, Conflict, Connection, Issue, Link
from tieout.sync.packing import pack


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a record, or one unit of it, is not in step."""

    cause: str
    sentence: str
    unit: str = ""
    code: str = ""
    reference: str = ""
    options: tuple[str, ...] = ()


def problem_of(outcome: Outcome) -> Problem | None:
    """The problem that a plan's outcome stands for; None for an action (it is carried out instead)."""
    if isinstance(outcome, Blocked):
        waits = tuple(f"{key.entity}:{key.id}" for key in outcome.waits_for)
        return Problem(CAUSE_OF_WHY[outcome.why], outcome.sentence, outcome.unit, options=waits)
    if isinstance(outcome, Question):
        options = tuple(key.id for key in outcome.options)
        return Problem(CAUSE_OF_WHY[outcome.why], outcome.sentence, options=options)
    if isinstance(outcome, planning.Conflict):
        if outcome.drift:
            return Problem("drift", "It was changed in QuickBooks.", outcome.unit)
        never_agreed = is_empty(outcome.base)
        how = (
            "The two sides show different values." if never_agreed else "Both sides changed it, differently."
        )
        return Problem("conflict", how, outcome.unit)
    return None


def problem_from(error: LedgerError, unit: str = "") -> Problem:
    """The problem that a ledger's refusal stands for."""
    found = getattr(error, "unit", "") or unit
    return Problem(cause_of(error), error.sentence, found, error.code, error.reference)


def set_issues(
    connection: Connection, entity: str, key: Key, name: str, problems: Sequence[Problem], now: datetime
) -> None:
    """Make the record's open issues exactly these."""
    rows = Issue.objects.filter(
        connection=connection, entity=entity, side=key.side, record_id=key.id, closed_at=None
    )
    open_now = {(row.unit, row.cause): row for row in rows}
    wanted = {(one.unit, one.cause): one for one in problems}
    gone = [row.pk for at, row in open_now.items() if at not in wanted]
    if gone:
        Issue.objects.filter(pk__in=gone).update(closed_at=now)
    for at, one in wanted.items():
        row = open_now.get(at) or Issue(
            firm_id=connection.firm_id,
            connection=connection,
            entity=entity,
            side=key.side.value,
            record_id=key.id,
            unit=one.unit,
            cause=one.cause,
            opened_at=now,
        )
        cause = CAUSES.get(one.cause, CAUSES["bug"])
        row.name = name[:1000]
        row.sentence = (one.sentence or cause.title)[:1000]
        row.next_step = cause.next_step
        row.listing = cause.listing.value
        row.code, row.reference, row.options = one.code, one.reference, list(one.options)
        row.save()


def wake_waiting(connection: Connection, key: Key, now: datetime) -> int:
    """Mark the records that wait for this one, now that it has a partner. Returns how many."""
    waiting = Issue.objects.filter(
        connection=connection, cause="waits_for", closed_at=None, options__contains=[f"{key.entity}:{key.id}"]
    )
    marks = [
        Mark(row.entity, Side(row.side), row.record_id, "waited for another", must_read=False)
        for row in waiting
    ]
    return dirty.mark(connection, marks, now)


def set_conflicts(
    connection: Connection,
    entity: str,
    link: Link,
    conflicts: Iterable[planning.Conflict],
    now: datetime,
) -> None:
    """Make the link's open conflicts exactly these; both values are kept, in open and in closed rows."""
    open_now = {row.unit: row for row in Conflict.objects.filter(link=link, closed_at=None)}
    wanted = {one.unit: one for one in conflicts}
    for unit, row in open_now.items():
        if unit not in wanted:
            row.closed_at = now
            row.save(update_fields=["closed_at"])
    for unit, one in wanted.items():
        values = {
            "practice_value": pack(one.practice),
            "ledger_value": pack(one.ledger),
            "base_value": pack(one.base),
        }
        row = open_now.get(unit) or Conflict(
            firm_id=connection.firm_id,
            connection=connection,
            entity=entity,
            link=link,
            unit=unit,
            opened_at=now,
        )
        if row.pk and (row.practice_value, row.ledger_value) != (
            values["practice_value"],
            values["ledger_value"],
        ):
            row.keep = ""  # an answer to other values is no answer to these
        for column, value in values.items():
            setattr(row, column, value)
        row.save()


def say(
    connection: Connection,
    now: datetime,
    sentence: str,
    *,
    result: str = "done",
    key: Key | None = None,
    reference: str = "",
    details: dict[str, object] | None = None,
    entity: str = "",
) -> None:
    """Add one line to the sync activity."""
    ActivityLine.objects.create(
        firm_id=connection.firm_id,
        connection=connection,
        entity=key.entity if key else entity,
        side=key.side.value if key else "",
        record_id=key.id if key else "",
        at=now,
        sentence=sentence[:1200],
        result=result,
        reference=reference,
        details=details or {},
    )


def practice_key(link: Link) -> Key:
    return Key(link.entity, Side.PRACTICE, link.practice_id)
