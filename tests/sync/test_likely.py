"""What a review is likely to find, said before it is started: from one call, and of unlinked records only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sync.rig import Rig
from tieout.sync import likely
from tieout.sync.likely import Likely

pytestmark = pytest.mark.django_db


def test_equal_names_are_counted_and_what_is_alone_on_either_side() -> None:
    rig = Rig()
    rig.add_client("Ada Byrne")
    rig.add_client("Only Here LLC")
    customer = rig.add_customer("ADA  BYRNE")
    rig.add_customer("Only There Inc")
    rig.add_customer("A Branch", Job=True, ParentRef={"value": customer})
    rig.connect()
    with rig.here():
        assert likely.look(rig.connection, 3, engine=rig.engine) == Likely(matches=1, new=1, ours_alone=1)


def test_a_longer_list_is_judged_by_its_first_page() -> None:
    rig = Rig()
    rig.add_client("Ada Byrne")
    rig.add_customer("Ada Byrne")
    rig.add_customer("Only There Inc")
    rig.connect()
    with rig.here():
        assert likely.look(rig.connection, 2_000, engine=rig.engine) == Likely(1_000, 1_000, None)


def test_what_is_linked_already_is_not_counted_again() -> None:
    rig = Rig()
    rig.set_up()
    rig.add_client("Ada Byrne")
    rig.settle()
    assert rig.links()
    with rig.here():
        assert likely.look(rig.connection, 1, engine=rig.engine) == Likely(0, 0, 0)


def test_a_list_that_was_emptied_after_it_was_counted_promises_nothing() -> None:
    rig = Rig()
    rig.add_client("Only Here LLC")
    rig.connect()
    with rig.here():
        assert likely.look(rig.connection, 3, engine=rig.engine) == Likely(0, 0, 1)


def test_the_time_that_reading_takes_follows_from_the_page_just_read() -> None:
    slow = likely.Read(rows=1_000, took=timedelta(seconds=6))
    assert slow.whole(10_000) == timedelta(minutes=2), "ten pages, and a minute of comparing"
    assert likely.Read(rows=40, took=timedelta(seconds=1)).whole(40) < timedelta(seconds=2)
    assert likely.Read().whole(0) == timedelta()


def test_the_page_is_timed_by_the_engines_clock() -> None:
    rig = Rig()
    assert rig.connect().ok
    rig.add_customer("Ada Byrne")
    rig.fault("delay", seconds="3", entity="customer", operation="query")
    with rig.here():
        found = likely.look(rig.connection, 1, engine=rig.engine)
    assert found.read.rows == 1
    assert found.read.took >= timedelta(seconds=3)
