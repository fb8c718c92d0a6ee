"""Acts: the first page after signing in. What needs you, then the figures; every number is a link to its list."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tieout.practice.access import visible_clients
from tieout.practice.actions.permission_requests import open_requests
from tieout.practice.clients import Client
from tieout.practice.firms import Member
from tieout.practice.permissions import PERMISSIONS, Permission
from tieout.sync import connections, status
from tieout.sync import review as reviews
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import today_of
from tieout.web.billing.board import board
from tieout.web.integrations.flows import FLOWS
from tieout.web.integrations.tie_out_words import agreement_line
from tieout.web.sample_data import refusal
from tieout.web.tasks import Figure, Task, tasks


@require_GET
@requires(None)
def dashboard(request: FirmRequest) -> HttpResponse:
    member = request.member
    clients = visible_clients(member) if member.may(Permission.VIEW_CLIENTS) else Client.objects.none()
    counted = dict(clients.order_by().values_list("is_active").annotate(many=Count("*")))
    active, archived = counted.get(True, 0), counted.get(False, 0)
    here = reverse("clients")
    figures = [
        Figure(active, "active clients", f"{here}?show=active", "active client"),
        Figure(archived, "archived clients", f"{here}?show=inactive", "archived client"),
    ]
    context: dict[str, Any] = {
        "figures": figures,
        "tasks": [],
        "connection": None,
        "empty": not (active or archived),
    }
    if member.may(Permission.VIEW_BILLING):
        context |= board(member, today_of(member))
    if connections.gate(member).open:
        connection = connections.connection_of(member.firm_id)
        sections = status.section_statuses(connection, member.firm)
        under_way = [reviews.open_review(connection, one) for one in FLOWS] if connection else []
        open_ones = [one for one in under_way if one is not None]
        context |= {"connection": connection, "tasks": tasks(connection, sections, open_ones)}
        if member.may(Permission.VIEW_BILLING):
            context |= agreement_line(connection, today_of(member))
        if connection:
            figures.append(
                Figure(sum(s.in_step for s in sections), "in step with QuickBooks", reverse("quickbooks"))
            )
            figures.append(Figure(sum(s.waiting for s in sections), "waiting", reverse("quickbooks")))
    context["tasks"] = [*asked_of(member), *context["tasks"], *context.get("billing_tasks", [])]
    if context["empty"] and member.may(Permission.MANAGE_TEAM):
        context |= {"may_add_samples": True, "samples_why_not": refusal(member)}
    return render(request, "pages/dashboard.html", context)


def asked_of(member: Member) -> list[Task]:
    """Permissions that colleagues ask for, told to those who can help. One query."""
    if not (member.may(Permission.MANAGE_TEAM) or member.may(Permission.MANAGE_INTEGRATIONS)):
        return []
    url_name = "team" if member.may(Permission.MANAGE_TEAM) else "integrations"
    return [
        Task(
            "needs_you",
            f"{one.member} asks for the permission “{PERMISSIONS[Permission(one.permission)].label}”.",
            "Look",
            url_name,
        )
        for one in open_requests(member.firm)
    ]
