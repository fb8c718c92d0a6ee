"""What a connection's calls cost: reads are counted, single writes are free."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig
from tieout.reconcile.ports import Activity
from tieout.sync import runner
from tieout.sync.ledgers import calls_of_month, counted

pytestmark = pytest.mark.django_db


def test_an_edit_costs_no_read_and_a_hundred_changes_there_cost_few() -> None:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada Byrne", phone="1")
    rig.until_the_change_feed_is_asked()
    with rig.here():
        before = calls_of_month(rig.connection, rig.clock.now())
    rig.edit_client(client, phone="2")
    rig.settle()
    with rig.here():
        after = calls_of_month(rig.connection, rig.clock.now())
    assert (after["coreplus"] - before["coreplus"], after["core"] - before["core"]) == (0, 1)
    rig.subscribe()
    for number in range(100):
        rig.add_customer(f"Customer {number}")
    rig.advance(10)
    rig.deliver()
    rig.settle()
    with rig.here():
        later = calls_of_month(rig.connection, rig.clock.now())
    assert len(rig.clients()) == 101
    assert later["coreplus"] - after["coreplus"] <= 4


def test_our_count_equals_quickbooks_own() -> None:
    rig = Rig()
    rig.set_up()
    with rig.here():
        before = calls_of_month(rig.connection, rig.clock.now())
    rig.emulator.log.clear()
    rig.add_client("Ada Byrne")
    rig.until_the_change_feed_is_asked()
    with rig.here():
        after = calls_of_month(rig.connection, rig.clock.now())
    counted = {metered: after.get(metered, 0) - before.get(metered, 0) for metered in ("core", "coreplus")}
    theirs = [one.metered for one in rig.emulator.log.entries() if one.area == "data" and one.status == 200]
    assert counted == {metered: theirs.count(metered) for metered in counted}


def test_what_a_run_that_breaks_has_called_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    rig.set_up()
    rig.add_client("Ada Byrne")
    with rig.here():
        before = calls_of_month(rig.connection, rig.clock.now()).get("core", 0)

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(runner, "_finish", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        rig.run()
    with rig.here():
        assert calls_of_month(rig.connection, rig.clock.now())["core"] == before + 1


def test_what_reading_costs_is_counted_where_it_fails_half_way() -> None:
    rig = Rig()
    rig.connect()

    def read() -> None:
        with counted(rig.connection, rig.engine) as ledger:
            ledger.count("Customer", Activity.ALL)
            raise RuntimeError("a bug")

    with rig.here():
        before = calls_of_month(rig.connection, rig.clock.now()).get("coreplus", 0)
        with pytest.raises(RuntimeError, match="a bug"):
            read()
        assert calls_of_month(rig.connection, rig.clock.now())["coreplus"] == before + 1
