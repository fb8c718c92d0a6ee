"""Decides nothing, writes nothing: what the pages show about the sync. Every state is derived from the tables.

No row anywhere says "in step": a record is in step when it is linked, nothing of it is dirty or in flight, and
no issue of it is open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import ceil

from django.db.models import Count, Q

from tieout.practice.access import helpers_for
from tieout.practice.models import Firm, Member
from tieout.practice.permissions import Permission
from tieout.sync import kept_settings, record_counts
from tieout.sync.connections import connection_of
from tieout.sync.engine import Engine
from tieout.sync.issues import CAUSES
from tieout.sync.models import (
    UNRESOLVED,
    ActivityLine,
    Attempt,
    AttemptState,
    Connection,
    ConnectionState,
    Dirty,
    Issue,
    Link,
    Observation,
    Run,
    SectionState,
)
from tieout.sync.steps import STEPS, Step, included, state_of, why_locked
from tieout.sync.tasks import wake

# -- sections ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SectionStatus:
    slug: str
    title: str
    direction_words: str
    state: str
    state_words: str
    in_step: int = 0
    waiting: int = 0
    needs_you: int = 0
    """What a person is asked about now; without what was put off."""
    excluded: int = 0
    action_label: str = ""
    action_url_name: str | None = None
    locked_reason: str = ""
    is_step: bool = True
    """False for what comes by itself: there is nothing to set up."""
    included: bool = True
    """False: the firm does not have the module it belongs to, and ``locked_reason`` says so."""
    put_off: int = 0
    """Somebody wants to be asked later."""


def section_statuses(
    connection: Connection | None, firm: Firm | None = None, *, engine: Engine | None = None
) -> list[SectionStatus]:
    """A row per section of the set-up, in its order. One query for the counts of all.

    ``firm``: whose it is, while there is no connection that tells.
    """
    firm = connection.firm if connection else firm
    lacking = firm is not None and not all(included(step, firm) for step in STEPS)
    helpers = helpers_for(firm, Permission.MANAGE_TEAM) if firm is not None and lacking else ()
    counted = record_counts.by_entity(connection, (engine or Engine()).now()) if connection else {}
    return [_section(connection, step, firm, helpers, counted) for step in STEPS]


def _section(
    connection: Connection | None,
    step: Step,
    firm: Firm | None,
    helpers: Sequence[str],
    counted: Mapping[str, Counter[str]],
) -> SectionStatus:
    sections = connection.sections if connection else {}
    bare = SectionStatus(
        step.slug,
        step.title,
        step.direction_words,
        "not_started",
        "Not started",
        locked_reason=why_locked(step, sections, firm, helpers) if step.is_step else "",
        is_step=step.is_step,
        included=included(step, firm),
    )
    if connection is None:
        if not step.is_step:
            return replace(bare, state_words="Come by themselves")
        if step.after:
            return bare
        return replace(bare, action_label="Start", action_url_name="quickbooks-connect")
    state = state_of(step, sections)
    if state is not SectionState.ON:
        in_review = state is SectionState.IN_REVIEW
        if bare.locked_reason or not step.is_step:
            return bare
        return replace(
            bare,
            state=state.value,
            state_words="In review" if in_review else "Not started",
            action_label="Review" if in_review else "Start",
            action_url_name=step.page,
        )
    counts = sum((counted.get(entity, Counter()) for entity in step.entities), Counter[str]())
    if connection.state == ConnectionState.PAUSED:
        shown, said = "paused", "Paused"
    elif counts["needs_you"]:
        shown, said = "needs_you", "Needs you"
    elif connection.dry_run_until is not None and counts["waiting"]:
        shown, said = "paused", "Planned only"
    else:
        shown, said = "on", "In step" if not counts["waiting"] else "Syncing"
    return replace(
        bare,
        state=shown,
        state_words=said,
        in_step=counts["in_step"],
        waiting=counts["waiting"],
        needs_you=counts["needs_you"],
        put_off=counts["put_off"],
        excluded=counts["left_out"],
        action_label=step.once_on,
        action_url_name=step.page or None,
    )


# -- one record ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordStatus:
    """One record's state of agreement: a slug for the look, a word, and the sentence behind it."""

    state: str
    word: str
    detail: str = ""
    since: datetime | None = None
    ledger_id: str = ""
    ledger_name: str = ""
    """What it is called there: a name, an invoice's number; empty without a link."""


STATE_OF_LISTING: Mapping[str, tuple[str, str]] = {
    "needs_you": ("needs_you", "Needs you"),
    "clearing": ("checking", "Checking"),
    "left_out": ("excluded", "Left out"),
}
STATE_OF_CAUSE: Mapping[str, tuple[str, str]] = {
    "gone_there": ("removed_there", "Removed in QuickBooks"),
    "drift": ("differs", "Differs"),
    "conflict": ("differs", "Differs"),
    "amount_differs": ("differs", "Differs"),
    "waits_for": ("waiting", "Waiting"),
    "retry_later": ("waiting", "Waiting"),
    "dry_run": ("waiting", "Planned only"),
}
"""Causes that say more than their listing does."""
STANDING: Mapping[str, tuple[str, str, str]] = {
    ConnectionState.PAUSED: ("paused", "Paused", "It waits until the sync is resumed."),
    ConnectionState.NEEDS_RECONNECT: (
        "paused",
        "Paused",
        "QuickBooks signed us out. It waits safely and is sent once QuickBooks is reconnected.",
    ),
}
"""State of a connection that sends nothing -> how what waits meanwhile is shown."""


def record_statuses(firm_id: int, entity: str, ids: Collection[str]) -> dict[str, RecordStatus]:
    """The state of each of these practice records. Empty without a connection; six queries at most."""
    connection = connection_of(firm_id)
    if connection is None:
        return {}
    if connection.section(entity) is not SectionState.ON:
        off = RecordStatus("not_set_up", "Not set up", "This part is not set up with QuickBooks yet.")
        return dict.fromkeys(ids, off)
    of = {"connection": connection, "entity": entity}
    links = {link.practice_id: link for link in Link.objects.filter(**of, practice_id__in=ids)}
    by_ledger_id = {link.ledger_id: link.practice_id for link in links.values()}
    mine = Q(side="practice", record_id__in=ids) | Q(side="ledger", record_id__in=by_ledger_id)
    issues: dict[str, Issue] = {}
    for issue in Issue.objects.filter(mine, **of, closed_at=None).order_by("-listing"):
        issues[by_ledger_id.get(issue.record_id, "") if issue.side == "ledger" else issue.record_id] = issue
    dirty = {
        by_ledger_id.get(record_id, "") if side == "ledger" else record_id
        for side, record_id in Dirty.objects.filter(mine, **of).values_list("side", "record_id")
    }
    flying = dict(
        Attempt.objects.filter(**of, practice_id__in=ids, state__in=UNRESOLVED).values_list(
            "practice_id", "state"
        )
    )
    names = dict(
        Observation.objects.filter(**of, side="ledger", record_id__in=by_ledger_id).values_list(
            "record_id", "name"
        )
    )
    found = {
        one: _status(connection, links.get(one), issues.get(one), one in dirty, flying.get(one, ""))
        for one in ids
    }
    return {
        one: replace(status, ledger_name=names.get(status.ledger_id, "")) for one, status in found.items()
    }


def _status(
    connection: Connection, link: Link | None, issue: Issue | None, dirty: bool, flying: str
) -> RecordStatus:
    ledger_id = link.ledger_id if link else ""
    if flying == AttemptState.SENDING:
        return RecordStatus("sending", "Sending", "It is being sent right now.", ledger_id=ledger_id)
    if flying:
        cause = CAUSES["in_flight"]
        return RecordStatus("checking", "Checking", f"{cause.title}.", ledger_id=ledger_id)
    if issue:
        state, word = STATE_OF_CAUSE.get(issue.cause) or STATE_OF_LISTING[issue.listing]
        detail = f"{issue.sentence} {issue.next_step}"
        return RecordStatus(state, word, detail, issue.opened_at, ledger_id)
    if dirty or link is None:
        if connection.state in STANDING:
            return RecordStatus(*STANDING[connection.state], ledger_id=ledger_id)
        return RecordStatus("waiting", "Waiting", "It is sent within seconds.", ledger_id=ledger_id)
    return RecordStatus("in_step", "In step", "", link.agreed_at, ledger_id)


# -- lists ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[ActivityLine]
    page: int
    pages: int
    total: int


BY_ITSELF = "itself"
"""Instead of a person: what the sync did by itself."""


def activity(
    connection: Connection,
    *,
    page: int = 1,
    per_page: int = 50,
    entity: str = "",
    result: str = "",
    side: str = "",
    search: str = "",
    since: date | None = None,
    until: date | None = None,
    person: str = "",
    run: int | None = None,
    record: str = "",
) -> Page:
    """The sync activity, newest first. ``side``: the side that was written, or that it is about.

    ``person``: a member's id, or ``BY_ITSELF`` for what nobody decided. ``run``: the epoch of one run. ``record``: the
    practice's id of one record of ``entity``, whatever it was called at the time.
    """
    lines = ActivityLine.objects.filter(connection=connection).order_by("-id")
    if record:
        lines = lines.filter(about_record(connection, entity, record))
    if person:
        lines = lines.filter(member=None) if person == BY_ITSELF else lines.filter(member=int(person))
    wanted = {
        "entity": entity,
        "result": result,
        "side": side,
        "at__date__gte": since,
        "at__date__lte": until,
        "run_epoch": run,
    }
    lines = lines.filter(**{column: value for column, value in wanted.items() if value})
    for word in search.split():
        lines = lines.filter(Q(sentence__icontains=word) | Q(reference__icontains=word))
    total = lines.count()
    pages = max(1, ceil(total / per_page))
    page = min(max(1, page), pages)
    return Page(list(lines[(page - 1) * per_page : page * per_page]), page, pages, total)


def about_record(connection: Connection, entity: str, practice_id: str) -> Q:
    """The lines of the activity that are about one practice record, or about its partner in the ledger. One query."""
    about = Q(entity=entity, side="practice", record_id=practice_id)
    links = Link.objects.filter(connection=connection, entity=entity, practice_id=practice_id)
    if ledger_id := links.values_list("ledger_id", flat=True).first():
        about |= Q(entity=entity, side="ledger", record_id=ledger_id)
    return about


def practice_ids(connection: Connection, lines: Sequence[ActivityLine]) -> dict[int, str]:
    """Line id -> the practice's id of the record it is about; without those that are about none that is here.

    One query for all that tell of the ledger's side.
    """
    there = {line.record_id for line in lines if line.side == "ledger" and line.record_id}
    of_them = Link.objects.filter(connection_id=connection.pk, ledger_id__in=there)
    rows = of_them if there else Link.objects.none()
    linked = {(link.entity, link.ledger_id): link.practice_id for link in rows}
    found = {
        line.pk: line.record_id if line.side == "practice" else linked.get((line.entity, line.record_id), "")
        for line in lines
        if line.record_id
    }
    return {pk: one for pk, one in found.items() if one}


def of_day(connection: Connection, day: date) -> tuple[dict[str, int], int]:
    """Of one day: entity -> records written on either side, and how many problems were met. One query."""
    rows = ActivityLine.objects.filter(
        connection_id=connection.pk, at__date=day, result__in=("done", "problem")
    )
    counted = {
        (entity, result): many
        for entity, result, many in rows.order_by().values_list("entity", "result").annotate(Count("id"))
    }
    written = {entity: many for (entity, result), many in counted.items() if entity and result == "done"}
    return written, sum(many for (_, result), many in counted.items() if result == "problem")


def newest_line(connection: Connection) -> int:
    """The id of the latest line of the activity; 0 without one."""
    return (
        ActivityLine.objects.filter(connection_id=connection.pk)
        .order_by("-id")
        .values_list("id", flat=True)
        .first()
        or 0
    )


def lines_since(connection: Connection, line_id: int) -> int:
    """How many lines were added to the activity after that one."""
    return ActivityLine.objects.filter(connection_id=connection.pk, pk__gt=line_id).count()


def runs_of(connection: Connection, lines: Sequence[ActivityLine]) -> dict[int, Run]:
    """Epoch -> the run that wrote some of these lines; one that did not come to its end is not among them."""
    epochs = {line.run_epoch for line in lines if line.run_epoch is not None}
    return {run.epoch: run for run in Run.objects.filter(connection=connection, epoch__in=epochs)}


def sync_now(connection: Connection, member: Member, *, engine: Engine | None = None) -> None:
    """Look at QuickBooks now instead of at the next due time."""
    engine = engine or Engine()
    kept_settings.forget(connection)
    Connection.objects.filter(pk=connection.pk, firm_id=member.firm_id).update(
        changes_due_at=engine.now(), due_at=engine.now(), quiet_until=None
    )
    wake(connection.pk)
