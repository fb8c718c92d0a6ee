"""Decides nothing: the operations on clients, the people around them, and client groups."""

from __future__ import annotations

from typing import Literal

from django.db.models import QuerySet

from tieout.practice.access import access_client, clients_of, history_of, visible_clients
from tieout.practice.actions.clients import archive_client, change_client, create_client, restore_client
from tieout.practice.actions.contacts import (
    add_contact,
    change_contact,
    contact_of,
    remove_contact,
    set_primary_contact,
)
from tieout.practice.actions.merging import merge_clients
from tieout.practice.actor import Actor, ChangeRecord
from tieout.practice.billing_access import visible_documents
from tieout.practice.client_balances import ClientBalance, owed_by
from tieout.practice.clients import Client
from tieout.practice.invoices import Invoice
from tieout.practice.money import ZERO
from tieout.practice.permissions import Permission
from tieout.practice.tags import UNTAGGED, tags_of
from tieout.sync import review_duplicates
from tieout.web.api.calling import ApiRequest
from tieout.web.api.history import HISTORY, Change
from tieout.web.api.kinds_of_value import Given, Instant, Money, RowId, Shown, Text, left_out
from tieout.web.api.routes import Record, Section
from tieout.web.client_list import COLUMNS, NOBODY, SHOWN, ListQuery
from tieout.web.listing import Asked, Column, Filter, ListKind

section = Section("Clients", "Who the firm works for, and the people there.")
VIEW, EDIT = Permission.VIEW_CLIENTS, Permission.EDIT_CLIENTS
Kind = Literal["individual", "business"]
Relation = Literal["client", "prospect", "other"]


class Contact(Shown):
    id: int
    is_primary: bool
    relation_to_client: str
    title: str
    given: str
    middle: str
    family: str
    suffix: str
    email: str
    phone: str


class ClientRow(Shown):
    """A client in a list."""

    id: int
    version: int
    name: str
    kind: str
    relation: str
    is_active: bool
    company_name: str
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
    assigned_to_id: int | None
    merged_into_id: int | None
    """The client this one became part of; it takes no change then."""
    tag_ids: list[int]
    owed: Money | None
    """On open invoices; null without the scope to view billing."""
    created_at: Instant
    updated_at: Instant


class ClientFull(ClientRow):
    """A client with its people."""

    contacts: list[Contact]


class Balance(Shown):
    """What a client owes, and what it has here."""

    client_id: int
    owed: Money
    on_account: Money
    credit_left: Money


class ClientChange(Given):
    name: Text = left_out()
    company_name: Text = left_out()
    title: Text = left_out()
    given: Text = left_out()
    middle: Text = left_out()
    family: Text = left_out()
    suffix: Text = left_out()
    email: Text = left_out()
    phone: Text = left_out()
    mobile: Text = left_out()
    website: Text = left_out()
    billing_line1: Text = left_out()
    billing_line2: Text = left_out()
    billing_line3: Text = left_out()
    billing_city: Text = left_out()
    billing_state: Text = left_out()
    billing_postal_code: Text = left_out()
    billing_country: Text = left_out()
    mailing_line1: Text = left_out()
    mailing_line2: Text = left_out()
    mailing_line3: Text = left_out()
    mailing_city: Text = left_out()
    mailing_state: Text = left_out()
    mailing_postal_code: Text = left_out()
    mailing_country: Text = left_out()
    external_id: Text = left_out()
    notes: Text = left_out()
    relation: Relation = left_out()
    assigned_to_id: RowId | None = left_out()


class ClientNew(ClientChange):
    name: Text
    kind: Kind


class ClientArchived(Given):
    """``although_open``: also while it has a balance, a draft or a recurring invoice."""

    although_open: bool = left_out()


class ContactChange(Given):
    relation_to_client: Text = left_out()
    title: Text = left_out()
    given: Text = left_out()
    middle: Text = left_out()
    family: Text = left_out()
    suffix: Text = left_out()
    email: Text = left_out()
    phone: Text = left_out()


_FOLDED = {"name", "email"}
CLIENTS = ListKind(
    columns=tuple(
        Column(each.key, each.label, each.order, folds_case=each.key in _FOLDED)
        for each in COLUMNS
        if "__" not in each.order
    ),
    filters=(
        Filter("show", "Status", tuple(SHOWN.items())),
        Filter("kind", "Type", (("", "All"), ("individual", "Individual"), ("business", "Business"))),
        Filter("relation", "Relation", (("", "All"), *((each, each.capitalize()) for each in Relation.__args__))),  # type: ignore[attr-defined]
    ),
    sort="name",
    ids=("assigned", "tag"),
    words=(("assigned", NOBODY), ("tag", UNTAGGED)),
)  # fmt: skip


def found(request: ApiRequest, asked: Asked) -> QuerySet[Client]:
    query = ListQuery(
        search=asked.search,
        show=asked["show"],
        kind=asked["kind"],
        relation=asked["relation"],
        assigned=asked["assigned"],
        tag=asked["tag"],
        sort=asked.sort,
    )
    return query.apply(visible_clients(request.member))


def with_facts(request: ApiRequest, clients: list[Client]) -> None:
    """Their tags and what each owes: two queries, however many clients."""
    tags = tags_of(clients)
    may_see = request.member.may(Permission.VIEW_BILLING)
    owed = owed_by(clients) if may_see else {}
    for each in clients:
        each.tag_ids = [tag.pk for tag in tags.get(each.pk, ())]  # type: ignore[attr-defined]
        each.owed = owed.get(each.pk, ZERO) if may_see else None  # type: ignore[attr-defined]


def shows(request: ApiRequest, client_id: int, **_: int) -> Client:
    return shows_made(request, access_client(request.member, client_id))


def shows_made(request: ApiRequest, client: Client) -> Client:
    """Whoever sees only the clients assigned to them still sees what they just made."""
    with_facts(request, [client])
    return client


def finds(request: ApiRequest, client_id: int, **_: int) -> Client:
    return access_client(request.member, client_id, to_edit=True)


def finds_contact(request: ApiRequest, client_id: int, contact_id: int) -> Client:
    client = finds(request, client_id)
    contact_of(client, contact_id)
    return client


def finds_both(request: ApiRequest, client_id: int, goes_id: int) -> Client:
    finds(request, goes_id)
    return finds(request, client_id)


def merge(
    *, firm_id: int, client_id: int, goes_id: int, actor: Actor, expected_version: int | None
) -> Client:
    """Everything of the client ``goes_id`` moves to this one; the other is archived for good."""
    goes = clients_of(firm_id).get(pk=goes_id)
    seen = None if expected_version is None else (expected_version, goes.version)
    made = merge_clients(firm_id=firm_id, stays_id=client_id, goes_id=goes_id, actor=actor, seen=seen)
    review_duplicates.follow_merge(firm_id, str(client_id), str(goes_id))
    return made


def balance(request: ApiRequest, client_id: int) -> ClientBalance:
    client = access_client(request.member, client_id)
    visible_documents(request.member, Invoice)  # raises NotAllowed
    return ClientBalance.objects.filter(client=client).first() or ClientBalance(client=client)


def history(request: ApiRequest, asked: Asked, client_id: int) -> QuerySet[ChangeRecord]:
    return history_of(access_client(request.member, client_id))


ONE, PERSON = "/clients/{client_id}", "/contacts/{contact_id}"
one = Record(section, ONE, ClientFull, shows, finds)
section.rows(
    "/clients",
    VIEW,
    "list_clients",
    kind=CLIENTS,
    shape=ClientRow,
    found=found,
    prepared=with_facts,
    summary="Clients",
)
section.act(
    "/clients",
    EDIT,
    "create_client",
    create_client,
    takes=ClientNew,
    shape=ClientFull,
    shows=shows_made,
    makes="get_client",
    summary="Add a client",
)
one.get(VIEW, "get_client", summary="One client")
one.act(
    "", EDIT, "change_client", change_client, method="PATCH", takes=ClientChange, summary="Change a client"
)
one.act("/archive", EDIT, "archive_client", archive_client, takes=ClientArchived, summary="Archive a client")
one.act("/restore", EDIT, "restore_client", restore_client, summary="Restore a client")
one.act("/merge/{goes_id}", EDIT, "merge_clients", merge, finds=finds_both, summary="Make two clients one")
section.one(
    f"{ONE}/balance",
    Permission.VIEW_BILLING,
    "get_client_balance",
    shape=Balance,
    shows=balance,
    summary="What a client owes",
)
section.rows(
    f"{ONE}/history",
    VIEW,
    "list_client_history",
    kind=HISTORY,
    shape=Change,
    found=history,
    searches=False,
    summary="A client's history",
)
one.act("/contacts", EDIT, "add_contact", add_contact, takes=ContactChange, summary="Add a contact")
one.act(
    PERSON,
    EDIT,
    "change_contact",
    change_contact,
    method="PATCH",
    takes=ContactChange,
    finds=finds_contact,
    summary="Change a contact",
)
one.act(
    PERSON,
    EDIT,
    "remove_contact",
    remove_contact,
    method="DELETE",
    finds=finds_contact,
    summary="Remove a contact",
)
one.act(
    f"{PERSON}/primary",
    EDIT,
    "set_primary_contact",
    set_primary_contact,
    finds=finds_contact,
    summary="Make a contact the primary one",
)
# fmt: skip
