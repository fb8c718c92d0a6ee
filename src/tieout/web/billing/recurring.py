"""Acts: the pages of recurring invoices: list, record, new, changed, paused. The content is written as an invoice is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.access import require
from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.recurring import change_recurring, create_recurring, write_due_invoices
from tieout.practice.billing_access import access_document, history_of_row, visible_documents
from tieout.practice.clients import Client
from tieout.practice.groups import ClientGroup
from tieout.practice.invoices import Invoice
from tieout.practice.permissions import Permission
from tieout.practice.recurrence import Frequency
from tieout.practice.recurring import RECURRING_INVOICE, RecurringInvoice
from tieout.practice.recurring_content import upcoming_of
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import by, carried_out, today_of, version_seen
from tieout.web.billing.history import entries
from tieout.web.billing.invoice_forms import Desk, form_page
from tieout.web.billing.invoice_sums import unsaved
from tieout.web.billing.invoice_typed import AS_ITEM, LINE_INPUTS, InvoiceTyped, LineTyped, blank_line
from tieout.web.billing.invoices import content_of
from tieout.web.billing.meanwhile import Meanwhile
from tieout.web.billing.pick_client import ask_for_client, bill_to, billed_to
from tieout.web.billing.recurring_list import RECURRING, narrowed
from tieout.web.long_list import long_page
from tieout.web.once import SavedAlready, once

SCHEDULE = ("name", "frequency", "every", "first_date", "last_count", "last_date")
HISTORY_SHOWN = 50


@require_GET
@requires(Permission.VIEW_BILLING)
def index(request: FirmRequest) -> HttpResponse:
    member = request.member
    asked = RECURRING.read(request.GET)
    recurring = visible_documents(member, RecurringInvoice)
    found = asked.sorted(narrowed(asked, recurring, member))
    page = long_page(found, request.GET, load=found.select_related("client"))
    upcoming = upcoming_of(member.firm_id, page.rows)
    context = {
        "asked": asked,
        "page": page,
        "rows": [(each, upcoming[each.pk]) for each in page.rows],
        "any_recurring": bool(page.rows) or recurring.exists(),
        "may_edit": member.may(Permission.EDIT_INVOICES),
        "may_write_all": member.may(Permission.VIEW_ALL_CLIENTS),
    }
    return render(request, "billing/recurring_list.html", context)


@require_GET
@requires(Permission.VIEW_BILLING)
def record(request: FirmRequest, recurring_id: int) -> HttpResponse:
    recurring = access_document(request.member, RecurringInvoice, recurring_id)
    schedule, done = recurring.schedule, recurring.done
    bills = upcoming_of(recurring.firm_id, [recurring])[recurring.pk]
    invoices = visible_documents(request.member, Invoice).filter(recurring=recurring)
    return render(
        request,
        "billing/recurring.html",
        {
            "recurring": recurring,
            "bills": bills,
            **({"invoice": bills.invoice} if bills.problem else content_of(bills.invoice, bills.lines)),
            "upcoming": [schedule.on(number) for number in range(done, done + 5) if schedule.has(number)],
            "invoices": invoices.order_by("-occurrence")[:20],
            "history": entries(
                history_of_row(recurring, RECURRING_INVOICE)[:HISTORY_SHOWN], "recurring invoice"
            ),
            "may_edit": request.member.may(Permission.EDIT_INVOICES),
            "sees_groups": request.member.may(Permission.VIEW_ALL_CLIENTS),
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INVOICES)
def new(request: FirmRequest) -> HttpResponse:
    member, today = request.member, today_of(request.member)
    found = bill_to(request)
    if found is None:
        return ask_for_client(request, "New recurring invoice", ("recurring", "Recurring"), groups=True)
    desk = _desk("New recurring invoice", *found, reverse("recurring"))
    if request.method == "GET":
        typed = InvoiceTyped.of(unsaved(member.firm_id, today), [])
        typed.lines.append(blank_line())
        schedule = {"frequency": "monthly", "every": "1", "first_date": today.isoformat()}
        return _form(request, desk, typed, schedule)

    def make(typed: InvoiceTyped) -> str:
        made = create_recurring(**by(member), today=today, **_fields(request.POST, typed))
        return reverse("recurring_record", args=[made.pk])

    return _written(request, desk, make)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INVOICES)
def edit(request: FirmRequest, recurring_id: int) -> HttpResponse:
    member, today = request.member, today_of(request.member)
    recurring = access_document(member, RecurringInvoice, recurring_id, to_edit=True)
    content: dict[str, Any] = dict(recurring.content)
    own = billed_to(recurring)
    back = reverse("recurring_record", args=[recurring.pk])
    title = f"Edit {recurring.name or 'recurring invoice'}"
    desk = _desk(title, *(bill_to(request, own) or own), back, recurring)
    if request.method == "GET":
        schedule = {name: _text(getattr(recurring, name)) for name in SCHEDULE}
        schedule |= {
            "finalise": "on" if recurring.finalise else "",
            "done": str(recurring.done),
        }
        return _form(request, desk, _typed(content, recurring), schedule)

    def make(typed: InvoiceTyped) -> str:
        change_recurring(
            **by(member),
            recurring_id=recurring.pk,
            today=today,
            expected_version=version_seen(request.POST.get("version")),
            **_fields(request.POST, typed),
        )
        return back

    return _written(request, desk, make)


@requires(Permission.EDIT_INVOICES)
@require_POST
def switch(request: FirmRequest, recurring_id: int) -> HttpResponse:
    """Paused, or going on: the invoices that were missed are then written too."""
    member = request.member
    recurring = access_document(member, RecurringInvoice, recurring_id, to_edit=True)
    on = request.POST.get("on") == "1"
    carried_out(
        request,
        lambda: change_recurring(
            **by(member), recurring_id=recurring.pk, today=today_of(member), is_active=on
        ),
        "It goes on. Invoices that were missed are written at the next run." if on else "It is paused.",
    )
    return redirect("recurring_record", recurring.pk)


@requires(Permission.EDIT_INVOICES)
@require_POST
def run(request: FirmRequest) -> HttpResponse:
    """Write all that is due now, without waiting for the daily run. Of the whole firm, so for who sees all of it."""
    member = request.member
    require(member, Permission.VIEW_ALL_CLIENTS)
    results = write_due_invoices(**by(member), today=today_of(member), now=timezone.now())
    written = sum(len(each.invoices) for each in results)
    messages.success(request, f"Wrote {written} invoice{'' if written == 1 else 's'}.")
    stopped = sum(bool(each.problem) for each in results)
    if stopped:
        messages.error(request, f"{stopped} could not be written; the list says why.")
    paused = sum(bool(each.paused) for each in results)
    if paused:
        told = "is paused: its client is" if paused == 1 else "are paused: their clients are"
        messages.info(request, f"{paused} {told} archived.")
    return redirect("recurring")


def _desk(
    title: str,
    client: Client,
    group: ClientGroup | None,
    back: str,
    recurring: RecurringInvoice | None = None,
) -> Desk:
    template = "billing/recurring_form.html"
    return Desk(title, client, group, None, back, template=template, recurs=True, recurring=recurring)


def _form(
    request: FirmRequest,
    desk: Desk,
    typed: InvoiceTyped,
    schedule: Mapping[str, str],
    refused: Invalid | None = None,
    **found: Any,
) -> HttpResponse:
    """``found``: what stands against saving besides what was typed, as ``form_page`` takes it."""
    more = {"schedule": schedule, "frequencies": list(Frequency)}
    return form_page(request, desk, typed, today_of(request.member), refused, more, **found)


def _written(request: FirmRequest, desk: Desk, make: Any) -> HttpResponse:
    typed = InvoiceTyped.read(request.POST)
    schedule = {name: request.POST.get(name, "") for name in (*SCHEDULE, "finalise", "done")}
    do = request.POST.get("do", "save")
    if do != "save":
        typed.change_lines(do)
        return _form(request, desk, typed, schedule)
    try:
        address = once(request, lambda: make(typed), edits=desk.recurring is not None)
    except Invalid as invalid:
        problems = {name.removeprefix("content."): told for name, told in invalid.problems.items()}
        return _form(request, desk, typed, schedule, Invalid(problems))
    except SavedAlready as problem:
        return _form(request, desk, typed, schedule, saved_at=problem.address)
    except ChangedMeanwhile as problem:
        assert desk.recurring is not None
        meanwhile = Meanwhile.of(problem, desk.recurring, RECURRING_INVOICE, desk.back)
        return _form(request, desk, typed, schedule, meanwhile=meanwhile)
    messages.success(request, "Saved. Invoices that exist stay as they are.")
    return redirect(address)


def _fields(form: QueryDict, typed: InvoiceTyped) -> Any:
    content: Any = dict(typed.fields())
    for name in ("number", "date", "due_date"):
        content.pop(name, None)
    return {
        **{name: form.get(name, "").strip() for name in SCHEDULE},
        "finalise": "finalise" in form,
        "content": content,
    }


def _typed(content: Mapping[str, Any], recurring: RecurringInvoice) -> InvoiceTyped:
    head = {"terms": recurring.terms, "discount_value": "", "discount_kind": "", "memo": ""}
    head |= {name: _text(value) for name, value in content.items() if name != "lines"}
    lines = []
    for line in content.get("lines", ()):
        values = {name: _text(line.get(name)) for name in LINE_INPUTS}
        if "tax_rate_id" not in line:
            values["tax_rate_id"] = AS_ITEM
        lines.append(LineTyped(values))
    return InvoiceTyped(head, lines)


def _text(value: object) -> str:
    return "" if value is None else str(value)


urlpatterns: list[URLPattern] = [
    path("recurring/", index, name="recurring"),
    path("recurring/new/", new, name="recurring_new"),
    path("recurring/run/", run, name="recurring_run"),
    path("recurring/<int:recurring_id>/", record, name="recurring_record"),
    path("recurring/<int:recurring_id>/edit/", edit, name="recurring_edit"),
    path("recurring/<int:recurring_id>/switch/", switch, name="recurring_switch"),
]
