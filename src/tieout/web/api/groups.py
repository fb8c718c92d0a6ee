"""Decides nothing: the operations on client groups: clients under one ownership, billed together."""

from __future__ import annotations

from django.db.models import QuerySet

from tieout.practice.access import visible_clients
from tieout.practice.actions.groups import (
    add_to_group,
    create_group,
    dissolve_group,
    remove_from_group,
    rename_group,
    set_billed_client,
)
from tieout.practice.billing_access import not_there, row_number
from tieout.practice.groups import ClientGroup
from tieout.web.api.calling import ApiRequest, visible_groups
from tieout.web.api.clients import EDIT, VIEW, finds
from tieout.web.api.kinds_of_value import Given, Instant, Shown, Text
from tieout.web.api.routes import Record, Section
from tieout.web.listing import Asked, Column, ListKind

section = Section(
    "Client groups", "Clients under one ownership, billed together. A client is in at most one."
)
GROUPS = ListKind(
    columns=(Column("name", "Name", "name", folds_case=True), Column("updated", "Last change", "updated_at")),
    filters=(),
    sort="name",
)


class GroupRow(Shown):
    id: int
    version: int
    name: str
    billed_client_id: int | None
    created_at: Instant
    updated_at: Instant


class GroupFull(GroupRow):
    """A group with those of its clients that the token may see."""

    client_ids: list[int]


class GroupName(Given):
    name: Text


def found(request: ApiRequest, asked: Asked) -> QuerySet[ClientGroup]:
    groups = visible_groups(request.member)
    return groups.filter(name__icontains=asked.search) if asked.search else groups


def finds_group(request: ApiRequest, group_id: int, **_: int) -> ClientGroup:
    group = visible_groups(request.member).filter(pk=row_number(ClientGroup, group_id)).first()
    if group is None:
        raise not_there(ClientGroup)
    return group


def finds_group_and_client(request: ApiRequest, group_id: int, client_id: int) -> ClientGroup:
    finds(request, client_id)
    return finds_group(request, group_id)


def shows(request: ApiRequest, group_id: int, **_: int) -> ClientGroup:
    return shows_made(request, finds_group(request, group_id))


def nothing(request: ApiRequest, group_id: int) -> None:
    """There is nothing to show."""


def shows_made(request: ApiRequest, group: ClientGroup) -> ClientGroup:
    seen = visible_clients(request.member).filter(group_membership__group=group).order_by("pk")
    group.client_ids = list(seen.values_list("pk", flat=True))  # type: ignore[attr-defined]
    return group


ONE, CLIENT = "/client-groups/{group_id}", "/clients/{client_id}"
one = Record(section, ONE, GroupFull, shows, finds_group)
section.rows(
    "/client-groups",
    VIEW,
    "list_client_groups",
    kind=GROUPS,
    shape=GroupRow,
    found=found,
    summary="Client groups",
)
section.act(
    "/client-groups",
    EDIT,
    "create_client_group",
    create_group,
    takes=GroupName,
    shape=GroupFull,
    shows=shows_made,
    makes="get_client_group",
    summary="Make a group",
)
one.get(VIEW, "get_client_group", summary="One group")
one.act(
    "", EDIT, "rename_client_group", rename_group, method="PATCH", takes=GroupName, summary="Rename a group"
)
section.act(
    ONE,
    EDIT,
    "dissolve_client_group",
    dissolve_group,
    method="DELETE",
    finds=finds_group,
    shape=None,
    shows=nothing,
    summary="Dissolve a group",
)
one.act(
    CLIENT,
    EDIT,
    "add_to_client_group",
    add_to_group,
    method="PUT",
    finds=finds_group_and_client,
    summary="Put a client in a group",
)
one.act(
    CLIENT,
    EDIT,
    "remove_from_client_group",
    remove_from_group,
    method="DELETE",
    finds=finds_group_and_client,
    summary="Take a client out of a group",
)
one.act(
    f"{CLIENT}/billed",
    EDIT,
    "set_billed_client",
    set_billed_client,
    finds=finds_group_and_client,
    summary="Bill the group's invoices to this client",
)
