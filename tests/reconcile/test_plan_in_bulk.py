"""Twenty thousand seeded cases of the planner's laws: plain random worlds where shrinking is not worth its time."""

from __future__ import annotations

import random
from typing import Any

from tests.reconcile.worlds import ALL_ON, HERE, SPEC, THERE, World, trimmed
from tieout.reconcile.action import Update
from tieout.reconcile.plan import Linked, Switches, plan
from tieout.reconcile.spec import Owner
from tieout.reconcile.state import Baseline, Present, Side

CASES = 20_000
WORDS = ["", "a", "b", "c ", " a", "A:b"]
OFF = {Side.PRACTICE: False, Side.LEDGER: False}
OWNER = {unit.name: unit.owner for unit in SPEC.units}


def record(rng: random.Random) -> Linked:
    """One ancestor both sides agreed on, then each side perturbed on its own."""

    def units() -> dict[str, Any]:
        return {
            "name": rng.choice(["a", "b", "c ", " a"]),
            "email": rng.choice(WORDS),
            "ours": rng.choice(WORDS),
            "theirs": rng.choice(WORDS),
            "address": {"city": rng.choice(WORDS), "zip": rng.choice(WORDS)},
            "active": rng.random() < 0.8,
        }

    def perturbed(base: dict[str, Any]) -> dict[str, Any]:
        other = units()
        return {name: other[name] if rng.random() < 0.3 else value for name, value in base.items()}

    ancestor = units()
    shown = {name: trimmed(value) for name, value in ancestor.items()}
    agreed = [name for name in ancestor if rng.random() < 0.9]
    baseline = Baseline({n: ancestor[n] for n in agreed}, {n: shown[n] for n in agreed})
    there = {name: trimmed(value) for name, value in perturbed(shown).items()}
    return Linked(HERE, THERE, Present(perturbed(ancestor), "1"), Present(there, "5"), baseline)


def test_every_law_holds_in_twenty_thousand_worlds() -> None:
    rng = random.Random(2026)
    acted = 0
    for _ in range(CASES):
        made = record(rng)
        planned = plan(SPEC, [made], ALL_ON)
        held = {one.unit for one in planned.conflicts} | {one.unit for one in planned.blocked}
        for action in planned.actions:
            if isinstance(action, Update):
                acted += 1
                own = Owner.PRACTICE if action.side is Side.PRACTICE else Owner.LEDGER
                assert not held & set(action.units), made
                assert all(OWNER[unit] is not own for unit in action.units), made
        assert bool(planned.outcomes) != bool(planned.in_step), made
        world = World(made, normalises=True)
        for _ in range(4):
            step = world.plan()
            if not step.actions:
                break
            world.apply(step)
        assert not world.plan().actions, made
        off = plan(SPEC, [made], Switches(edit=OFF, archive=OFF, create=OFF))
        assert not [action for action in off.actions if isinstance(action, Update)], made
    assert acted > CASES / 2
