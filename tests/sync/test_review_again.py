"""A second review of the same side: whom a person left out before stays so, with the reason, until somebody says otherwise."""

from __future__ import annotations

import pytest

from tests.sync.rig import SOMEBODY, Rig
from tests.sync.test_item_review import Shop
from tests.sync.test_review_decisions import apply, row, say
from tieout.practice.actions.clients import archive_client
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, review, review_decisions, review_jobs, review_together
from tieout.sync.models import ActivityLine, Hold, Link, Review
from tieout.sync.review_plan import Decision

pytestmark = pytest.mark.django_db


def again(rig: Rig, activity: str = "active", entity: str = "client") -> Review:
    with rig.here():
        found = review.start(rig.connection, entity, activity=activity, actor_member=rig.member)
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()
    assert found.state == "ready", found.problem
    return found


def leave_out(rig: Rig, found: Review, name: str, reason: str) -> None:
    with rig.here():
        ids = [row(rig, found, name).pk]
        review_decisions.decide(found, rig.member, ids, Decision.EXCLUDE, reason=reason, engine=rig.engine)


def holds(rig: Rig) -> dict[str, tuple[bool, str]]:
    with rig.here():
        return {one.record_id: (one.excluded, one.sentence) for one in Hold.objects.all()}


def test_who_was_left_out_starts_as_left_out_with_the_reason_and_is_neither_created_nor_asked_about() -> None:
    rig = Rig()
    lea = rig.add_client("Lea Leave")
    nora = rig.add_customer("Nora Not")
    assert rig.connect().ok
    first = again(rig)
    leave_out(rig, first, "Nora Not", "A lead, no client")
    apply(rig, first)
    with rig.here():  # from the panel of the record
        decisions.exclude(
            rig.member, [Key("client", Side.PRACTICE, lea)], reason="Retired", engine=rig.engine
        )
    before = holds(rig)
    second = again(rig)
    for name, reason in (("Nora Not", "A lead, no client"), ("Lea Leave", "Retired")):
        carried = row(rig, second, name)
        assert (carried.decision, carried.choice["reason"]) == ("exclude", reason)
        assert carried.decided_by_id == rig.member.pk
    with rig.here():
        assert review_together.at_stake(second).rows == 0, "stopping the review would lose nothing"
        told = ActivityLine.objects.filter(sentence__contains="left Nora Not out").count()
    apply(rig, second)
    assert holds(rig) == before
    assert (len(rig.clients()), len(rig.customers())) == (1, 1)
    assert sorted(rig.issues()) == [("excluded", "Lea Leave"), ("excluded", "Nora Not")]
    with rig.here():
        assert ActivityLine.objects.filter(sentence__contains="left Nora Not out").count() == told
    third = again(rig)
    say(rig, third, "Nora Not", Decision.NONE)
    apply(rig, third)
    assert nora in rig.links().values(), "opened again, it goes the way of its list"


def test_who_was_taken_back_in_while_the_review_was_open_is_not_left_out_by_it_again() -> None:
    rig = Rig()
    lea, nora = rig.add_client("Lea Leave"), rig.add_customer("Nora Not")
    assert rig.connect().ok
    keys = [Key("client", Side.PRACTICE, lea), Key("client", Side.LEDGER, nora)]
    with rig.here():
        decisions.exclude(rig.member, keys, reason="Retired", engine=rig.engine)
    second = again(rig)
    assert row(rig, second, "Nora Not").decision == row(rig, second, "Lea Leave").decision == "exclude"
    with rig.here():
        decisions.restore(rig.member, keys[:1], engine=rig.engine)
        decisions.restore(rig.member, keys[1:], free=keys[1:], engine=rig.engine)
    apply(rig, second)
    assert holds(rig) == {lea: (False, "Dana Reyes took it back in; it waits for a decision.")}
    assert nora in rig.links().values(), "nothing held it any more"


def test_a_switch_that_was_off_is_off_again_and_on_it_brings_all_that_nobody_left_out() -> None:
    rig = Rig()
    for name in ("Ned New", "Nora Not"):
        rig.add_customer(name)
    assert rig.connect().ok
    first = again(rig)
    leave_out(rig, first, "Nora Not", "")
    with rig.here():
        review.set_create_new(first, False, rig.member)
    apply(rig, first)
    second = again(rig)
    assert not second.create_new
    apply(rig, second)
    assert not rig.clients()
    third = again(rig)
    assert (row(rig, third, "Ned New").decision, row(rig, third, "Nora Not").decision) == ("", "exclude")
    with rig.here():
        review.set_create_new(third, True, rig.member)
    apply(rig, third)
    assert [one["name"] for one in rig.clients().values()] == ["Ned New"]


def test_who_is_not_read_this_time_stays_left_out_with_the_reason() -> None:
    rig = Rig()
    nora = rig.add_customer("Nora Not")
    old = rig.add_client("Old Oak LLC")
    assert rig.connect().ok
    first = again(rig)
    leave_out(rig, first, "Nora Not", "A lead, no client")
    leave_out(rig, first, "Old Oak LLC", "Closed")
    apply(rig, first)
    before = holds(rig)
    rig.edit_customer(nora, Active=False)
    with rig.here():
        archive_client(firm_id=rig.firm.pk, client_id=old, actor=SOMEBODY)
    second = again(rig)
    with rig.here():
        assert not second.rows.exclude(bucket="outside").exists()
    apply(rig, second)
    assert holds(rig) == before


def test_a_service_that_was_left_out_is_not_created_by_the_next_review() -> None:
    shop = Shop()
    gardening = shop.there_item("Gardening", "60")
    first = shop.read()
    leave_out(shop, first, "Gardening", "Not ours")
    shop.apply(first)
    second = shop.read()
    carried = row(shop, second, "Gardening")
    assert (carried.decision, carried.choice["reason"]) == ("exclude", "Not ours")
    shop.apply(second)
    with shop.here():
        assert not Link.objects.filter(entity="service_item", ledger_id=gardening).exists()
    assert ("excluded", "Gardening") in shop.issues()
