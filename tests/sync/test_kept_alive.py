"""A sign-in that nobody uses for months: it is refreshed once a week for its own sake, whatever the firm does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.sync.rig import Rig
from tieout.practice.isolation import every_firm_scope
from tieout.sync import connections, tasks, tokens
from tieout.sync.models import Connection, TokenSet

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def paused() -> Rig:
    rig = Rig()
    assert rig.connect().ok
    with rig.here():
        connections.pause(rig.member, engine=rig.engine)
    return rig


def unused(rig: Rig) -> list[int]:
    with every_firm_scope():
        return tokens.unused(rig.clock.now())


def keep_alive(rig: Rig) -> bool:
    with rig.here():
        return tokens.keep_alive(Connection.objects.get(), rig.engine)


def test_a_firm_that_is_paused_for_half_a_year_is_still_signed_in(paused: Rig) -> None:
    for _ in range(26):
        paused.advance((WEEK + timedelta(hours=2)).total_seconds())
        assert unused(paused) == [paused.connection.pk]
        assert keep_alive(paused)
        assert unused(paused) == []
    with paused.here():
        assert TokenSet.objects.get().generation == 27
        connections.resume(paused.member, engine=paused.engine)
    passed = paused.run()
    assert (passed.outcome if passed else "") == "done"


def test_a_grant_that_has_died_is_told_once_and_not_tried_for_ever(paused: Rig) -> None:
    paused.emulator.control.revoke(paused.realm)
    paused.advance(8 * WEEK.total_seconds() / 7)
    assert not keep_alive(paused)
    assert paused.connection.state == "needs_reconnect"
    assert unused(paused) == []


def test_a_sign_in_service_that_does_not_answer_changes_nothing(paused: Rig) -> None:
    paused.advance(8 * WEEK.total_seconds() / 7)
    paused.fault("status", status=503, operation="refresh", nth=1, times=1)
    assert keep_alive(paused)
    assert paused.connection.state == "paused"
    assert unused(paused) == [paused.connection.pk]


def test_it_is_asked_for_once_and_not_for_a_firm_that_has_disconnected(paused: Rig) -> None:
    paused.advance(8 * WEEK.total_seconds() / 7)
    for _ in range(2):
        tasks.keep_signed_in_soon(unused(paused))
    assert ProcrastinateJob.objects.filter(task_name="keep_signed_in", status="todo").count() == 1
    with paused.here():
        connections.disconnect(paused.member, engine=paused.engine)
    assert unused(paused) == []
