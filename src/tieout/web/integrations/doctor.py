"""Acts: the settings doctor: what the QuickBooks company's own settings mean for the sync, kept and looked at again."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tieout.sync import partners, settings_doctor
from tieout.sync.models import Connection
from tieout.web.access import FirmRequest
from tieout.web.integrations.findings import findings
from tieout.web.integrations.gated import connected


@connected
@require_GET
def card(request: FirmRequest, connection: Connection) -> HttpResponse:
    """A part of the pages after connecting and of Manage, fetched after they are there."""
    check = settings_doctor.current(connection)
    found = findings(check.facts, settings_doctor.customers_read(connection)) if check.facts else []
    return render(
        request,
        "quickbooks/doctor.html",
        {
            "check": check,
            "findings": found,
            "settings_url": partners.settings_link(connection),
            "to_change": sum(one.look == "problem" for one in found),
        },
    )


@connected
@require_POST
def look_again(request: FirmRequest, connection: Connection) -> HttpResponse:
    settings_doctor.examine(connection)
    return redirect("quickbooks-doctor" if request.headers.get("HX-Request") else "quickbooks")
