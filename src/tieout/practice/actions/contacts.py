"""Acts: the verbs on the people around a client. A contact is part of its client: each raises the client's version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from django.db import transaction

from tieout.practice.access import client_to_change
from tieout.practice.actions.clients import touch_client
from tieout.practice.actor import Actor
from tieout.practice.clients import Client, Contact, Kind
from tieout.practice.permissions import NotYours
from tieout.practice.validation import CONTACT_RULES, Invalid, clean_texts


class ContactFields(TypedDict, total=False):
    relation_to_client: str
    title: str
    given: str
    middle: str
    family: str
    suffix: str
    email: str
    phone: str


def add_contact(
    *, firm_id: int, client_id: int | str, actor: Actor, **fields: Unpack[ContactFields]
) -> Contact:
    """One more person at the client; the first one is primary. Raises Invalid, NotYours."""
    values = _cleaned(fields)
    with transaction.atomic():
        client = client_to_change(firm_id, client_id)
        first = not client.contacts.filter(is_primary=True).exists()
        contact = Contact.objects.create(firm_id=firm_id, client=client, is_primary=first, **values)
        touch_client(client, actor, {"contact": [None, contact.full_name]}, verb="added a contact")
    return contact


def change_contact(
    *, firm_id: int, client_id: int | str, contact_id: int, actor: Actor, **fields: Unpack[ContactFields]
) -> Contact:
    """Set the given fields of a contact. What changes nothing is no change. Raises Invalid, NotYours."""
    with transaction.atomic():
        client = client_to_change(firm_id, client_id)
        contact = contact_of(client, contact_id)
        before = {each: getattr(contact, each) for each in CONTACT_RULES}
        values = _cleaned({**before, **fields})
        changes = {each: [before[each], value] for each, value in values.items() if before[each] != value}
        if changes:
            for field, value in values.items():
                setattr(contact, field, value)
            contact.save()
            told = {"contact": [contact.full_name, contact.full_name], **changes}
            touch_client(client, actor, told, verb="changed a contact")
    return contact


def remove_contact(*, firm_id: int, client_id: int | str, contact_id: int, actor: Actor) -> None:
    """Take a person off the client. An individual keeps the primary contact: it is the person. Raises Invalid."""
    with transaction.atomic():
        client = client_to_change(firm_id, client_id)
        contact = contact_of(client, contact_id)
        if contact.is_primary and client.kind == Kind.INDIVIDUAL:
            raise Invalid(
                {"contact": "This contact is the client itself. Make another contact primary first."}
            )
        name = contact.full_name
        contact.delete()
        touch_client(client, actor, {"contact": [name, None]}, verb="removed a contact")


def set_primary_contact(*, firm_id: int, client_id: int | str, contact_id: int, actor: Actor) -> Client:
    """Make this contact the one whose name stands for the client. Raises NotYours."""
    with transaction.atomic():
        client = client_to_change(firm_id, client_id)
        contact = contact_of(client, contact_id)
        if contact.is_primary:
            return client
        before = client.contacts.filter(is_primary=True).first()
        client.contacts.filter(is_primary=True).update(is_primary=False)
        contact.is_primary = True
        contact.save()
        was = before.full_name if before else None
        touch_client(
            client, actor, {"primary_contact": [was, contact.full_name]}, verb="chose the primary contact"
        )
    return client


def contact_of(client: Client, contact_id: int) -> Contact:
    """A contact of this client. Raises NotYours for any other."""
    contact = client.contacts.filter(firm_id=client.firm_id, pk=contact_id).first()
    if contact is None:
        raise NotYours("There is no such contact.")
    return contact


def _cleaned(fields: Mapping[str, Any]) -> dict[str, str]:
    values = clean_texts(fields, CONTACT_RULES)
    if not any(values.get(part) for part in ("given", "family")):
        raise Invalid({"given": "Enter a first or a last name."})
    return values
