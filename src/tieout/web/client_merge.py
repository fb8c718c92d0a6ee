"""Acts: the pages that make two clients one: which other, what would move, and the one button that does it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from tieout.practice.access import access_client, named_like, visible_clients
from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.merging import merge_clients, what_would_move
from tieout.practice.actor import Actor
from tieout.practice.client_merge import fields_to_fill
from tieout.practice.clients import Client
from tieout.practice.permissions import Permission
from tieout.practice.validation import CLIENT_RULES, Invalid
from tieout.sync import review_duplicates
from tieout.sync.absorbed import partners_there
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import version_seen

MOST_SHOWN = 20
WORDS = {
    "invoice": ("invoice", "invoices"),
    "recurring_invoice": ("recurring invoice", "recurring invoices"),
    "payment": ("payment", "payments"),
    "refund": ("refund", "refunds"),
    "credit": ("credit", "credits"),
}


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLIENTS)
def merge(request: FirmRequest, client_id: int) -> HttpResponse:
    """Without ``with``: which other client? With it: the preview, and on POST the merge. ``keep``: which one stays.

    ``back``: the page it was asked for on, a review's list of duplicates; the merge leads back to it.
    """
    client = access_client(request.member, client_id, to_edit=True)
    given = request.POST if request.method == "POST" else request.GET
    came_from = _came_from(given.get("back", ""))
    if not given.get("with"):
        return _choose(request, client)
    other = access_client(request.member, given["with"], to_edit=True)
    stays, goes = (other, client) if given.get("keep") == "other" else (client, other)
    if request.method == "POST":
        seen = version_seen(given.get("stays_version")), version_seen(given.get("goes_version"))
        try:
            merge_clients(
                firm_id=client.firm_id,
                stays_id=stays.pk,
                goes_id=goes.pk,
                actor=Actor.of(request.member),
                seen=(seen[0] or stays.version, seen[1] or goes.version),
            )
        except (Invalid, ChangedMeanwhile) as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, f"{goes.name} is part of {stays.name} now. Everything it had is here.")
            followed = review_duplicates.follow_merge(client.firm_id, str(stays.pk), str(goes.pk))
            if followed and came_from:
                messages.info(
                    request, "Its group in the review was sorted anew without the client that is gone."
                )
            return redirect(came_from or reverse("client", args=[stays.pk]))
    inside = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "clients/merge.html" + ("#preview" if inside else ""),
        {**_preview(client, other, stays, goes), "back": came_from, "inside": inside},
    )


def _came_from(given: str) -> str:
    """The page to go back to, when it is one of our own; empty otherwise."""
    ours = url_has_allowed_host_and_scheme(given, allowed_hosts=None) and given.startswith("/")
    return given if ours else ""


def _choose(request: FirmRequest, client: Client) -> HttpResponse:
    search = " ".join(request.GET.get("search", "").replace("\x00", "").split())[:200]
    if search:
        like = Q(name__icontains=search) | Q(email__icontains=search)
        found = visible_clients(request.member).filter(like).exclude(pk=client.pk)
    else:
        found = named_like(request.member, client.name, besides=client.pk)
    found = found.filter(merged_into=None).order_by("-is_active", Lower("name"), "id")
    context = {"client": client, "search": search, "found": found[:MOST_SHOWN]}
    return render(request, "clients/merge_choose.html", context)


def _preview(client: Client, other: Client, stays: Client, goes: Client) -> dict[str, Any]:
    moving = what_would_move(goes)
    told = [(count, WORDS[kind][count != 1]) for kind, count in moving.documents.items() if count]
    linked = partners_there(client.firm_id, "client", [str(stays.pk), str(goes.pk)])
    return {
        "client": client,
        "other": other,
        "stays": stays,
        "goes": goes,
        "other_stays": stays.pk == other.pk,
        "documents": told,
        "contacts": moving.contacts,
        "tags": moving.tags,
        "balance": moving.balance,
        "filled": [(CLIENT_RULES[each.name].label, each.value) for each in fields_to_fill(stays, goes)],
        "stays_there": linked.get(str(stays.pk)),
        "goes_there": linked.get(str(goes.pk)),
    }


urlpatterns: list[URLPattern] = [path("<int:client_id>/merge/", merge, name="client_merge")]
