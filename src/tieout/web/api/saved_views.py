"""Decides nothing: the operations on saved views: names for what a list was asked to show."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import QuerySet

from tieout.practice.actions.saved_views import change_view, delete_view, save_view
from tieout.practice.firms import Member
from tieout.practice.saved_views import ListName, SavedView, access_view, visible_views
from tieout.web.api.calling import ApiRequest
from tieout.web.api.kinds_of_value import Given, Instant, Shown, Text, left_out
from tieout.web.api.routes import Record, Section
from tieout.web.listing import Asked, Column, Filter, ListKind
from tieout.web.saved_views import canonical

section = Section(
    "Saved views",
    "Names for what a list was asked to show: the token's member's own, and those the firm shares.",
)
VIEWS = ListKind(
    columns=(Column("name", "Name", "name", folds_case=True), Column("updated", "Last change", "updated_at")),
    filters=(Filter("list", "List", (("", "All"), *ListName.choices)),),
    sort="name",
)
Of = Literal["clients", "invoices", "payments", "credits", "service_items"]


class ViewShown(Shown):
    """``query``: the list's parameters, as in its page's address; the list of the API takes the same."""

    id: int
    version: int
    list: str
    name: str
    query: str
    is_shared: bool
    is_default: bool
    member_id: int
    created_at: Instant
    updated_at: Instant


class ViewChange(Given):
    """``is_default``: the list opens with it. What the list does not know is left out of ``query``."""

    name: Text = left_out()
    query: Text = left_out()
    is_shared: bool = left_out()
    is_default: bool = left_out()


class ViewNew(ViewChange):
    list: Of
    name: Text


def found(request: ApiRequest, asked: Asked) -> QuerySet[SavedView]:
    views = visible_views(request.member)
    if asked["list"]:
        views = views.filter(list=asked["list"])
    return views.filter(name__icontains=asked.search) if asked.search else views


def shows(request: ApiRequest, view_id: int, **_: int) -> SavedView:
    return access_view(request.member, view_id)


def shows_made(request: ApiRequest, view: SavedView) -> SavedView:
    return view


def nothing(request: ApiRequest, **_: int) -> None:
    """After it is gone."""


def keep(*, by: Member, list: str, name: str, query: str = "", **flags: Any) -> SavedView:
    """Keep what a list shows under a name; under one the member has already, that view shows this from now on."""
    return save_view(by=by, list=list, name=name, query=canonical(ListName(list), query), **flags)


def change(*, by: Member, view_id: int, expected_version: int | None, **fields: Any) -> SavedView:
    """Another name, another question, shared or no longer, the one its list opens with or no longer."""
    if "query" in fields:
        fields["query"] = canonical(ListName(access_view(by, view_id).list), fields["query"])
    return change_view(by=by, view_id=view_id, expected_version=expected_version, **fields)


one = Record(section, "/views/{view_id}", ViewShown, shows, shows)
section.rows("/views", None, "list_views", kind=VIEWS, shape=ViewShown, found=found, summary="Saved views")
section.act(
    "/views",
    None,
    "save_view",
    keep,
    takes=ViewNew,
    shape=ViewShown,
    shows=shows_made,
    makes="get_view",
    summary="Save a view",
)
one.get(None, "get_view", summary="One view")
one.act("", None, "change_view", change, method="PATCH", takes=ViewChange, summary="Change a view")
section.act(
    one.path,
    None,
    "delete_view",
    delete_view,
    method="DELETE",
    finds=shows,
    shape=None,
    shows=nothing,
    summary="Delete a view",
)
