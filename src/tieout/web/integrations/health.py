"""Acts: what happened with QuickBooks."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tieout.sync import status
from tieout.sync.models import Connection
from tieout.web.access import FirmRequest
from tieout.web.integrations.gated import connected
from tieout.web.paging import page_number


@connected
@require_GET
def activity(request: FirmRequest, connection: Connection) -> HttpResponse:
    lines = status.activity(connection, page=page_number(request))
    return render(request, "quickbooks/activity.html", {"connection": connection, "lines": lines})
