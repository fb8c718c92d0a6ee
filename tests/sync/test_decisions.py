"""What a person decides about single records, and that the next run obeys."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.sync.rig import Rig
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions
from tieout.sync.models import Attempt, AttemptState, Conflict, Issue

pytestmark = pytest.mark.django_db


def here(record_id: str) -> Key:
    return Key("client", Side.PRACTICE, record_id)


def there(record_id: str) -> Key:
    return Key("client", Side.LEDGER, record_id)


def test_an_unmatched_client_is_linked_to_the_customer_a_person_chose() -> None:
    rig = Rig()
    client = rig.add_client("Bob Byrne", phone="1")
    customer = rig.add_customer("Robert Byrne", PrimaryEmailAddr={"Address": "r@example.com"})
    rig.set_up(create_new=False)
    with rig.here():
        decisions.link(rig.member, "client", client, customer, engine=rig.engine)
    rig.settle()
    assert rig.links() == {client: customer}
    assert rig.clients()[client]["email"] == "r@example.com"
    assert rig.clients()[client]["name"] == "Bob Byrne"
    assert rig.customers()[customer]["DisplayName"] == "Robert Byrne"
    assert rig.customers()[customer]["PrimaryPhone"]["FreeFormNumber"] == "1"
    assert not rig.issues()


def test_an_unmatched_client_is_created_there_when_a_person_says_so() -> None:
    rig = Rig()
    client = rig.add_client("Only Here")
    rig.set_up()
    with rig.here():
        assert decisions.create_on_other_side(rig.member, [here(client)], engine=rig.engine) == 1
    rig.settle()
    assert len(rig.customers_named("Only Here")) == 1
    assert not rig.issues()


def test_unlinked_records_stay_untouched_and_can_be_linked_again() -> None:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    with rig.here():
        customer = decisions.unlink(rig.member, "client", client, engine=rig.engine)
    rig.edit_client(client, phone="2")
    rig.settle()
    assert rig.customers()[customer]["PrimaryPhone"]["FreeFormNumber"] == "1"
    assert len(rig.customers()) == 1
    with rig.here():
        decisions.link(rig.member, "client", client, customer, engine=rig.engine)
    rig.settle()
    assert rig.issues() == [("conflict", "Ada Byrne")]


@pytest.mark.parametrize("keep, phone", [(Side.PRACTICE, "2"), (Side.LEDGER, "3")])
def test_an_answered_conflict_ends_with_the_kept_value_on_both_sides(keep: Side, phone: str) -> None:
    rig = Rig()
    client = rig.in_conflict("Ada Byrne")
    customer = rig.links()[client]
    with rig.here():
        (conflict,) = Conflict.objects.filter(closed_at=None)
        assert decisions.answer_conflicts(rig.member, [conflict.pk], keep, engine=rig.engine) == 1
    rig.settle()
    assert rig.clients()[client]["phone"] == phone
    assert rig.customers()[customer]["PrimaryPhone"]["FreeFormNumber"] == phone
    assert not rig.issues()
    with rig.here():
        conflict.refresh_from_db()
        assert (conflict.practice_value, conflict.ledger_value) == ("2", "3"), "both versions are kept"


def test_an_answer_to_older_values_does_not_decide_newer_ones() -> None:
    rig = Rig()
    client = rig.in_conflict("Ada Byrne")
    with rig.here():
        (conflict,) = Conflict.objects.filter(closed_at=None)
        decisions.answer_conflicts(rig.member, [conflict.pk], Side.LEDGER, engine=rig.engine)
    rig.edit_client(client, phone="4")
    rig.settle()
    assert rig.clients()[client]["phone"] == "4"
    assert rig.issues() == [("conflict", "Ada Byrne")]


def test_a_record_left_out_is_not_written_until_it_is_restored_and_decided() -> None:
    rig = Rig()
    rig.set_up()
    customer = rig.add_customer("Bo Diaz")
    with rig.here():
        decisions.exclude(rig.member, [there(customer)], reason="a test", engine=rig.engine)
    rig.until_the_change_feed_is_asked()
    assert not rig.clients()
    assert rig.issues() == [("excluded", "Bo Diaz")]
    with rig.here():
        decisions.restore(rig.member, [there(customer)], engine=rig.engine)
    rig.settle()
    assert not rig.clients()
    with rig.here():
        decisions.create_on_other_side(rig.member, [there(customer)], engine=rig.engine)
    rig.settle()
    assert len(rig.clients()) == 1


def test_retry_plans_a_record_again() -> None:
    rig = Rig()
    rig.set_up()
    vendor = rig.emulator.control.edit(rig.realm, "Vendor", None, {"DisplayName": "Ada"}, "create")
    rig.add_client("Ada")
    rig.settle()
    rig.emulator.control.edit(rig.realm, "Vendor", vendor["Id"], {"DisplayName": "Vendor Ada"})
    with rig.here():
        issues = list(Issue.objects.filter(closed_at=None).values_list("id", flat=True))
        assert decisions.retry(rig.member, issues, engine=rig.engine) == 1
    rig.settle()
    assert len(rig.customers_named("Ada")) == 1
    assert not rig.issues()


def test_a_record_linked_elsewhere_cannot_be_linked_again() -> None:
    rig = Rig()
    rig.set_up()
    ada, bo = rig.add_client("Ada"), rig.add_client("Bo")
    rig.settle()
    with rig.here(), pytest.raises(decisions.CannotDecide):
        decisions.link(rig.member, "client", ada, rig.links()[bo], engine=rig.engine)


def test_what_is_decided_while_a_run_is_past_the_record_brings_the_next_run_at_once() -> None:
    rig = Rig()
    client = rig.in_conflict("Ada Byrne")
    with rig.here():
        (conflict,) = Conflict.objects.filter(closed_at=None).values_list("pk", flat=True)
    rig.edit_client(client, email="ada@example.com")
    decided: list[str] = []

    def at_point(name: str) -> None:
        """Her e-mail is just written; the plan it came from knew of no answer."""
        if name == "answered" and not decided:
            decided.append(name)
            decisions.answer_conflicts(rig.member, [conflict], Side.LEDGER, engine=rig.engine)

    rig.engine = replace(rig.engine, at_point=at_point)
    rig.run()
    assert decided
    assert rig.clients()[client]["phone"] == "2"
    assert rig.connection.due_at <= rig.clock.now() + timedelta(seconds=1)
    rig.advance(1)
    rig.run()
    assert rig.clients()[client]["phone"] == "3"


@pytest.mark.parametrize("decided", ["linked", "left out"])
def test_what_is_decided_between_plan_and_sending_keeps_the_planned_creation_from_leaving(
    decided: str,
) -> None:
    rig = Rig()
    client = rig.add_client("Bob Byrne")
    customer = rig.add_customer("Robert Byrne")
    rig.set_up(create_new=False)
    with rig.here():
        decisions.create_on_other_side(rig.member, [here(client)], engine=rig.engine)

    def decide() -> str:
        """The plan is made and the write is being prepared; a person is quicker than its journal."""
        if decided == "linked" and not rig.links():
            decisions.link(rig.member, "client", client, customer, engine=rig.engine)
        elif decided == "left out":
            decisions.exclude(rig.member, [here(client)], engine=rig.engine)
        return number()

    number = rig.engine.new_id
    rig.engine = replace(rig.engine, new_id=decide)
    rig.settle()
    assert not rig.customers_named("Bob Byrne")
    assert rig.links() == ({client: customer} if decided == "linked" else {})


def test_what_is_in_doubt_cannot_be_linked_until_it_was_looked_for() -> None:
    rig = Rig()
    rig.set_up()
    customer = rig.add_customer("Robert Byrne")
    rig.settle()
    rig.fault("apply_then", status=500, entity="customer", operation="create", nth=1, times=1)
    client = rig.add_client("Bob Byrne")
    rig.run()
    with rig.here(), pytest.raises(decisions.CannotDecide, match="whether it arrived"):
        decisions.link(rig.member, "client", client, customer, engine=rig.engine)
    rig.settle()
    assert len(rig.customers_named("Bob Byrne")) == 1


def test_what_was_left_out_while_in_doubt_is_not_sent_again() -> None:
    rig = Rig()
    rig.set_up()
    rig.fault("drop_before", entity="customer", operation="create", nth=1, times=1)
    client = rig.add_client("Bob Byrne")
    rig.run()
    with rig.here():
        decisions.exclude(rig.member, [here(client)], engine=rig.engine)
    rig.settle()
    assert not rig.customers_named("Bob Byrne")
    with rig.here():
        (attempt,) = Attempt.objects.all()
        assert (attempt.state, attempt.sendings) == (AttemptState.REFUSED, 1)
        decisions.create_on_other_side(rig.member, [here(client)], engine=rig.engine)
    rig.settle()
    assert len(rig.customers_named("Bob Byrne")) == 1
