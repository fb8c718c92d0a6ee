"""Acts: the door for whoever keeps another system in step. Records as canonical units, by id, for one firm.

Readable without knowing our tables, writable only through the verbs: what comes in here is validated, noted and
kept in the history like a person's edit. A new kind of record is one line in ``RECORD_KINDS``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet

from tieout.practice.access import clients_of
from tieout.practice.actions.clients import change_client, create_client
from tieout.practice.actions.ledger_lists import company_is_now as entries_company_is_now
from tieout.practice.actions.ledger_lists import say_lists_used, use_entries_of
from tieout.practice.actor import Actor
from tieout.practice.billing_records import BILLING_KINDS
from tieout.practice.client_fields import ClientFields
from tieout.practice.clients import CLIENT, Client, Contact
from tieout.practice.kinds import guess_kind
from tieout.practice.ledger_lists import LedgerList
from tieout.practice.record_views import PAGE, Records, RecordView, Units
from tieout.practice.validation import PERSON_RULES, Invalid, without_control_characters

ADDRESS_PARTS = ("line1", "line2", "line3", "city", "state", "postal_code", "country")
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "person": {part: part for part in PERSON_RULES},
    "billing_address": {part: f"billing_{part}" for part in ADDRESS_PARTS},
    "mailing_address": {part: f"mailing_{part}" for part in ADDRESS_PARTS},
}
"""Unit that is a group -> part -> the verb's field."""
_TEXTS = ("name", "company_name", "email", "phone", "mobile", "website")
_UNIT_OF = {name: unit for unit, parts in _GROUPS.items() for name in parts.values()} | {
    "is_active": "active"
}
_PLACES = (
    {name: (unit, part) for unit, parts in _GROUPS.items() for part, name in parts.items()}
    | {name: (name, "") for name in _TEXTS}
    | {"is_active": ("active", "")}
)
"""A field of a client's history -> its unit, and the part of it."""
CLIENT_UNITS = (*_TEXTS, *_GROUPS, "active")


class ClientRecords:
    """Clients, with the primary contact's name as the unit ``person``."""

    @staticmethod
    def read(firm_id: int, ids: Collection[str]) -> dict[str, RecordView]:
        return {
            str(client.pk): _view(client)
            for client in _with_person(clients_of(firm_id).filter(pk__in=_numbers(ids)))
        }

    @staticmethod
    def all_ids(firm_id: int) -> set[str]:
        return {str(pk) for pk in clients_of(firm_id).values_list("pk", flat=True)}

    @staticmethod
    def list(firm_id: int, activity: str = "all") -> Iterator[tuple[str, RecordView]]:
        clients = clients_of(firm_id).order_by("pk")
        if activity != "all":
            clients = clients.filter(is_active={"active": True, "inactive": False}[activity])
        last = 0
        while page := [*_with_person(clients.filter(pk__gt=last)[:PAGE])]:
            yield from ((str(client.pk), _view(client)) for client in page)
            last = page[-1].pk

    @staticmethod
    def create(
        firm_id: int, units: Units, actor: Actor, *, facts: Mapping[str, Any] | None = None
    ) -> tuple[str, RecordView]:
        facts = facts or {}
        fields = _fields(units)
        if "kind_of_relation" in facts:
            fields["relation"] = facts["kind_of_relation"]
        if "external_id" in facts:
            fields["external_id"] = facts["external_id"]
        kind = facts.get("kind") or guess_kind(units)
        try:
            client = create_client(firm_id=firm_id, actor=actor, kind=kind, **fields)
        except Invalid as invalid:
            raise _by_unit(invalid) from invalid
        return str(client.pk), _read_one(firm_id, str(client.pk))

    @staticmethod
    def change(
        firm_id: int, record_id: str, units: Units, actor: Actor, *, expected_version: int | None
    ) -> RecordView:
        try:
            change_client(
                firm_id=firm_id,
                client_id=record_id,
                actor=actor,
                expected_version=expected_version,
                **_fields(units),
            )
        except Invalid as invalid:
            raise _by_unit(invalid) from invalid
        return _read_one(firm_id, record_id)


RECORD_KINDS: Mapping[str, Records] = {CLIENT: ClientRecords(), **BILLING_KINDS}


def lists_used(firm_id: int, used: Mapping[str, bool]) -> dict[str, bool]:
    """Say which of the ledger's lists (by their kinds) its company uses; the others are not offered any more.

    Returns what that changed. Raises ValueError for a kind that is no list (a bug of the caller).
    """
    changed = say_lists_used(
        firm_id=firm_id, used={LedgerList(kind): is_used for kind, is_used in used.items()}
    )
    return {of.value: is_used for of, is_used in changed.items()}


def lists_of_company(firm_id: int, company: str) -> int:
    """Say of which of the ledger's companies the lists are now, in the words of ``facts["company"]``. Entries of others go
    out of use and are kept. Returns how many entries that changed."""
    return use_entries_of(firm_id=firm_id, company=company)


def company_is_now(firm_id: int, before: str, now: str) -> int:
    """``facts["company"]`` names the same company in another way from now on. Returns how many entries that changed."""
    return entries_company_is_now(firm_id=firm_id, before=before, now=now)


def merged_into(kind: str, firm_id: int, ids: Collection[str]) -> dict[str, str]:
    """Those of the records that were merged away -> what they became part of. One query; only clients can be merged."""
    return _merged(kind, clients_of(firm_id).filter(pk__in=_numbers(ids)))


def merged_away(kind: str, firm_id: int, ids: Collection[str]) -> dict[str, str]:
    """The records that were merged into these -> into which. One query."""
    return _merged(kind, clients_of(firm_id).filter(merged_into__in=_numbers(ids)))


def _merged(kind: str, clients: QuerySet[Client]) -> dict[str, str]:
    if kind != CLIENT:
        return {}
    pairs = clients.exclude(merged_into=None).values_list("pk", "merged_into_id")
    return {str(goes): str(stays) for goes, stays in pairs}


def unit_of_field(kind: str, name: str) -> tuple[str, str] | None:
    """The unit that a field of the history belongs to, and the part of it, empty for all; None when it is no unit.

    Billing records' fields are called as their units are, apart from what says that they are in use.
    """
    if kind == CLIENT:
        return _PLACES.get(name)
    return ("active", "") if name == "is_active" else (name, "")


def _numbers(ids: Collection[str]) -> list[int]:
    return [int(each) for each in ids if each.isascii() and each.isdigit()]


def _with_person(clients: QuerySet[Client]) -> QuerySet[Client]:
    primary = Contact.objects.filter(is_primary=True)
    return clients.prefetch_related(Prefetch("contacts", queryset=primary, to_attr="primary_contacts"))


def _read_one(firm_id: int, record_id: str) -> RecordView:
    return ClientRecords.read(firm_id, [record_id])[record_id]


def _view(client: Client) -> RecordView:
    primary: list[Contact] = client.primary_contacts  # type: ignore[attr-defined]
    person = primary[0] if primary else Contact()
    units: dict[str, Any] = {name: getattr(client, name) for name in _TEXTS}
    for unit, parts in _GROUPS.items():
        row = person if unit == "person" else client
        units[unit] = {part: getattr(row, name) for part, name in parts.items()}
    units["active"] = client.is_active
    facts = {
        "kind": client.kind,
        "kind_of_relation": client.relation,
        "external_id": client.external_id,
        "label": client.name,
        "updated_at": client.updated_at.isoformat(),
    }
    if client.merged_into_id is not None:
        facts["merged_into"] = str(client.merged_into_id)
    return RecordView(client.version, units, facts)


def _fields(units: Units) -> ClientFields:
    """The verb's fields for these units. Raises KeyError for a unit a client has not (a bug of the caller)."""
    fields: dict[str, Any] = {}
    for unit, value in units.items():
        if unit == "active":
            fields["is_active"] = bool(value)
        elif unit in _GROUPS:
            parts = value or {}
            fields |= {name: _text(parts.get(part)) for part, name in _GROUPS[unit].items()}
        elif unit in _TEXTS:
            fields[unit] = _text(value)
        else:
            raise KeyError(unit)
    return fields  # type: ignore[return-value]


def _text(value: str | None) -> str:
    return without_control_characters(value or "")


def _by_unit(invalid: Invalid) -> Invalid:
    return Invalid({_UNIT_OF.get(name, name): sentence for name, sentence in invalid.problems.items()})
