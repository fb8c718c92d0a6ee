"""Acts: the pages on which an invoice is written: new, a draft changed, a finalized one revised, and its moving parts.

Every button of the form works as a plain submit too: ``do`` says which it was, and only ``save`` saves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.invoice_life import revise_invoice
from tieout.practice.actions.invoices import change_draft, create_invoice, lines_of
from tieout.practice.actions.recording import RecordChangedMeanwhile
from tieout.practice.billing_access import access_document, access_item
from tieout.practice.clients import Client
from tieout.practice.groups import ClientGroup
from tieout.practice.invoices import INVOICE, Invoice, LineKind, Status
from tieout.practice.numbering import sequence_of
from tieout.practice.permissions import Permission
from tieout.practice.recurring import RecurringInvoice
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import by, today_of, version_seen
from tieout.web.billing.invoice_choices import offered
from tieout.web.billing.invoice_sums import sum_up, unsaved
from tieout.web.billing.invoice_typed import InvoiceTyped, blank_line
from tieout.web.billing.meanwhile import Meanwhile, status_of_form, version_shown
from tieout.web.billing.pick_client import ask_for_client, bill_to, billed_to
from tieout.web.once import SavedAlready, new_token, once

INVOICES = ("invoices", "Invoices")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the form is about."""

    title: str
    client: Client
    group: ClientGroup | None
    invoice: Invoice | None
    back: str
    """Where Cancel leads."""
    action: str = ""
    """Where the form goes; empty: to its own address."""
    template: str = "billing/invoice_form.html"
    recurs: bool = False
    """Each invoice gets its own dates, so neither it nor its lines ask for any."""
    recurring: RecurringInvoice | None = None
    """The one at hand, once it is there."""


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INVOICES)
def new(request: FirmRequest) -> HttpResponse:
    member, today = request.member, today_of(request.member)
    found = bill_to(request)
    if found is None:
        return ask_for_client(request, "New invoice", INVOICES, groups=True)
    desk = Desk("New invoice", *found, None, reverse("invoices"))
    if request.method == "GET":
        typed = InvoiceTyped.of(unsaved(member.firm_id, today), [])
        typed.lines.append(blank_line())
        return form_page(request, desk, typed, today)

    def make(typed: InvoiceTyped) -> str:
        return reverse("invoice", args=[create_invoice(**by(member), today=today, **typed.fields()).pk])

    return written(request, desk, today, make, "The draft is saved. It counts nowhere until it is finalized.")


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INVOICES)
def edit(request: FirmRequest, invoice_id: int) -> HttpResponse:
    """A draft; a finalized invoice is revised instead."""
    member, today = request.member, today_of(request.member)
    invoice = access_document(member, Invoice, invoice_id, to_edit=True)
    if invoice.status != Status.DRAFT:
        if request.method == "POST" and invoice.status != Status.VOID:
            return _finalised_meanwhile(request, invoice, today)
        return redirect("invoice_revise", invoice.pk)
    if "pick" in request.GET:
        return ask_for_client(request, "Bill somebody else", INVOICES, groups=True)
    own = billed_to(invoice)
    client, group = bill_to(request, own) or own
    desk = Desk("Edit draft invoice", client, group, invoice, reverse("invoice", args=[invoice.pk]))
    if request.method == "GET":
        return form_page(request, desk, InvoiceTyped.of(invoice, lines_of(invoice)), today)

    def make(typed: InvoiceTyped) -> str:
        change_draft(
            **by(member),
            invoice_id=invoice.pk,
            today=today,
            expected_version=version_seen(request.POST.get("version")),
            **typed.fields(),
        )
        return desk.back

    return written(request, desk, today, make, "Saved the draft.")


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INVOICES)
def revise(request: FirmRequest, invoice_id: int) -> HttpResponse:
    member, today = request.member, today_of(request.member)
    invoice = access_document(member, Invoice, invoice_id, to_edit=True)
    if invoice.status == Status.DRAFT:
        return redirect("invoice_edit", invoice.pk)
    desk = _revision_of(invoice)
    if invoice.status == Status.VOID:
        messages.error(request, f"Invoice {invoice.number} is void; nothing of it can be changed.")
        return redirect("invoice", invoice.pk)
    if request.method == "GET":
        lines = [line for line in lines_of(invoice) if line.kind == LineKind.ITEM]
        return form_page(request, desk, InvoiceTyped.of(invoice, lines), today)

    def make(typed: InvoiceTyped) -> str:
        fields: Any = typed.fields()
        for fixed in ("client_id", "group_id"):
            fields.pop(fixed, None)
        revise_invoice(
            **by(member),
            invoice_id=invoice.pk,
            today=today,
            now=timezone.now(),
            reason=request.POST.get("reason", ""),
            expected_version=version_seen(request.POST.get("version")),
            **fields,
        )
        return desk.back

    return written(request, desk, today, make, "The invoice is revised. What it said before is kept below.")


def _revision_of(invoice: Invoice) -> Desk:
    address, back = (reverse(name, args=[invoice.pk]) for name in ("invoice_revise", "invoice"))
    title = f"Revise invoice {invoice.number}"
    return Desk(title, invoice.client, invoice.group, invoice, back, action=address)


def _finalised_meanwhile(request: FirmRequest, invoice: Invoice, today: date) -> HttpResponse:
    """A draft's form that comes when it is a draft no more: what was typed may become a revision."""
    typed, desk = InvoiceTyped.read(request.POST), _revision_of(invoice)
    typed.head["number"] = typed.head.get("number") or invoice.number
    seen = version_seen(request.POST.get("version")) or 0
    problem = RecordChangedMeanwhile(INVOICE, seen, invoice.version)
    return form_page(
        request, desk, typed, today, meanwhile=Meanwhile.of(problem, invoice, INVOICE, desk.back)
    )


@requires(Permission.EDIT_INVOICES)
@require_POST
def moving_parts(request: FirmRequest) -> HttpResponse:
    """What of the form depends on the rest: the rows after a button or an item was chosen, else only the sums."""
    today = today_of(request.member)
    typed = InvoiceTyped.read(request.POST)
    document = _document(request)
    own = billed_to(document) if document is not None else None
    found = bill_to(request, own) or own
    do = request.POST.get("do", "")
    _carry_out(request, typed, do)
    context = parts(
        request,
        typed,
        document if isinstance(document, Invoice) else None,
        found[1] if found else None,
        today,
        recurs="recurring_id" in request.POST,
    )
    if do:
        return render(request, "billing/invoice_lines.html", context)
    return render(request, "billing/invoice_totals.html", {**context, "apart": True})


def _document(request: FirmRequest) -> Invoice | RecurringInvoice | None:
    """What the form is about, which it says in a hidden input; None while that is not saved yet."""
    if invoice_id := request.POST.get("invoice_id"):
        return access_document(request.member, Invoice, invoice_id, to_edit=True)
    if recurring_id := request.POST.get("recurring_id"):
        return access_document(request.member, RecurringInvoice, recurring_id, to_edit=True)
    return None


def written(
    request: FirmRequest, desk: Desk, today: date, make: Callable[[InvoiceTyped], str], told: str
) -> HttpResponse:
    """Save what was typed and go where ``make`` says, or show the form again with what was asked of it."""
    typed = InvoiceTyped.read(request.POST)
    do = request.POST.get("do", "save")
    if do != "save":
        _carry_out(request, typed, do)
        return form_page(request, desk, typed, today)
    try:
        address = once(request, lambda: make(typed), edits=desk.invoice is not None)
    except Invalid as invalid:
        return form_page(request, desk, typed, today, invalid)
    except SavedAlready as problem:
        return form_page(request, desk, typed, today, saved_at=problem.address)
    except ChangedMeanwhile as problem:
        assert desk.invoice is not None
        meanwhile = Meanwhile.of(problem, desk.invoice, INVOICE, desk.back)
        return form_page(request, desk, typed, today, meanwhile=meanwhile)
    messages.success(request, told)
    return redirect(address)


def form_page(
    request: FirmRequest,
    desk: Desk,
    typed: InvoiceTyped,
    today: date,
    refused: Invalid | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
    *,
    meanwhile: Meanwhile | None = None,
    saved_at: str = "",
) -> HttpResponse:
    """The form as a page. ``more``: what its template shows besides an invoice."""
    typed.head |= {"client_id": str(desk.client.pk), "group_id": str(desk.group.pk) if desk.group else ""}
    typed.offer_a_row()
    context = parts(request, typed, desk.invoice, desk.group, today, recurs=desk.recurs)
    if refused is not None:
        typed.take(refused.problems)
    elif request.method == "GET":
        _forget_problems(typed)
    return render(
        request,
        desk.template,
        {
            **context,
            "desk": desk,
            "refused": refused,
            "meanwhile": meanwhile,
            "saved_at": saved_at,
            "next_number": sequence_of(request.member.firm_id, "invoice").next,
            "form_token": request.POST.get("form_token") or new_token(),
            "version": version_shown(request, desk.invoice or desk.recurring, meanwhile),
            "reason": request.POST.get("reason", ""),
            **more,
        },
        status=status_of_form(refused, meanwhile, saved_at),
    )


def parts(
    request: FirmRequest,
    typed: InvoiceTyped,
    invoice: Invoice | None,
    group: ClientGroup | None,
    today: date,
    *,
    recurs: bool = False,
) -> dict[str, Any]:
    firm_id = request.member.firm_id
    offer = offered(firm_id, typed, group, custom_terms=not recurs)
    sums = sum_up(invoice or unsaved(firm_id, today), typed, today)
    if recurs or typed.head.get("terms") != "custom":
        typed.head["due_date"] = sums.due_date.isoformat()
    return {
        "typed": typed,
        "offer": offer,
        "sums": sums,
        "invoice": invoice,
        "group": group,
        "today": today,
        "recurs": recurs,
    }


def _carry_out(request: FirmRequest, typed: InvoiceTyped, do: str) -> None:
    """``add``, ``remove-<row>``, ``item-<row>`` or a mere new computation."""
    verb, _, row = do.partition("-")
    if verb == "item" and (place := typed.place_of(row)) is not None:
        line = typed.lines[place]
        if line.values["item_id"]:
            line.take_from(access_item(request.member, line.values["item_id"]))
    typed.change_lines(do)


def _forget_problems(typed: InvoiceTyped) -> None:
    """A form that nobody has typed in yet does not complain."""
    typed.problems.clear()
    for line in typed.lines:
        line.problems.clear()


urlpatterns: list[URLPattern] = [
    path("invoices/new/", new, name="invoice_new"),
    path("invoices/parts/", moving_parts, name="invoice_parts"),
    path("invoices/<int:invoice_id>/edit/", edit, name="invoice_edit"),
    path("invoices/<int:invoice_id>/revise/", revise, name="invoice_revise"),
]
