"""Acts: the page that asks whom a new document is for. It works for ten clients and for a hundred thousand."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import render

from tieout.practice.access import access_client, visible_clients
from tieout.practice.billing_access import rows_of
from tieout.practice.client_search import searched
from tieout.practice.clients import Client
from tieout.practice.firms import Member
from tieout.practice.groups import ClientGroup
from tieout.practice.invoices import Invoice
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.recurring import RecurringInvoice
from tieout.practice.row_ids import row_id
from tieout.web.access import FirmRequest

MOST_SHOWN = 20
BilledTo = tuple[Client, ClientGroup | None]
"""Who owes it, and the group that is billed through them."""


def chosen_client(request: FirmRequest) -> Client | None:
    """The client the address or the form names; None when it names none. Raises NotYours for one that is not there."""
    client_id = request.POST.get("client_id") or request.GET.get("client", "")
    return access_client(request.member, client_id) if client_id else None


def chosen_group(request: FirmRequest, own: ClientGroup | None = None) -> ClientGroup | None:
    """Like ``chosen_client``. Groups are seen by those who see every client.

    ``own``: that of the document at hand, which whoever may see the document knows already.
    """
    given = request.POST.get("group_id") or request.GET.get("group", "")
    if not given:
        return None
    group_id = row_id(given)
    if own is not None and own.pk == group_id:
        return own
    group = visible_groups(request.member).filter(pk=group_id or 0).select_related("billed_client").first()
    if group is None:
        raise NotYours("There is no such client group.")
    return group


def bill_to(request: FirmRequest, own: BilledTo | None = None) -> BilledTo | None:
    """Whom the address or the form names: a client, or the one who gets a group's invoices.

    ``own``: whom the document at hand is billed to. Raises NotYours for whom the member may not bill.
    """
    own_group = own[1] if own is not None else None
    group = chosen_group(request, own_group)
    if group is None:
        client = chosen_client(request)
        return (client, None) if client is not None else None
    if own is not None and own_group == group:
        if group.billed_client_id in (None, own[0].pk):
            return own
        return access_client(request.member, group.billed_client_id), group
    if group.billed_client is None:
        raise NotYours("This client group has no client who gets its invoices.")
    return group.billed_client, group


def billed_to(document: Invoice | RecurringInvoice) -> BilledTo:
    """Whom a document is billed to as it is now."""
    if isinstance(document, Invoice):
        return document.client, document.group
    group_id = document.content.get("group_id")
    return document.client, rows_of(ClientGroup, document.firm_id).filter(pk=group_id or 0).first()


def ask_for_client(
    request: FirmRequest, title: str, back: tuple[str, str], *, groups: bool = False
) -> HttpResponse:
    """``back``: the name of the list's address, and its title. The links come back here with ``?client=``."""
    search = " ".join(request.GET.get("search", "").replace("\x00", "").split())[:200]
    clients = visible_clients(request.member).filter(is_active=True)
    if search:
        clients = searched(clients, search)
    found = list(clients.order_by(Lower("name"), "id")[: MOST_SHOWN + 1])
    context: dict[str, Any] = {
        "title": title,
        "back": back,
        "search": search,
        "clients": found[:MOST_SHOWN],
        "more": len(found) > MOST_SHOWN,
        "groups": visible_groups(request.member).filter(name__icontains=search).order_by("name")[:MOST_SHOWN]
        if groups
        else [],
    }
    part = request.headers.get("HX-Target") == "found"
    return render(request, "billing/pick_found.html" if part else "billing/pick_client.html", context)


def visible_groups(member: Member) -> QuerySet[ClientGroup]:
    """Those who see every client see the groups they are in."""
    if not member.may(Permission.VIEW_ALL_CLIENTS):
        return ClientGroup.objects.none()
    return rows_of(ClientGroup, member.firm_id).filter(is_active=True)
