"""Decides: which fields a client has for the verbs, and whether a set of them makes a valid client. No database.

Between ``validation`` (single texts) and ``actions.clients`` (rows): forms, imports and the records door all speak
in these fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from tieout.practice.actor import Changes
from tieout.practice.clients import Client, Contact, Kind, Relation
from tieout.practice.validation import CLIENT_AND_PERSON_RULES, PERSON_RULES, Invalid, clean_texts


class ClientFields(TypedDict, total=False):
    """What a verb may set. The parts of a person's name are those of the primary contact."""

    name: str
    company_name: str
    title: str
    given: str
    middle: str
    family: str
    suffix: str
    email: str
    phone: str
    mobile: str
    website: str
    billing_line1: str
    billing_line2: str
    billing_line3: str
    billing_city: str
    billing_state: str
    billing_postal_code: str
    billing_country: str
    mailing_line1: str
    mailing_line2: str
    mailing_line3: str
    mailing_city: str
    mailing_state: str
    mailing_postal_code: str
    mailing_country: str
    external_id: str
    notes: str
    relation: str
    is_active: bool
    assigned_to_id: int | None


_CHOSEN = frozenset({"relation", "is_active", "assigned_to_id"})
"""The fields that are not texts."""


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client and its primary contact, valid but not saved yet."""

    client: Client
    contact: Contact | None
    changes: Changes


def build_client(firm_id: int, kind: str, fields: ClientFields) -> NewClient:
    """A valid new client that is not saved; touches no database. Raises Invalid."""
    values = clean_fields(fields, new=True)
    if kind not in Kind.values:
        raise Invalid({"kind": "Choose individual or business."})
    person = {part: str(values.pop(part, "")) for part in PERSON_RULES}
    client = Client(firm_id=firm_id, kind=kind, **values)
    contact = None
    if kind == Kind.INDIVIDUAL or any(person.values()):
        contact = Contact(firm_id=firm_id, is_primary=True, **person)
    given = {"kind": kind, "is_active": client.is_active, **values, **person}
    return NewClient(
        client, contact, {each: [None, value] for each, value in given.items() if value not in ("", None)}
    )


def clean_fields(fields: ClientFields, *, new: bool) -> dict[str, Any]:
    """Trimmed and valid values, or Invalid with a sentence for every field that is not."""
    values: dict[str, Any] = dict(fields)
    texts = {each: value for each, value in values.items() if each not in _CHOSEN}
    problems: dict[str, str] = {}
    try:
        values |= clean_texts(texts, CLIENT_AND_PERSON_RULES, required=("name",) if new else ())
    except Invalid as invalid:
        problems |= invalid.problems
    if "relation" in values and values["relation"] not in Relation.values:
        problems["relation"] = "Choose client, prospect or other."
    if problems:
        raise Invalid(problems)
    return values
