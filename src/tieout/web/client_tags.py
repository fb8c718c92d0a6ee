"""Acts: the pages of tags: all of them with their clients counted, made, renamed, deleted; put on a client and taken off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.access import access_client, require
from tieout.practice.actions.tags import change_tag, create_tag, delete_tag, tag_client, untag_client
from tieout.practice.billing_access import not_there, rows_of
from tieout.practice.permissions import Permission
from tieout.practice.tags import Tag, TagColor, tags_of_firm, uses_of
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import by, carried_out, version_seen


@require_GET
@requires(Permission.VIEW_ALL_CLIENTS)
def index(request: FirmRequest) -> HttpResponse:
    uses = uses_of(request.member.firm_id)
    context = {
        "rows": [(tag, uses.get(tag.pk, 0)) for tag in tags_of_firm(request.member.firm_id)],
        "colors": TagColor.choices,
        "may_edit": request.member.may(Permission.EDIT_CLIENTS),
    }
    return render(request, "clients/tags.html", context)


@requires(Permission.EDIT_CLIENTS)
@require_POST
def new(request: FirmRequest) -> HttpResponse:
    """Tags are the whole firm's: for who sees every client."""
    require(request.member, Permission.VIEW_ALL_CLIENTS)
    name, color = request.POST.get("name", ""), request.POST.get("color", TagColor.GRAY)
    carried_out(
        request,
        lambda: create_tag(**by(request.member), name=name, color=color),
        "The tag is there. Put it on clients in their list or on their pages.",
    )
    return redirect("client_tags")


@requires(Permission.EDIT_CLIENTS)
@require_POST
def change(request: FirmRequest, tag_id: int) -> HttpResponse:
    tag = _tag(request, tag_id)
    typed = request.POST
    carried_out(
        request,
        lambda: change_tag(
            **by(request.member),
            tag_id=tag.pk,
            expected_version=version_seen(typed.get("version")),
            name=typed.get("name", ""),
            color=typed.get("color", ""),
        ),
        "Saved. Every client that has the tag shows it so.",
    )
    return redirect("client_tags")


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLIENTS)
def delete(request: FirmRequest, tag_id: int) -> HttpResponse:
    """What it would be taken off, and on POST doing it."""
    tag = _tag(request, tag_id)
    uses = uses_of(tag.firm_id).get(tag.pk, 0)
    if request.method == "POST":
        told = f"Deleted the tag {tag.name}. The clients that had it are untouched otherwise."
        carried_out(request, lambda: delete_tag(**by(request.member), tag_id=tag.pk), told)
        return redirect("client_tags")
    return render(request, "clients/tag_delete.html", {"tag": tag, "uses": uses})


@requires(Permission.EDIT_CLIENTS)
@require_POST
def on_client(request: FirmRequest, client_id: int) -> HttpResponse:
    """On its own page: ``remove`` the tag of this id, or else put on the one that is named, a new one if need be."""
    client = access_client(request.member, client_id, to_edit=True)
    where: dict[str, Any] = {**by(request.member), "client_id": client.pk}
    if removed := request.POST.get("remove", ""):
        carried_out(request, lambda: untag_client(**where, tag_id=removed), "The tag is off.")
        return redirect("client", client.pk)
    try:
        tag = _named(request, request.POST.get("tag", ""))
        tag_client(**where, tag_id=tag.pk)
    except Invalid as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"{client.name} has the tag {tag.name}.")
    return redirect("client", client.pk)


def _named(request: FirmRequest, name: str) -> Tag:
    """The firm's tag of this name, whatever its case; made for who may make one. Raises Invalid."""
    name = " ".join(name.split())
    tags = rows_of(Tag, request.member.firm_id)
    found = tags.filter(name__iexact=name).first() if name and "\x00" not in name else None
    if found is not None:
        return found
    if name and not request.member.may(Permission.VIEW_ALL_CLIENTS):
        raise Invalid({"tag": f"There is no tag called {name}. Choose one of your firm's."})
    return create_tag(**by(request.member), name=name)


def _tag(request: FirmRequest, tag_id: int) -> Tag:
    tag = rows_of(Tag, request.member.firm_id).filter(pk=tag_id).first()
    if tag is None or not request.member.may(Permission.VIEW_ALL_CLIENTS):
        raise not_there(Tag)
    return tag


urlpatterns: list[URLPattern] = [
    path("tags/", index, name="client_tags"),
    path("tags/new/", new, name="client_tag_new"),
    path("tags/<int:tag_id>/", change, name="client_tag_change"),
    path("tags/<int:tag_id>/delete/", delete, name="client_tag_delete"),
    path("<int:client_id>/tags/", on_client, name="client_tags_of"),
]
