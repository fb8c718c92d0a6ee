"""Acts: the advanced settings: a switch for each kind of change and each way, what it did lately, and who turned it."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.permissions import NotYours
from tieout.reconcile.state import Side
from tieout.sync import advanced
from tieout.sync.models import Connection
from tieout.web.access import FirmRequest
from tieout.web.integrations.gated import connected
from tieout.web.integrations.wizard import ENTITY

GROUPS: Mapping[Side, str] = {
    Side.LEDGER: "When something changes here",
    Side.PRACTICE: "When something changes in QuickBooks",
}
WORDS: Mapping[tuple[str, Side], tuple[str, str, str]] = {
    ("create", Side.LEDGER): (
        "Create new clients in QuickBooks",
        "From now on, a client added here becomes a customer there by itself.",
        "From now on, a client added here stays here and is listed under Left out.",
    ),
    ("edit", Side.LEDGER): (
        "Send edits of clients to QuickBooks",
        "From now on, what is edited here reaches QuickBooks by itself; what waited goes now.",
        "From now on, edits made here stay here. Each difference is listed under Left out.",
    ),
    ("archive", Side.LEDGER): (
        "Make customers inactive when a client is archived",
        "From now on, archiving a client makes its customer inactive, and restoring it makes it active again.",
        "From now on, archiving a client leaves its customer active.",
    ),
    ("create", Side.PRACTICE): (
        "Create new clients from QuickBooks",
        "From now on, a customer added in QuickBooks becomes a client here by itself.",
        "From now on, a customer added in QuickBooks stays there and is listed under Left out.",
    ),
    ("edit", Side.PRACTICE): (
        "Take edits from QuickBooks",
        "From now on, what is edited in QuickBooks reaches the client here; what waited comes now.",
        "From now on, edits made in QuickBooks stay there. Each difference is listed under Left out.",
    ),
    ("archive", Side.PRACTICE): (
        "Archive clients when a customer is made inactive",
        "From now on, a customer made inactive archives its client. Nothing is deleted.",
        "From now on, a customer made inactive leaves its client active.",
    ),
}
"""Switch -> its name, and what starts or stops when it is turned on or off."""


@connected
@require_GET
def page(request: FirmRequest, connection: Connection) -> HttpResponse:
    found = advanced.switches(connection, ENTITY)
    return render(
        request,
        "quickbooks/advanced.html",
        {
            "connection": connection,
            "groups": [
                (title, [(one, *WORDS[(one.kind, one.side)]) for one in found if one.side is side])
                for side, title in GROUPS.items()
            ],
            "left_out": advanced.left_out(connection, ENTITY),
            "history": [
                (change, WORDS[(change.kind, Side(change.side))][0])
                for change in advanced.history(connection, ENTITY)
            ],
        },
    )


@connected
@require_POST
def turn(request: FirmRequest, connection: Connection) -> HttpResponse:
    kind, side = request.POST.get("kind", ""), request.POST.get("side", "")
    if side not in set(Side) or (kind, Side(side)) not in WORDS:
        raise NotYours("There is no such switch.")
    on = request.POST.get("on") == "on"
    if advanced.turn(request.member, ENTITY, kind, Side(side), on):
        name, starts, stops = WORDS[(kind, Side(side))]
        messages.success(request, f"{name}: {'on' if on else 'off'}. {starts if on else stops}")
    return redirect("quickbooks-advanced")
