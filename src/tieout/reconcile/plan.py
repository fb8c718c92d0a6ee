"""Decides what to write where: ``plan(records, policy) -> Plan``. Last stage but one of the pure core.

Takes what both sides show now and what each showed when they last agreed; returns actions, conflicts,
questions and blocked records. No clock, no database, no network: everything that matters comes in as data,
and the same input gives the same plan.

Every record that goes in comes out exactly once in ``Plan.outcomes`` or stands in ``Plan.in_step``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tieout.reconcile.action import Action, Create, Forget, Overwrite, Retire, Settle, Update
from tieout.reconcile.diff import Verdict, verdict
from tieout.reconcile.match import normalise
from tieout.reconcile.spec import EntitySpec, Owner
from tieout.reconcile.state import (
    Absent,
    Baseline,
    Key,
    Observation,
    Present,
    Side,
    Units,
    Unknown,
    Value,
    is_empty,
    same,
)


@dataclass(frozen=True, slots=True)
class Switches:
    """What the firm allows for one entity, per side that would be written. Read anew before every send."""

    create: Mapping[Side, bool] = field(default_factory=lambda: {Side.PRACTICE: True, Side.LEDGER: True})
    edit: Mapping[Side, bool] = field(default_factory=lambda: {Side.PRACTICE: True, Side.LEDGER: True})
    archive: Mapping[Side, bool] = field(default_factory=lambda: {Side.PRACTICE: False, Side.LEDGER: False})
    """Whether archiving on one side deactivates on the other. Off unless the firm asks for it."""
    take_left_out: Mapping[Side, bool] = field(
        default_factory=lambda: {Side.PRACTICE: False, Side.LEDGER: False}
    )
    """Whether records of that side which the spec leaves out by default take part all the same."""
    since: str = ""
    """Documents dated before this ISO date are not sent when they are new; empty for all."""

    def allow_edit(self, side: Side, *, active_unit: bool) -> bool:
        return self.archive[side] if active_unit else self.edit[side]


class Why(StrEnum):
    """Why a record is not acted on now. Each has one sentence in the status page's table."""

    UNKNOWN = "not read yet"
    IN_FLIGHT = "an earlier write is still being resolved"
    HELD = "waits for a decision from the review"
    EXCLUDED = "left out by a person"
    NOT_ELIGIBLE = "takes no part"
    SWITCHED_OFF = "switched off in the settings"
    DOES_NOT_FIT = "does not fit in the ledger"
    INACTIVE_THERE = "inactive in the ledger"
    GONE_THERE = "gone from the ledger"
    GONE_HERE = "gone from the practice"
    WAITS_FOR = "waits for another record"
    TAKEN = "the ledger already has a record of this name"
    LOOKALIKE = "may be the same as an unlinked record on the other side"


@dataclass(frozen=True, slots=True)
class Linked:
    """Two records known to be one."""

    practice_key: Key
    ledger_key: Key
    practice: Observation
    ledger: Observation
    baseline: Baseline
    answers: Mapping[str, Side] = field(default_factory=dict)
    """Unit -> the side to keep, where a person has answered this very conflict."""
    in_flight: bool = False
    """A write of this record has no clear answer yet."""
    waits_for: tuple[Key, ...] = ()
    """Records that must be linked first."""


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A record without a partner."""

    key: Key
    record: Observation
    lookalikes: tuple[Key, ...] = ()
    """Unlinked records of the other side that matching takes for the same."""
    held: str = ""
    """Set while a person has not decided (from the review), or has decided to leave it out."""
    excluded: bool = False
    in_flight: bool = False
    waits_for: tuple[Key, ...] = ()


Record = Linked | Unlinked


@dataclass(frozen=True, slots=True)
class Conflict:
    """One unit changed on both sides to different values. Nobody's version is written or lost."""

    practice_key: Key
    ledger_key: Key
    unit: str
    practice: Value
    ledger: Value
    base: Value
    drift: bool = False
    """Only the ledger changed, and the entity only travels the other way."""


@dataclass(frozen=True, slots=True)
class Question:
    """A choice only a person can make before the record is planned."""

    key: Key
    why: Why
    sentence: str
    options: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """A record, or one unit of it, that is not written now, and why."""

    key: Key
    why: Why
    sentence: str
    unit: str = ""
    waits_for: tuple[Key, ...] = ()


Outcome = Action | Conflict | Question | Blocked


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered decisions for a set of records."""

    outcomes: Mapping[Key, tuple[Outcome, ...]]
    """Per record, by its practice key if it has one: all that is to happen to it."""
    in_step: tuple[Key, ...]

    @property
    def actions(self) -> tuple[Action, ...]:
        return tuple(o for found in self.outcomes.values() for o in found if isinstance(o, Action))

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        return tuple(o for found in self.outcomes.values() for o in found if isinstance(o, Conflict))

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(o for found in self.outcomes.values() for o in found if isinstance(o, Question))

    @property
    def blocked(self) -> tuple[Blocked, ...]:
        return tuple(o for found in self.outcomes.values() for o in found if isinstance(o, Blocked))


def plan(spec: EntitySpec, records: Iterable[Record], switches: Switches) -> Plan:
    """Decide for every record of one entity. Records are independent of each other and of their order."""
    outcomes: dict[Key, tuple[Outcome, ...]] = {}
    in_step: list[Key] = []
    for record in records:
        key = record.practice_key if isinstance(record, Linked) else record.key
        found = (
            _linked(spec, record, switches)
            if isinstance(record, Linked)
            else _unlinked(spec, record, switches)
        )
        if found:
            outcomes[key] = tuple(found)
        else:
            in_step.append(key)
    return Plan(outcomes, tuple(in_step))


# -- linked records ------------------------------------------------------------------------------------


def _linked(spec: EntitySpec, record: Linked, switches: Switches) -> Sequence[Outcome]:
    here, there = record.practice, record.ledger
    if record.in_flight:
        return [Blocked(record.practice_key, Why.IN_FLIGHT, "The earlier change is still being checked.")]
    if isinstance(here, Unknown) or isinstance(there, Unknown):
        reason = here.reason if isinstance(here, Unknown) else there.reason  # type: ignore[union-attr]
        return [Blocked(record.practice_key, Why.UNKNOWN, reason)]
    if isinstance(here, Absent) and isinstance(there, Absent):
        return [Forget(record.practice_key, record.ledger_key)]
    if isinstance(there, Absent):
        # Never resurrected: re-creating what somebody removed there is a person's decision.
        sentence = f"It was removed there ({there.evidence})."
        return [Question(record.practice_key, Why.GONE_THERE, sentence)]
    if isinstance(here, Absent):
        return _gone_here(spec, record, there, switches)
    if record.waits_for:
        return [Blocked(record.practice_key, Why.WAITS_FOR, "", waits_for=record.waits_for)]
    return _both_present(spec, record, here, there, switches)


def _gone_here(spec: EntitySpec, record: Linked, there: Present, switches: Switches) -> Sequence[Outcome]:
    unchanged = all(
        verdict(base, there.units.get(name), base, base, Owner.SHARED) is Verdict.NOTHING
        for name, base in record.baseline.ledger.items()
    )
    if unchanged and switches.archive[Side.LEDGER] and spec.direction.flows_to(Side.LEDGER):
        return [Retire(Side.LEDGER, record.ledger_key, there.token)]
    return [Question(record.practice_key, Why.GONE_HERE, "It is gone here but still there.")]


def _both_present(
    spec: EntitySpec, record: Linked, here: Present, there: Present, switches: Switches
) -> Sequence[Outcome]:
    sorted_units = _Sorted(spec, record, here, there, switches)
    for unit in spec.units:
        sorted_units.take(unit.name)
    return sorted_units.outcomes()


class _Sorted:
    """The units of one linked record, sorted by where they go. Used once, by ``_both_present``."""

    def __init__(
        self, spec: EntitySpec, record: Linked, here: Present, there: Present, switches: Switches
    ) -> None:
        self.spec, self.record, self.here, self.there, self.switches = spec, record, here, there, switches
        self.writes: dict[Side, dict[str, Value]] = {Side.PRACTICE: {}, Side.LEDGER: {}}
        self.overwrites: dict[Side, list[Overwrite]] = {Side.PRACTICE: [], Side.LEDGER: []}
        self.settled: list[str] = []
        self.rest: list[Outcome] = []

    def take(self, name: str) -> None:
        unit = self.spec.unit(name)
        ours, theirs = self.here.units.get(name), self.there.units.get(name)
        base_ours, base_theirs = self._base(name)
        answer = self.record.answers.get(name)
        found = verdict(ours, theirs, base_ours, base_theirs, unit.owner, answer)
        if name in self.spec.verified:
            found = self._verified(found, answer, ours, theirs)
        drift = found is Verdict.TO_PRACTICE and not self.spec.direction.flows_to(Side.PRACTICE)
        if drift and answer is not None:
            # Theirs is accepted as it is, or ours is restored; nothing flows back here either way.
            found = Verdict.SETTLE if answer is Side.LEDGER else Verdict.TO_LEDGER
        if found is Verdict.SETTLE:
            self.settled.append(name)
        elif found is Verdict.CONFLICT or (drift and answer is None):
            keys = (self.record.practice_key, self.record.ledger_key)
            self.rest.append(Conflict(*keys, name, ours, theirs, base_ours, drift))
        elif found is Verdict.TO_LEDGER:
            self._write(Side.LEDGER, name, ours, loser=theirs, base=base_theirs)
        elif found is Verdict.TO_PRACTICE:
            self._write(Side.PRACTICE, name, theirs, loser=ours, base=base_ours)

    def _verified(self, found: Verdict, answer: Side | None, ours: Value, theirs: Value) -> Verdict:
        """A unit that is only compared is settled or asked about, never copied by itself."""
        if same(ours, theirs) or found is Verdict.NOTHING:
            return found
        return Verdict.CONFLICT if answer is None else Verdict.SETTLE

    def _base(self, name: str) -> tuple[Value, Value]:
        default: Value = True if name == self.spec.active_unit else None
        baseline = self.record.baseline
        return baseline.practice.get(name, default), baseline.ledger.get(name, default)

    def _write(self, side: Side, name: str, value: Value, *, loser: Value, base: Value) -> None:
        key, unit = self.record.practice_key, self.spec.unit(name)
        is_active_unit = name == self.spec.active_unit
        if not self.spec.direction.flows_to(side):
            difference = f"{unit.label} differs; {self.spec.plural.lower()} go {self.spec.direction}."
            self.rest.append(Blocked(key, Why.SWITCHED_OFF, difference, name))
        elif not self.switches.allow_edit(side, active_unit=is_active_unit):
            difference = f"{unit.label} differs; sending it is switched off."
            self.rest.append(Blocked(key, Why.SWITCHED_OFF, difference, name))
        elif side is Side.LEDGER and (problem := unit.problem(value)):
            self.rest.append(Blocked(key, Why.DOES_NOT_FIT, f"{unit.label} {problem}.", name))
        elif side is Side.LEDGER and self._locked_there and not is_active_unit:
            self.rest.append(Blocked(key, Why.INACTIVE_THERE, f"{unit.label} waits.", name))
        else:
            self.writes[side][name] = value
            if verdict(None, loser, None, base, Owner.SHARED) is not Verdict.NOTHING:
                self.overwrites[side].append(Overwrite(name, loser, value))

    @property
    def _locked_there(self) -> bool:
        """An inactive ledger record refuses edits, unless this very plan makes it active again."""
        active = self.spec.active_unit
        if active is None or self.there.units.get(active) is not False:
            return False
        return not (
            self.here.units.get(active) is True
            and self.record.baseline.practice.get(active, True) is False
            and self.switches.archive[Side.LEDGER]
        )

    def outcomes(self) -> list[Outcome]:
        found: list[Outcome] = []
        if self.settled:
            agreed = Baseline(
                {name: self.here.units.get(name) for name in self.settled},
                {name: self.there.units.get(name) for name in self.settled},
            )
            found.append(Settle(self.record.practice_key, self.record.ledger_key, agreed))
        targets = {
            Side.PRACTICE: (self.record.practice_key, self.here.token),
            Side.LEDGER: (self.record.ledger_key, self.there.token),
        }
        for side, (target, token) in targets.items():
            if self.writes[side]:
                found.append(Update(side, target, self.writes[side], token, tuple(self.overwrites[side])))
        return found + self.rest


# -- unlinked records ----------------------------------------------------------------------------------


def _unlinked(spec: EntitySpec, record: Unlinked, switches: Switches) -> Sequence[Outcome]:
    key, side = record.key, record.key.side.other
    if record.in_flight:
        return [Blocked(key, Why.IN_FLIGHT, "It was sent and its arrival is being checked.")]
    if isinstance(record.record, Unknown):
        return [Blocked(key, Why.UNKNOWN, record.record.reason)]
    if isinstance(record.record, Absent):
        return []
    if record.excluded:
        return [Blocked(key, Why.EXCLUDED, record.held or "It was left out by a person.")]
    left_out = spec.left_out(key.side, record.record)
    if left_out and not switches.take_left_out[key.side]:
        return [Blocked(key, Why.NOT_ELIGIBLE, left_out)]
    if not spec.direction.flows_to(side):
        return []  # what was made on the receiving side of a one-way road is none of ours
    if record.held:
        return [Question(key, Why.HELD, record.held, record.lookalikes)]
    if spec.date_unit and str(record.record.units.get(spec.date_unit) or "") < switches.since:
        return [Blocked(key, Why.NOT_ELIGIBLE, f"It is dated before {switches.since}, the start date.")]
    if not switches.create[side]:
        return [Blocked(key, Why.SWITCHED_OFF, f"Creating {spec.plural.lower()} there is switched off.")]
    if record.lookalikes:
        sentence = "A record of the same name is there already and is not linked."
        return [Question(key, Why.LOOKALIKE, sentence, record.lookalikes)]
    if record.waits_for:
        return [Blocked(key, Why.WAITS_FOR, "", waits_for=record.waits_for)]
    if spec.active_unit and record.record.units.get(spec.active_unit) is False:
        return [Blocked(key, Why.NOT_ELIGIBLE, "It is inactive and was never on the other side.")]
    return _create(spec, record.key, record.record, side)


def _create(spec: EntitySpec, key: Key, record: Present, side: Side) -> Sequence[Outcome]:
    units: dict[str, Value] = {}
    left_out: list[str] = []
    blocked: list[Outcome] = []
    for unit in spec.units:
        value = record.units.get(unit.name)
        problem = unit.problem(value) if side is Side.LEDGER else None
        if problem:
            blocked.append(Blocked(key, Why.DOES_NOT_FIT, f"{unit.label} {problem}.", unit.name))
            left_out.append(unit.name)
            if unit.required:
                return blocked
        elif not is_empty(value) or unit.required:
            units[unit.name] = value
    return [Create(side, key, units, tuple(left_out)), *blocked]


def baseline_for_link(spec: EntitySpec, practice: Units, ledger: Units) -> Baseline:
    """The baseline of two records that a person or a rule has just declared to be one.

    What differs only in how it is written (spacing, case, punctuation) is agreed as each side writes it, the
    name above all: they were matched by it. Nothing else is: a unit empty on one side will be filled from the
    other, and two different values will be asked about.
    """
    agreed = [
        unit.name
        for unit in spec.units
        if unit.name == spec.name_unit or written_alike(practice.get(unit.name), ledger.get(unit.name))
    ]
    return Baseline({n: practice.get(n) for n in agreed}, {n: ledger.get(n) for n in agreed})


def written_alike(one: Value, other: Value) -> bool:
    """Whether two values that are not empty say the same apart from spacing, case and punctuation."""
    if is_empty(one) or is_empty(other):
        return False
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(
            normalise(str(one.get(part) or "")) == normalise(str(other.get(part) or ""))
            for part in {*one, *other}
        )
    if isinstance(one, str) and isinstance(other, str):
        return normalise(one) == normalise(other)
    return same(one, other)
