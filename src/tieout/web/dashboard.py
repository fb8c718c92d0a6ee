"""Acts: the first page after signing in. What needs you, then the figures; every number is a link to its list."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from tieout.practice.access import visible_clients
from tieout.practice.clients import Client
from tieout.practice.permissions import Permission
from tieout.web.access import FirmRequest, requires


@requires(None)
def dashboard(request: FirmRequest) -> HttpResponse:
    member = request.member
    clients = visible_clients(member) if member.may(Permission.VIEW_CLIENTS) else Client.objects.none()
    return render(request, "pages/dashboard.html", {"active": clients.count()})
