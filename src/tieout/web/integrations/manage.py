"""Acts: the tile, the Manage page and the few buttons on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.firms import Member
from tieout.practice.permissions import Permission
from tieout.sync import connections, dry_run_mode, ledgers, retire_halt, standing, status, worklist
from tieout.sync.models import Connection
from tieout.web.access import FirmRequest, freshly, requires
from tieout.web.billing.acting import today_of
from tieout.web.integrations import asking
from tieout.web.integrations.gated import connected, managed, sentence
from tieout.web.integrations.rights import Rights
from tieout.web.integrations.tie_out_words import agreement_line
from tieout.web.integrations.tile import day_in_figures, tile

LISTS: Mapping[str, tuple[str, Permission]] = {
    "clients": ("clients", Permission.VIEW_CLIENTS),
    "service-items": ("service_items", Permission.VIEW_BILLING),
    "invoices": ("invoices", Permission.VIEW_BILLING),
    "payments-and-credits": ("payments", Permission.VIEW_BILLING),
}
"""Section -> the list of its records, and what one needs to open it."""


@require_GET
@requires(None)
def integrations(request: FirmRequest) -> HttpResponse:
    """The tiles. Seen by every member: a greyed Manage says why it is grey and who can help."""
    gate = connections.gate(request.member)
    connection = connections.connection_of(request.member.firm_id)
    now = timezone.now()
    stands = standing.standings(connection, now) if connection else []
    slow = next((one.sentence for one in stands if one.again_at), "")
    closed = next((one.sentence for one in stands if one is standing.NOT_IN_THE_PLAN), "")
    day = timezone.localdate() - timedelta(days=1)
    return render(
        request,
        "quickbooks/tiles.html",
        {
            "gate": gate,
            "closed_because": "" if gate.open else sentence(gate),
            "asking": {} if gate.open else _asking(request),
            "connection": connection,
            "tile": tile(connection, status.section_statuses(connection, request.member.firm), slow, closed),
            "yesterday": day_in_figures(*status.of_day(connection, day)) if connection else "",
        },
    )


def _asking(request: FirmRequest) -> dict[str, Any]:
    """Of who may not manage it: whether they may ask for that, and what became of it. Nothing where the plan is why."""
    if request.member.may(asking.WANTED):
        return {}
    may, said = asking.state_of(request.member)
    return {"may": may, "said": said}


@managed
def manage(request: FirmRequest) -> HttpResponse:
    connection = connections.connection_of(request.member.firm_id)
    kept = connections.kept_of(request.member.firm_id) if connection is None else None
    sections = status.section_statuses(connection, request.member.firm)
    return render(
        request,
        "quickbooks/manage.html",
        {
            "connection": connection,
            "kept": kept,
            "no_billing": Rights(request.member).why_not(Permission.VIEW_BILLING),
            "sections": sections,
            "lists": _lists(request.member),
            "tile": tile(connection, sections),
            "waiting": sum(section.waiting for section in sections),
            **(_of_connection(connection, today_of(request.member)) if connection else {}),
        },
    )


def _lists(member: Member) -> dict[str, str]:
    """Section -> the address of its records here, as far as the member may see them."""
    return {slug: reverse(name) for slug, (name, needed) in LISTS.items() if member.may(needed)}


def _of_connection(connection: Connection, today: date) -> dict[str, Any]:
    now = timezone.now()
    calls = ledgers.calls_of_month(connection, now) if connection.pk else {}
    return {
        **agreement_line(connection, today),
        "standings": standing.standings(connection, now),
        "confirms": retire_halt.words(connection.retire_halt),
        "planned": worklist.totals_of(connection, dry_run_mode.CAUSE) if connection.dry_run_until else 0,
        "dry_run_over": dry_run_mode.is_over(connection, now),
        "metered": calls.get("coreplus", 0),
        "free": calls.get("core", 0),
    }


@connected
@require_POST
def sync_now(request: FirmRequest, connection: Connection) -> HttpResponse:
    status.sync_now(connection, request.member)
    messages.success(
        request, "Comparing with QuickBooks now. New lines appear in the activity as they happen."
    )
    return redirect("quickbooks")


@connected
@require_POST
def pause(request: FirmRequest, connection: Connection) -> HttpResponse:
    connections.pause(request.member)
    messages.success(request, "Paused. Nothing is sent or fetched until you resume; changes wait safely.")
    return redirect("quickbooks")


@connected
@require_POST
def resume(request: FirmRequest, connection: Connection) -> HttpResponse:
    connections.resume(request.member, confirms=request.POST.get("confirms", ""))
    messages.success(request, "Resumed. What waited goes through now.")
    return redirect("quickbooks")


@connected
@freshly
def disconnect(request: FirmRequest, connection: Connection) -> HttpResponse:
    """A page first: what stops, what stays. Forgetting links asks for the company's name, it cannot be undone."""
    problem = ""
    forget = request.POST.get("links") == "forget"
    change = "change" in request.GET
    if request.method == "POST":
        typed = " ".join(request.POST.get("company_name", "").split())
        if not forget or typed.casefold() == " ".join(connection.company_name.split()).casefold():
            connections.disconnect(request.member, forget_links=forget)
            return redirect(
                f"{reverse('quickbooks-connect')}?change=1" if change else "quickbooks-disconnected"
            )
        problem = f"To forget the links, type the company's name exactly: {connection.company_name}"
    return render(
        request,
        "quickbooks/disconnect.html",
        {
            "connection": connection,
            "waiting": sum(section.waiting for section in status.section_statuses(connection)),
            "problem": problem,
            "forget": forget,
            "change": change,
        },
    )
