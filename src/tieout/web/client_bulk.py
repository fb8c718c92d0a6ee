"""Acts: many clients at once, those that were ticked or all that were found: tagged, assigned, each with a result; or as a file."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.access import visible_clients
from tieout.practice.actions.bulk import AT_ONCE, MOST, access_bulk, carry_on, start_client_bulk
from tieout.practice.bulk import OF_CLIENTS, BulkVerb
from tieout.practice.clients import Client
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.invoice_bulk import ANOTHER_CHOICE, outcome
from tieout.web.client_file import clients_file
from tieout.web.client_list import NOBODY, ListQuery
from tieout.web.once import SavedAlready, once


@requires(Permission.EDIT_CLIENTS)
@require_POST
def many(request: FirmRequest) -> HttpResponse:
    """Start on what was ticked, or with ``all`` on what the list found. A second click finds the first one's list."""
    found = ListQuery.read(QueryDict(request.POST.get("found", "")))
    given = request.POST.get("do", "")
    verb = BulkVerb(given) if given in OF_CLIENTS else BulkVerb.TAG
    to = request.POST.get("assign_to", "")
    ids = list(_asked(request, found).values_list("pk", flat=True)[:MOST])

    def make() -> str:
        act = start_client_bulk(
            member=request.member,
            verb=verb,
            tag_id=request.POST.get("tag_id", ""),
            assigned_to_id=None if to == NOBODY else to,
            client_ids=ids,
            now=timezone.now(),
        )
        return reverse("clients_bulk", args=[act.pk])

    try:
        address = once(request, make)
    except SavedAlready as problem:
        messages.error(request, ANOTHER_CHOICE)
        return redirect(problem.address)
    except Invalid as invalid:
        messages.error(request, str(invalid))
        return redirect(f"{reverse('clients')}?{found.keep()}")
    act = access_bulk(request.member, uuid.UUID(address.rstrip("/").rsplit("/", 1)[-1]))
    if act.finished_at is None and act.rows.count() <= AT_ONCE:
        carry_on(firm_id=act.firm_id, act_id=act.pk, clock=timezone.now)
    return redirect(address)


@require_GET
@requires(Permission.EDIT_CLIENTS)
def progress(request: FirmRequest, act_id: uuid.UUID) -> HttpResponse:
    """How far it is, and what became of each. While it goes on, a part of it asks for itself again."""
    act = access_bulk(request.member, act_id)
    if act.verb not in OF_CLIENTS:
        raise NotYours("There is no such list.")
    context = outcome(act, act.rows.select_related("client"))
    part = request.headers.get("HX-Request")
    return render(request, "clients/bulk_part.html" if part else "clients/bulk.html", context)


@requires(Permission.EXPORT_CLIENTS)
@require_POST
def export(request: FirmRequest) -> HttpResponse:
    """What was ticked, or with ``all`` the whole list as it was narrowed, as a file; in the list's order."""
    found = ListQuery.read(QueryDict(request.POST.get("found", "")))
    clients = _asked(request, found)
    if not clients.exists():
        messages.error(request, "Tick the clients first, then export them.")
        return redirect(f"{reverse('clients')}?{found.keep()}")
    return clients_file(clients)


def _asked(request: FirmRequest, found: ListQuery) -> QuerySet[Client]:
    clients = visible_clients(request.member)
    if request.POST.get("all") == "1":
        return found.apply(clients)
    ticked = [each for each in request.POST.getlist("pick")[:MOST] if each.isascii() and each.isdigit()]
    every = replace(found, search="", show="all", kind="", relation="", assigned="", tag="")
    return every.apply(clients.filter(pk__in=[int(each) for each in ticked if len(each) <= 18]))


urlpatterns: list[URLPattern] = [
    path("many/", many, name="clients_many"),
    path("many/export.csv", export, name="clients_export_many"),
    path("many/<uuid:act_id>/", progress, name="clients_bulk"),
]
