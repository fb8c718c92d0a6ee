"""A tiny entity and two-sided worlds for planner tests: one ancestor, perturbed on both sides."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from tieout.reconcile.action import Settle, Update
from tieout.reconcile.codecs import flag, text
from tieout.reconcile.plan import Linked, Plan, Switches, plan
from tieout.reconcile.spec import VOID, Direction, EntitySpec, Field, Group, Owner
from tieout.reconcile.state import Baseline, Key, Present, Side, Units, Value

SPEC = EntitySpec(
    practice="thing",
    ledger="Thing",
    label="Thing",
    plural="Things",
    direction=Direction.BOTH,
    units=(
        Field("name", "Name", text(40, forbid=":", names="a colon"), "Name", required=True),
        Field("email", "Email", text(40), "E-mail"),
        Field("ours", "Ours", text(40), "Ours", owner=Owner.PRACTICE),
        Field("theirs", "Theirs", text(40), "Theirs", owner=Owner.LEDGER),
        Group("address", {"city": ("Addr.City", text(20)), "zip": ("Addr.Zip", text(10))}, "Address"),
        Field("active", "Active", flag(default=True), "Active"),
    ),
    name_unit="name",
    active_unit="active",
)
ONE_WAY = replace(SPEC, direction=Direction.TO_LEDGER)
VOIDABLE = replace(
    ONE_WAY,
    units=(*SPEC.units, Field("state", "State", text(10), "State")),
    void_unit="state",
    emptied_by_void=frozenset({"email", "address"}),
)
"""Travels one way, and can be void on either side, as a document."""
STATES = ("open", "open", VOID)
ALL_ON = Switches(archive={Side.PRACTICE: True, Side.LEDGER: True})
HERE, THERE = Key("thing", Side.PRACTICE, "1"), Key("thing", Side.LEDGER, "9")

words = st.sampled_from(["", "a", "b", "c ", " a", "A:b"])
plain_words = st.sampled_from(["a", "b", "c ", " a"])
units = st.fixed_dictionaries(
    {
        "name": plain_words,
        "email": words,
        "ours": words,
        "theirs": words,
        "address": st.fixed_dictionaries({"city": words, "zip": words}),
        "active": st.booleans(),
    }
)


def trimmed(value: Value) -> Value:
    """A ledger's normal form: outer spaces go."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return {part: trimmed(inner) for part, inner in value.items()}
    return value


@st.composite
def linked_records(draw: st.DrawFn) -> Linked:
    """One ancestor both sides agreed on, then each side perturbed on its own (or not)."""
    ancestor = draw(units)
    agreed = Baseline(dict(ancestor), {name: trimmed(value) for name, value in ancestor.items()})
    changed_here, changed_there = draw(units), draw(units)
    names = st.sets(st.sampled_from(sorted(ancestor)))
    here = {**agreed.practice, **{name: changed_here[name] for name in draw(names)}}
    there = {**agreed.ledger, **{name: trimmed(changed_there[name]) for name in draw(names)}}
    for name in draw(st.sets(st.sampled_from(["email", "address"]))):
        agreed = Baseline(
            {k: v for k, v in agreed.practice.items() if k != name},
            {k: v for k, v in agreed.ledger.items() if k != name},
        )
    return Linked(HERE, THERE, Present(here, "1"), Present(there, "5"), agreed)


@dataclass
class World:
    """Applies a plan to both sides as a faithful executor would, with a ledger that trims."""

    record: Linked
    normalises: bool = True
    switches: Switches = field(default_factory=lambda: ALL_ON)

    def plan(self) -> Plan:
        return plan(SPEC, [self.record], self.switches)

    def apply(self, planned: Plan) -> None:
        for action in planned.actions:
            if isinstance(action, Settle):
                self._agree(action.agreed.practice, action.agreed.ledger)
            elif isinstance(action, Update):
                self._update(action)
            else:
                raise TypeError(f"not expected for a linked pair: {action}")

    def _update(self, action: Update) -> None:
        here, there = self.record.practice, self.record.ledger
        assert isinstance(here, Present)
        assert isinstance(there, Present)
        if action.side is Side.PRACTICE:
            here = Present({**here.units, **action.units}, str(int(here.token) + 1))
        else:
            arriving = (
                {n: trimmed(v) for n, v in action.units.items()} if self.normalises else dict(action.units)
            )
            there = Present({**there.units, **arriving}, str(int(there.token) + 1))
        self.record = replace(self.record, practice=here, ledger=there)
        self._agree({n: here.units[n] for n in action.units}, {n: there.units[n] for n in action.units})

    def _agree(self, practice: Units, ledger: Units) -> None:
        self.record = replace(self.record, baseline=self.record.baseline.agreed(practice, ledger))
