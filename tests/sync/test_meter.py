"""What a connection's calls cost: reads are counted, single writes are free."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig
from tieout.sync.ledgers import calls_of_month

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
