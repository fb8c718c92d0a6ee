"""A proposed pair that is none: each of its two records is decided by itself, and they are a pair again when that is taken back."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig
from tests.sync.test_item_review import Shop
from tests.sync.test_review_decisions import apply, reviewed, row, say
from tests.sync.test_review_decisions import forecast as whole_forecast
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Member, User
from tieout.sync import item_review, review_decisions, review_linking, review_lists
from tieout.sync.models import Hold, Link, Review, ReviewRow
from tieout.sync.review_plan import Decision
from tieout.sync.review_sheet import Before

pytestmark = pytest.mark.django_db
PAIRED = {"link": 1, "create_here": 0, "create_there": 0, "leave": 0}


def pair(rig: Rig, name: str) -> tuple[str, str]:
    """A client and a customer that match. Returns their ids."""
    address = f"{name.split()[0].lower()}@example.com"
    client = rig.add_client(name, email=address)
    return client, rig.add_customer(name, PrimaryEmailAddr={"Address": address})


def forecast(rig: Rig, found: Review) -> dict[str, int]:
    """Records, not fields."""
    return {what: many for what, many in whole_forecast(rig, found).items() if what != "fields"}


def half(rig: Rig, found: Review, **ids: str) -> ReviewRow:
    with rig.here():
        return found.rows.get(half_of__isnull=False, **ids)


def link(rig: Rig, found: Review, one: ReviewRow, other: str) -> list[Before]:
    with rig.here():
        return review_linking.link(found, rig.member, one.pk, other, engine=rig.engine)


def undo(rig: Rig, found: Review, before: list[Before]) -> int:
    with rig.here():
        return review_decisions.put_back(found, rig.member, before, engine=rig.engine)


def decide(rig: Rig, found: Review, one: ReviewRow, decision: Decision, member: Member | None = None) -> None:
    with rig.here():
        review_decisions.decide(found, member or rig.member, [one.pk], decision, engine=rig.engine)


def test_two_crossed_matches_are_put_right_in_one_review() -> None:
    rig = Rig()
    ada, adas = pair(rig, "Ada Byrne")
    bob, bobs = pair(rig, "Bob Low")
    found = reviewed(rig)
    for name in ("Ada Byrne", "Bob Low"):
        say(rig, found, name, Decision.REJECT)
    with rig.here():
        shown = [(one.practice_name, one.ledger_name) for one in review_lists.matches(found).rows]
    assert shown == [
        *(("Ada Byrne", "Ada Byrne"), ("Ada Byrne", ""), ("", "Ada Byrne")),
        *(("Bob Low", "Bob Low"), ("Bob Low", ""), ("", "Bob Low")),
    ]
    assert forecast(rig, found)["leave"] == 4
    link(rig, found, half(rig, found, practice_id=ada), bobs)
    link(rig, found, half(rig, found, ledger_id=adas), bob)
    assert forecast(rig, found)["link"] == 2
    assert forecast(rig, found)["leave"] == 0
    apply(rig, found)
    assert rig.links() == {ada: bobs, bob: adas}
    with rig.here():
        assert not Hold.objects.exists()


def test_each_record_of_a_pair_that_is_none_is_created_or_left_out_by_itself() -> None:
    rig = Rig()
    ada, adas = pair(rig, "Ada Byrne")
    found = reviewed(rig)
    say(rig, found, "Ada Byrne", Decision.REJECT)
    decide(rig, found, half(rig, found, practice_id=ada), Decision.CREATE)
    decide(rig, found, half(rig, found, ledger_id=adas), Decision.CREATE)
    assert forecast(rig, found) == {"link": 0, "create_here": 1, "create_there": 1, "leave": 0}
    decide(rig, found, half(rig, found, practice_id=ada), Decision.NONE)
    decide(rig, found, half(rig, found, ledger_id=adas), Decision.EXCLUDE)
    apply(rig, found)
    assert rig.issues() == [("excluded", "Ada Byrne"), ("unmatched", "Ada Byrne")]


def test_taken_back_they_are_a_pair_again_and_whoever_was_linked_with_one_is_free() -> None:
    rig = Rig()
    ada, adas = pair(rig, "Ada Byrne")
    other = rig.add_customer("Completely Different Name")
    found = reviewed(rig)
    with_other = PAIRED | {"create_here": 1}
    rejected = say(rig, found, "Ada Byrne", Decision.REJECT)
    link(rig, found, half(rig, found, practice_id=ada), other)
    with rig.here():
        match = found.rows.get(bucket="match")
        opened = review_decisions.decide(found, rig.member, [match.pk], Decision.NONE, engine=rig.engine)
    assert forecast(rig, found) == with_other
    assert row(rig, found, "Completely Different Name").decision == ""
    with rig.here():
        assert found.rows.filter(bucket="unmatched").count() == 0
        assert review_lists.waiting(found).get("unmatched", 0) == 0
    undo(rig, found, opened)
    assert row(rig, found, "Completely Different Name").choice["with"] == ada
    assert forecast(rig, found) == PAIRED | {"leave": 1}
    link(rig, found, half(rig, found, practice_id=ada), other)
    undo(rig, found, rejected)
    assert forecast(rig, found) == with_other
    apply(rig, found)
    assert rig.links()[ada] == adas


def test_what_a_colleague_decided_about_one_of_the_two_is_not_taken_back_with_the_pair() -> None:
    rig = Rig()
    ada, _ = pair(rig, "Ada Byrne")
    found = reviewed(rig)
    with every_firm_scope():
        user = User.objects.create_user("sam@example.com", None, full_name="Sam Ito")
        sam = Member.objects.create(firm=rig.firm, user=user, role=rig.member.role)
    rejected = say(rig, found, "Ada Byrne", Decision.REJECT)
    with rig.here():
        seen = review_decisions.last_decision(found)
        match = found.rows.get(bucket="match")
    rig.advance(5)
    decide(rig, found, half(rig, found, practice_id=ada), Decision.CREATE, sam)
    assert undo(rig, found, rejected) == 0
    with rig.here():
        assert not review_decisions.decide(
            found, rig.member, [match.pk], Decision.NONE, seen=seen, engine=rig.engine
        )
        late = review_decisions.decided_since(found, rig.member, [match.pk], seen)
    assert [one.practice_id for one in late] == [ada]
    assert half(rig, found, practice_id=ada).decision == "create"


def test_two_items_that_are_not_the_same_are_decided_below_the_pair_and_not_matched_again() -> None:
    shop = Shop()
    here = shop.here_item("Payroll", "90")
    there = shop.there_item("Payroll", "90")
    other = shop.there_item("Payroll monthly", "95")
    found = shop.read()
    with shop.here():
        match = found.rows.get(practice_id=here, bucket="match")
        before = item_review.counts(found)
    decide(shop, found, match, Decision.REJECT)
    mine = half(shop, found, practice_id=here)
    with shop.here():
        below = [(one.practice_id, one.ledger_id) for one in item_review.rows(found, "matched").rows]
        assert {(here, ""), ("", there)} < set(below)
        assert item_review.counts(found)["matched"] == before["matched"]
        assert item_review.recheck(found, mine.pk, engine=shop.engine).pk == mine.pk
    link(shop, found, mine, other)
    decide(shop, found, half(shop, found, ledger_id=there), Decision.EXCLUDE)
    shop.apply(found)
    with shop.here():
        assert Link.objects.get(entity="service_item", practice_id=here).ledger_id == other
