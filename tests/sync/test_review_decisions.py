"""What people decide in a review, row by row, and that applying does exactly that."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig
from tieout.reconcile.state import Side
from tieout.sync import match_memory, review, review_decisions, review_jobs, review_linking, review_plan
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Hold, Review, ReviewRow
from tieout.sync.review_plan import Decision
from tieout.sync.review_sheet import Before

pytestmark = pytest.mark.django_db


def reviewed(rig: Rig) -> Review:
    assert rig.connect().ok
    with rig.here():
        found = review.start(rig.connection, "client", activity="active", actor_member=rig.member)
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()
        assert found.state == "ready", found.problem
    return found


def row(rig: Rig, found: Review, name: str, bucket: str = "") -> ReviewRow:
    with rig.here():
        rows = [one for one in found.rows.all() if name in (one.practice_name, one.ledger_name)]
        return next(one for one in rows if not bucket or one.bucket == bucket)


def say(rig: Rig, found: Review, name: str, decision: Decision) -> list[Before]:
    with rig.here():
        return review_decisions.decide(
            found, rig.member, [row(rig, found, name).pk], decision, engine=rig.engine
        )


def forecast(rig: Rig, found: Review) -> dict[str, int]:
    with rig.here():
        found.refresh_from_db()
        return review_plan.forecast(list(found.rows.all()), found.create_new)


def apply(rig: Rig, found: Review) -> None:
    with rig.here():
        review.apply(found, rig.member)
        review_jobs.apply_now(found.pk, rig.engine)
    rig.settle()


def test_unmatched_ones_are_linked_created_or_left_out_as_said() -> None:
    rig = Rig()
    bob = rig.add_client("Bob Byrne", email="bob@example.com")
    rig.add_client("Cy Create", phone="7")
    rig.add_client("Lea Leave")
    rig.add_client("Wim Wait")
    robert = rig.add_customer("Completely Different Name")
    found = reviewed(rig)
    with rig.here():
        review_linking.link(found, rig.member, row(rig, found, "Bob Byrne").pk, robert, engine=rig.engine)
    say(rig, found, "Cy Create", Decision.CREATE)
    say(rig, found, "Lea Leave", Decision.EXCLUDE)
    assert forecast(rig, found) == {"link": 1, "fields": 0, "create_here": 0, "create_there": 1, "leave": 2}
    apply(rig, found)
    assert rig.links()[bob] == robert
    assert rig.customers()[robert]["PrimaryEmailAddr"]["Address"] == "bob@example.com"
    (made,) = rig.customers_named("Cy Create")
    assert made["PrimaryPhone"]["FreeFormNumber"] == "7"
    assert len(rig.customers()) == 2
    assert rig.issues() == [("excluded", "Lea Leave"), ("unmatched", "Wim Wait")]
    with rig.here():
        assert Hold.objects.get(excluded=True).sentence == "Left out by Dana Reyes at set-up."


def test_a_reason_given_in_the_review_is_kept_taken_back_and_stands_with_what_is_left_out() -> None:
    rig = Rig()
    for name in ("Lea Leave", "Mo Moved"):
        rig.add_client(name)
    found = reviewed(rig)

    def leave_out(name: str, reason: str) -> list[Before]:
        with rig.here():
            ids = [row(rig, found, name).pk]
            return review_decisions.decide(
                found, rig.member, ids, Decision.EXCLUDE, reason=reason, engine=rig.engine
            )

    leave_out("Lea Leave", " Retired ")
    leave_out("Mo Moved", "")
    before = leave_out("Mo Moved", "Moved away")
    assert row(rig, found, "Mo Moved").choice == {"reason": "Moved away"}
    with rig.here():
        review_decisions.put_back(found, rig.member, before, engine=rig.engine)
    assert (row(rig, found, "Mo Moved").decision, row(rig, found, "Mo Moved").choice) == ("exclude", {})
    assert not leave_out("Mo Moved", ""), "nothing new was said"
    apply(rig, found)
    with rig.here():
        kept = {hold.record_id: (hold.reason, hold.sentence) for hold in Hold.objects.filter(excluded=True)}
    assert sorted(kept.values()) == [
        ("", "Left out by Dana Reyes at set-up."),
        ("Retired", "Left out by Dana Reyes at set-up: Retired."),
    ]


def test_a_pair_made_by_hand_stands_in_both_rows_and_comes_apart_in_both() -> None:
    rig = Rig()
    rig.add_client("Bob Byrne")
    other = rig.add_customer("Completely Different Name")
    found = reviewed(rig)
    with rig.here():
        before = review_linking.link(
            found, rig.member, row(rig, found, "Bob Byrne").pk, other, engine=rig.engine
        )
    assert row(rig, found, "Completely Different Name").choice["with_name"] == "Bob Byrne"
    assert forecast(rig, found)["link"] == 1
    with rig.here():
        assert review_decisions.put_back(found, rig.member, before, engine=rig.engine) == 2
    assert forecast(rig, found) == {"link": 0, "fields": 0, "create_here": 1, "create_there": 0, "leave": 1}
    with rig.here():
        review_linking.link(found, rig.member, row(rig, found, "Bob Byrne").pk, other, engine=rig.engine)
    say(rig, found, "Completely Different Name", Decision.NONE)
    assert row(rig, found, "Bob Byrne").decision == ""


def test_one_of_a_pair_that_matches_cannot_be_linked_elsewhere() -> None:
    rig = Rig()
    rig.add_client("Ada Byrne", email="a@example.com")
    taken = rig.add_customer("Ada Byrne", PrimaryEmailAddr={"Address": "a@example.com"})
    rig.add_client("Bob")
    found = reviewed(rig)
    with rig.here(), pytest.raises(CannotDecide, match="stands under Matches with Ada Byrne"):
        review_linking.link(found, rig.member, row(rig, found, "Bob").pk, taken, engine=rig.engine)


def test_a_rejected_match_is_not_linked_and_not_proposed_again() -> None:
    rig = Rig()
    rig.add_client("Ada Byrne", email="a@example.com")
    rig.add_customer("Ada Byrne", PrimaryEmailAddr={"Address": "a@example.com"})
    found = reviewed(rig)
    assert forecast(rig, found)["link"] == 1
    say(rig, found, "Ada Byrne", Decision.REJECT)
    assert forecast(rig, found) == {"link": 0, "fields": 0, "create_here": 0, "create_there": 0, "leave": 2}
    apply(rig, found)
    assert not rig.links()
    with rig.here():
        assert len(match_memory.never_pairs(rig.connection, "client")) == 1


@pytest.mark.parametrize("side, phone", [("practice", "1"), ("ledger", "2"), ("", None)])
def test_where_a_pair_differs_the_chosen_side_wins_and_else_a_person_is_asked(
    side: str, phone: str | None
) -> None:
    rig = Rig()
    client = rig.add_client("Ada Byrne", email="a@example.com", phone="1")
    customer = rig.add_customer(
        "Ada Byrne", PrimaryEmailAddr={"Address": "a@example.com"}, PrimaryPhone={"FreeFormNumber": "2"}
    )
    found = reviewed(rig)
    pair = row(rig, found, "Ada Byrne")
    with rig.here():
        review_decisions.decide(found, rig.member, [pair.pk], Decision.ACCEPT, engine=rig.engine)
        review_decisions.keep_sides(found, rig.member, [pair.pk], ["phone"], side, engine=rig.engine)
    apply(rig, found)
    assert rig.links() == {client: customer}
    there = rig.customers()[customer]["PrimaryPhone"]["FreeFormNumber"]
    if phone:
        assert (rig.clients()[client]["phone"], there) == (phone, phone)
        assert not rig.issues()
    else:
        assert rig.issues() == [("conflict", "Ada Byrne")]


def test_of_a_duplicate_group_one_pair_is_linked_and_the_others_are_told_apart() -> None:
    rig = Rig()
    first = rig.add_client("Dan Low")
    rig.add_client("Dan  Low")
    customer = rig.add_customer("Dan Low")
    found = reviewed(rig)
    with rig.here():
        rows = {one.practice_id: one for one in found.rows.filter(bucket="duplicate")}
        assert len(rows) == 3
        review_linking.link(found, rig.member, rows[first].pk, customer, engine=rig.engine)
        other = next(one for one in rows.values() if one.practice_id not in ("", first))
        review_decisions.decide(found, rig.member, [other.pk], Decision.DIFFERENT, engine=rig.engine)
    apply(rig, found)
    assert rig.links() == {first: customer}
    assert [cause for cause, _ in rig.issues()] == ["unmatched"]
    assert len(rig.customers()) == 1


def test_an_unticked_new_one_is_left_out_and_the_switch_counts_the_others() -> None:
    rig = Rig()
    rig.add_customer("Wanted")
    rig.add_customer("Unwanted")
    found = reviewed(rig)
    say(rig, found, "Unwanted", Decision.EXCLUDE)
    assert forecast(rig, found) == {"link": 0, "fields": 0, "create_here": 1, "create_there": 0, "leave": 1}
    apply(rig, found)
    assert [units["name"] for units in rig.clients().values()] == ["Wanted"]
    assert rig.issues() == [("excluded", "Unwanted")]


def test_the_last_one_to_decide_a_row_wins_and_their_decision_is_not_undone_by_another() -> None:
    rig = Rig()
    rig.add_client("Ada")
    found = reviewed(rig)
    before = say(rig, found, "Ada", Decision.CREATE)
    with rig.here():
        ReviewRow.objects.filter(review=found).update(decision="exclude", decided_by=None)
        assert review_decisions.put_back(found, rig.member, before, engine=rig.engine) == 0
    assert row(rig, found, "Ada").decision == "exclude"


def test_what_a_bucket_does_not_offer_is_not_said() -> None:
    rig = Rig()
    rig.add_client("Ada")
    found = reviewed(rig)
    assert say(rig, found, "Ada", Decision.ACCEPT) == []
    assert row(rig, found, "Ada").decision == ""


def test_a_review_that_was_applied_takes_no_more_decisions() -> None:
    rig = Rig()
    rig.add_client("Ada")
    found = reviewed(rig)
    apply(rig, found)
    with pytest.raises(CannotDecide):
        say(rig, found, "Ada", Decision.CREATE)


def test_the_fingerprint_changes_with_every_decision_and_with_nothing_else() -> None:
    rig = Rig()
    rig.add_client("Ada")
    found = reviewed(rig)

    def print_() -> str:
        with rig.here():
            return review_plan.fingerprint(list(found.rows.all()), found.create_new)

    first = print_()
    assert print_() == first
    before = say(rig, found, "Ada", Decision.CREATE)
    assert print_() != first
    with rig.here():
        review_decisions.put_back(found, rig.member, before, engine=rig.engine)
    assert print_() == first


def test_keeping_a_side_is_only_for_pairs() -> None:
    rig = Rig()
    rig.add_client("Ada")
    found = reviewed(rig)
    with rig.here():
        pk = row(rig, found, "Ada").pk
        assert review_decisions.keep_sides(found, rig.member, [pk], ["phone"], Side.LEDGER) == []
