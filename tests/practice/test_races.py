"""Two people at the same moment, on connections of their own: one of them wins, nothing is done twice or lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from tests.practice.conftest import make_firm, make_member
from tieout.practice.access import visible_clients
from tieout.practice.actions.client_import import import_draft, keep_upload
from tieout.practice.actions.clients import ChangedMeanwhile, change_client, create_client
from tieout.practice.actions.merging import merge_clients
from tieout.practice.actions.team import change_role, switch_off_member
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Member
from tieout.practice.isolation import ROLE, firm_scope
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = Actor(ActorKind.SYSTEM, "Test")
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def alice(transactional_db: None) -> Member:
    return make_member(make_firm("Byrne & Co"), "alice@byrne.example", "Alice Byrne")


@pytest.fixture
def acme(alice: Member) -> Iterator[Client]:
    with firm_scope(alice.firm_id):
        yield create_client(firm_id=alice.firm_id, actor=ACTOR, kind=Kind.BUSINESS, name="Acme")


def at_once(firm_id: int, *acts: Callable[[], Any]) -> list[Any]:
    """What each act returned or raised, all started together."""
    results: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {ROLE}")
            with firm_scope(firm_id):
                gate.wait(timeout=10)
                results[number] = act()
        except (ChangedMeanwhile, Invalid) as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(each).__name__ for each in results)


def test_of_two_edits_from_the_same_version_one_is_refused(acme: Client) -> None:
    where: dict[str, Any] = {
        "firm_id": acme.firm_id,
        "client_id": acme.pk,
        "actor": ACTOR,
        "expected_version": 1,
    }
    results = at_once(
        acme.firm_id,
        *(lambda each=each: change_client(**where, phone=each) for each in ("555-0101", "555-0102")),
    )
    assert kinds(results) == ["ChangedMeanwhile", "Client"]
    acme.refresh_from_db()
    assert acme.version == 2


def test_two_edits_that_name_no_version_both_happen_one_after_the_other(acme: Client) -> None:
    where: dict[str, Any] = {"firm_id": acme.firm_id, "client_id": acme.pk, "actor": ACTOR}
    at_once(
        acme.firm_id,
        lambda: change_client(**where, phone="555-0101"),
        lambda: change_client(**where, email="a@b.example"),
    )
    acme.refresh_from_db()
    assert (acme.version, acme.phone, acme.email) == (3, "555-0101", "a@b.example")


def test_one_external_id_goes_to_one_client(acme: Client) -> None:
    results = at_once(
        acme.firm_id,
        *(
            lambda each=each: create_client(
                firm_id=acme.firm_id, actor=ACTOR, kind=Kind.BUSINESS, name=each, external_id="C-1"
            )
            for each in ("One", "Two")
        ),
    )
    assert kinds(results) == ["Client", "Invalid"]


def test_a_double_click_on_import_imports_once(alice: Member) -> None:
    with firm_scope(alice.firm_id):
        draft = keep_upload(member=alice, file_name="c.csv", content=b"Name\nAda\nBen\n", now=NOW)
    results = at_once(
        alice.firm_id,
        *(
            lambda: import_draft(member=alice, draft_id=draft.pk, skip_errors=False, now=NOW)
            for _ in range(3)
        ),
    )
    assert [each.imported_count for each in results] == [2, 2, 2]
    with firm_scope(alice.firm_id):
        assert visible_clients(alice).count() == 2


def test_two_merges_in_opposite_directions_leave_one_client(acme: Client) -> None:
    other = create_client(firm_id=acme.firm_id, actor=ACTOR, kind=Kind.BUSINESS, name="Acme again")
    one_way, other_way = (acme.pk, other.pk), (other.pk, acme.pk)
    results = at_once(
        acme.firm_id,
        *(
            lambda pair=pair: merge_clients(
                firm_id=acme.firm_id, stays_id=pair[0], goes_id=pair[1], actor=ACTOR
            )
            for pair in (one_way, other_way)
        ),
    )
    assert kinds(results) == ["Client", "Invalid"]
    assert Client.objects.filter(firm_id=acme.firm_id, merged_into=None).count() == 1


def test_two_administrators_cannot_take_each_others_rights(alice: Member) -> None:
    ben = make_member(alice.firm, "ben@byrne.example", "Ben Byrne")
    with firm_scope(alice.firm_id):
        staff = alice.firm.roles.get(preset="staff-all")
    results = at_once(
        alice.firm_id,
        lambda: change_role(by=alice, member_id=ben.pk, role_id=staff.pk),
        lambda: change_role(by=ben, member_id=alice.pk, role_id=staff.pk),
    )
    assert kinds(results) == ["Invalid", "Member"]


def test_two_administrators_cannot_switch_each_other_off(alice: Member) -> None:
    ben = make_member(alice.firm, "ben@byrne.example", "Ben Byrne")
    results = at_once(
        alice.firm_id,
        lambda: switch_off_member(by=alice, member_id=ben.pk),
        lambda: switch_off_member(by=ben, member_id=alice.pk),
    )
    assert kinds(results) == ["Invalid", "Member"]
