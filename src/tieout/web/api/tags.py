"""Decides nothing: the operations on tags, on which client has one, and on many clients at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from pydantic import Field

from tieout.practice.access import require, visible_clients
from tieout.practice.actions.bulk import AT_ONCE, MOST, access_bulk, carry_on, start_client_bulk
from tieout.practice.actions.tags import change_tag, create_tag, delete_tag, tag_client, untag_client
from tieout.practice.billing_access import not_there, row_number, rows_of
from tieout.practice.bulk import OF_CLIENTS, BulkAct, BulkVerb
from tieout.practice.clients import Client
from tieout.practice.firms import Member
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.tags import Tag
from tieout.practice.validation import Invalid
from tieout.web.api import invoice_bulk
from tieout.web.api.calling import ApiRequest
from tieout.web.api.clients import EDIT, VIEW, finds
from tieout.web.api.clients import one as client
from tieout.web.api.kinds_of_value import Given, Instant, RowId, Shown, Text, left_out
from tieout.web.api.routes import Record, Section
from tieout.web.listing import Asked, Column, ListKind

section = Section("Tags", "The firm's own words for its clients. They never leave the practice.")
TAGS = ListKind(
    columns=(Column("name", "Name", "name", folds_case=True), Column("updated", "Last change", "updated_at")),
    filters=(),
    sort="name",
)
Color = Literal["gray", "blue", "green", "yellow", "red", "purple"]


class TagShown(Shown):
    id: int
    version: int
    name: str
    color: str
    created_at: Instant
    updated_at: Instant


class TagFull(TagShown):
    """A tag with on how many of the clients that the token may see it is."""

    clients: int


class TagChange(Given):
    name: Text = left_out()
    color: Color = left_out()


class TagNew(TagChange):
    name: Text


class ClientBulkAsked(Given):
    """Clients the token may not know of are left out. ``tag`` and ``untag`` need ``tag_id``; ``assign`` takes
    ``assigned_to_id``, a member or null for nobody, and is for who sees every client."""

    verb: Literal["tag", "untag", "assign"]
    tag_id: RowId = left_out()
    assigned_to_id: RowId | None = left_out()
    client_ids: list[RowId] = Field(min_length=1, max_length=MOST)


class ClientBulkRow(Shown):
    """``state``: waiting, doing, done or refused; ``problem`` says why."""

    client_id: int | None
    state: str
    problem: str


class ClientBulkShown(invoice_bulk.BulkShown):
    """Ask again until ``finished_at`` is there."""

    tag_id: int | None
    assigned_to_id: int | None
    rows: list[ClientBulkRow]  # type: ignore[assignment]


def found(request: ApiRequest, asked: Asked) -> QuerySet[Tag]:
    require(request.member, VIEW)
    tags = rows_of(Tag, request.member.firm_id)
    return tags.filter(name__icontains=asked.search) if asked.search else tags


def finds_tag(request: ApiRequest, tag_id: int, **_: int) -> Tag:
    tag = rows_of(Tag, request.member.firm_id).filter(pk=row_number(Tag, tag_id)).first()
    if tag is None:
        raise not_there(Tag)
    return tag


def finds_to_change(request: ApiRequest, tag_id: int) -> Tag:
    """A tag is the whole firm's: for who sees every client."""
    require(request.member, Permission.VIEW_ALL_CLIENTS)
    return finds_tag(request, tag_id)


def finds_tag_and_client(request: ApiRequest, client_id: int, tag_id: int) -> Client:
    finds_tag(request, tag_id)
    return finds(request, client_id)


def shows(request: ApiRequest, tag_id: int, **_: int) -> Tag:
    return shows_made(request, finds_tag(request, tag_id))


def shows_made(request: ApiRequest, tag: Tag) -> Tag:
    seen = visible_clients(request.member).filter(tagged__tag=tag)
    tag.clients = seen.count()  # type: ignore[attr-defined]
    return tag


def nothing(request: ApiRequest, **_: int) -> None:
    """After it is gone."""


def make(*, by: Member, firm_id: int, actor: Any, name: str, color: str = "gray") -> Tag:
    """A tag that no client has yet."""
    require(by, Permission.VIEW_ALL_CLIENTS)
    return create_tag(firm_id=firm_id, actor=actor, name=name, color=color)


def start(
    *,
    member: Member,
    verb: str,
    client_ids: Sequence[int],
    now: datetime,
    tag_id: int | str = "",
    assigned_to_id: int | str | None = "",
) -> BulkAct:
    """Few are done at once; the rest is the worker's."""
    foreign, given = ("tag_id", tag_id) if verb == BulkVerb.ASSIGN else ("assigned_to_id", assigned_to_id)
    if given != "":
        raise Invalid({foreign: f"The verb {verb} takes no {foreign}; leave it out."})
    act = start_client_bulk(
        member=member,
        verb=BulkVerb(verb),
        tag_id=tag_id,
        assigned_to_id=assigned_to_id,
        client_ids=client_ids,
        now=now,
    )
    if act.finished_at is None and act.rows.count() <= AT_ONCE:
        return carry_on(firm_id=act.firm_id, act_id=act.pk, clock=timezone.now)
    return act


def told(request: ApiRequest, act: BulkAct) -> dict[str, Any]:
    return {**invoice_bulk.told(request, act), "tag_id": act.tag_id, "assigned_to_id": act.assigned_to_id}


def progress(request: ApiRequest, bulk: str) -> dict[str, Any]:
    try:
        act = access_bulk(request.member, UUID(bulk))
    except ValueError as problem:
        raise NotYours("There is no such list.") from problem
    if act.verb not in OF_CLIENTS:
        raise NotYours("There is no such list.")
    return told(request, act)


one = Record(section, "/tags/{tag_id}", TagFull, shows, finds_to_change)
section.rows("/tags", VIEW, "list_tags", kind=TAGS, shape=TagShown, found=found, summary="Tags")
section.act(
    "/tags",
    EDIT,
    "create_tag",
    make,
    takes=TagNew,
    shape=TagFull,
    shows=shows_made,
    makes="get_tag",
    summary="Make a tag",
)
one.get(VIEW, "get_tag", summary="One tag")
one.act("", EDIT, "change_tag", change_tag, method="PATCH", takes=TagChange, summary="Change a tag")
section.act(
    "/tags/{tag_id}",
    EDIT,
    "delete_tag",
    delete_tag,
    method="DELETE",
    finds=finds_to_change,
    shape=None,
    shows=nothing,
    summary="Delete a tag",
)
for _name, _verb, _method, _summary in (
    ("tag_client", tag_client, "PUT", "Put a tag on a client"),
    ("untag_client", untag_client, "DELETE", "Take a tag off a client"),
):
    section.act(
        "/clients/{client_id}/tags/{tag_id}",
        EDIT,
        _name,
        _verb,
        method=_method,
        finds=finds_tag_and_client,
        shape=client.shape,
        shows=client.shows,
        summary=_summary,
    )
section.act(
    "/bulk-clients",
    EDIT,
    "start_client_bulk",
    start,
    takes=ClientBulkAsked,
    shape=ClientBulkShown,
    shows=told,
    makes="get_client_bulk",
    apart=True,
    summary="Tag many clients, take a tag off, or assign them",
)
section.one(
    "/bulk-clients/{bulk}",
    EDIT,
    "get_client_bulk",
    shape=ClientBulkShown,
    shows=progress,
    summary="How far it is",
)
