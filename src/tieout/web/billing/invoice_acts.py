"""Acts: what is done with one invoice: finalized, marked as sent, void, written off, a draft thrown away.

What cannot be taken back, or wants a word of explanation, has a page that asks first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.invoice_life import (
    mark_sent,
    remove_late_fees,
    undo_write_off,
    void_invoice,
    write_off_invoice,
)
from tieout.practice.actions.invoices import discard_draft, finalise_invoice
from tieout.practice.billing_access import access_document
from tieout.practice.invoices import INVOICE, Invoice
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import By, by, carried_out, today_of, version_seen
from tieout.web.billing.meanwhile import Meanwhile, status_of_form, version_shown


@requires(Permission.EDIT_INVOICES)
@require_POST
def finalise(request: FirmRequest, invoice_id: int) -> HttpResponse:
    member = request.member
    invoice = access_document(member, Invoice, invoice_id, to_edit=True)
    carried_out(
        request,
        lambda: finalise_invoice(
            **by(member),
            invoice_id=invoice.pk,
            today=today_of(member),
            now=timezone.now(),
            expected_version=version_seen(request.POST.get("version")),
        ),
        "The invoice is finalized and counts from now on. Changes go through a revision.",
    )
    return redirect("invoice", invoice.pk)


@dataclass(frozen=True, slots=True)
class Question:
    """A page that asks before one verb is carried out."""

    title: str
    button: str
    danger: bool
    words: tuple[tuple[str, str], ...]
    """What stops, what stays, the way back."""
    inputs: tuple[str, ...]
    act: Callable[[By, Invoice, Mapping[str, Any]], object]
    told: str


QUESTIONS: Mapping[str, Question] = {
    "send": Question(
        title="Mark {} as sent",
        button="Mark as sent",
        danger=False,
        words=(
            ("What this does", "Notes that the client has got it, by post or by hand. Nothing is sent; “Send by e-mail” does that."),
        ),
        inputs=("sent_to",),
        act=lambda by, invoice, given: mark_sent(
            **by, invoice_id=invoice.pk, now=timezone.now(), sent_to=given.get("sent_to", "")
        ),
        told="Marked as sent.",
    ),
    "void": Question(
        title="Void {}",
        button="Void invoice",
        danger=True,
        words=(
            ("Stops", "The invoice counts for nothing: nothing is owed on it any more."),
            ("Stays", "Its number, its lines and its history."),
            ("Way back", "None. Write a new invoice if it was voided by mistake."),
        ),
        inputs=("reason",),
        act=lambda by, invoice, given: void_invoice(
            **by, invoice_id=invoice.pk, now=timezone.now(), reason=given.get("reason", ""),
            expected_version=version_seen(given.get("version")),
        ),
        told="The invoice is void.",
    ),
    "write-off": Question(
        title="Write off {}",
        button="Write off",
        danger=True,
        words=(
            ("Stops", "The amount is no longer owed, and the invoice comes to that much less."),
            ("Stays", "What it said before, as a revision."),
            ("Way back", "Undo the write-off, at any time, on the invoice's page."),
        ),
        inputs=("amount", "reason"),
        act=lambda by, invoice, given: write_off_invoice(
            **by, invoice_id=invoice.pk, now=timezone.now(), amount=given.get("amount", ""),
            reason=given.get("reason", ""), expected_version=version_seen(given.get("version")),
        ),
        told="Written off.",
    ),
    "discard": Question(
        title="Discard {}",
        button="Discard draft",
        danger=True,
        words=(
            ("Stops", "The draft and its lines are gone. It had no number and was sent to nobody."),
            ("Stays", "A line in the audit log that says who discarded it."),
            ("Way back", "None."),
        ),
        inputs=(),
        act=lambda by, invoice, given: discard_draft(**by, invoice_id=invoice.pk),
        told="The draft is discarded.",
    ),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INVOICES)
def ask(request: FirmRequest, invoice_id: int, slug: str) -> HttpResponse:
    member = request.member
    invoice = access_document(member, Invoice, invoice_id, to_edit=True)
    question = QUESTIONS[slug]
    title = question.title.format(str(invoice)[0].lower() + str(invoice)[1:])
    refused: dict[str, str] = {}
    meanwhile: Meanwhile | None = None
    if request.method == "POST":
        try:
            question.act(by(member), invoice, request.POST.dict())
        except Invalid as invalid:
            refused = invalid.problems
        except ChangedMeanwhile as problem:
            meanwhile = Meanwhile.of(problem, invoice, INVOICE, reverse("invoice", args=[invoice.pk]))
        else:
            messages.success(request, question.told)
            return redirect("invoices") if slug == "discard" else redirect("invoice", invoice.pk)
    context = {
        "question": question,
        "title": title,
        "invoice": invoice,
        "typed": request.POST,
        "problems": refused,
        "elsewhere": [told for name, told in refused.items() if name not in question.inputs],
        "meanwhile": meanwhile,
        "version": version_shown(request, invoice, meanwhile),
    }
    status = status_of_form(refused, meanwhile)
    return render(request, "billing/invoice_ask.html", context, status=status)


@requires(Permission.EDIT_INVOICES)
@require_POST
def claim_again(request: FirmRequest, invoice_id: int) -> HttpResponse:
    invoice = access_document(request.member, Invoice, invoice_id, to_edit=True)
    carried_out(
        request,
        lambda: undo_write_off(**by(request.member), invoice_id=invoice.pk, now=timezone.now()),
        "What was written off is owed again.",
    )
    return redirect("invoice", invoice.pk)


@requires(Permission.EDIT_INVOICES)
@require_POST
def without_fees(request: FirmRequest, invoice_id: int) -> HttpResponse:
    invoice = access_document(request.member, Invoice, invoice_id, to_edit=True)
    carried_out(
        request,
        lambda: remove_late_fees(**by(request.member), invoice_id=invoice.pk, now=timezone.now()),
        "The late fees are off the invoice.",
    )
    return redirect("invoice", invoice.pk)


_ONE = "invoices/<int:invoice_id>/"
urlpatterns: list[URLPattern] = [
    path(f"{_ONE}finalize/", finalise, name="invoice_finalise"),
    path(f"{_ONE}send/", ask, {"slug": "send"}, name="invoice_send"),
    path(f"{_ONE}void/", ask, {"slug": "void"}, name="invoice_void"),
    path(f"{_ONE}write-off/", ask, {"slug": "write-off"}, name="invoice_write_off"),
    path(f"{_ONE}discard/", ask, {"slug": "discard"}, name="invoice_discard"),
    path(f"{_ONE}undo-write-off/", claim_again, name="invoice_undo_write_off"),
    path(f"{_ONE}remove-late-fees/", without_fees, name="invoice_remove_late_fees"),
]
