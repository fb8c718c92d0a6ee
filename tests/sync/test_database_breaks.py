"""The database takes a transaction back, or goes away, in the middle of a run: nothing is lost, doubled, or taken for a bug."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import F

from tests.sync.rig import Rig
from tieout.quickbooks.ledger import QuickBooksLedger
from tieout.reconcile.ports import PreparedWrite
from tieout.sync import discover, runner, standing, tasks
from tieout.sync.models import ActivityLine, Connection, Run

pytestmark = pytest.mark.django_db


class Breaking(Rig):
    """A firm that is set up, whose runs the database can break off at a named point."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[tuple[int, int]] = set()
        self.breaks_at = ""
        self.set_up()
        self.engine = replace(self.engine, broken_off=lambda pk, epoch: self.broken.add((pk, epoch)))

    def _at_point(self, name: str) -> None:
        super()._at_point(name)
        if name == self.breaks_at:
            self.breaks_at = ""
            raise OperationalError("deadlock detected")

    def broken_off_at(self, point: str) -> None:
        self.breaks_at = point
        with pytest.raises(OperationalError):
            self.run()


@pytest.fixture
def rig() -> Breaking:
    return Breaking()


def test_a_record_whose_writing_here_had_to_give_way_is_written_by_the_next_run_and_is_no_bug(
    rig: Breaking,
) -> None:
    rig.add_customer("Bo Diaz")
    rig.advance(400)
    rig.breaks_at = "before writing here"
    passed = rig.run()
    assert passed is not None
    assert passed.more, "it goes on at once"
    rig.run()
    assert [one["name"] for one in rig.clients().values()] == ["Bo Diaz"]
    assert not rig.issues()


@pytest.mark.parametrize("point", ["journalled", "answered", "concluded"])
def test_a_run_that_was_broken_off_frees_its_lane_and_the_next_one_doubles_nothing(
    rig: Breaking, point: str
) -> None:
    rig.add_client("Ada Byrne")
    rig.broken_off_at(point)
    assert rig.run() is None, "its lane is taken"
    assert tasks.free_broken_off(rig.clock.now(), rig.broken) == 1
    assert not rig.broken
    assert rig.run() is not None
    rig.settle()
    assert len(rig.customers_named("Ada Byrne")) == 1
    assert len(rig.links()) == 1


def test_a_lane_that_another_run_has_by_now_is_not_freed(rig: Breaking) -> None:
    rig.add_client("Ada Byrne")
    rig.broken_off_at("journalled")
    with rig.here():
        Connection.objects.update(epoch=F("epoch") + 1)
    assert tasks.free_broken_off(rig.clock.now(), rig.broken) == 0
    assert rig.run() is None


def test_while_the_database_is_away_the_lane_is_kept_in_mind(
    rig: Breaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.add_client("Ada Byrne")
    rig.broken_off_at("journalled")

    def away(*arguments: object) -> int:
        raise OperationalError("the server is gone")

    with monkeypatch.context() as patch:
        patch.setattr("tieout.sync.lease.free", away)
        with pytest.raises(OperationalError):
            tasks.free_broken_off(rig.clock.now(), rig.broken)
    assert tasks.free_broken_off(rig.clock.now(), rig.broken) == 1


def test_a_database_that_gives_way_while_a_write_is_prepared_blames_no_record(
    rig: Breaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.add_client("Ada Byrne")
    prepare, broken = QuickBooksLedger.prepare, []

    def gives_way_once(*args: Any, **more: Any) -> PreparedWrite:
        if not broken:
            broken.append(True)
            raise OperationalError("deadlock detected")
        return prepare(*args, **more)

    monkeypatch.setattr(QuickBooksLedger, "prepare", gives_way_once)
    with pytest.raises(OperationalError):
        rig.run()
    assert not rig.issues()
    assert tasks.free_broken_off(rig.clock.now(), rig.broken) == 1
    rig.settle()
    assert len(rig.customers_named("Ada Byrne")) == 1


def test_a_fault_of_ours_in_a_run_is_told_to_the_firm_and_tried_again_a_quarter_of_an_hour_later(
    rig: Breaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.add_client("Ada Byrne")

    def broken(*args: Any) -> int:
        raise KeyError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(discover, "take_outbox", broken)
        with pytest.raises(KeyError):
            rig.run()
    with rig.here():
        assert Run.objects.latest("id").outcome == "failed"
        assert ActivityLine.objects.latest("id").sentence == runner.UNEXPECTED
        (told,) = standing.standings(rig.connection, rig.clock.now())
        assert told.sentence == runner.UNEXPECTED
    assert rig.connection.lease_until is None
    assert rig.connection.due_at == rig.clock.now() + runner.LONG
    rig.advance(runner.LONG.total_seconds())
    rig.settle()
    assert len(rig.customers_named("Ada Byrne")) == 1
