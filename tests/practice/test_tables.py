"""What the database itself holds, whatever the code above it does."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from tieout.practice.actor import Actor, ActorKind, ChangeRecord, history_row
from tieout.practice.clients import Client, Contact, Kind
from tieout.practice.firms import Firm, Member, User
from tieout.practice.outbox import OutboxNote, note_change

pytestmark = pytest.mark.usefixtures("scope")


def test_a_client_has_at_most_one_primary_contact(firm: Firm) -> None:
    client = Client.objects.create(firm=firm, name="Ada Byrne", kind=Kind.INDIVIDUAL)
    Contact.objects.create(firm=firm, client=client, is_primary=True, given="Ada")
    Contact.objects.create(firm=firm, client=client, given="Ben")
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.create(firm=firm, client=client, is_primary=True, given="Cleo")


def test_an_external_id_belongs_to_one_client_but_many_may_have_none(firm: Firm) -> None:
    for name in ("One", "Two"):
        Client.objects.create(firm=firm, name=name, kind=Kind.BUSINESS)
    Client.objects.create(firm=firm, name="Three", kind=Kind.BUSINESS, external_id="C-3")
    with pytest.raises(IntegrityError), transaction.atomic():
        Client.objects.create(firm=firm, name="Four", kind=Kind.BUSINESS, external_id="C-3")


def test_two_clients_may_share_a_name(firm: Firm) -> None:
    for _ in range(2):
        Client.objects.create(firm=firm, name="J. Smith", kind=Kind.INDIVIDUAL)
    assert Client.objects.filter(firm=firm, name="J. Smith").count() == 2


@pytest.mark.parametrize(
    "statement", ["UPDATE practice_changerecord SET verb = 'x'", "DELETE FROM practice_changerecord"]
)
def test_the_history_only_grows(firm: Firm, statement: str) -> None:
    history_row(firm.pk, "client", "1", 1, "created", Actor(ActorKind.SYSTEM, "Tieout"), {}).save()
    with (
        pytest.raises(ProgrammingError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert ChangeRecord.objects.get().verb == "created"


def test_an_email_is_one_user_however_it_is_written(alice: Member) -> None:
    assert User.objects.get_by_natural_key("ALICE@byrne.EXAMPLE") == alice.user
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email="Alice@Byrne.Example").save()


@pytest.mark.django_db(transaction=True)
def test_a_note_outside_a_transaction_is_refused(firm: Firm) -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        note_change(firm.pk, "client", "1", 1)
    assert not OutboxNote.objects.exists()
