"""Acts: keeps the open issues and conflicts of a record equal to what its last plan said.

*Not in step = listed* is kept here: whatever a plan does not write has one open row with a reason and a next
step, and a row closes only because a later plan no longer says it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from tieout.practice.models import Member
from tieout.practice.money import shown
from tieout.reconcile import plan as planning
from tieout.reconcile.plan import Blocked, Outcome, Question
from tieout.reconcile.ports import LedgerError
from tieout.reconcile.state import Key, Side, Value, is_empty
from tieout.sync import awaited, awaiting, straight
from tieout.sync.issues import CAUSE_OF_WHY, CAUSES, HELD_UP, SHARED, WAITS_FOR, cause_of
from tieout.sync.models import ActivityLine, Conflict, Connection, Issue, Link
from tieout.sync.packing import pack
from tieout.sync.waking import wake_siblings, wake_waiting_for


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
        waits = tuple(awaited.as_text(key) for key in outcome.waits_for)
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
    """Make the open issues and conflicts of these records exactly what is said here.

    Whatever waits for one of which something else is said now is planned again: it may go, or no longer goes by itself.
    """
    if not _anything_to_list(connection, entity, listed):
        return
    _set_conflicts(connection, entity, [one for one in listed if one.link is not None], now)
    rows = Issue.objects.filter(
        connection=connection, entity=entity, closed_at=None, record_id__in=_ids(listed)
    )
    open_now: dict[tuple[str, str], dict[tuple[str, str], Issue]] = {}
    for row in rows:
        open_now.setdefault((row.side, row.record_id), {})[(row.unit, row.cause)] = row
    listed = _told_what_they_wait_for(connection, listed)
    gone: list[Issue] = []
    new: list[Issue] = []
    changed: set[Key] = set()
    for one in listed:
        before = open_now.get((one.key.side.value, one.key.id), {})
        wanted = {(each.unit, each.cause): each for each in one.problems}
        gone += [row for at, row in before.items() if at not in wanted]
        if one.link is not None and one.key.side is Side.PRACTICE:
            # What was said of it before it had a partner here is said of the pair now.
            gone += open_now.get((Side.LEDGER.value, one.link.ledger_id), {}).values()
        for at, problem in wanted.items():
            row = before.get(at) or _new_issue(connection, one.key, problem, now)
            if _say_in(row, one.name, problem):
                changed.add(one.key)
                if row.pk:
                    row.save()
                else:
                    new.append(row)
    if gone:
        Issue.objects.filter(pk__in=[row.pk for row in gone]).update(closed_at=now)
        wake_siblings(connection, {row.cause for row in gone} & SHARED, now)
        changed |= {Key(row.entity, Side(row.side), row.record_id) for row in gone}
    Issue.objects.bulk_create(new)
    wake_waiting_for(connection, sorted(changed, key=lambda key: (key.side, key.id)), now)


def _ids(listed: Sequence[Listed]) -> list[str]:
    """Of these records and their partners, on either side."""
    partners = [one.link.ledger_id for one in listed if one.link is not None]
    return [*(one.key.id for one in listed), *partners]


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
    return straight.texts(_OPEN, connection.pk, entity, _ids(listed), links) == [("t",)]


def _told_what_they_wait_for(connection: Connection, listed: Sequence[Listed]) -> Sequence[Listed]:
    """The same, with sentences that name the records waited for; what waits for one that will not be sent is held up by it.
    Two queries when any waits."""
    waited = {each for one in listed for problem in one.problems for each in _waited_for(problem)}
    if not waited:
        return listed
    seen = awaiting.look(connection, waited)

    def told(problem: Problem) -> Problem:
        of = [seen[each] for each in _waited_for(problem)]
        if stopped := awaited.stopped(of):
            return replace(problem, cause=HELD_UP, sentence=awaited.held_up(stopped))
        return replace(problem, sentence=awaited.waits(of)) if of and not problem.sentence else problem

    return [replace(one, problems=[told(each) for each in one.problems]) for one in listed]


def _waited_for(problem: Problem) -> tuple[str, ...]:
    return problem.options if problem.cause == WAITS_FOR else ()


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
