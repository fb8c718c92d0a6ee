"""What a review is likely to find, said before it is started: from one call, and of unlinked records only."""

from __future__ import annotations

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
