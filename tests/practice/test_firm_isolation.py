"""Twin firms: nothing of one is seen or changed from the other, neither by funnel nor by raw SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import Error, ProgrammingError, connection, transaction

from tests.practice.billing_world import NOW, one_row_of_each_billing_table
from tieout.practice.actions import clients as client_verbs
from tieout.practice.actions import contacts as contact_verbs
from tieout.practice.actions.api_tokens import create_token
from tieout.practice.actions.invitations import invite, send_again, withdraw
from tieout.practice.actions.saved_views import save_view
from tieout.practice.actions.tags import create_tag, tag_client
from tieout.practice.actions.team import add_member, change_role, switch_off_member
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.api_tokens import KeptAnswer
from tieout.practice.clients import Client, Kind
from tieout.practice.drafts import ImportDraft
from tieout.practice.firms import Firm, Member
from tieout.practice.invitations import Invitation
from tieout.practice.isolation import firm_scope, scoped_tables
from tieout.practice.permission_requests import PermissionRequest
from tieout.practice.permissions import NotYours
from tieout.practice.records import RECORD_KINDS

ACTOR = Actor(ActorKind.SYSTEM, "Test")


@pytest.fixture
def theirs(firm: Firm, alice: Member) -> Client:
    """A client of ``firm``, with a row in every table a client touches."""
    with firm_scope(firm.pk):
        client = client_verbs.create_client(
            firm_id=firm.pk, actor=Actor.of(alice), kind=Kind.INDIVIDUAL, name="Ada Byrne", given="Ada"
        )
        ImportDraft.objects.create(
            firm=firm, member=alice, file_name="a.csv", content="x", expires_at="2030-01-01T00:00Z"
        )
        invite(
            by=alice,
            email="new@byrne.example",
            role_id=alice.role_id,
            now=datetime(2026, 11, 2, 9, tzinfo=UTC),
        )
        PermissionRequest.objects.create(
            firm=firm, member=alice, permission="manage_integrations", asked_at=NOW
        )
        one_row_of_each_billing_table(client)
        tag = create_tag(firm_id=firm.pk, actor=Actor.of(alice), name="Monthly")
        tag_client(firm_id=firm.pk, client_id=client.pk, tag_id=tag.pk, actor=Actor.of(alice))
        save_view(by=alice, list="clients", name="Mine", query="show=all")
        token = create_token(by=alice, name="Robot", scopes=["view_clients"], days=None, now=NOW).token
        KeptAnswer.objects.create(
            firm=firm, token=token, key="1", fingerprint="x", status=200, created_at=NOW
        )
    return client


def test_every_table_of_a_firm_has_a_policy_for_reading_and_writing(firm: Firm) -> None:
    ours = [each for each in scoped_tables() if each.startswith("practice_")]
    assert {"practice_client", "practice_contact", "practice_member", "practice_role"} < set(ours)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_policies p JOIN pg_class c ON c.relname = p.tablename "
            "WHERE p.policyname = 'one_firm' AND p.cmd = 'ALL' AND c.relrowsecurity"
        )
        protected = {name for (name,) in cursor.fetchall()}
    assert set(ours) <= protected


def test_every_table_of_ours_belongs_to_a_firm_or_is_known_not_to() -> None:
    """A new table without a firm is a decision, made here."""
    shared = {"practice_firm", "practice_user"}
    tables = {
        model._meta.db_table
        for model in apps.get_app_config("practice").get_models(include_auto_created=True)
    }
    assert tables - set(scoped_tables()) == shared


@pytest.mark.usefixtures("theirs")
def test_raw_sql_without_a_scope_or_in_the_twins_scope_sees_nothing(firm: Firm, other_firm: Firm) -> None:
    def seen(table: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE firm_id = %s', [firm.pk])
            return int(cursor.fetchone()[0])

    tables = [each for each in scoped_tables() if each.startswith("practice_")]
    with firm_scope(firm.pk):
        assert [each for each in tables if not seen(each)] == []
    assert not any(seen(each) for each in tables)
    with firm_scope(other_firm.pk):
        assert not any(seen(each) for each in tables)


def test_raw_sql_cannot_write_into_the_twin(firm: Firm, other_firm: Firm) -> None:
    with (
        firm_scope(other_firm.pk),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Client(firm_id=firm.pk, name="Planted", kind=Kind.BUSINESS).save()


CALLS: dict[str, Callable[[int, Client, int], Any]] = {
    "change_client": lambda firm_id, client, _: client_verbs.change_client(
        firm_id=firm_id, client_id=client.pk, actor=ACTOR, name="Taken over"
    ),
    "archive_client": lambda firm_id, client, _: client_verbs.archive_client(
        firm_id=firm_id, client_id=client.pk, actor=ACTOR
    ),
    "restore_client": lambda firm_id, client, _: client_verbs.restore_client(
        firm_id=firm_id, client_id=client.pk, actor=ACTOR
    ),
    "add_contact": lambda firm_id, client, _: contact_verbs.add_contact(
        firm_id=firm_id, client_id=client.pk, actor=ACTOR, given="Eve"
    ),
    "change_contact": lambda firm_id, client, contact_id: contact_verbs.change_contact(
        firm_id=firm_id, client_id=client.pk, contact_id=contact_id, actor=ACTOR, given="Eve"
    ),
    "remove_contact": lambda firm_id, client, contact_id: contact_verbs.remove_contact(
        firm_id=firm_id, client_id=client.pk, contact_id=contact_id, actor=ACTOR
    ),
    "set_primary_contact": lambda firm_id, client, contact_id: contact_verbs.set_primary_contact(
        firm_id=firm_id, client_id=client.pk, contact_id=contact_id, actor=ACTOR
    ),
    "records.change": lambda firm_id, client, _: RECORD_KINDS["client"].change(
        firm_id, str(client.pk), {"name": "Taken over"}, ACTOR, expected_version=None
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_no_verb_reaches_a_client_of_the_twin(
    firm: Firm, other_firm: Firm, theirs: Client, call: Callable[[int, Client, int], Any]
) -> None:
    with firm_scope(firm.pk):
        contact_id = theirs.contacts.get().pk
    with firm_scope(other_firm.pk), pytest.raises(NotYours):
        call(other_firm.pk, theirs, contact_id)
    with firm_scope(firm.pk):
        theirs.refresh_from_db()
        assert (theirs.version, theirs.name) == (1, "Ada Byrne")


def test_a_verb_given_the_other_firms_id_writes_nothing_either(
    firm: Firm, other_firm: Firm, theirs: Client
) -> None:
    """Even a caller that mixes up the firms meets the second wall."""
    with firm_scope(other_firm.pk):
        with pytest.raises(NotYours):
            client_verbs.change_client(firm_id=firm.pk, client_id=theirs.pk, actor=ACTOR, name="x")
        with pytest.raises(Error), transaction.atomic():
            client_verbs.create_client(firm_id=firm.pk, actor=ACTOR, kind=Kind.BUSINESS, name="x")


def test_the_records_door_shows_nothing_of_the_twin(firm: Firm, other_firm: Firm, theirs: Client) -> None:
    door = RECORD_KINDS["client"]
    with firm_scope(other_firm.pk):
        assert door.read(other_firm.pk, [str(theirs.pk)]) == {}
        assert door.all_ids(other_firm.pk) == set()
        assert list(door.list(other_firm.pk)) == []
        assert door.read(firm.pk, [str(theirs.pk)]) == {}


def test_a_team_is_changed_only_from_within(
    firm: Firm, other_firm: Firm, alice: Member, mallory: Member
) -> None:
    with firm_scope(other_firm.pk):
        with pytest.raises(NotYours):
            switch_off_member(by=mallory, member_id=alice.pk)
        with pytest.raises(NotYours):
            change_role(by=mallory, member_id=mallory.pk, role_id=alice.role_id)
        with pytest.raises(NotYours):
            add_member(firm_id=firm.pk, user=mallory.user, preset="admin")


def test_invitations_are_changed_only_from_within(
    firm: Firm, other_firm: Firm, theirs: Client, mallory: Member
) -> None:
    with firm_scope(firm.pk):
        invitation = Invitation.objects.get()
    now = datetime(2026, 11, 2, 10, tzinfo=UTC)
    with firm_scope(other_firm.pk):
        for verb in (send_again, withdraw):
            with pytest.raises(NotYours):
                verb(by=mallory, invitation_id=invitation.pk, now=now)
