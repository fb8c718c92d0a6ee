"""The guard against mass retirement: nothing is archived before all of it is known, and what a person confirms goes, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sync.rig import SOMEBODY, Rig
from tieout.practice.actions.clients import archive_client
from tieout.reconcile.state import Side
from tieout.sync import advanced, connections, retire_halt
from tieout.sync.models import Connection

pytestmark = pytest.mark.django_db


def firm(clients: int, batch: int = 5) -> Rig:
    """A firm with so many linked clients that a batch is a small part of them; archiving goes both ways."""
    rig = Rig(batch=batch)
    rig.set_up()
    for number in range(clients):
        rig.add_client(f"Client {number:02}")
    rig.settle()
    with rig.here():
        for side in Side:
            advanced.turn(rig.member, "client", "archive", side, True, engine=rig.engine)
    return rig


def put_away_there(rig: Rig, some: list[str]) -> None:
    for one in some:
        rig.emulator.control.edit(rig.realm, "Customer", rig.links()[one], {}, "deactivate")


def put_away_here(rig: Rig, some: list[str]) -> None:
    with rig.here():
        for one in some:
            archive_client(firm_id=rig.firm.pk, client_id=one, actor=SOMEBODY)


def out_of_use_here(rig: Rig) -> int:
    return sum(not one["active"] for one in rig.clients().values())


def out_of_use_there(rig: Rig) -> int:
    return sum(not one["Active"] for one in rig.customers().values())


def by_feed(rig: Rig) -> None:
    rig.until_the_change_feed_is_asked()


def by_webhook(rig: Rig) -> None:
    """They are only named: what they show has to be read."""
    rig.advance(60)
    rig.deliver()
    rig.settle()


def resume(rig: Rig, confirms: str = "") -> None:
    with rig.here():
        connections.resume(rig.member, confirms=confirms, engine=rig.engine)
    rig.settle()


def asked(rig: Rig) -> str:
    with rig.here():
        return retire_halt.words(Connection.objects.get().retire_halt)


@pytest.mark.parametrize("batch", [5, 200])
@pytest.mark.parametrize("told", [by_feed, by_webhook])
def test_nothing_is_archived_here_before_a_person_confirms_all_that_would_be(
    told: Callable[[Rig], None], batch: int
) -> None:
    rig = firm(20, batch)
    rig.subscribe()
    gone = sorted(rig.links())[:12]
    put_away_there(rig, gone)
    told(rig)
    connection = rig.connection
    assert (connection.state, out_of_use_here(rig)) == ("paused", 0)
    assert (
        "archive 12 clients here, of 20 that are linked. Nothing of it was written" in connection.state_reason
    )
    assert asked(rig) == "archive 12 clients here"
    resume(rig, "archive 3 clients here")  # another page's words confirm nothing
    assert (rig.connection.state, out_of_use_here(rig)) == ("paused", 0)
    resume(rig, asked(rig))
    assert (rig.connection.state, out_of_use_here(rig)) == ("active", 12)
    assert rig.connection.retire_halt == {}


def test_what_was_confirmed_is_used_up() -> None:
    rig = firm(20)
    ids = sorted(rig.links())
    put_away_there(rig, ids[:8])
    by_feed(rig)
    resume(rig, asked(rig))
    assert out_of_use_here(rig) == 8
    put_away_there(rig, ids[8:16])
    by_feed(rig)
    assert (rig.connection.state, out_of_use_here(rig)) == ("paused", 8)
    assert asked(rig) == "archive 8 clients here"


def test_nothing_is_put_away_in_quickbooks_before_a_person_confirms_all_that_would_be() -> None:
    rig = firm(20)
    put_away_here(rig, sorted(rig.links())[:12])
    rig.settle()
    assert (rig.connection.state, out_of_use_there(rig)) == ("paused", 0)
    assert asked(rig) == "take 12 clients out of use in QuickBooks"
    resume(rig, asked(rig))
    assert (rig.connection.state, out_of_use_there(rig)) == ("active", 12)


def test_a_few_in_a_large_firm_go_without_a_question() -> None:
    rig = firm(30)
    put_away_there(rig, sorted(rig.links())[:6])
    for number in range(20):
        rig.edit_client(sorted(rig.links())[-1 - number % 20], phone=str(number))
    by_feed(rig)
    assert (rig.connection.state, out_of_use_here(rig)) == ("active", 6)


def test_put_right_before_resuming_nothing_is_archived_and_nothing_stays_confirmed() -> None:
    rig = firm(20)
    gone = sorted(rig.links())[:12]
    put_away_there(rig, gone)
    by_feed(rig)
    words = asked(rig)
    for one in gone:
        rig.emulator.control.edit(rig.realm, "Customer", rig.links()[one], {"Active": True})
    rig.advance(60)
    resume(rig, words)
    assert (rig.connection.state, out_of_use_here(rig)) == ("active", 0)
    assert rig.connection.retire_halt == {}
