"""Acts: saved views over the long lists: kept, renamed, shared, chosen as the one a list opens with, deleted.

A tab of a view is a plain link with what the list was asked; so it can be bookmarked, and outlives the view.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.actions.saved_views import change_view, delete_view, save_view
from tieout.practice.permissions import NotYours
from tieout.practice.saved_views import (
    TO_SHARE,
    ListName,
    access_view,
    may_change,
    opens_with,
    views_of,
)
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import carried_out, version_seen
from tieout.web.billing.invoice_list import INVOICES
from tieout.web.billing.item_list import ITEMS
from tieout.web.billing.payment_list import CREDITS, PAYMENTS
from tieout.web.client_list import ListQuery
from tieout.web.view_words import client_words, list_words

PLAIN = "view=all"
"""Added to a list's address: as it is without any view, not as it opens."""


@dataclass(frozen=True, slots=True)
class _List:
    url_name: str
    canonical: Callable[[QueryDict], str]
    """What a list was asked, as it keeps it: only what it knows and what is not its default."""
    words: Callable[[QueryDict, int], str]
    """The same for people; with the firm, for names of members and tags."""


LISTS: Mapping[ListName, _List] = {
    ListName.CLIENTS: _List("clients", lambda asked: ListQuery.read(asked).keep(), client_words),
    ListName.INVOICES: _List("invoices", lambda asked: INVOICES.read(asked).keep(), list_words(INVOICES)),
    ListName.PAYMENTS: _List("payments", lambda asked: PAYMENTS.read(asked).keep(), list_words(PAYMENTS)),
    ListName.CREDITS: _List("credits", lambda asked: CREDITS.read(asked).keep(), list_words(CREDITS)),
    ListName.SERVICE_ITEMS: _List("service_items", lambda asked: ITEMS.read(asked).keep(), list_words(ITEMS)),
}


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    url: str
    is_current: bool
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands above a list."""

    of: ListName
    tabs: list[Tab]
    query: str
    """What the list shows now, for keeping it."""
    may_share: bool
    named: bool
    """One of the views is what the list shows now."""


def canonical(of: ListName, query: str) -> str:
    """The query as the list would keep it: what it does not know is left out."""
    return LISTS[of].canonical(QueryDict(query)).rstrip("&")


def opening(request: FirmRequest, of: ListName) -> HttpResponse | None:
    """Where a list that was opened without a word goes: to the member's or the firm's default view, if there is one."""
    if request.GET or request.headers.get("HX-Request"):
        return None
    view = opens_with(views_of(request.member, of))
    query = canonical(of, view.query) if view else ""
    return redirect(f"{request.path}?{query}") if query else None


def bar_of(request: FirmRequest, of: ListName) -> Bar:
    now = LISTS[of].canonical(request.GET).rstrip("&")
    here = reverse(LISTS[of].url_name)
    tabs = []
    for view in views_of(request.member, of):
        query = canonical(of, view.query)
        tabs.append(Tab(view.name, f"{here}?{query or PLAIN}", query == now, view.is_shared))
    named = any(each.is_current for each in tabs)
    plain = Tab("All", f"{here}?{PLAIN}", not named and not now)
    return Bar(of, [plain, *tabs], now, request.member.may(TO_SHARE), named)


@require_GET
@requires(None)
def index(request: FirmRequest, of: str) -> HttpResponse:
    """A list's views, to be changed. For everybody who may see the list."""
    which = _list(of)
    member = request.member
    rows = [
        (each, LISTS[which].words(QueryDict(each.query), member.firm_id), may_change(member, each))
        for each in views_of(member, which)
    ]
    context = {
        "list": which,
        "rows": rows,
        "may_share": member.may(TO_SHARE),
        "back": f"{reverse(LISTS[which].url_name)}?{PLAIN}",
    }
    return render(request, "views/index.html", context)


@requires(None)
@require_POST
def save(request: FirmRequest, of: str) -> HttpResponse:
    """Keep what the list shows, and go back to it."""
    which = _list(of)
    query = canonical(which, request.POST.get("query", "")[:4000])
    back = redirect(f"{reverse(LISTS[which].url_name)}?{query or PLAIN}")
    try:
        view = save_view(
            by=request.member,
            list=which,
            name=request.POST.get("name", ""),
            query=query,
            is_shared="is_shared" in request.POST,
            is_default="is_default" in request.POST,
        )
    except Invalid as problem:
        messages.error(request, f"The view was not saved. {problem}")
    else:
        whose = "everybody in your firm has" if view.is_shared else "you have"
        messages.success(request, f"Saved the view {view.name}; {whose} it above this list now.")
    return back


@requires(None)
@require_POST
def change(request: FirmRequest, view_id: int) -> HttpResponse:
    """Rename it, share it or no longer, have the list open with it or no longer."""
    view = access_view(request.member, view_id)
    typed = request.POST
    carried_out(
        request,
        lambda: change_view(
            by=request.member,
            view_id=view.pk,
            expected_version=version_seen(typed.get("version")),
            name=typed.get("name", ""),
            is_shared="is_shared" in typed,
            is_default="is_default" in typed,
        ),
        "Saved.",
    )
    return redirect("saved_views", view.list)


@requires(None)
@require_POST
def delete(request: FirmRequest, view_id: int) -> HttpResponse:
    view = access_view(request.member, view_id)
    told = f"Deleted the view {view.name}. What it showed is untouched."
    carried_out(request, lambda: delete_view(by=request.member, view_id=view.pk), told)
    return redirect("saved_views", view.list)


def _list(of: str) -> ListName:
    if of not in ListName.values:
        raise NotYours("There is no such list.")
    return ListName(of)


urlpatterns: list[URLPattern] = [
    path("views/<slug:of>/", index, name="saved_views"),
    path("views/<slug:of>/save/", save, name="saved_view_save"),
    path("views/<int:view_id>/change/", change, name="saved_view_change"),
    path("views/<int:view_id>/delete/", delete, name="saved_view_delete"),
]
