"""Acts: takes a run of the set-up back, for thirty days: fields as they were, what it made out of use, links apart.

Nothing is ever deleted on either side. What somebody has edited since stays as it is and is listed. It may be killed and
run again: what is restored already differs no more, so it is not touched twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.models import Member
from tieout.practice.permissions import NotYours
from tieout.practice.record_views import RecordView
from tieout.practice.records import RECORD_KINDS
from tieout.practice.validation import Invalid
from tieout.reconcile.action import Update
from tieout.reconcile.ports import LedgerError
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present, Side, Units, same
from tieout.sync import lease, ledgers, news, review, review_plan, tasks
from tieout.sync.decisions import CannotDecide
from tieout.sync.engine import Engine
from tieout.sync.lease import Lease
from tieout.sync.listing import say
from tieout.sync.models import (
    UNRESOLVED,
    ActivityLine,
    Attempt,
    Conflict,
    Connection,
    ConnectionState,
    Dirty,
    Hold,
    Issue,
    Link,
    Review,
    ReviewState,
    SectionState,
    WriteEntry,
)
from tieout.sync.outgoing import Outgoing
from tieout.sync.packing import unpack_units
from tieout.sync.policy import RESTORING, ROLLING_BACK
from tieout.sync.review_jobs import SET_UP
from tieout.sync.review_plan import Fate
from tieout.sync.sending import Sender
from tieout.sync.steps import STEP_OF, STEPS, state_of
from tieout.sync.waking import wake_waiting_for_section

LASTS = timedelta(days=30)
EDITED = "was edited since, and stays as it is"
LOOKS = 5
"""So often a record that is edited while it is put back is looked at again, before it is left to whoever edits it."""


@dataclass(slots=True)
class Change:
    """What the run changed in one record: what it showed before, and what the run made of it."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    created: bool = False
    edited: dict[str, Any] = field(default_factory=dict)
    """What somebody's own edit replaced while the run was under way: it travelled with the run, and is none of it."""
    added: bool = False
    """Somebody made it meanwhile."""

    @property
    def is_of_the_run(self) -> bool:
        return self.created or bool(self.before)

    def add(self, before: Mapping[str, Any], after: Mapping[str, Any], cause: str) -> None:
        """A later change of the same record: the first before and the last after count."""
        if not _is_of_the_run(cause):
            self.edited = {**before, **self.edited}
            return
        self.before = {**before, **self.before}
        self.after = {**self.after, **after}

    def make(self, *, of_the_run: bool) -> None:
        """It was made, by the run or by somebody meanwhile."""
        self.created, self.added = self.created or of_the_run, self.added or not of_the_run


def _is_of_the_run(cause: str) -> bool:
    """Whether the set-up alone made us write, by a cause as ``WriteEntry`` has it. Where one is not kept, or something else
    had said as well that the record may have changed, it is taken for an edit: it stays, and is named."""
    return cause.partition(";")[0] == SET_UP


@dataclass(frozen=True, slots=True)
class Extent:
    """All that one run did, by record id."""

    there: Mapping[str, Change]
    here: Mapping[str, Change]
    links: Sequence[Link]

    def count(self, side: Side, *, created: bool) -> int:
        changes = (self.there if side is Side.LEDGER else self.here).values()
        return sum(one.created is created for one in changes if one.is_of_the_run)


def why_not(connection: Connection, found: Review, now: datetime) -> str:
    """Why this run cannot be taken back now; empty when it can."""
    if found.state != ReviewState.DONE or "applied_at" not in found.summary or not found.finished_at:
        return "Only a run that is finished can be rolled back."
    if "rolled_back" in found.summary:
        return "This run was rolled back."
    if connection.state == ConnectionState.DISCONNECTED:
        return "QuickBooks is not connected. Connect the company again, then roll back."
    if connection.dry_run_until is not None:
        return (
            "A dry run is under way, so nothing may be written to QuickBooks. End it first, then roll back."
        )
    if "rolling_back" in found.summary:
        return "This run is being rolled back now."
    if found.finished_at + LASTS < now:
        return "A run can be rolled back for 30 days; this one is older."
    runs = Review.objects.filter(connection=connection, entity=found.entity, state=ReviewState.DONE)
    if runs.exclude(summary__has_key="rolled_back").latest("id").pk != found.pk:
        return "A later run has built on it. Roll that one back instead."
    for step in STEPS:
        if (
            step.after == STEP_OF[found.entity].slug
            and state_of(step, connection.sections) is SectionState.ON
        ):
            return f"{step.title} are on and build on it. Roll them back, or turn them off, first."
    return ""


def extent(connection: Connection, found: Review, engine: Engine | None = None) -> Extent:
    """What the run did, read from the activity and the log of what was sent. A constant number of queries."""
    since, until = datetime.fromisoformat(found.summary["applied_at"]), found.finished_at
    of = {"connection": connection, "entity": found.entity, "at__gte": since, "at__lte": until}
    rows = list(found.rows.all())
    fates = {row.pk: review_plan.fate(row, found.create_new) for row in rows}
    to_make = {row.practice_id for row in rows if fates[row.pk] is Fate.CREATE_THERE}
    to_take = {row.ledger_id for row in rows if fates[row.pk] is Fate.CREATE_HERE}
    there: dict[str, Change] = {}
    for entry in WriteEntry.objects.filter(**of, result="done").order_by("number"):
        change = there.setdefault(entry.ledger_id, Change())
        if entry.operation == "create":
            change.make(of_the_run=entry.practice_id in to_make or _is_of_the_run(entry.cause))
        else:
            change.add(unpack_units(entry.before), unpack_units(entry.after), entry.cause)
    here: dict[str, Change] = {}
    lines = ActivityLine.objects.filter(**of, side=Side.PRACTICE, result="done").order_by("id")
    mine = Link.objects.filter(connection=connection, entity=found.entity)
    made_here = dict(mine.filter(origin="created here").values_list("practice_id", "ledger_id"))
    for line in lines:
        cause = str(line.details.get("cause", ""))
        if "after" in line.details and not line.reference:
            change = here.setdefault(line.record_id, Change())
            change.add(unpack_units(line.details["before"]), unpack_units(line.details["after"]), cause)
        elif line.record_id in made_here and not {*line.details} - {"cause"}:
            of_the_run = made_here[line.record_id] in to_take or _is_of_the_run(cause)
            here.setdefault(line.record_id, Change()).make(of_the_run=of_the_run)
    paired = {pair.practice_id for pair in review_plan.pairs(rows, found.create_new)}
    created = {one for one, change in here.items() if change.created}
    sent = {one for one, change in there.items() if change.created}
    links = [
        link
        for link in mine
        if (link.origin == "review" and link.practice_id in paired)
        or link.practice_id in created
        or link.ledger_id in sent
    ]
    return Extent(there, here, links)


def start(connection: Connection, found: Review, member: Member, *, engine: Engine | None = None) -> None:
    """Ask for it. From this commit on nothing of the section travels any more. Raises ``CannotDecide``."""
    engine = engine or Engine()
    with transaction.atomic():
        fresh = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        again = Review.objects.select_for_update().get(pk=found.pk, firm_id=member.firm_id)
        if reason := why_not(fresh, again, engine.now()):
            raise CannotDecide(reason)
        again.summary = {
            **again.summary,
            "rolling_back": member.user.get_full_name(),
            "rolling_back_member": member.pk,
        }
        again.save(update_fields=["summary"])
        own = {**fresh.switches.get(found.entity, {}), ROLLING_BACK: found.pk}
        fresh.switches = {**fresh.switches, found.entity: own}
        fresh.sections = {**fresh.sections, found.entity: SectionState.IN_REVIEW.value}
        fresh.save(update_fields=["switches", "sections"])
        tasks.roll_back_soon(fresh.pk, found.pk)


def roll_back(review_id: int, engine: Engine | None = None) -> bool:
    """Do it. False when it has to be tried again: the lane was taken, or QuickBooks did not answer everything."""
    engine = engine or Engine()
    with every_firm_scope():
        found = Review.objects.filter(pk=review_id).first()
    if found is None or "rolling_back" not in found.summary:
        return True
    with firm_scope(found.firm_id):
        held = lease.take(found.connection_id, engine)
        if held is None:
            return False
        try:
            return _roll_back(held, found)
        except (LedgerError, lease.NoLongerAllowed):
            return False
        except lease.LeaseLost:
            return False
        finally:
            lease.give_back(held, due_at=engine.now())


def _roll_back(held: Lease, found: Review) -> bool:
    connection, engine = held.connection, held.engine
    spec = review.spec_of(connection, found.entity, engine)
    run = extent(connection, found)
    with ledgers.counted(connection, engine, held.check) as ledger:
        left = _restore_there(held, Sender(held, ledger, spec), run)
    waiting = Attempt.objects.filter(connection=connection, entity=found.entity, state__in=UNRESOLVED)
    if waiting.exists():
        return False
    left += _restore_here(connection, spec, run.here, found.summary["rolling_back"])
    _finish(held, found, spec, run, left)
    return True


def _restore_there(held: Lease, sender: Sender, run: Extent) -> list[str]:
    """The ledger's records as they were. Those that moved on are named, and so is what QuickBooks refuses."""
    spec = sender.spec
    read = sender.ledger.read(spec.ledger, list(run.there)) if run.there else {}
    with held.commit() as connection:
        news.take(connection, spec, read, held.engine, "seen by a rollback")
        of = Link.objects.filter(connection=connection, entity=spec.practice, ledger_id__in=list(run.there))
        links = {link.ledger_id: link for link in of}
    left: list[str] = []
    outgoing = []
    for record_id, change in run.there.items():
        now = read.get(record_id)
        if not isinstance(now, Present):
            continue
        name = str(now.units.get(spec.name_unit) or record_id)
        units, edited = _to_restore(spec, change, now.units)
        left += _stays(change, f"{name} in QuickBooks", edited)
        if units:
            target = Key(spec.practice, Side.LEDGER, record_id)
            write = Update(Side.LEDGER, target, units, now.token)
            outgoing.append(Outgoing(write, name, now, RESTORING, links.get(record_id)))
    sender.send_all(outgoing, lambda connection, recorded: None)
    left += [f"{one.name} in QuickBooks: {problem.sentence}" for one in outgoing for problem in one.problems]
    left += [f"{one.name} in QuickBooks {EDITED}." for one in outgoing if one.again]
    return left


def _restore_here(
    connection: Connection, spec: EntitySpec, changes: Mapping[str, Change], who: str
) -> list[str]:
    door = RECORD_KINDS[spec.practice]
    actor = Actor(ActorKind.SYNC, f"Rollback of the set-up, asked for by {who}")
    views = door.read(connection.firm_id, list(changes))
    return [
        sentence
        for record_id, view in views.items()
        for sentence in _restore_one(connection.firm_id, spec, record_id, view, changes[record_id], actor)
    ]


def _restore_one(
    firm_id: int, spec: EntitySpec, record_id: str, view: RecordView | None, change: Change, actor: Actor
) -> list[str]:
    """One record here as it was, guarded by the version that was looked at: an edit made meanwhile is looked at first."""
    door = RECORD_KINDS[spec.practice]
    where = record_id
    for _ in range(LOOKS):
        if view is None:
            return []
        where = f"{view.units.get(spec.name_unit) or record_id} in Tieout"
        units, edited = _to_restore(spec, change, view.units)
        stays = _stays(change, where, edited)
        if not units:
            return stays
        try:
            door.change(firm_id, record_id, units, actor, expected_version=view.version)
        except ChangedMeanwhile:
            view = door.read(firm_id, [record_id]).get(record_id)
        except (Invalid, NotYours) as problem:
            return [*stays, f"{where}: {problem}"]
        else:
            return stays
    return [f"{where} {EDITED}."]


def _stays(change: Change, where: str, edited: Iterable[str]) -> list[str]:
    """A sentence for each thing that is left as it is."""
    added = [f"{where} was added meanwhile, and stays as it is."] if change.added else []
    return added + [f"{where}: {label} {EDITED}." for label in edited]


def _to_restore(spec: EntitySpec, change: Change, now: Units) -> tuple[dict[str, Any], list[str]]:
    """The units to write, and the labels of those that are neither as the run left them nor as they were."""
    if change.created:
        retired = spec.active_unit and now.get(spec.active_unit) is not False
        return ({spec.active_unit: False} if retired and spec.active_unit else {}), []
    units, edited = {}, []
    for unit, before in change.edited.items():
        if unit not in change.before and not same(now.get(unit), before):
            edited.append(spec.unit(unit).label)
    for unit, before in change.before.items():
        if same(now.get(unit), before):
            continue
        if same(now.get(unit), change.after.get(unit)):
            units[unit] = before
        else:
            edited.append(spec.unit(unit).label)
    return units, edited


def _finish(held: Lease, found: Review, spec: EntitySpec, run: Extent, left: Iterable[str]) -> None:
    """Links apart, the section as it was before it was set up, and one line that says so."""
    with held.commit() as connection:
        now, of = held.engine.now(), {"connection": connection, "entity": found.entity}
        ids = [link.pk for link in run.links]
        Conflict.objects.filter(link__in=ids).delete()
        Link.objects.filter(pk__in=ids).delete()
        rest = Link.objects.filter(**of).exists()
        # What an earlier run has linked stays, and so do the edits of it and of others that wait, and what was decided.
        whose = _of_links(run.links) if rest else Q()
        for table in (Dirty, Hold, Issue):
            table.objects.filter(whose, **of).delete()
        own = {
            name: value
            for name, value in connection.switches.get(found.entity, {}).items()
            if name != ROLLING_BACK
        }
        state = SectionState.ON if rest else SectionState.NOT_STARTED
        connection.switches = {**connection.switches, found.entity: own}
        connection.sections = {**connection.sections, found.entity: state.value}
        connection.save(update_fields=["switches", "sections"])
        wake_waiting_for_section(connection, found.entity, now)
        who = found.summary["rolling_back"]
        told = {name: value for name, value in found.summary.items() if not name.startswith("rolling_back")}
        told["rolled_back"] = {"by": who, "at": now.isoformat(), "unlinked": len(ids), "left": list(left)}
        Review.objects.filter(pk=found.pk).update(summary=told)
        say(
            connection,
            now,
            f"{who} rolled the set-up of {spec.plural.lower()} back: {len(ids):,} links taken apart",
            result="info",
            entity=found.entity,
            by=Member.objects.filter(
                pk=found.summary.get("rolling_back_member"), firm_id=connection.firm_id
            ).first(),
        )


def _of_links(links: Sequence[Link]) -> Q:
    """The rows about the records of these links, on either side."""
    ours, theirs = [link.practice_id for link in links], [link.ledger_id for link in links]
    return Q(side=Side.PRACTICE, record_id__in=ours) | Q(side=Side.LEDGER, record_id__in=theirs)
