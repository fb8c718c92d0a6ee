"""Acts: what happened with QuickBooks, and what needs a person or is left out."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tieout.sync import status
from tieout.sync.models import Connection
from tieout.web.access import FirmRequest
from tieout.web.integrations.gated import connected
from tieout.web.integrations.listings import LISTINGS, card
from tieout.web.paging import page_number


@connected
@require_GET
def activity(request: FirmRequest, connection: Connection) -> HttpResponse:
    lines = status.activity(connection, page=page_number(request))
    return render(request, "quickbooks/activity.html", {"connection": connection, "lines": lines})


@connected
@require_GET
def issues(request: FirmRequest, connection: Connection) -> HttpResponse:
    """One card per cause: a cause is fixed once, its records are only listed."""
    asked = request.GET.get("listing", "")
    here = asked if asked in LISTINGS else next(iter(LISTINGS))
    found = status.issues(connection, here)
    return render(
        request,
        "quickbooks/issues.html",
        {
            "connection": connection,
            "here": LISTINGS[here],
            "slug": here,
            "listings": LISTINGS.items(),
            "cards": [card(list(group)) for _, group in groupby(found, key=lambda issue: issue.title)],
        },
    )
