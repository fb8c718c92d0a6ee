"""The verbs on clients: one transaction each, with a version, a history entry and one note."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from tieout.practice.actions.clients import (
    ChangedMeanwhile,
    archive_client,
    change_client,
    create_client,
    restore_client,
)
from tieout.practice.actions.contacts import add_contact, change_contact, remove_contact, set_primary_contact
from tieout.practice.actor import Actor, ActorKind, ChangeRecord
from tieout.practice.clients import Client, Contact, Kind
from tieout.practice.firms import Firm, Member
from tieout.practice.outbox import OutboxNote
from tieout.practice.permissions import NotYours
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")
SYNC = Actor(ActorKind.SYNC, "QuickBooks")


def notes() -> list[tuple[str, str, int]]:
    return [(each.kind, each.record_id, each.version) for each in OutboxNote.objects.order_by("id")]


def test_a_new_client_has_version_one_a_history_entry_and_one_note(firm: Firm, alice: Member) -> None:
    client = create_client(
        firm_id=firm.pk,
        actor=Actor.of(alice),
        kind=Kind.BUSINESS,
        name=" Acme LLC ",
        email="books@acme.example",
    )
    client.refresh_from_db()
    assert (client.name, client.version, client.is_active) == ("Acme LLC", 1, True)
    assert notes() == [("client", str(client.pk), 1)]
    entry = ChangeRecord.objects.get()
    assert (entry.verb, entry.actor_label, entry.member_id) == ("created", "Alice Byrne", alice.pk)
    assert entry.changes == {
        "kind": [None, "business"],
        "is_active": [None, True],
        "name": [None, "Acme LLC"],
        "email": [None, "books@acme.example"],
    }


def test_a_new_individual_gets_one_primary_contact_with_the_persons_name(firm: Firm) -> None:
    client = create_client(
        firm_id=firm.pk, actor=SYNC, kind=Kind.INDIVIDUAL, name="Ada Byrne", given="Ada", family="Byrne"
    )
    contact = client.contacts.get()
    assert (contact.is_primary, contact.full_name, contact.firm_id) == (True, "Ada Byrne", firm.pk)


def test_a_business_without_a_person_has_no_contact(firm: Firm) -> None:
    assert not create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Acme").contacts.exists()


def test_a_change_raises_the_version_and_keeps_before_and_after(firm: Firm) -> None:
    client = create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Acme", phone="555-0100")
    changed = change_client(
        firm_id=firm.pk, client_id=client.pk, actor=SYNC, expected_version=1, phone="555-0199", given="Ben"
    )
    assert changed.version == 2
    assert ChangeRecord.objects.order_by("-id")[0].changes == {
        "phone": ["555-0100", "555-0199"],
        "given": ["", "Ben"],
    }
    assert notes()[-1] == ("client", str(client.pk), 2)
    assert client.contacts.get().given == "Ben"


def test_a_change_that_changes_nothing_is_no_change(firm: Firm) -> None:
    client = create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Acme")
    same = change_client(firm_id=firm.pk, client_id=client.pk, actor=SYNC, name="Acme ", given="", phone="")
    assert same.version == 1
    assert len(notes()) == 1
    assert ChangeRecord.objects.count() == 1
    assert not Contact.objects.exists()


def test_a_stale_version_is_refused_and_nothing_changes(firm: Firm) -> None:
    client = create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Acme")
    change_client(firm_id=firm.pk, client_id=client.pk, actor=SYNC, name="Acme Two")
    with pytest.raises(ChangedMeanwhile) as refused:
        change_client(firm_id=firm.pk, client_id=client.pk, actor=SYNC, expected_version=1, name="Acme Three")
    assert (refused.value.seen, refused.value.now) == (1, 2)
    client.refresh_from_db()
    assert (client.name, client.version) == ("Acme Two", 2)
    assert len(notes()) == 2


def test_archiving_and_restoring_are_changes_with_their_own_names(firm: Firm) -> None:
    client = create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Acme")
    assert not archive_client(firm_id=firm.pk, client_id=client.pk, actor=SYNC).is_active
    archive_client(firm_id=firm.pk, client_id=client.pk, actor=SYNC)
    restored = restore_client(firm_id=firm.pk, client_id=client.pk, actor=SYNC)
    assert (restored.is_active, restored.version) == (True, 3)
    assert [each.verb for each in ChangeRecord.objects.order_by("id")] == ["created", "archived", "restored"]


def test_every_problem_is_told_at_once_with_its_field(firm: Firm) -> None:
    with pytest.raises(Invalid) as refused:
        create_client(
            firm_id=firm.pk,
            actor=SYNC,
            kind=Kind.BUSINESS,
            name=" ",
            email="not an address",
            phone="5" * 41,
            company_name="two\nlines",
            relation="friend",
        )
    assert set(refused.value.problems) == {"name", "email", "phone", "company_name", "relation"}
    assert not Client.objects.exists()
    assert notes() == []


def test_a_taken_external_id_is_a_sentence_not_a_fault(firm: Firm) -> None:
    create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="One", external_id="C-1")
    two = create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Two")
    attempts: tuple[Callable[[], Client], ...] = (
        lambda: create_client(
            firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Three", external_id="C-1"
        ),
        lambda: change_client(firm_id=firm.pk, client_id=two.pk, actor=SYNC, external_id="C-1"),
    )
    for attempt in attempts:
        with pytest.raises(Invalid, match="already has the external ID C-1"):
            attempt()
    assert (
        change_client(firm_id=firm.pk, client_id=two.pk, actor=SYNC, external_id="C-2").external_id == "C-2"
    )


def test_a_client_is_assigned_only_to_an_active_member_of_its_firm(
    firm: Firm, alice: Member, mallory: Member
) -> None:
    client = create_client(
        firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Acme", assigned_to_id=alice.pk
    )
    with pytest.raises(Invalid) as refused:
        change_client(firm_id=firm.pk, client_id=client.pk, actor=SYNC, assigned_to_id=mallory.pk)
    assert set(refused.value.problems) == {"assigned_to_id"}
    assert change_client(firm_id=firm.pk, client_id=client.pk, actor=SYNC, assigned_to_id=None).version == 2


def test_the_note_and_the_history_go_when_the_transaction_fails(firm: Firm) -> None:
    def create_and_fail_later() -> None:
        with transaction.atomic():
            create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Acme")
            assert len(notes()) == 1
            raise ConnectionError

    with pytest.raises(ConnectionError):
        create_and_fail_later()
    assert notes() == []
    assert not Client.objects.exists()
    assert not ChangeRecord.objects.exists()


rung: list[int] = []


def ring(firm_id: int) -> None:
    assert transaction.get_connection().in_atomic_block
    assert OutboxNote.objects.filter(firm_id=firm_id).exists()
    rung.append(firm_id)


def test_each_verb_rings_the_bell_once_in_its_transaction(firm: Firm, settings: object) -> None:
    settings.OUTBOX_BELL = "tests.practice.test_client_verbs.ring"  # type: ignore[attr-defined]
    rung.clear()
    client = create_client(
        firm_id=firm.pk, actor=SYNC, kind=Kind.INDIVIDUAL, name="Ada Byrne", given="Ada", family="Byrne"
    )
    change_client(firm_id=firm.pk, client_id=client.pk, actor=SYNC, given="Adah", phone="555-0100")
    assert rung == [firm.pk, firm.pk]


def test_a_bell_that_fails_takes_the_change_with_it(firm: Firm, settings: object) -> None:
    settings.OUTBOX_BELL = "tests.practice.test_client_verbs.broken_bell"  # type: ignore[attr-defined]
    with pytest.raises(ConnectionError):
        create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Acme")
    assert not Client.objects.exists()


def broken_bell(firm_id: int) -> None:
    raise ConnectionError(firm_id)


def test_contacts_are_added_changed_chosen_and_removed_as_changes_of_the_client(firm: Firm) -> None:
    client = create_client(
        firm_id=firm.pk, actor=SYNC, kind=Kind.INDIVIDUAL, name="Ada Byrne", given="Ada", family="Byrne"
    )
    where: dict[str, Any] = {"firm_id": firm.pk, "client_id": client.pk, "actor": SYNC}
    ben = add_contact(**where, given="Ben", family="Byrne", relation_to_client="Spouse")
    assert not ben.is_primary
    change_contact(**where, contact_id=ben.pk, email="ben@byrne.example")
    change_contact(**where, contact_id=ben.pk, email="ben@byrne.example")
    set_primary_contact(**where, contact_id=ben.pk)
    ada = client.contacts.get(given="Ada")
    remove_contact(**where, contact_id=ada.pk)
    client.refresh_from_db()
    assert client.version == 5
    assert [version for _, _, version in notes()] == [1, 2, 3, 4, 5]
    assert client.contacts.get().full_name == "Ben Byrne"
    with pytest.raises(Invalid, match="Make another contact primary"):
        remove_contact(**where, contact_id=ben.pk)
    with pytest.raises(Invalid, match="first or a last name"):
        add_contact(**where, email="nobody@byrne.example")


def test_a_contact_of_another_client_is_not_found(firm: Firm) -> None:
    one = create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.INDIVIDUAL, name="One", given="One")
    two = create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.INDIVIDUAL, name="Two", given="Two")
    with pytest.raises(NotYours):
        set_primary_contact(firm_id=firm.pk, client_id=one.pk, contact_id=two.contacts.get().pk, actor=SYNC)
