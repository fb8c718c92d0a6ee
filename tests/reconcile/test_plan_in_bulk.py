"""The planner's ten laws in twenty thousand seeded cases, and for each law a planner that breaks it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.reconcile.planner_laws import LAWS, a_case, plan
from tieout.reconcile import guard, merge, order, voiding
from tieout.reconcile import plan as planner
from tieout.reconcile.action import Retire, Update
from tieout.reconcile.diff import Verdict, verdict
from tieout.reconcile.outcome import Blocked, Plan
from tieout.reconcile.spec import Owner
from tieout.reconcile.state import Absent, Present, Side

CASES = 20_000
Breaks = Callable[[pytest.MonkeyPatch], None]


def test_all_ten_laws_hold_in_twenty_thousand_cases() -> None:
    rng = random.Random(2026)
    acted = voided = retired = 0
    for _ in range(CASES):
        case = a_case(rng)
        actions = plan([case.pair], spec=case.spec).actions
        acted += bool(actions)
        voided += any(isinstance(one, Update) and case.spec.void_unit in one.units for one in actions)
        retired += any(isinstance(one, Retire) for one in plan([case.unseen], spec=case.spec).actions)
        for law in LAWS:
            law(case)
    assert acted > CASES / 2  # else the generator shows nothing
    assert voided > CASES / 100
    assert retired > CASES / 50


# -- planners that are wrong ------------------------------------------------------------------------------------


def _verdict(change: Callable[..., Verdict]) -> Breaks:
    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(merge, "verdict", lambda *given: change(verdict(*given), *given))

    return plant


def _single_baseline(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        merge,
        "verdict",
        lambda ours, theirs, base, _, owner, chosen=None: verdict(ours, theirs, base, base, owner, chosen),
    )


def _writes_what_is_in_conflict(patch: pytest.MonkeyPatch) -> None:
    outcomes = merge.Merge.outcomes

    def reckless(self: merge.Merge) -> Any:
        found = outcomes(self)
        units = {one.unit: self.here.units[one.unit] for one in found if getattr(one, "drift", None) is False}
        return [*found, Update(Side.LEDGER, self.record.ledger_key, units, "5")] if units else found

    patch.setattr(merge.Merge, "outcomes", reckless)


def _owner_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        merge,
        "verdict",
        lambda ours, theirs, base, other, owner, chosen=None: verdict(
            ours, theirs, base, other, Owner.SHARED, chosen
        ),
    )


def _lopsided(found: Verdict, *given: Any) -> Verdict:
    return Verdict.TO_PRACTICE if found is Verdict.TO_LEDGER and given[0] == "b" else found


def _unknown_is_empty(patch: pytest.MonkeyPatch) -> None:
    linked = planner._linked

    def careless(spec: Any, record: Any, switches: Any) -> Any:
        if isinstance(record.practice, Present) and not isinstance(record.ledger, Present):
            return [Update(Side.LEDGER, record.ledger_key, record.practice.units, "")]
        return linked(spec, record, switches)

    patch.setattr(planner, "_linked", careless)


def _retires_what_never_agreed(patch: pytest.MonkeyPatch) -> None:
    gone_here = planner._gone_here

    def eager(spec: Any, record: Any, there: Present, switches: Any) -> Any:
        if not record.baseline.ledger:
            return [Retire(Side.LEDGER, record.ledger_key, there.token)]
        return gone_here(spec, record, there, switches)

    patch.setattr(planner, "_gone_here", eager)


def _retires_what_was_changed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planner, "verdict", lambda *given: Verdict.NOTHING)


def _voids_unasked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(voiding, "asked_first", lambda *given: None)


def _writes_here_what_goes_one_way(patch: pytest.MonkeyPatch) -> None:
    linked = planner._linked

    def back(spec: Any, record: Any, switches: Any) -> Any:
        if spec.direction.flows_to(Side.PRACTICE) or isinstance(record.ledger, Absent):
            return linked(spec, record, switches)
        return [Update(Side.PRACTICE, record.practice_key, {"email": "x"}, "1")]

    patch.setattr(planner, "_linked", back)


def _first_is_different(patch: pytest.MonkeyPatch) -> None:
    original = planner.plan

    def partial(spec: Any, records: Any, switches: Any) -> Plan:
        first, *rest = list(records)
        found = original(spec, [first, *rest], switches)
        key = getattr(first, "practice_key", None) or first.key
        outcomes = {
            one: (*what, Blocked(one, planner.Why.UNKNOWN, "")) if one == key else what
            for one, what in found.outcomes.items()
        }
        return Plan(outcomes, found.in_step)

    patch.setattr(planner, "plan", partial)


def _alphabetical(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        order, "in_order", lambda specs: sorted(specs, key=lambda spec: spec.practice, reverse=True)
    )


def _one_is_lost(patch: pytest.MonkeyPatch) -> None:
    original = planner.plan

    def forgetful(spec: Any, records: Any, switches: Any) -> Plan:
        found = original(spec, records, switches)
        return (
            Plan(dict(list(found.outcomes.items())[1:]), found.in_step) if len(found.outcomes) > 1 else found
        )

    patch.setattr(planner, "plan", forgetful)


def _guard_asleep(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard, "_retires", lambda spec, action: False)


BROKEN: dict[str, tuple[Breaks, ...]] = {
    "comes_to_rest": (_single_baseline,),
    "agreed_is_empty": (
        _verdict(lambda found, *given: Verdict.TO_LEDGER if found is Verdict.NOTHING else found),
    ),
    "conflicts_are_left_alone": (_writes_what_is_in_conflict,),
    "owners_are_obeyed": (_owner_ignored, _writes_here_what_goes_one_way),
    "sides_are_alike": (_verdict(_lopsided),),
    "evidence_comes_first": (
        _unknown_is_empty,
        _retires_what_never_agreed,
        _retires_what_was_changed,
        _voids_unasked,
    ),
    "order_does_not_matter": (_first_is_different,),
    "parents_come_first": (_alphabetical,),
    "all_are_accounted_for": (_one_is_lost,),
    "guards_trip_first": (_guard_asleep,),
}


def test_there_is_a_broken_planner_for_each_law() -> None:
    assert list(BROKEN) == [law.__name__ for law in LAWS]


@pytest.mark.parametrize(
    ("law", "breaks"), [(law, breaks) for law in LAWS for breaks in BROKEN[law.__name__]]
)
def test_each_law_can_be_broken(
    law: Callable[..., None], breaks: Breaks, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(7)
    cases = [a_case(rng) for _ in range(300)]
    for case in cases:
        law(case)
    breaks(monkeypatch)

    def hold() -> None:
        for case in cases:
            law(case)

    with pytest.raises(AssertionError):
        hold()
