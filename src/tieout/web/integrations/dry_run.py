"""Acts: the page of the dry run: what it is, what would be sent, and how it is ended: by whoever has seen that."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.money import shown
from tieout.practice.permissions import Permission
from tieout.sync import dry_run_mode, worklist
from tieout.sync.decisions import CannotDecide
from tieout.sync.dry_run_mode import CHANGE, CREATE, RETIRE, Forecast
from tieout.sync.models import Connection
from tieout.web.access import FirmRequest
from tieout.web.integrations.advanced import DOCUMENTS, ENTITIES
from tieout.web.integrations.gated import connected
from tieout.web.integrations.remedies import record_page
from tieout.web.paging import page_number

KINDS: Mapping[str, str] = {CREATE: "created", CHANGE: "changed", RETIRE: "taken out of use"}
NAMES: Mapping[str, str] = {**ENTITIES, **DOCUMENTS}


def summary(found: Forecast) -> list[str]:
    """Clients: 3 created, 1 changed. One sentence for each kind of record, in the order in which they are sent."""
    said = []
    for entity, name in NAMES.items():
        parts = [
            f"{found.counts[(entity, kind)]:,} {word}"
            for kind, word in KINDS.items()
            if (entity, kind) in found.counts
        ]
        if parts:
            said.append(f"{name}: {', '.join(parts)}")
    return said


@connected
@require_GET
def page(request: FirmRequest, connection: Connection) -> HttpResponse:
    found = dry_run_mode.forecast(connection)
    rows = worklist.page_of(connection, "clearing", dry_run_mode.CAUSE, page=page_number(request))
    sees_money = request.member.may(Permission.VIEW_BILLING)
    return render(
        request,
        "quickbooks/dry_run.html",
        {
            "connection": connection,
            "on": connection.dry_run_until is not None,
            "over": dry_run_mode.is_over(connection, timezone.now()),
            "forecast": found,
            "summary": summary(found),
            "money": " and ".join(shown(amount, one) for one, amount in found.money) if sees_money else "",
            "lines": [(row, record_page(row)) for row in rows.rows],
            "page": rows,
        },
    )


@connected
@require_POST
def begin(request: FirmRequest, connection: Connection) -> HttpResponse:
    try:
        if dry_run_mode.begin(request.member):
            messages.success(request, "The dry run has begun. From now on nothing is sent to QuickBooks.")
    except CannotDecide as refusal:
        messages.warning(request, str(refusal))
    return redirect("quickbooks-dry-run")


@connected
@require_POST
def go_on(request: FirmRequest, connection: Connection) -> HttpResponse:
    if dry_run_mode.go_on(request.member):
        messages.success(request, "The dry run goes on for another week. Nothing was sent.")
    return redirect("quickbooks-dry-run")


@connected
@require_POST
def end(request: FirmRequest, connection: Connection) -> HttpResponse:
    """Only with what was shown: the form carries the fingerprint of the list that the person had before them."""
    try:
        sent = dry_run_mode.end(request.member, request.POST.get("seen", ""))
    except CannotDecide as refusal:
        messages.warning(request, str(refusal))
        return redirect("quickbooks-dry-run")
    writes = "1 planned write is" if sent == 1 else f"{sent:,} planned writes are"
    messages.success(
        request, f"The dry run is ended: {writes} sent now. The activity shows each as it arrives."
    )
    return redirect("quickbooks")
