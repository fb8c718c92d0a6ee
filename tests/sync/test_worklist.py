"""The open issues as a list to work through, and the decisions that need more than one step."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sync.rig import Rig
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, dirty, partners, repairs, worklist
from tieout.sync.dirty import Mark
from tieout.sync.models import Observation
from tieout.web.integrations import remedies

pytestmark = pytest.mark.django_db


def here(record_id: str) -> Key:
    return Key("client", Side.PRACTICE, record_id)


def there(record_id: str) -> Key:
    return Key("client", Side.LEDGER, record_id)


def rows(rig: Rig, cause: str, listing: str = "needs_you", **asked: object) -> list[worklist.WorkRow]:
    with rig.here():
        return worklist.page_of(
            rig.connection,
            listing,
            cause,
            engine=rig.engine,
            **asked,  # type: ignore[arg-type]
        ).rows


def test_a_conflict_is_listed_by_its_field_with_both_values_until_it_is_answered() -> None:
    rig = Rig()
    client = rig.in_conflict("Ada Byrne")
    customer = rig.links()[client]
    with rig.here():
        (group,) = worklist.groups(rig.connection, "needs_you")
    assert (group.cause.slug, group.count) == ("conflict", 1)
    (row,) = rows(rig, "conflict")
    assert row.title == "Phone of Ada Byrne"
    assert row.ledger_id == customer
    assert row.values is not None
    assert (row.values.practice, row.values.ledger, row.values.keep) == ("2", "3", "")
    assert not row.under_way
    with rig.here():
        decisions.answer_conflicts(rig.member, [row.values.conflict_id], Side.LEDGER, engine=rig.engine)
    (row,) = rows(rig, "conflict")
    assert row.under_way
    assert row.values is not None
    assert row.values.keep == "ledger"
    rig.settle()
    assert rows(rig, "conflict") == []
    with rig.here():
        assert worklist.still_open(rig.connection, [row.id]) == set()


def test_a_row_that_a_run_settles_while_the_page_is_read_is_on_it_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Drawn as open and not under way it would stand there for good: the page asks only for what is under way."""
    rig = Rig()
    rig.in_conflict("Ada Byrne")
    (row,) = rows(rig, "conflict")
    assert row.values is not None
    with rig.here():
        decisions.answer_conflicts(rig.member, [row.values.conflict_id], Side.LEDGER, engine=rig.engine)
    read_partners = worklist._partners

    def a_run_ends_meanwhile(*asked: Any) -> Any:
        rig.settle()
        return read_partners(*asked)

    monkeypatch.setattr(worklist, "_partners", a_run_ends_meanwhile)
    assert rows(rig, "conflict") == []


def test_rows_come_a_page_at_a_time_and_can_be_searched() -> None:
    rig = Rig()
    for number in range(5):
        rig.add_client(f"Client {number}")
    rig.set_up()
    with rig.here():
        page = worklist.page_of(
            rig.connection, "needs_you", "unmatched", page=2, per_page=2, engine=rig.engine
        )
        assert (len(page.rows), page.page, page.pages, page.total) == (2, 2, 3, 5)
        assert len(list(worklist.every(rig.connection, "needs_you", engine=rig.engine))) == 5
        assert worklist.totals(rig.connection) == {"needs_you": 5}
    assert [row.name for row in rows(rig, "unmatched", search="client 3")] == ["Client 3"]


def test_two_of_one_name_that_a_person_calls_different_are_not_asked_about_again() -> None:
    rig = Rig()
    rig.set_up()
    customer = rig.add_customer("Ada Byrne")
    client = rig.add_client("Ada  BYRNE")
    rig.until_the_change_feed_is_asked()
    row = rows(rig, "lookalike")[0]
    assert [(one.id, one.name) for one in row.options] == [(customer, "Ada Byrne")]
    with rig.here():
        repairs.declare_different(rig.member, here(client), [customer], engine=rig.engine)
    rig.settle()
    assert not rows(rig, "lookalike")
    assert rig.links().get(client) != customer


def a_client_whose_customer_is_gone(rig: Rig) -> tuple[str, str]:
    """The client's id, and the id of a customer that is left. What was there is known to be removed."""
    rig.set_up(create_new=False)
    client = rig.add_client("Ada Byrne")
    rig.settle()
    left = rig.add_customer("Ada B. Byrne")
    rig.edit_customer(rig.links()[client], DisplayName="Somebody Else")
    with rig.here():
        gone = Observation.objects.filter(side="ledger", record_id=rig.links()[client])
        gone.update(absent="deleted there")
        mark = Mark("client", Side.LEDGER, rig.links()[client], "a test", must_read=False)
        dirty.mark(rig.connection, [mark], rig.clock.now())
    rig.run()
    assert [row.name for row in rows(rig, "merged_there")] == ["Ada Byrne"]
    return client, left


def test_a_client_whose_customer_is_gone_can_be_linked_to_another_one() -> None:
    rig = Rig()
    client, left = a_client_whose_customer_is_gone(rig)
    with rig.here():
        decisions.exclude(rig.member, [there(left)], engine=rig.engine)
    rig.until_the_change_feed_is_asked()
    with rig.here():
        repairs.link_instead(rig.member, "client", client, left, engine=rig.engine)
    rig.settle()
    assert rig.links()[client] == left


def test_what_was_removed_there_is_created_again_only_because_a_person_says_so() -> None:
    rig = Rig()
    client, _ = a_client_whose_customer_is_gone(rig)
    assert not rig.customers_named("Ada Byrne")
    with rig.here():
        repairs.create_again(rig.member, here(client), engine=rig.engine)
    rig.settle()
    (made,) = rig.customers_named("Ada Byrne")
    assert rig.links()[client] == str(made["Id"])


def test_suggestions_come_with_reasons_and_search_shows_what_is_taken() -> None:
    rig = Rig()
    client = rig.add_client("Bob Byrne", email="bob@example.com")
    best = rig.add_customer("Robert Byrne", PrimaryEmailAddr={"Address": "bob@example.com"})
    rig.add_customer("Quite Somebody Else")
    taken = rig.add_customer("Taken Byrne")
    rig.add_client("Taken Byrne", email="t@example.com")
    rig.set_up(create_new=False)
    with rig.here():
        for mine, other in [(client, best)]:
            found = partners.suggested(rig.connection, here(mine), engine=rig.engine)
            assert found[0].id == other
            assert found[0].reasons
            back = partners.suggested(rig.connection, there(other), engine=rig.engine)
            assert back[0].id == mine
        decisions.link(rig.member, "client", client, best, engine=rig.engine)
        shown = {one.id: one.linked_to for one in partners.found(rig.connection, here(client), "byrne")}
    assert shown[best] == "Bob Byrne"
    assert taken in shown


def test_a_twin_that_is_inactive_there_is_offered_to_be_made_active_again() -> None:
    rig = Rig()
    rig.set_up()
    customer = rig.add_customer("Ada Byrne")
    rig.emulator.control.edit(rig.realm, "Customer", customer, {}, "deactivate")
    rig.until_the_change_feed_is_asked()
    rig.add_client("Ada Byrne")
    rig.settle()
    (row,) = [*rows(rig, "lookalike"), *rows(rig, "name_taken")]
    offered = {one.label: one.value for one in remedies.buttons(row)}
    assert offered["Reactivate and link with Ada Byrne"] == f"reactivate:{row.id}:{customer}"
