"""Roll back this run: both sides as they were, in fields and in what is in use; what was edited since stays and is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.sync.rig import Rig
from tieout.practice.records import ClientRecords
from tieout.reconcile.state import Side
from tieout.sync import advanced, review, review_decisions, review_jobs, rollback
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Review, SectionState
from tieout.sync.review_plan import Decision

pytestmark = pytest.mark.django_db


class Practice(Rig):
    """Two that match and differ, one only here, one only there."""

    def __init__(self) -> None:
        super().__init__()
        self.ada = self.add_client("Ada Byrne", kind="individual", phone="")
        self.dan = self.add_client("Dan Low Inc")
        self.add_customer("Ada Byrne", PrimaryPhone={"FreeFormNumber": "555-0100"})
        self.sam = self.add_customer("Sam Ito LLC")
        assert self.connect().ok
        self.before = self.shown()

    def shown(self) -> tuple[list[Any], list[Any]]:
        """Everything in use on both sides, as its users see it."""
        here = sorted(repr(sorted(one.items())) for one in self.clients().values() if one["active"])
        there = sorted(
            repr(sorted(_plain(one).items())) for one in self.customers().values() if one.get("Active", True)
        )
        return here, there

    def sync_clients(self, meanwhile: Callable[[], None] = lambda: None) -> Review:
        with self.here():
            found = review.start(self.connection, "client", activity="active", actor_member=self.member)
            review_jobs.collect(found.pk, self.engine)
            row = found.rows.get(practice_id=self.dan)
            review_decisions.decide(found, self.member, [row.pk], Decision.CREATE, engine=self.engine)
            pairs = found.rows.exclude(practice_id="").exclude(ledger_id="").values_list("pk", flat=True)
            review_decisions.decide(found, self.member, list(pairs), Decision.ACCEPT, engine=self.engine)
            found.refresh_from_db()
            review.apply(found, self.member)
            review_jobs.apply_now(found.pk, self.engine)
        meanwhile()
        self.settle()
        with self.here():
            found.refresh_from_db()
        assert found.state == "done", found.state
        return found

    def sync_again(self) -> Review:
        """One more run, with nothing decided in it."""
        found = self.review_clients()
        self.settle()
        with self.here():
            found.refresh_from_db()
        return found

    def roll_back(self, found: Review) -> dict[str, Any]:
        with self.here():
            rollback.start(self.connection, found, self.member, engine=self.engine)
        for _ in range(10):
            if rollback.roll_back(found.pk, self.engine):
                break
            self.advance(180)
            self.run()
        with self.here():
            found.refresh_from_db()
        return dict(found.summary["rolled_back"])


def _plain(customer: Mapping[str, Any]) -> dict[str, Any]:
    """Without what every write moves."""
    return {
        name: one for name, one in customer.items() if name not in ("SyncToken", "MetaData") and one != ""
    }


@pytest.fixture
def practice() -> Practice:
    return Practice()


def test_rolled_back_both_sides_are_as_they_were_and_nothing_travels(practice: Practice) -> None:
    found = practice.sync_clients()
    assert practice.shown() != practice.before
    assert len(practice.links()) == 3
    told = practice.roll_back(found)
    assert practice.shown() == practice.before
    assert told["left"] == []
    assert practice.links() == {}
    assert practice.connection.section("client") is SectionState.NOT_STARTED
    practice.edit_client(practice.ada, email="ada@example.com")
    for _ in range(3):
        practice.run()
    assert practice.shown()[1] == practice.before[1]


def test_nothing_is_deleted_only_taken_out_of_use(practice: Practice) -> None:
    found = practice.sync_clients()
    practice.roll_back(found)
    made = practice.customers_named("Dan Low Inc (deleted)") or practice.customers_named("Dan Low Inc")
    assert [one["Active"] for one in made] == [False]
    archived = [one["name"] for one in practice.clients().values() if not one["active"]]
    assert archived == ["Sam Ito LLC"]


def test_what_was_edited_since_stays_and_is_named(practice: Practice) -> None:
    found = practice.sync_clients()
    practice.edit_client(practice.ada, phone="555-0199")
    practice.settle()
    told = practice.roll_back(found)
    assert any("Ada Byrne in Tieout: Phone was edited since" in one for one in told["left"])
    assert practice.clients()[practice.ada]["phone"] == "555-0199"


def test_what_people_edited_while_the_set_up_was_under_way_stays_on_both_sides_and_is_named() -> None:
    practice = Practice()
    eve, zoe = practice.add_client("Eve Hart", phone="1"), practice.add_client("Zoe Lind", phone="1")
    practice.add_customer("Eve Hart", PrimaryPhone={"FreeFormNumber": "1"})
    zoe_there = practice.add_customer("Zoe Lind", PrimaryPhone={"FreeFormNumber": "1"})

    def meanwhile() -> None:
        practice.edit_client(eve, phone="2")
        practice.edit_customer(zoe_there, PrimaryPhone={"FreeFormNumber": "3"})
        practice.add_client("Amy Roe")

    found = practice.sync_clients(meanwhile)
    eve_there = practice.links()[eve]
    assert practice.customers()[eve_there]["PrimaryPhone"]["FreeFormNumber"] == "2"
    assert practice.clients()[zoe]["phone"] == "3"
    told = practice.roll_back(found)
    assert practice.customers()[eve_there]["PrimaryPhone"]["FreeFormNumber"] == "2"
    assert practice.clients()[zoe]["phone"] == "3"
    assert practice.customers_named("Amy Roe")[0]["Active"]
    assert practice.clients()[practice.ada]["phone"] == "", "what the set-up filled is taken back"
    assert not [one for one in practice.customers_named("Dan Low Inc") if one["Active"]]
    assert sorted(told["left"]) == [
        "Amy Roe in QuickBooks was added meanwhile, and stays as it is.",
        "Eve Hart in QuickBooks: Phone was edited since, and stays as it is.",
        "Zoe Lind in Tieout: Phone was edited since, and stays as it is.",
    ]


@pytest.mark.parametrize("edit", [{"phone": "555-0199"}, {"email": "ada@example.com"}])
def test_an_edit_made_while_it_is_rolled_back_is_looked_at_before_the_record_is_written(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, edit: dict[str, str]
) -> None:
    found = practice.sync_clients()
    change, left = ClientRecords.change, [edit]

    def after_an_edit(firm_id: int, record_id: str, *rest: Any, **more: Any) -> Any:
        if record_id == practice.ada and left:
            practice.edit_client(record_id, **left.pop())
        return change(firm_id, record_id, *rest, **more)

    monkeypatch.setattr(ClientRecords, "change", staticmethod(after_an_edit))
    told = practice.roll_back(found)
    ada = practice.clients()[practice.ada]
    assert not left
    assert {name: ada[name] for name in edit} == edit
    assert ada["phone"] == edit.get("phone", "")
    assert any("Phone was edited since" in one for one in told["left"]) is ("phone" in edit)


@pytest.mark.parametrize("effect", ["drop_before", "drop_after"])
def test_an_answer_that_is_lost_meanwhile_changes_nothing_about_the_end(
    practice: Practice, effect: str
) -> None:
    found = practice.sync_clients()
    practice.fault(effect, entity="customer", operation="update", nth=1, times=1)
    practice.roll_back(found)
    assert practice.shown() == practice.before


@pytest.mark.parametrize("arrived", [False, True])
def test_a_creation_in_doubt_is_not_sent_again_while_the_set_up_is_taken_back(
    practice: Practice, arrived: bool
) -> None:
    """Seed 32: creating had been switched off, and nothing asks a switch while that lasts."""
    run = practice.sync_clients()
    practice.fault("drop_after" if arrived else "drop_before", operation="create", times=1)
    practice.add_client("Eve Lane")
    practice.run()
    with practice.here():
        advanced.turn(practice.member, "client", "create", Side.LEDGER, on=False, engine=practice.engine)
    practice.roll_back(run)
    assert len(practice.customers_named("Eve Lane")) == arrived, (
        "what did arrive is known, and came after the set-up"
    )


def test_after_thirty_days_and_twice_it_is_refused_with_a_sentence(practice: Practice) -> None:
    found = practice.sync_clients()
    with practice.here():
        late = practice.later(days=31)
        assert "30 days" in rollback.why_not(practice.connection, found, late)
    practice.roll_back(found)
    with practice.here(), pytest.raises(CannotDecide, match="was rolled back"):
        rollback.start(practice.connection, found, practice.member, engine=practice.engine)


def test_of_two_runs_the_first_can_be_rolled_back_once_the_second_was(practice: Practice) -> None:
    first = practice.sync_clients()
    practice.add_client("Kim Kay Inc")
    practice.settle()
    second = practice.sync_again()
    with practice.here():
        refused = rollback.why_not(practice.connection, first, practice.engine.now())
        assert "A later run has built on it" in refused
    practice.roll_back(second)
    practice.roll_back(first)
    assert [one for one in practice.links().values() if one == practice.sam] == []
    with practice.here():
        assert "This run was rolled back" in rollback.why_not(
            practice.connection, first, practice.engine.now()
        )


def test_set_up_again_afterwards_everything_finds_itself(practice: Practice) -> None:
    practice.roll_back(practice.sync_clients())
    with practice.here():
        found = review.start(practice.connection, "client", activity="all", actor_member=practice.member)
        review_jobs.collect(found.pk, practice.engine)
        found.refresh_from_db()
        assert found.state == "ready"
        assert review.bucket_counts(found)["match"] >= 1
