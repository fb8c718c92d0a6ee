"""A firm whose plan does not include QuickBooks any more: nothing leaves, everything waits, and it goes on by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.sync.rig import SOMEBODY, Rig
from tieout.practice.actions.plans import change_plan
from tieout.practice.firms import Plan
from tieout.sync import lease, runner, standing, tasks, tie_out_daily
from tieout.sync.models import Connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.set_up()
    made.add_client("Ada Byrne", phone="1")
    made.settle()
    return made


def set_plan(rig: Rig, plan: Plan) -> None:
    change_plan(firm_id=rig.firm.pk, actor=SOMEBODY, plan=plan)


def phone_there(rig: Rig) -> str:
    ((_, there),) = rig.links().items()
    return str(rig.customers()[there]["PrimaryPhone"]["FreeFormNumber"])


def edit(rig: Rig, phone: str) -> None:
    ((client, _),) = rig.links().items()
    rig.edit_client(client, phone=phone)


@pytest.mark.parametrize("plan", [Plan.FREEMIUM, Plan.LEGACY])
def test_the_queue_of_a_firm_whose_plan_has_ended_waits_and_goes_on_when_it_is_back(
    rig: Rig, plan: Plan
) -> None:
    set_plan(rig, plan)
    edit(rig, "2")
    before = len(rig.emulator.log.entries())
    rig.advance(timedelta(days=2).total_seconds())
    assert tasks.wake_due(rig.clock.now()) == 0
    assert tie_out_daily.due_connections(rig.clock.now()) == []
    assert rig.run() is None
    assert len(rig.emulator.log.entries()) == before, "not one call"
    with rig.here():
        (said,) = standing.standings(Connection.objects.get(), rig.clock.now())
    assert said is standing.NOT_IN_THE_PLAN
    set_plan(rig, Plan.PAID)
    assert tasks.wake_due(rig.clock.now()) == 1
    rig.settle()
    assert phone_there(rig) == "2"


def test_a_plan_that_ends_while_a_write_is_about_to_leave_stops_it(rig: Rig) -> None:
    edit(rig, "2")

    def at_point(name: str) -> None:
        if name == "journalled":
            set_plan(rig, Plan.FREEMIUM)

    passed = runner.run_once(rig.connection.pk, replace(rig.engine, at_point=at_point))
    assert passed is not None
    assert passed.outcome == "stopped"
    assert phone_there(rig) == "1"
    set_plan(rig, Plan.PAID)
    rig.settle()
    assert phone_there(rig) == "2"


def test_the_lane_is_not_given_to_a_firm_whose_plan_has_ended(rig: Rig) -> None:
    set_plan(rig, Plan.FREEMIUM)
    with rig.here():
        assert lease.take(rig.connection.pk, rig.engine) is None
