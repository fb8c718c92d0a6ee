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
from tieout.practice.billing_access import access_document, access_item
from tieout.practice.clients import Client
from tieout.practice.groups import ClientGroup
from tieout.practice.invoices import Invoice, LineKind, Status
from tieout.practice.numbering import sequence_of
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import by, today_of, version_seen
from tieout.web.billing.invoice_choices import offered
from tieout.web.billing.invoice_sums import sum_up, unsaved
from tieout.web.billing.invoice_typed import InvoiceTyped, blank_line
from tieout.web.billing.pick_client import ask_for_client, chosen_client, chosen_group
from tieout.web.once import new_token, once

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
    template: str = "billing/invoice_form.html"
    custom_terms: bool = True


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
        return once(
            request,
            lambda: reverse("invoice", args=[create_invoice(**by(member), today=today, **typed.fields()).pk]),
        )

    return written(request, desk, today, make, "The draft is saved. It counts nowhere until it is finalized.")


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INVOICES)
def edit(request: FirmRequest, invoice_id: int) -> HttpResponse:
    """A draft; a finalized invoice is revised instead."""
    member, today = request.member, today_of(request.member)
    invoice = access_document(member, Invoice, invoice_id, to_edit=True)
    if invoice.status != Status.DRAFT:
        return redirect("invoice_revise", invoice.pk)
    if "pick" in request.GET:
        return ask_for_client(request, "Bill somebody else", INVOICES, groups=True)
    client, group = bill_to(request) or (invoice.client, invoice.group)
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
    title = f"Revise invoice {invoice.number}"
    desk = Desk(title, invoice.client, invoice.group, invoice, reverse("invoice", args=[invoice.pk]))
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


@requires(Permission.EDIT_INVOICES)
@require_POST
def moving_parts(request: FirmRequest) -> HttpResponse:
    """What of the form depends on the rest: the rows after a button or an item was chosen, else only the sums."""
    member, today = request.member, today_of(request.member)
    typed = InvoiceTyped.read(request.POST)
    invoice_id = request.POST.get("invoice_id", "")
    invoice = access_document(member, Invoice, invoice_id, to_edit=True) if invoice_id else None
    found = bill_to(request)
    group = invoice.group if invoice else found[1] if found else None
    do = request.POST.get("do", "")
    _carry_out(request, typed, do)
    context = parts(request, typed, invoice, group, today)
    if do:
        return render(request, "billing/invoice_lines.html", context)
    return render(request, "billing/invoice_totals.html", {**context, "apart": True})


def bill_to(request: FirmRequest) -> tuple[Client, ClientGroup | None] | None:
    """Whom the address or the form names: a client, or the one who gets a group's invoices."""
    if (group := chosen_group(request)) is not None:
        if group.billed_client is None:
            raise NotYours("This client group has no client who gets its invoices.")
        return group.billed_client, group
    client = chosen_client(request)
    return (client, None) if client is not None else None


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
        address = make(typed)
    except Invalid as invalid:
        return form_page(request, desk, typed, today, invalid)
    except ChangedMeanwhile as problem:
        messages.error(request, str(problem))
        return redirect(desk.back)
    messages.success(request, told)
    return redirect(address)


def form_page(
    request: FirmRequest,
    desk: Desk,
    typed: InvoiceTyped,
    today: date,
    refused: Invalid | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> HttpResponse:
    """The form as a page. ``more``: what its template shows besides an invoice."""
    typed.head |= {"client_id": str(desk.client.pk), "group_id": str(desk.group.pk) if desk.group else ""}
    typed.offer_a_row()
    context = parts(request, typed, desk.invoice, desk.group, today, custom_terms=desk.custom_terms)
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
            "next_number": sequence_of(request.member.firm_id, "invoice").next,
            "form_token": request.POST.get("form_token") or new_token(),
            "version": request.POST.get("version") or (desk.invoice.version if desk.invoice else ""),
            "reason": request.POST.get("reason", ""),
            **more,
        },
        status=422 if refused is not None else 200,
    )


def parts(
    request: FirmRequest,
    typed: InvoiceTyped,
    invoice: Invoice | None,
    group: ClientGroup | None,
    today: date,
    *,
    custom_terms: bool = True,
) -> dict[str, Any]:
    firm_id = request.member.firm_id
    offer = offered(firm_id, typed, group, custom_terms=custom_terms)
    sums = sum_up(invoice or unsaved(firm_id, today), typed, today)
    if not custom_terms or typed.head.get("terms") != "custom":
        typed.head["due_date"] = sums.due_date.isoformat()
    return {"typed": typed, "offer": offer, "sums": sums, "invoice": invoice, "group": group, "today": today}


def _carry_out(request: FirmRequest, typed: InvoiceTyped, do: str) -> None:
    """``add``, ``remove-<row>``, ``item-<row>`` or a mere new computation."""
    verb, _, row = do.partition("-")
    if verb == "item" and row.isdigit() and int(row) < len(typed.lines):
        line = typed.lines[int(row)]
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
