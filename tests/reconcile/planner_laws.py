"""Decides whether the planner keeps its ten laws on one generated case. Plain random cases, seeded, many thousands a test.

A case is one ancestor both sides agreed on, each side perturbed on its own; now and then a side is gone or unread. Its
entity travels both ways, or only to the ledger, or is a document that can be void.
Every law is a function that raises AssertionError; a test plants a planner that breaks each of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.reconcile.worlds import ALL_ON, HERE, ONE_WAY, SPEC, STATES, THERE, VOIDABLE, World, trimmed
from tieout.reconcile import guard, order
from tieout.reconcile import plan as planner
from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.plan import Linked, Plan, Record, Switches, Unlinked
from tieout.reconcile.spec import VOID, EntitySpec, Owner
from tieout.reconcile.state import Absent, Baseline, Key, Present, Side, Unknown, is_empty, same

WORDS = ["", "a", "b", "c ", " a", "A:b"]
OFF = {Side.PRACTICE: False, Side.LEDGER: False}
OWNER = {unit.name: unit.owner for unit in SPEC.units}
SHARED = {name for name, owner in OWNER.items() if owner is Owner.SHARED}
PASSES = 4


def plan(records: Sequence[Record], switches: Switches = ALL_ON, spec: EntitySpec = SPEC) -> Plan:
    """Asked for by name each time, so that a planted planner is the one that is judged."""
    return planner.plan(spec, records, switches)


@dataclass(frozen=True, slots=True)
class Case:
    spec: EntitySpec
    pair: Linked
    """Both sides present."""
    unseen: Linked
    """The same with one side gone or unread."""
    lone: Unlinked
    group: tuple[Record, ...]
    """Records of different keys, as one plan gets them."""
    shuffled: tuple[Record, ...]
    specs: tuple[EntitySpec, ...]
    """Entities that depend on each other at random, without a circle, in random order."""
    retiring: int
    linked: int


def a_case(rng: random.Random) -> Case:
    spec = rng.choice([SPEC, SPEC, ONE_WAY, VOIDABLE])
    pair = _pair(rng, spec)
    gone = rng.choice([Unknown("down"), Absent("deleted")])
    unseen = replace(pair, practice=gone) if rng.random() < 0.5 else replace(pair, ledger=gone)
    lone = Unlinked(replace(HERE, id="7"), Present(_units(rng, spec), "1"), in_flight=rng.random() < 0.1)
    group: list[Record] = [
        replace(
            one,
            practice_key=Key("thing", Side.PRACTICE, str(n)),
            ledger_key=Key("thing", Side.LEDGER, str(n)),
        )
        for n, one in enumerate((pair, unseen))
    ]
    group.append(lone)
    shuffled = group[:]
    rng.shuffle(shuffled)
    return Case(
        spec,
        pair,
        unseen,
        lone,
        tuple(group),
        tuple(shuffled),
        _specs(rng),
        rng.randrange(12),
        rng.randrange(1, 60),
    )


def _units(rng: random.Random, spec: EntitySpec) -> dict[str, Any]:
    state = {spec.void_unit: rng.choice(STATES)} if spec.void_unit else {}
    return {
        **state,
        "name": rng.choice(["a", "b", "c ", " a"]),
        "email": rng.choice(WORDS),
        "ours": rng.choice(WORDS),
        "theirs": rng.choice(WORDS),
        "address": {"city": rng.choice(WORDS), "zip": rng.choice(WORDS)},
        "active": rng.random() < 0.8,
    }


def _perturbed(rng: random.Random, base: Mapping[str, Any], spec: EntitySpec) -> dict[str, Any]:
    other = _units(rng, spec)
    return {name: other[name] if rng.random() < 0.3 else value for name, value in base.items()}


def _pair(rng: random.Random, spec: EntitySpec) -> Linked:
    ancestor = _units(rng, spec)
    shown = {name: trimmed(value) for name, value in ancestor.items()}
    agreed = [name for name in ancestor if rng.random() < 0.9]
    baseline = Baseline({n: ancestor[n] for n in agreed}, {n: shown[n] for n in agreed})
    there = {name: trimmed(value) for name, value in _perturbed(rng, shown, spec).items()}
    return Linked(HERE, THERE, Present(_perturbed(rng, ancestor, spec), "1"), Present(there, "5"), baseline)


def _specs(rng: random.Random) -> tuple[EntitySpec, ...]:
    words = ["a", "b", "c", "d"]
    specs = [
        replace(
            SPEC, practice=word, ledger=word, depends_on=tuple(one for one in words[:n] if rng.random() < 0.5)
        )
        for n, word in enumerate(words)
    ]
    rng.shuffle(specs)
    return tuple(specs)


# -- the laws -------------------------------------------------------------------------------------------------


def comes_to_rest(case: Case) -> None:
    """(a) Planning and applying reaches an empty plan, also when the ledger trims what it is given."""
    world = World(case.pair, normalises=True)
    for _ in range(PASSES):
        step = plan([world.record], spec=case.spec)
        if not step.actions:
            return
        world.apply(step)
    assert not plan([world.record], spec=case.spec).actions


def agreed_is_empty(case: Case) -> None:
    """(b) A pair that shows what it showed when it agreed plans to nothing."""
    here, there = case.pair.practice, case.pair.ledger
    assert isinstance(here, Present)
    assert isinstance(there, Present)
    agreed = replace(case.pair, baseline=Baseline(here.units, there.units))
    assert plan([agreed], spec=case.spec) == Plan({}, (HERE,))


def conflicts_are_left_alone(case: Case) -> None:
    """(c) No action touches a unit that is in conflict or blocked."""
    found = plan([case.pair], spec=case.spec)
    held = {one.unit for one in found.conflicts} | {one.unit for one in found.blocked}
    for action in found.actions:
        assert not (isinstance(action, Update) and held & set(action.units))


def owners_are_obeyed(case: Case) -> None:
    """(d) No side is written in a unit it owns, nor at all where the entity does not travel to it."""
    for action in plan([case.pair], spec=case.spec).actions:
        if isinstance(action, Update):
            assert case.spec.direction.flows_to(action.side)
            own = Owner.PRACTICE if action.side is Side.PRACTICE else Owner.LEDGER
            assert all(OWNER.get(unit) is not own for unit in action.units)


def sides_are_alike(case: Case) -> None:
    """(e) Swapping the sides swaps what is done to shared units; what only the ledger cannot hold is blocked there."""
    if case.spec is not SPEC:
        return  # one way, they are not alike
    pair = case.pair
    turned = Linked(
        HERE, THERE, pair.ledger, pair.practice, Baseline(pair.baseline.ledger, pair.baseline.practice)
    )
    one, other = plan([pair]), plan([turned])
    assert {c.unit for c in one.conflicts} & SHARED == {c.unit for c in other.conflicts} & SHARED
    assert _written(one, Side.PRACTICE) == _written(other, Side.LEDGER)
    assert _written(other, Side.PRACTICE) == _written(one, Side.LEDGER)


def _written(found: Plan, side: Side) -> set[str]:
    units = {
        unit
        for action in found.actions
        if isinstance(action, Update) and action.side is side
        for unit in action.units
    }
    blocked = {one.unit for one in found.blocked} if side is Side.LEDGER else set()
    return (units | blocked) & SHARED


def evidence_comes_first(case: Case) -> None:
    """(f) Nothing is written for a pair of which one side was not seen. Retired is only what is gone here and stands there
    as it was agreed, if anything was; voided only what nobody there has added to since."""
    pair, spec = case.unseen, case.spec
    found = plan([pair], Switches(), spec)
    assert not found.actions
    assert found.blocked or found.questions
    for one in (pair, replace(pair, baseline=Baseline({}, {}))):
        for action in plan([one], ALL_ON, spec).actions:
            assert isinstance(action, Retire)
            assert isinstance(one.practice, Absent)
            assert isinstance(one.ledger, Present)
            assert one.baseline.ledger
            assert all(same(one.ledger.units.get(unit), was) for unit, was in one.baseline.ledger.items())
    there, agreed = case.pair.ledger, case.pair.baseline.ledger
    assert isinstance(there, Present)
    for action in plan([case.pair], ALL_ON, spec).actions:
        if isinstance(action, Update) and spec.void_unit and action.units.get(spec.void_unit) == VOID:
            now = {unit: there.units.get(unit) for unit in spec.emptied_by_void & agreed.keys()}
            assert all(is_empty(value) or same(value, agreed[unit]) for unit, value in now.items())


def order_does_not_matter(case: Case) -> None:
    """(g) The order in which records are planned changes nothing for any of them."""
    assert plan(case.group, spec=case.spec).outcomes == plan(case.shuffled, spec=case.spec).outcomes


def parents_come_first(case: Case) -> None:
    """(h) An entity never comes before one it depends on, and none is lost."""
    ordered = [spec.practice for spec in order.in_order(case.specs)]
    assert sorted(ordered) == sorted(spec.practice for spec in case.specs)
    for spec in case.specs:
        assert all(ordered.index(one) < ordered.index(spec.practice) for one in spec.depends_on)


def all_are_accounted_for(case: Case) -> None:
    """(i) Every record that goes in comes out once: acted on, settled, blocked, asked about, or in step."""
    found = plan(case.group, spec=case.spec)
    keys = [one.practice_key if isinstance(one, Linked) else one.key for one in case.group]
    assert sorted([*found.outcomes, *found.in_step], key=str) == sorted(keys, key=str)
    off = plan(case.group, Switches(edit=OFF, archive=OFF, create=OFF), case.spec)
    assert not [action for action in off.actions if isinstance(action, Update | Create | Retire)]


def guards_trip_first(case: Case) -> None:
    """(j) More than a handful and more than a fifth at once is not retired: the guard sees it in the plan."""
    if case.retiring == 0:
        return
    agreed = {**{unit.name: None for unit in SPEC.units}, "name": "a", "active": True}
    away = Present({**agreed, "active": False}, "2")
    records = [
        Linked(
            Key("thing", Side.PRACTICE, str(n)),
            Key("thing", Side.LEDGER, str(n)),
            away,
            Present(agreed, "1"),
            Baseline(agreed, agreed),
        )
        for n in range(case.retiring)
    ]
    halted = guard.too_many(SPEC, guard.retired_by(SPEC, plan(records)), lambda: case.linked)
    assert bool(halted) == (case.retiring > 5 and case.retiring * 5 > case.linked)


LAWS: tuple[Callable[[Case], None], ...] = (
    comes_to_rest,
    agreed_is_empty,
    conflicts_are_left_alone,
    owners_are_obeyed,
    sides_are_alike,
    evidence_comes_first,
    order_does_not_matter,
    parents_come_first,
    all_are_accounted_for,
    guards_trip_first,
)
