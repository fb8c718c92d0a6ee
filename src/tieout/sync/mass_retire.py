"""Acts: stops a run that would take too much out of use, before it has taken anything. Used by ``batches``; ``guard`` decides.

A run works in batches, and no batch of a large firm is a fifth of its books. So where the work is more than one batch, what
may be retired is planned first, all of it. A person who resumes after the halt confirms what it named; that much may then
be retired, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.guard import Halt, Retired, is_many, retired_by, too_many
from tieout.reconcile.plan import Linked, Plan, plan
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Side, Unknown
from tieout.sync import discover, retire_halt, together
from tieout.sync.executor import Executor
from tieout.sync.models import Connection, Dirty, Link, Observation
from tieout.sync.observe import Work, gather
from tieout.sync.policy import switches_of


@dataclass(slots=True)
class Guarded:
    """One entity's work in one run, watched. Raises ``discover.Halted``; what tripped is kept for whoever resumes."""

    executor: Executor
    retired: Retired = field(default_factory=Retired)
    """So far in this run."""

    def look_ahead(self) -> None:
        """Before the first of several batches."""
        expected = _expected(self.executor)
        self._stop_if(too_many(self.executor.spec, expected, self._linked), expected)

    def before(self, planned: Plan) -> None:
        """Before a batch is carried out."""
        now = retired_by(self.executor.spec, planned)
        if not now.all:
            return
        begun, self.retired = bool(self.retired.all), self.retired + now
        found = too_many(self.executor.spec, self.retired, self._linked, begun=begun)
        self._stop_if(found, self.retired, now)
        _spend(self.executor, now)

    def _linked(self) -> int:
        spec = self.executor.spec
        return Link.objects.filter(connection=self.executor.lease.connection, entity=spec.practice).count()

    def _stop_if(self, halt: Halt | None, expected: Retired, now: Retired | None = None) -> None:
        """``now``: what is carried out next, where that is only a part of what is expected."""
        held, spec = self.executor.lease, self.executor.spec
        left = retire_halt.left_of(held.connection.retire_halt, spec.practice)
        if halt is None or left >= (now or expected).all:
            return
        with held.commit() as connection:
            _keep(connection, retire_halt.of(spec, expected))
        raise discover.Halted(halt.sentence)


def used_up(executor: Executor) -> None:
    """The entity was worked through: what was confirmed for it and not needed is confirmed no more."""
    if executor.lease.connection.retire_halt.get("entity") == executor.spec.practice:
        with executor.lease.commit() as connection:
            _keep(connection, {})


def _spend(executor: Executor, retired: Retired) -> None:
    """Noted before the batch is carried out: broken off, it is asked about once more rather than too rarely."""
    if retire_halt.left_of(executor.lease.connection.retire_halt, executor.spec.practice):
        with executor.lease.commit() as connection:
            _keep(connection, retire_halt.spent(connection.retire_halt, retired))


def _keep(connection: Connection, halt: retire_halt.Kept) -> None:
    connection.retire_halt = halt
    together.update(Connection, [{"id": connection.pk, "retire_halt": halt}])


# -- looking ahead -------------------------------------------------------------------------------------------


def _expected(executor: Executor) -> Retired:
    """What the dirty records would come to that may be retired. Nothing is planned where those are few in any case."""
    held, spec = executor.lease, executor.spec
    connection = held.connection
    pairs = _suspects(executor)
    if not is_many(len(pairs), Link.objects.filter(connection=connection, entity=spec.practice).count):
        return Retired()
    found = Retired()
    for start in range(0, len(pairs), held.engine.batch):
        about = _about(pairs[start : start + held.engine.batch])
        rows = list(_ripe(executor).filter(about).order_by("id"))
        works = gather(held, executor.ledger, spec, rows)
        _note_read(executor, works)
        found += retired_by(spec, plan(spec, [work.record for work in works], switches_of(connection, spec)))
    return found


def _about(pairs: Sequence[tuple[str, str]]) -> Q:
    ours, theirs = [one for one, _ in pairs], [one for _, one in pairs]
    return Q(side=Side.PRACTICE, record_id__in=ours) | Q(side=Side.LEDGER, record_id__in=theirs)


def _ripe(executor: Executor) -> QuerySet[Dirty]:
    now = executor.lease.engine.now()
    dirty = Dirty.objects.filter(connection=executor.lease.connection, entity=executor.spec.practice)
    return dirty.filter(Q(not_before=None) | Q(not_before__lte=now))


def _suspects(executor: Executor) -> list[tuple[str, str]]:
    """Linked pairs with a dirty side, of which one side is out of use, or has yet to be read. A handful of queries."""
    connection, spec = executor.lease.connection, executor.spec
    dirty: dict[str, set[str]] = {Side.PRACTICE: set(), Side.LEDGER: set()}
    unread: set[str] = set()
    for side, record_id, must_read in _ripe(executor).values_list("side", "record_id", "must_read"):
        dirty[side].add(record_id)
        if must_read and side == Side.LEDGER:
            unread.add(record_id)
    links = Link.objects.filter(connection=connection, entity=spec.practice).order_by("id")
    pairs = [
        pair
        for pair in links.values_list("practice_id", "ledger_id")
        if pair[0] in dirty[Side.PRACTICE] or pair[1] in dirty[Side.LEDGER]
    ]
    if not is_many(len(pairs), links.count):
        return []
    settled = set(_settled(connection, spec))
    here = set(_out_of_use_here(connection, spec, pairs)) - settled
    there = unread | set(_out_of_use_there(connection, spec))
    comes_here = spec.direction.flows_to(Side.PRACTICE)
    return [
        (ours, theirs)
        for ours, theirs in pairs
        if ours in here or (comes_here and theirs in there and (ours not in settled or theirs in unread))
    ]


def _settled(connection: Connection, spec: EntitySpec) -> Iterator[str]:
    """Practice ids of links whose sides agreed to be out of use."""
    if spec.active_unit:
        rows = Link.objects.filter(
            connection=connection,
            entity=spec.practice,
            **{
                f"baseline_practice__{spec.active_unit}": False,
                f"baseline_ledger__{spec.active_unit}": False,
            },
        )
        yield from rows.values_list("practice_id", flat=True)


def _out_of_use_here(connection: Connection, spec: EntitySpec, pairs: list[tuple[str, str]]) -> Iterator[str]:
    if not spec.direction.flows_to(Side.LEDGER):
        return
    door = RECORD_KINDS[spec.practice]
    there_are = door.all_ids(connection.firm_id)
    yield from (ours for ours, _ in pairs if ours not in there_are)
    if spec.active_unit:
        yield from (one for one, _ in door.list(connection.firm_id, "inactive"))


def _out_of_use_there(connection: Connection, spec: EntitySpec) -> Iterator[str]:
    rows = Observation.objects.filter(connection=connection, entity=spec.practice, side=Side.LEDGER)
    out = Q(**{f"units__{spec.active_unit}": False}) if spec.active_unit else Q()
    yield from rows.filter(~Q(absent="") | out).values_list("record_id", flat=True)


def _note_read(executor: Executor, works: list[Work]) -> None:
    """What was read just now is not read again, which would cost; unless it was marked again meanwhile."""
    read = [
        row
        for work in works
        if isinstance(work.record, Linked) and not isinstance(work.record.ledger, Unknown)
        for row in work.dirties
        if row.must_read and row.side == Side.LEDGER
    ]
    seen = Q()
    for row in read:
        seen |= Q(pk=row.pk, marks=row.marks)
    if read:
        with executor.lease.commit():
            Dirty.objects.filter(seen).update(must_read=False)
