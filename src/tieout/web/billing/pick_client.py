"""Acts: the page that asks whom a new document is for. It works for ten clients and for a hundred thousand."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import render

from tieout.practice.access import access_client, visible_clients
from tieout.practice.billing_access import rows_of
from tieout.practice.clients import Client
from tieout.practice.groups import ClientGroup
from tieout.practice.permissions import NotYours, Permission
from tieout.web.access import FirmRequest

MOST_SHOWN = 20


def chosen_client(request: FirmRequest) -> Client | None:
    """The client the address or the form names; None when it names none. Raises NotYours for one that is not there."""
    client_id = request.POST.get("client_id") or request.GET.get("client", "")
    return access_client(request.member, client_id) if client_id else None


def chosen_group(request: FirmRequest) -> ClientGroup | None:
    """Like ``chosen_client``. Groups are seen by those who see every client."""
    group_id = request.POST.get("group_id") or request.GET.get("group", "")
    if not group_id:
        return None
    groups = _groups(request).filter(pk=int(group_id) if group_id.isdigit() and len(group_id) < 19 else 0)
    group = groups.select_related("billed_client").first()
    if group is None:
        raise NotYours("There is no such client group.")
    return group


def ask_for_client(
    request: FirmRequest, title: str, back: tuple[str, str], *, groups: bool = False
) -> HttpResponse:
    """``back``: the name of the list's address, and its title. The links come back here with ``?client=``."""
    search = " ".join(request.GET.get("search", "").replace("\x00", "").split())[:200]
    clients = visible_clients(request.member).filter(is_active=True)
    if search:
        clients = clients.filter(Q(name__icontains=search) | Q(email__icontains=search))
    found = list(clients.order_by(Lower("name"), "id")[: MOST_SHOWN + 1])
    context: dict[str, Any] = {
        "title": title,
        "back": back,
        "search": search,
        "clients": found[:MOST_SHOWN],
        "more": len(found) > MOST_SHOWN,
        "groups": _groups(request).filter(name__icontains=search).order_by("name")[:MOST_SHOWN]
        if groups
        else [],
    }
    part = request.headers.get("HX-Target") == "found"
    return render(request, "billing/pick_found.html" if part else "billing/pick_client.html", context)


def _groups(request: FirmRequest) -> QuerySet[ClientGroup]:
    if not request.member.may(Permission.VIEW_ALL_CLIENTS):
        return ClientGroup.objects.none()
    return rows_of(ClientGroup, request.member.firm_id)
