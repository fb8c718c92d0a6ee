"""Acts: the pages of client groups: clients under one ownership, who is in which, and who gets a group's invoices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, DecimalField, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Lower
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.access import require, visible_clients
from tieout.practice.actions.groups import (
    add_to_group,
    create_group,
    dissolve_group,
    remove_from_group,
    rename_group,
    set_billed_client,
)
from tieout.practice.billing_access import history_of_row, not_there, rows_of, visible_documents
from tieout.practice.groups import CLIENT_GROUP, ClientGroup, GroupMember
from tieout.practice.invoices import Invoice
from tieout.practice.money import ZERO
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import by, carried_out, today_of, version_seen
from tieout.web.billing.history import entries
from tieout.web.listing import PAGE_SIZE

MOST_FOUND = 10
MOST_INVOICES = 10


@require_GET
@requires(Permission.VIEW_ALL_CLIENTS)
def index(request: FirmRequest) -> HttpResponse:
    search = _search(request)
    groups = _groups(request)
    if search:
        # Apart from the members that are counted below: a join shared with them would count only those found.
        of_member = GroupMember.objects.filter(
            firm_id=request.member.firm_id, client__name__icontains=search
        ).values("group")
        groups = groups.filter(Q(name__icontains=search) | Q(pk__in=of_member))
    counted = groups.annotate(
        clients=Count("members", distinct=True),
        owed=Coalesce(Sum("members__client__balance__owed"), ZERO, output_field=DecimalField()),
    ).order_by(Lower("name"), "id")
    page = Paginator(counted, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request, "clients/groups.html", {"page": page, "search": search, "may_edit": _may_edit(request)}
    )


@requires(Permission.EDIT_CLIENTS)
@require_POST
def new(request: FirmRequest) -> HttpResponse:
    require(request.member, Permission.VIEW_ALL_CLIENTS)
    try:
        group = create_group(**by(request.member), name=request.POST.get("name", ""))
    except Invalid as invalid:
        messages.error(request, str(invalid))
        return redirect("client_groups")
    messages.success(request, f"{group.name} is there. Now put clients in it.")
    return redirect("client_group", group.pk)


@require_GET
@requires(Permission.VIEW_ALL_CLIENTS)
def record(request: FirmRequest, group_id: int) -> HttpResponse:
    group = _group(request, group_id)
    search = _search(request)
    found: Any = []
    if search:
        outside = visible_clients(request.member).filter(is_active=True, name__icontains=search)
        found = outside.filter(group_membership=None).order_by(Lower("name"), "id")[:MOST_FOUND]
    context = {
        "group": group,
        "members": group.members.select_related("client__balance").order_by(Lower("client__name"), "pk"),
        "search": search,
        "found": found,
        "may_edit": _may_edit(request),
        "may_bill": request.member.may(Permission.EDIT_INVOICES),
        "history": entries(history_of_row(group, CLIENT_GROUP)[:50], "client group"),
        **_invoices(request, group),
    }
    return render(request, "clients/group.html", context)


@requires(Permission.EDIT_CLIENTS)
@require_POST
def change(request: FirmRequest, group_id: int, what: str) -> HttpResponse:
    """One of the small acts on a group; each says what it did."""
    group = _group(request, group_id)
    where: dict[str, Any] = {**by(request.member), "group_id": group.pk}
    client_id = request.POST.get("client", "")
    acts: dict[str, tuple[Any, str]] = {
        "rename": (lambda: rename_group(**where, name=request.POST.get("name", "")), "Renamed."),
        "add": (lambda: add_to_group(**where, client_id=client_id), "The client is in the group."),
        "remove": (
            lambda: remove_from_group(**where, client_id=client_id),
            "The client is out of the group.",
        ),
        "billed": (
            lambda: set_billed_client(**where, client_id=client_id),
            "The group's next invoices go to this client.",
        ),
    }
    if what not in acts:
        raise not_there(ClientGroup)
    act, told = acts[what]
    carried_out(request, act, told)
    return redirect("client_group", group.pk)


def _invoices(request: FirmRequest, group: ClientGroup) -> dict[str, Any]:
    """The group's last invoices, for those who may see any."""
    member = request.member
    if not member.may(Permission.VIEW_BILLING):
        return {}
    last = visible_documents(member, Invoice).filter(group=group).select_related("client")
    found = list(last.order_by("-date", "-id")[: MOST_INVOICES + 1])
    return {
        "with_invoices": True,
        "invoices": found[:MOST_INVOICES],
        "more_invoices": len(found) > MOST_INVOICES,
        "today": today_of(member),
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLIENTS)
def dissolve(request: FirmRequest, group_id: int) -> HttpResponse:
    group = _group(request, group_id)
    if request.method == "POST":
        done = carried_out(
            request,
            lambda: dissolve_group(
                **by(request.member),
                group_id=group.pk,
                expected_version=version_seen(request.POST.get("version")),
            ),
            f"{group.name} is dissolved. Its clients are all there, each on its own.",
        )
        return redirect("client_groups") if done else redirect("client_group", group.pk)
    return render(
        request,
        "clients/group_dissolve.html",
        {"group": group, "many": group.members.count(), "billed": group.invoices.count()},
    )


def _group(request: FirmRequest, group_id: int) -> ClientGroup:
    groups = _groups(request)
    found = groups.filter(pk=group_id).first() if request.member.may(Permission.VIEW_ALL_CLIENTS) else None
    if found is None:
        raise not_there(ClientGroup)
    return found


def _groups(request: FirmRequest) -> QuerySet[ClientGroup]:
    """Those that were not dissolved."""
    return rows_of(ClientGroup, request.member.firm_id).filter(is_active=True).select_related("billed_client")


def _search(request: FirmRequest) -> str:
    return " ".join(request.GET.get("search", "").replace("\x00", "").split())[:200]


def _may_edit(request: FirmRequest) -> bool:
    return request.member.may(Permission.EDIT_CLIENTS)


urlpatterns: list[URLPattern] = [
    path("groups/", index, name="client_groups"),
    path("groups/new/", new, name="client_group_new"),
    path("groups/<int:group_id>/", record, name="client_group"),
    path("groups/<int:group_id>/dissolve/", dissolve, name="client_group_dissolve"),
    path("groups/<int:group_id>/<slug:what>/", change, name="client_group_change"),
]
