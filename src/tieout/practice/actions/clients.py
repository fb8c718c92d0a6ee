"""Acts: the verbs on clients. Each is one transaction: the change, its history entry, one outbox note.

People (through views that passed a funnel), the file import and the sync all come through here, so that
validation, history and the outbox hold for whoever acts.
"""

from __future__ import annotations

from typing import Any, Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone

from tieout.practice.access import client_to_change, clients_of, members_to_assign
from tieout.practice.actor import Actor, Changes, history_row
from tieout.practice.client_fields import ClientFields, build_client, clean_fields
from tieout.practice.clients import CLIENT, Client, Contact
from tieout.practice.open_matters import open_matters
from tieout.practice.outbox import note_change
from tieout.practice.validation import PERSON_RULES, Invalid


class ChangedMeanwhile(Exception):
    """The record is no longer at the version the caller saw; nothing was written."""

    def __init__(self, seen: int, now: int) -> None:
        self.seen = seen
        self.now = now
        super().__init__(
            "Someone changed this client while you were editing. Nothing was saved; look at it again and repeat "
            "what is still needed."
        )


def create_client(*, firm_id: int, actor: Actor, kind: str, **fields: Unpack[ClientFields]) -> Client:
    """A new client. An individual always gets a primary contact, a business when a person is named.

    Raises Invalid.
    """
    new = build_client(firm_id, kind, fields)
    with transaction.atomic():
        _check_in_firm(firm_id, fields, now=None)
        _save(new.client)
        if new.contact is not None:
            new.contact.client = new.client
            new.contact.save()
        _record(new.client, "created", actor, new.changes)
    return new.client


def change_client(
    *,
    firm_id: int,
    client_id: int | str,
    actor: Actor,
    expected_version: int | None = None,
    **fields: Unpack[ClientFields],
) -> Client:
    """Set the given fields and leave the rest. What changes nothing is no change: no version, no note.

    ``expected_version``: the version the caller saw. Raises ChangedMeanwhile when it is another by now,
    Invalid, NotYours.
    """
    values = clean_fields(fields, new=False)
    with transaction.atomic():
        client = client_to_change(firm_id, client_id)
        if expected_version is not None and client.version != expected_version:
            raise ChangedMeanwhile(seen=expected_version, now=client.version)
        _check_in_firm(firm_id, fields, now=client)
        contact, person_changes = _change_person(client, values)
        changes = {
            **_set(client, {each: values[each] for each in values if each not in PERSON_RULES}),
            **person_changes,
        }
        if not changes:
            return client
        if person_changes:
            contact.save()
        touch_client(client, actor, changes, verb=_verb_for(changes))
    return client


def archive_client(
    *,
    firm_id: int,
    client_id: int | str,
    actor: Actor,
    although_open: bool = False,
    expected_version: int | None = None,
) -> Client:
    """Take the client out of daily lists. Everything stays and ``restore_client`` brings it back.

    While something is open with it (``open_matters``) only with ``although_open``: who says so has seen that.
    Raises ChangedMeanwhile, Invalid, NotYours.
    """
    with transaction.atomic():
        client = client_to_change(firm_id, client_id)
        if client.is_active and not although_open and open_matters(client):
            raise Invalid(
                {
                    "although_open": f"Something is still open with {client.name}: a balance, a draft or a recurring "
                    "invoice. Settle it first, or say that you archive the client all the same."
                }
            )
        return change_client(
            firm_id=firm_id,
            client_id=client_id,
            actor=actor,
            expected_version=expected_version,
            is_active=False,
        )


def restore_client(
    *, firm_id: int, client_id: int | str, actor: Actor, expected_version: int | None = None
) -> Client:
    return change_client(
        firm_id=firm_id, client_id=client_id, actor=actor, expected_version=expected_version, is_active=True
    )


def touch_client(client: Client, actor: Actor, changes: Changes, *, verb: str) -> None:
    """Save a client some part of which changed: next version, history, note. Inside the verb's transaction."""
    client.version += 1
    client.updated_at = timezone.now()
    _save(client)
    _record(client, verb, actor, changes)


def _check_in_firm(firm_id: int, fields: ClientFields, *, now: Client | None) -> None:
    """The rules that need to see other rows of the firm. ``now``: the client that is changed.

    It stays assigned to a member who was switched off meanwhile, until somebody chooses another.
    """
    besides = now.pk if now else 0
    kept = now.assigned_to_id if now else None
    problems: dict[str, str] = {}
    external_id = fields.get("external_id", "").strip()
    if external_id and clients_of(firm_id).filter(external_id=external_id).exclude(pk=besides).exists():
        problems["external_id"] = _taken(external_id)
    assigned_to_id = fields.get("assigned_to_id")
    if (
        assigned_to_id is not None
        and assigned_to_id != kept
        and not members_to_assign(firm_id).filter(pk=assigned_to_id).exists()
    ):
        problems["assigned_to_id"] = "Choose an active member of your firm."
    if problems:
        raise Invalid(problems)


def _taken(external_id: str) -> str:
    return f"Another client of your firm already has the external ID {external_id}."


def _set(row: Client | Contact, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Put the values on the row, not saved; returns what that changed: field -> [before, after]."""
    changes: dict[str, list[Any]] = {}
    for field, value in values.items():
        before = getattr(row, field)
        if before != value:
            changes[field] = [before, value]
            setattr(row, field, value)
    return changes


def _change_person(client: Client, values: dict[str, Any]) -> tuple[Contact, dict[str, list[Any]]]:
    """Set the name parts on the primary contact, a new one if there is none yet; not saved."""
    contact = Contact.objects.filter(
        firm_id=client.firm_id, client=client, is_primary=True
    ).first() or Contact(firm_id=client.firm_id, client=client, is_primary=True)
    return contact, _set(contact, {part: values[part] for part in PERSON_RULES if part in values})


def _verb_for(changes: Changes) -> str:
    if "is_active" in changes:
        return "restored" if changes["is_active"][1] else "archived"
    return "changed"


def _save(client: Client) -> None:
    """Two writers may take one external id at the same time: the database lets one through."""
    try:
        with transaction.atomic():
            client.save()
    except IntegrityError as error:
        if "client_external_id_once" not in str(error):
            raise
        raise Invalid({"external_id": _taken(client.external_id)}) from error


def _record(client: Client, verb: str, actor: Actor, changes: Changes) -> None:
    record_id = str(client.pk)
    history_row(client.firm_id, CLIENT, record_id, client.version, verb, actor, changes).save()
    note_change(client.firm_id, CLIENT, record_id, client.version)
