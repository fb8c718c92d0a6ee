"""A run's lane: what a commit finds of its connection is what stands there, however little changed before."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from tests.sync.rig import Rig
from tieout.sync import lease
from tieout.sync.lease import Lease, LeaseLost
from tieout.sync.models import Connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def rig() -> Rig:
    built = Rig()
    built.connect()
    return built


def taken(rig: Rig) -> Lease:
    held = lease.take(rig.connection.pk, rig.engine)
    assert held is not None
    return held


def test_every_commit_sees_the_connection_as_it_stands(rig: Rig) -> None:
    with rig.here():
        held = taken(rig)
        with held.commit() as first:
            assert first.switches == {}
        with held.commit() as second:
            assert second is not first
            assert second.switches == {}
            second.switches["client"] = "only in memory"
        Connection.objects.filter(pk=first.pk).update(switches={"client": {"create": {"ledger": False}}})
        with held.commit() as third:
            assert third.switches == {"client": {"create": {"ledger": False}}}
        with held.commit() as fourth:
            assert fourth.switches == third.switches


def test_every_commit_extends_the_lease_and_says_so(rig: Rig) -> None:
    with rig.here():
        held = taken(rig)
        for _ in range(3):
            rig.advance(30)
            with held.commit() as seen:
                pass
            stored = Connection.objects.get(pk=seen.pk)
            assert seen.lease_until == stored.lease_until == rig.engine.now() + rig.engine.lease


def test_a_commit_that_finds_nothing_new_reads_its_connection_once(rig: Rig) -> None:
    with rig.here():
        held = taken(rig)
        with held.commit():
            pass
        with CaptureQueriesContext(database) as seen, held.commit():
            pass
    assert sum("sync_connection" in one["sql"] for one in seen.captured_queries) == 1


def test_a_lane_that_another_run_has_taken_commits_nothing(rig: Rig) -> None:
    with rig.here():
        held = taken(rig)
        with held.commit():
            pass
        Connection.objects.filter(pk=held.connection.pk).update(epoch=held.connection.epoch + 1)
        with pytest.raises(LeaseLost), held.commit():
            pytest.fail("it is not ours any more")
