"""Acts: keeps the open issues and conflicts of a record equal to what its last plan said.

*Not in step = listed* is kept here: whatever a plan does not write has one open row with a reason and a next
step, and a row closes only because a later plan no longer says it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import connection as database

from tieout.practice.models import Member
from tieout.practice.money import shown
from tieout.reconcile import plan as planning
from tieout.reconcile.plan import Blocked, Outcome, Question
from tieout.reconcile.ports import LedgerError
from tieout.reconcile.state import Key, Side, Value, is_empty
from tieout.sync import dirty
from tieout.sync.dirty import Mark
from tieout.sync.issues import CAUSE_OF_WHY, CAUSES, SHARED, cause_of
from tieout.sync.models import ActivityLine, Conflict, Connection, Issue, Link, Observation
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
    suggestion: str = ""
    """A value that would do: the next number that is free."""


def problem_of(outcome: Outcome, verified: Collection[str] = (), currency: str = "USD") -> Problem | None:
    """The problem that a plan's outcome stands for; None for an action (it is carried out instead).

    ``verified``: units that are only compared, see ``EntitySpec``; ``currency``: of the record, for amounts.
    """
    if isinstance(outcome, Blocked):
        waits = tuple(f"{key.entity}:{key.id}" for key in outcome.waits_for)
        return Problem(CAUSE_OF_WHY[outcome.why], outcome.sentence, outcome.unit, options=waits)
    if isinstance(outcome, Question):
        options = tuple(key.id for key in outcome.options)
        return Problem(CAUSE_OF_WHY[outcome.why], outcome.sentence, options=options)
    if isinstance(outcome, planning.Conflict) and outcome.unit in verified:
        theirs, ours = _shown(outcome.ledger, currency), _shown(outcome.practice, currency)
        return Problem("amount_differs", f"QuickBooks shows {theirs}, we show {ours}.", outcome.unit)
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
    options = (error.holder,) if error.holder else ()
    return Problem(
        cause_of(error), error.sentence, found, error.code, error.reference, options, error.suggestion
    )


def _shown(value: Value, currency: str) -> str:
    return shown(value, currency) if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True, slots=True)
class Listed:
    """One record, and all that is left of it after its plan was carried out."""

    key: Key
    name: str
    problems: Sequence[Problem] = ()
    link: Link | None = None
    conflicts: Sequence[planning.Conflict] = ()


def list_all(connection: Connection, entity: str, listed: Sequence[Listed], now: datetime) -> None:
    """Make the open issues and conflicts of these records exactly what is said here."""
    if not _anything_to_list(connection, entity, listed):
        return
    _set_conflicts(connection, entity, [one for one in listed if one.link is not None], now)
    rows = Issue.objects.filter(
        connection=connection, entity=entity, closed_at=None, record_id__in=[one.key.id for one in listed]
    )
    open_now: dict[tuple[str, str], dict[tuple[str, str], Issue]] = {}
    for row in rows:
        open_now.setdefault((row.side, row.record_id), {})[(row.unit, row.cause)] = row
    listed = _naming_what_they_wait_for(connection, listed)
    gone: list[Issue] = []
    new: list[Issue] = []
    for one in listed:
        before = open_now.get((one.key.side.value, one.key.id), {})
        wanted = {(each.unit, each.cause): each for each in one.problems}
        gone += [row for at, row in before.items() if at not in wanted]
        for at, problem in wanted.items():
            row = before.get(at) or _new_issue(connection, one.key, problem, now)
            if _say_in(row, one.name, problem):
                if row.pk:
                    row.save()
                else:
                    new.append(row)
    if gone:
        Issue.objects.filter(pk__in=[row.pk for row in gone]).update(closed_at=now)
        wake_siblings(connection, {row.cause for row in gone} & SHARED, now)
    Issue.objects.bulk_create(new)


_OPEN = """
SELECT EXISTS (SELECT 1 FROM sync_issue
    WHERE connection_id = %s AND entity = %s AND closed_at IS NULL AND record_id = ANY(%s))
OR EXISTS (SELECT 1 FROM sync_conflict WHERE closed_at IS NULL AND link_id = ANY(%s))
"""


def _anything_to_list(connection: Connection, entity: str, listed: Sequence[Listed]) -> bool:
    """Whether any of these has something to say now, or had: most of a large push have neither."""
    if any(one.problems or one.conflicts for one in listed):
        return True
    links = [one.link.pk for one in listed if one.link is not None]
    with database.cursor() as cursor:
        cursor.execute(_OPEN, [connection.pk, entity, [one.key.id for one in listed], links])
        return bool(cursor.fetchone()[0])


def _naming_what_they_wait_for(connection: Connection, listed: Sequence[Listed]) -> Sequence[Listed]:
    """The same, with a sentence that names the records waited for. One query when any waits."""
    waited = {each for one in listed for each in _waited_for(one.problems)}
    if not waited:
        return listed
    rows = Observation.objects.filter(
        connection=connection,
        side=Side.PRACTICE,
        entity__in={each.partition(":")[0] for each in waited},
        record_id__in={each.partition(":")[2] for each in waited},
    )
    names = {f"{entity}:{one}": name for entity, one, name in rows.values_list("entity", "record_id", "name")}

    def told(problem: Problem) -> Problem:
        if problem.cause != "waits_for" or problem.sentence:
            return problem
        said = [
            f"{each.partition(':')[0].replace('_', ' ')} {names.get(each, '')}".strip()
            for each in problem.options
        ]
        return replace(problem, sentence=f"Waits for {' and '.join(said[:3])}.")

    return [replace(one, problems=[told(each) for each in one.problems]) for one in listed]


def _waited_for(problems: Sequence[Problem]) -> list[str]:
    return [each for one in problems if one.cause == "waits_for" for each in one.options]


def _new_issue(connection: Connection, key: Key, problem: Problem, now: datetime) -> Issue:
    return Issue(
        firm_id=connection.firm_id,
        connection=connection,
        entity=key.entity,
        side=key.side.value,
        record_id=key.id,
        unit=problem.unit,
        cause=problem.cause,
        opened_at=now,
    )


def _say_in(row: Issue, name: str, problem: Problem) -> bool:
    """Put the words into the row. False when it says so already."""
    cause = CAUSES.get(problem.cause, CAUSES["bug"])
    words = {
        "name": name[:1000],
        "sentence": (problem.sentence or cause.title)[:1000],
        "next_step": cause.next_step,
        "listing": cause.listing.value,
        "code": problem.code,
        "reference": problem.reference,
        "options": list(problem.options),
        "suggestion": problem.suggestion[:60],
    }
    changed = not row.pk or any(getattr(row, column) != value for column, value in words.items())
    for column, value in words.items():
        setattr(row, column, value)
    return changed


def wake_siblings(connection: Connection, causes: Collection[str], now: datetime) -> int:
    """Have the other records of a cause looked at again, now that it is gone for one. Returns how many."""
    if not causes:
        return 0
    rows = Issue.objects.filter(connection=connection, cause__in=causes, closed_at=None)
    marks = [
        Mark(entity, Side(side), record_id, "its cause is gone", must_read=False)
        for entity, side, record_id in rows.values_list("entity", "side", "record_id")
    ]
    return dirty.mark(connection, marks, now)


def wake_waiting(connection: Connection, key: Key, now: datetime) -> int:
    """Mark the records that wait for this one, now that it has a partner. Returns how many."""
    return wake_waiting_for(connection, [key], now)


def wake_waiting_for(connection: Connection, keys: Sequence[Key], now: datetime) -> int:
    """Mark the records that wait for any of these, now that they have partners. Returns how many."""
    if not keys:
        return 0
    with database.cursor() as cursor:
        cursor.execute(_WAITING, [connection.pk, [f"{key.entity}:{key.id}" for key in keys]])
        marks = [
            Mark(entity, Side(side), record_id, "waited for another", must_read=False)
            for entity, side, record_id in cursor.fetchall()
        ]
    return dirty.mark(connection, marks, now)


_WAITING = """
SELECT entity, side, record_id FROM sync_issue
WHERE connection_id = %s AND cause = 'waits_for' AND closed_at IS NULL AND options ?| %s
"""


def _set_conflicts(connection: Connection, entity: str, listed: Sequence[Listed], now: datetime) -> None:
    """Make the links' open conflicts exactly these; both values are kept, in open and in closed rows."""
    links = {one.link.pk: one for one in listed if one.link is not None}
    open_now: dict[int, dict[str, Conflict]] = {}
    for row in Conflict.objects.filter(link__in=links, closed_at=None):
        open_now.setdefault(row.link_id, {})[row.unit] = row
    with_some = [pk for pk, one in links.items() if one.conflicts]
    # A link that a person has taken apart meanwhile has no conflicts any more.
    still = set(Link.objects.filter(pk__in=with_some).values_list("pk", flat=True)) if with_some else set()
    for pk, one in links.items():
        wanted = {each.unit: each for each in one.conflicts} if pk in still else {}
        before = open_now.get(pk, {})
        for unit, row in before.items():
            if unit not in wanted:
                row.closed_at = now
                row.save(update_fields=["closed_at"])
        for unit, each in wanted.items():
            _set_conflict(connection, entity, pk, before.get(unit), each, now)


def _set_conflict(
    connection: Connection,
    entity: str,
    link_id: int,
    before: Conflict | None,
    one: planning.Conflict,
    now: datetime,
) -> None:
    values = {
        "practice_value": pack(one.practice),
        "ledger_value": pack(one.ledger),
        "base_value": pack(one.base),
    }
    row = before or Conflict(
        firm_id=connection.firm_id,
        connection=connection,
        entity=entity,
        link_id=link_id,
        unit=one.unit,
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
    by: Member | None = None,
) -> None:
    """Add one line to the sync activity. ``by``: the person who decided it."""
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
        member=by,
        run_epoch=None if by else run_of(connection),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """What a person decided about one record, as a line of its history."""

    sentence: str
    key: Key
    by: Member | None


def say_all(connection: Connection, now: datetime, lines: Sequence[Line]) -> None:
    """As ``say``, of many records that people decided about."""
    ActivityLine.objects.bulk_create(
        (
            ActivityLine(
                firm_id=connection.firm_id,
                connection=connection,
                entity=line.key.entity,
                side=line.key.side.value,
                record_id=line.key.id,
                at=now,
                sentence=line.sentence[:1200],
                result="info",
                details={},
                member=line.by,
            )
            for line in lines
        ),
        batch_size=1_000,
    )


def run_of(connection: Connection) -> int | None:
    """The run that holds the lane, by its epoch; None when nobody does."""
    return connection.epoch if connection.lease_until else None


def practice_key(link: Link) -> Key:
    return Key(link.entity, Side.PRACTICE, link.practice_id)
