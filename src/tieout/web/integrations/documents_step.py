"""Acts: the invoices step and the payments & credits step of the set-up: choices, one test, and turning the flow on."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.access import helpers_for
from tieout.practice.permissions import NotYours, Permission
from tieout.reconcile.ports import LedgerError
from tieout.sync import chosen, partners, payments_gate, sections, settings_doctor, steps, trial
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Connection, SectionState
from tieout.sync.sections import NotYet
from tieout.web.access import FirmRequest
from tieout.web.billing.acting import today_of
from tieout.web.integrations import advanced, tax_mapping
from tieout.web.integrations.document_words import MONEY_TRAIL, numbering, shown_lines
from tieout.web.integrations.findings import findings
from tieout.web.integrations.gated import connected
from tieout.web.integrations.needs_you import back
from tieout.web.integrations.rights import sees_billing

INVOICES, PAYMENTS = steps.BY_SLUG["invoices"], steps.BY_SLUG["payments-and-credits"]
MEANS = ("Custom transaction numbers", "Class tracking", "Location tracking", "Sales tax", "Closing date")
"""Of the settings doctor: what matters for invoices."""


def _locked(request: FirmRequest, connection: Connection, step: steps.Step) -> HttpResponse | None:
    helpers = helpers_for(connection.firm, Permission.MANAGE_TEAM)
    if locked := steps.why_locked(step, connection.sections, connection.firm, helpers):
        messages.info(request, f"{step.title}: {locked}")
        return redirect("quickbooks")
    return None


def _since(connection: Connection, entity: str, request: FirmRequest) -> date:
    chosen_one = sections.start_from(connection, entity)
    return date.fromisoformat(chosen_one) if chosen_one else today_of(request.member)


@connected
@require_GET
@sees_billing
def invoices(request: FirmRequest, connection: Connection) -> HttpResponse:
    """Start date, numbers, classes, locations, tax, and one test invoice."""
    if answer := _locked(request, connection, INVOICES):
        return answer
    check = settings_doctor.current(connection)
    since = _since(connection, "invoice", request)
    return render(
        request,
        "quickbooks/invoices_step.html",
        {
            "connection": connection,
            "on": connection.section("invoice") is SectionState.ON,
            "since": since,
            "problem": check.problem,
            "numbering": numbering(check.facts),
            "findings": [one for one in findings(check.facts) if one.title in MEANS],
            "choices": [
                one
                for one in chosen.choices(
                    connection,
                    "tracking_class",
                    "location",
                    *_tax_keys(check.facts),
                    "row_item",
                    "write_off_item",
                )
                if one.options
            ],
            **tax_mapping.mapping(connection, request.member),
            "candidates": trial.candidates(connection, since),
            **_of_trial(connection, since),
            "back": request.path,
        },
    )


def _of_trial(connection: Connection, since: date) -> dict[str, Any]:
    return {
        "tried": trial.tried(connection, "invoice"),
        "readiness": trial.readiness(connection, "invoice", since),
    }


def _tax_keys(facts: dict[str, Any]) -> tuple[str, ...]:
    american = facts.get("country", "US") in ("US", "")
    return ("tax_code",) if american else ("taxed_code", "untaxed_code")


@connected
@require_POST
@sees_billing
def set_since(request: FirmRequest, connection: Connection) -> HttpResponse:
    """The date is kept; on a section that is on already, what would go is shown before it takes effect."""
    since = _read_date(request.POST.get("since", ""))
    if since is None:
        messages.error(request, "Write the start date as year-month-day, as in 2026-01-31.")
        return redirect("quickbooks-invoices")
    if connection.section("invoice") is SectionState.ON:
        asked_on = ("quickbooks-invoices", INVOICES.title)
        return advanced.move_start(request, connection, "invoice", since, asked_on)
    try:
        sections.set_start(request.member, "invoice", since)
        messages.success(request, f"Invoices dated {since:%B %-d, %Y} or later will be sent.")
    except NotYet as refusal:
        messages.warning(request, str(refusal))
    return redirect("quickbooks-invoices")


def _read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


@connected
@require_GET
@sees_billing
def preview(request: FirmRequest, connection: Connection, invoice_id: int) -> HttpResponse:
    """Exactly what one invoice would look like in QuickBooks. Looking sends nothing."""
    if answer := _locked(request, connection, INVOICES):
        return answer
    problem, found = "", None
    try:
        found = trial.preview(connection, "invoice", str(invoice_id))
    except LedgerError as error:
        problem = error.sentence
    if found is None and not problem:
        raise NotYours("There is no such invoice.")
    return render(
        request,
        "quickbooks/invoice_preview.html",
        {
            "connection": connection,
            "invoice_id": invoice_id,
            "found": found,
            "problem": problem,
            "lines": shown_lines(found.document, found.currency) if found else [],
            "document": msgspec.json.format(found.body, indent=2).decode() if found and found.body else "",
            "on": connection.section("invoice") is SectionState.ON,
        },
    )


@connected
@require_POST
@sees_billing
def try_one(request: FirmRequest, connection: Connection, invoice_id: int) -> HttpResponse:
    try:
        sections.try_one(request.member, "invoice", str(invoice_id))
    except NotYet as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(
            request, "On its way to QuickBooks. Only this one; the others wait until you turn them on."
        )
    return redirect("quickbooks-invoices")


@connected
@require_GET
@sees_billing
def tried(request: FirmRequest, connection: Connection) -> HttpResponse:
    """The card of the test invoice by itself, asked for until it has arrived."""
    since = _since(connection, "invoice", request)
    return render(
        request, "quickbooks/invoice_tried.html", {"turns_on": True, **_of_trial(connection, since)}
    )


@connected
@require_POST
@sees_billing
def turn_invoices_on(request: FirmRequest, connection: Connection) -> HttpResponse:
    since = _since(connection, "invoice", request)
    readiness = trial.readiness(connection, "invoice", since)
    if reason := readiness.why_not or (readiness.ask if request.POST.get("looked") != "on" else ""):
        messages.warning(request, f"Invoices are not on yet. {reason}")
        return redirect("quickbooks-invoices")
    try:
        considered = sections.start_sending(request.member, "invoice", since=since)
    except NotYet as refusal:
        messages.warning(request, str(refusal))
        return redirect("quickbooks-invoices")
    messages.success(
        request, f"Invoices are on. {considered:,} were looked at; those from the start date on are sent now."
    )
    return redirect("quickbooks-payments")


@connected
@require_POST
def turn_off(request: FirmRequest, connection: Connection, slug: str) -> HttpResponse:
    """Nothing more of this section is sent; links stay, and turned on again it goes on where it stopped."""
    step = steps.BY_SLUG.get(slug)
    if step not in (INVOICES, PAYMENTS):
        raise NotYours("There is no such section.")
    for entity in step.entities:
        sections.stop_sending(request.member, entity)
    messages.success(request, f"{step.title} are off. What was sent stays linked; nothing more is sent.")
    return redirect("quickbooks")


@connected
@require_POST
def choose(request: FirmRequest, connection: Connection) -> HttpResponse:
    """One setting of the connection: an account, a code, a class, a location."""
    try:
        if chosen.choose(request.member, request.POST.get("key", ""), request.POST.get("value", "")[:50]):
            messages.success(request, "Saved. It holds from the next document on.")
    except CannotDecide as refusal:
        messages.warning(request, str(refusal))
    return redirect(back(request))


@connected
@require_GET
def payments(request: FirmRequest, connection: Connection) -> HttpResponse:
    """What goes where, deposit accounts, and the one setting in QuickBooks that would undo it all."""
    if answer := _locked(request, connection, PAYMENTS):
        return answer
    keys = [one.setting.key for one in chosen.choices(connection)]
    deposit = [one for one in keys if one.startswith("deposit_account")]
    methods = [one for one in keys if one.startswith("payment_method.")]
    return render(
        request,
        "quickbooks/payments_step.html",
        {
            "connection": connection,
            "on": steps.state_of(PAYMENTS, connection.sections) is SectionState.ON,
            "gate": payments_gate.look(connection),
            "settings_url": partners.settings_link(connection),
            "trail": MONEY_TRAIL,
            "deposit": chosen.choices(connection, *deposit),
            "methods": chosen.choices(connection, *methods),
            "others": chosen.choices(connection, "credit_item", "refund_item", "refund_account"),
            "since": _payments_since(connection, request),
            "back": request.path,
        },
    )


def _payments_since(connection: Connection, request: FirmRequest) -> date:
    """Its own start date, or that of the invoices."""
    entity = "payment" if sections.start_from(connection, "payment") else "invoice"
    return _since(connection, entity, request)


@connected
@require_GET
def gate(request: FirmRequest, connection: Connection) -> HttpResponse:
    """The card about credits by itself: asked for until QuickBooks says that the switch is off."""
    on = steps.state_of(PAYMENTS, connection.sections) is SectionState.ON
    return render(
        request,
        "quickbooks/payments_gate.html",
        {
            "gate": payments_gate.look(connection),
            "settings_url": partners.settings_link(connection),
            "on": on,
            "since": _payments_since(connection, request),
        },
    )


@connected
@require_POST
def turn_payments_on(request: FirmRequest, connection: Connection) -> HttpResponse:
    """Credits, payments, what credits pay, and refunds: all or none. The one setting is asked for again first."""
    found = payments_gate.look(connection)
    if found.closed:
        messages.error(request, "QuickBooks still applies credits by itself. Turn that off there first.")
        return redirect("quickbooks-payments")
    unknown = found.auto_apply is payments_gate.AutoApply.UNKNOWN
    if unknown and request.POST.get("looked") != "on":
        messages.error(request, "QuickBooks does not tell. Look there, and tick that it is off.")
        return redirect("quickbooks-payments")
    since = _read_date(request.POST.get("since", ""))
    if since is None:
        messages.error(request, "Write the start date as year-month-day, as in 2026-01-31.")
        return redirect("quickbooks-payments")
    try:
        for entity in PAYMENTS.entities:
            sections.start_sending(request.member, entity, since=since)
    except NotYet as refusal:
        messages.warning(request, str(refusal))
        return redirect("quickbooks-payments")
    messages.success(request, "Payments and credits are on. The set-up is complete.")
    return redirect("quickbooks-set-up-done")


@connected
@require_GET
def all_done(request: FirmRequest, connection: Connection) -> HttpResponse:
    states = [(step, steps.state_of(step, connection.sections)) for step in steps.steps_of(connection.firm)]
    return render(
        request,
        "quickbooks/set_up_done.html",
        {
            "connection": connection,
            "states": [(step, state is SectionState.ON) for step, state in states],
            "complete": all(state is SectionState.ON for _, state in states),
        },
    )
