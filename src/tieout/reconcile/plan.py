"""Decides what to write where: ``plan(spec, records, switches) -> Plan``. Last stage but one of the pure core.

Takes what both sides show now and what each showed when they last agreed; returns actions, conflicts,
questions and blocked records. No clock, no database, no network: everything that matters comes in as data,
and the same input gives the same plan.

Every record that goes in comes out exactly once in ``Plan.outcomes`` or stands in ``Plan.in_step``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tieout.reconcile import currency, other_company, twice, voiding
from tieout.reconcile.action import Create, Forget, Retire, Update
from tieout.reconcile.diff import Verdict, verdict
from tieout.reconcile.match import normalise
from tieout.reconcile.merge import Merge
from tieout.reconcile.outcome import (
    Blocked,
    Conflict,
    Linked,
    Outcome,
    Plan,
    Question,
    Record,
    Switches,
    Unlinked,
    Why,
)
from tieout.reconcile.spec import EntitySpec, Owner
from tieout.reconcile.state import Absent, Baseline, Key, Present, Side, Units, Unknown, Value, is_empty, same

__all__ = [
    "Blocked",
    "Conflict",
    "Linked",
    "Outcome",
    "Plan",
    "Question",
    "Record",
    "Switches",
    "Unlinked",
    "Why",
    "baseline_for_link",
    "plan",
    "written_alike",
]


MERGED_UNHEARD = (
    "It is gone there, which only happens to one that was merged into another; which one it became part of was not told. "
    "Link this one with that, or create it there again if that is really what you want. Until then nothing of it is "
    "written, and its documents wait."
)


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
    if record.absorbed and isinstance(there, Present):
        if spec.active_unit and there.units.get(spec.active_unit) is False:
            return []  # merged or put away there too: all that was left to do
        return [Blocked(record.practice_key, Why.NOT_ELIGIBLE, record.absorbed)]
    if isinstance(there, Absent) and (record.absorbed or isinstance(here, Absent)):
        return [Forget(record.practice_key, record.ledger_key)]
    if isinstance(there, Absent) and isinstance(here, Present) and not spec.direction.flows_to(Side.LEDGER):
        return _no_more(spec, record, here)
    if record.merged_there and isinstance(here, Present) and not _in_use(spec, there):
        if spec.follows_merge and not _in_use(spec, here):
            return []  # what names it names what it became there: all that was left to do
        options = (record.merged_into,) if record.merged_into else ()
        return [Question(record.practice_key, Why.MERGED_THERE, record.merged_there, options)]
    if isinstance(there, Absent) and spec.gone_if_merged:
        return [Question(record.practice_key, Why.MERGED_THERE, MERGED_UNHEARD)]
    if isinstance(there, Absent):
        # Never resurrected: re-creating what somebody removed there is a person's decision.
        sentence = f"It was removed there ({there.evidence})."
        return [Question(record.practice_key, Why.GONE_THERE, sentence)]
    if record.copies:
        return twice.outcomes(spec, record)
    if isinstance(here, Absent):
        return _gone_here(spec, record, there, switches)
    if record.waits_for:
        return [Blocked(record.practice_key, Why.WAITS_FOR, "", waits_for=record.waits_for)]
    if found := currency.differs(spec, record.practice_key, here, there):
        return [found]
    return _both_present(spec, record, here, there, switches)


def _in_use(spec: EntitySpec, one: Present | Absent) -> bool:
    active = spec.active_unit
    return isinstance(one, Present) and not (active and one.units.get(active) is False)


def _no_more(spec: EntitySpec, record: Linked, here: Present) -> Sequence[Outcome]:
    """An entry of a list of the ledger's that is gone there is out of use here, and kept where it was chosen."""
    if spec.active_unit is None or not _in_use(spec, here):
        return []
    return [Update(Side.PRACTICE, record.practice_key, {spec.active_unit: False}, here.token)]


def _gone_here(spec: EntitySpec, record: Linked, there: Present, switches: Switches) -> Sequence[Outcome]:
    agreed = record.baseline.ledger
    # A pair that never agreed on anything shows nothing that could be unchanged.
    unchanged = bool(agreed) and all(
        verdict(base, there.units.get(name), base, base, Owner.SHARED) is Verdict.NOTHING
        for name, base in agreed.items()
    )
    if unchanged and switches.archive[Side.LEDGER] and spec.direction.flows_to(Side.LEDGER):
        return [Retire(Side.LEDGER, record.ledger_key, there.token)]
    return [Question(record.practice_key, Why.GONE_HERE, "It is gone here but still there.")]


def _both_present(
    spec: EntitySpec, record: Linked, here: Present, there: Present, switches: Switches
) -> Sequence[Outcome]:
    merge = Merge(spec, record, here, there, switches)
    for unit in spec.units:
        merge.take(unit.name)
    found = merge.outcomes()
    asked = voiding.asked_first(spec, record, here, there, found)
    return [asked] if asked else found


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
        named = spec.direction.flows_to(Side.PRACTICE)
        what = "A record of the same name" if named else "One of the same client that may be this one"
        sentence = f"{what} is there already and is not linked."
        return [Question(key, Why.LOOKALIKE, sentence, record.lookalikes)]
    if record.waits_for:
        return [Blocked(key, Why.WAITS_FOR, "", waits_for=record.waits_for)]
    if found := currency.refused(record, record.record):
        return [found]
    if spec.active_unit and record.record.units.get(spec.active_unit) is False:
        return [Blocked(key, Why.NOT_ELIGIBLE, "It is inactive and was never on the other side.")]
    if found := other_company.refused(spec, key, record.record):
        return [found]
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
