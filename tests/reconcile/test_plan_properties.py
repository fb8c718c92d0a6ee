"""Laws of the planner, on generated records: one ancestor, both sides perturbed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reconcile.worlds import ALL_ON, HERE, SPEC, THERE, World, linked_records, units
from tieout.reconcile.action import Create, Forget, Retire, Update
from tieout.reconcile.guard import retired_by, too_many
from tieout.reconcile.plan import Blocked, Linked, Plan, Question, Switches, Unlinked, Why, plan
from tieout.reconcile.spec import Owner
from tieout.reconcile.state import Absent, Baseline, Key, Present, Side, Unknown, same

OFF = {Side.PRACTICE: False, Side.LEDGER: False}


@settings(max_examples=300, deadline=None)
@given(linked_records(), st.booleans())
def test_planning_and_applying_comes_to_rest_also_when_the_ledger_normalises(record, normalises) -> None:
    world = World(record, normalises)
    for _ in range(4):
        planned = world.plan()
        if not planned.actions:
            break
        world.apply(planned)
    assert not world.plan().actions


@settings(max_examples=200, deadline=None)
@given(units, units)
def test_an_agreed_pair_plans_to_nothing_whatever_it_shows(here, there) -> None:
    record = Linked(HERE, THERE, Present(here, "1"), Present(there, "1"), Baseline(here, there))
    assert plan(SPEC, [record], ALL_ON) == Plan({}, (HERE,))


@settings(max_examples=300, deadline=None)
@given(linked_records())
def test_no_action_touches_a_unit_that_is_in_conflict_or_blocked(record) -> None:
    planned = plan(SPEC, [record], ALL_ON)
    held = {c.unit for c in planned.conflicts} | {b.unit for b in planned.blocked}
    for action in planned.actions:
        if isinstance(action, Update):
            assert not held & set(action.units)


@settings(max_examples=300, deadline=None)
@given(linked_records())
def test_no_side_is_written_in_a_unit_it_owns(record) -> None:
    owner = {unit.name: unit.owner for unit in SPEC.units}
    for action in plan(SPEC, [record], ALL_ON).actions:
        if isinstance(action, Update):
            own = Owner.PRACTICE if action.side is Side.PRACTICE else Owner.LEDGER
            assert all(owner[name] is not own for name in action.units)


@settings(max_examples=300, deadline=None)
@given(linked_records())
def test_swapping_the_sides_swaps_the_actions_of_shared_units(record) -> None:
    swapped = Linked(
        HERE,
        THERE,
        record.ledger,
        record.practice,
        Baseline(record.baseline.ledger, record.baseline.practice),
    )
    shared = {unit.name for unit in SPEC.units if unit.owner is Owner.SHARED}

    def written(planned: Plan, side: Side) -> set[str]:
        found: set[str] = set()
        for action in planned.actions:
            if isinstance(action, Update) and action.side is side:
                found |= set(action.units) & shared
        return found | {b.unit for b in planned.blocked if b.unit in shared and side is Side.LEDGER}

    one, other = plan(SPEC, [record], ALL_ON), plan(SPEC, [swapped], ALL_ON)
    assert {c.unit for c in one.conflicts} & shared == {c.unit for c in other.conflicts} & shared
    # What only the ledger cannot hold is blocked in one direction and written in the other.
    assert written(one, Side.PRACTICE) == written(other, Side.LEDGER)
    assert written(other, Side.PRACTICE) == written(one, Side.LEDGER)


@settings(max_examples=200, deadline=None)
@given(linked_records(), st.sampled_from([Unknown("down"), Absent("deleted")]), st.sampled_from(list(Side)))
def test_nothing_is_retired_or_written_without_seeing_both_sides(record, unseen, side) -> None:
    record = replace(record, practice=unseen) if side is Side.PRACTICE else replace(record, ledger=unseen)
    planned = plan(SPEC, [record], Switches())
    assert not planned.actions
    assert planned.blocked or planned.questions


def test_what_never_agreed_on_anything_is_not_retired() -> None:
    there = Present({"name": "a"}, "1")
    strangers = Linked(HERE, THERE, Absent("deleted"), there, Baseline({}, {}))
    (asked,) = plan(SPEC, [strangers], ALL_ON).outcomes[HERE]
    assert isinstance(asked, Question)
    assert asked.why is Why.GONE_HERE
    known = replace(strangers, baseline=Baseline({"name": "a"}, {"name": "a"}))
    assert [type(one) for one in plan(SPEC, [known], ALL_ON).actions] == [Retire]


@settings(max_examples=300, deadline=None)
@given(st.lists(linked_records(), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_change_what_happens_to_any(records, shuffler) -> None:
    named = [
        replace(
            record,
            practice_key=replace(record.practice_key, id=str(i)),
            ledger_key=replace(record.ledger_key, id=str(i)),
        )
        for i, record in enumerate(records)
    ]
    shuffled = list(named)
    shuffler.shuffle(shuffled)
    assert plan(SPEC, named, ALL_ON).outcomes == plan(SPEC, shuffled, ALL_ON).outcomes


@settings(max_examples=200, deadline=None)
@given(st.lists(linked_records(), max_size=4), st.lists(units, max_size=4))
def test_every_record_is_accounted_for_exactly_once(linked, lone) -> None:
    records = [replace(r, practice_key=replace(HERE, id=f"l{i}")) for i, r in enumerate(linked)]
    singles = [Unlinked(replace(HERE, id=f"u{i}"), Present(u, "1")) for i, u in enumerate(lone)]
    planned = plan(SPEC, [*records, *singles], ALL_ON)
    keys = [r.practice_key for r in records] + [r.key for r in singles]
    assert sorted([*planned.outcomes, *planned.in_step], key=lambda k: k.id) == sorted(
        keys, key=lambda k: k.id
    )


@settings(max_examples=200, deadline=None)
@given(linked_records())
def test_switches_that_are_off_let_no_write_through(record) -> None:
    planned = plan(SPEC, [record], Switches(edit=OFF, archive=OFF, create=OFF))
    assert not [action for action in planned.actions if isinstance(action, Update | Create | Retire)]


@settings(max_examples=200, deadline=None)
@given(linked_records())
def test_what_a_write_replaces_is_said_beforehand(record) -> None:
    for action in plan(SPEC, [record], ALL_ON).actions:
        if not isinstance(action, Update):
            continue
        target = record.practice if action.side is Side.PRACTICE else record.ledger
        base = record.baseline.practice if action.side is Side.PRACTICE else record.baseline.ledger
        moved = {
            name
            for name in action.units
            if not same(target.units[name], base.get(name, True if name == "active" else None))
        }
        assert moved == {overwrite.unit for overwrite in action.overwrites}


@given(linked_records())
def test_a_record_merged_away_here_is_never_written_and_is_listed_until_it_is_gone_there(
    record: Linked,
) -> None:
    merged = replace(record, absorbed="It was merged.")
    planned = plan(SPEC, [merged], ALL_ON)
    inactive = isinstance(merged.ledger, Present) and merged.ledger.units.get(SPEC.active_unit or "") is False
    assert planned.actions == ()
    assert [one.sentence for one in planned.blocked] == ([] if inactive else ["It was merged."])
    gone = plan(SPEC, [replace(merged, ledger=Absent("deleted there"))], ALL_ON)
    assert [type(one) for one in gone.actions] == [Forget]


def test_the_guard_trips_before_a_mass_retirement() -> None:
    archived = {"name": "a", "active": False}
    agreed = Baseline({"name": "a", "active": True}, {"name": "a", "active": True})
    records = [
        Linked(
            Key("thing", Side.PRACTICE, str(i)),
            Key("thing", Side.LEDGER, str(i)),
            Present(archived, "2"),
            Present({"name": "a", "active": True}, "1"),
            agreed,
        )
        for i in range(10)
    ]
    retired = retired_by(SPEC, plan(SPEC, records, ALL_ON))
    assert too_many(SPEC, retired, lambda: 20)
    assert not too_many(SPEC, retired, lambda: 200)


def test_a_record_that_does_not_fit_is_blocked_and_the_rest_of_it_proceeds() -> None:
    record = Linked(
        HERE,
        THERE,
        Present({"name": "a:b", "email": "new"}, "2"),
        Present({"name": "a", "email": "old"}, "1"),
        Baseline({"name": "a", "email": "old"}, {"name": "a", "email": "old"}),
    )
    planned = plan(SPEC, [record], ALL_ON)
    assert [b.unit for b in planned.blocked if isinstance(b, Blocked)] == ["name"]
    assert [a.units for a in planned.actions if isinstance(a, Update)] == [{"email": "new"}]
