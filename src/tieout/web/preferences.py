"""Acts: the first page of Settings, a list of what can be set and by whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from tieout.practice.permissions import Permission
from tieout.web.access import FirmRequest, requires


@requires(None)
def settings(request: FirmRequest) -> HttpResponse:
    return render(
        request, "pages/settings.html", {"may_manage_team": request.member.may(Permission.MANAGE_TEAM)}
    )
