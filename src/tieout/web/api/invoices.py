"""Decides nothing: the operations on invoices, from draft to paid or void, one by one and many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from tieout.practice.access import require
from tieout.practice.actions.invoice_life import (
    mark_many_sent,
    mark_sent,
    remove_late_fees,
    revise_invoice,
    undo_write_off,
    void_invoice,
    write_off_invoice,
)
from tieout.practice.actions.invoices import (
    RowResult,
    change_draft,
    create_invoice,
    discard_draft,
    finalise_invoice,
    finalise_invoices,
)
from tieout.practice.actions.late_fees import add_late_fees
from tieout.practice.actions.sending import mail_invoice
from tieout.practice.billing_access import access_document, not_there, visible_documents
from tieout.practice.invoice_pdf import file_name, invoice_pdf
from tieout.practice.invoice_sheet import sheet_of
from tieout.practice.invoices import INVOICE, Invoice, InvoiceRevision
from tieout.practice.permissions import Permission
from tieout.web.api.calling import ApiRequest, carry_out
from tieout.web.api.history import HISTORY, Change, history_of_one
from tieout.web.api.invoice_shapes import (
    Chosen,
    InvoiceContent,
    InvoiceFull,
    InvoiceRevised,
    InvoiceRow,
    Mailed,
    Outcomes,
    Reason,
    Revision,
    Sent,
    WriteOff,
)
from tieout.web.api.routes import Record, Section
from tieout.web.billing.invoice_list import INVOICES, narrowed
from tieout.web.downloads import attachment
from tieout.web.listing import Asked, Column, ListKind

section = Section("Invoices", "Drafted, finalized, sent, paid; revised, written off or void.")
VIEW, EDIT = Permission.VIEW_BILLING, Permission.EDIT_INVOICES
REVISIONS = ListKind(columns=(Column("number", "Number", "number"),), filters=(), sort="-number")


def found(request: ApiRequest, asked: Asked) -> QuerySet[Invoice]:
    member = request.member
    return narrowed(asked, visible_documents(member, Invoice), member, request.today)


def shows(request: ApiRequest, invoice_id: int) -> Invoice:
    return access_document(request.member, Invoice, invoice_id)


def finds(request: ApiRequest, invoice_id: int) -> Invoice:
    return access_document(request.member, Invoice, invoice_id, to_edit=True)


def shows_made(request: ApiRequest, invoice: Invoice) -> Invoice:
    return invoice


def nothing(request: ApiRequest, **_: int) -> None:
    return None


def pdf(request: ApiRequest, invoice_id: int) -> HttpResponse:
    invoice = shows(request, invoice_id)
    sheet = sheet_of(invoice.firm_id, invoice.pk)
    return attachment(file_name(sheet), invoice_pdf(sheet), "application/pdf", inline=True)


def revisions(request: ApiRequest, asked: Asked, invoice_id: int) -> QuerySet[InvoiceRevision]:
    return InvoiceRevision.objects.filter(invoice=shows(request, invoice_id))


def finalise_many(request: ApiRequest, body: Chosen) -> dict[str, Any]:
    return _many(request, body, finalise_invoices)


def send_many(request: ApiRequest, body: Chosen) -> dict[str, Any]:
    return _many(request, body, mark_many_sent)


def add_fees(request: ApiRequest) -> dict[str, Any]:
    """Of the whole firm, so it asks for the right to see all of it."""
    require(request.member, Permission.VIEW_ALL_CLIENTS)
    return {"data": [_told(each) for each in carry_out(request, add_late_fees)]}


def _many(request: ApiRequest, body: Chosen, verb: Callable[..., list[RowResult]]) -> dict[str, Any]:
    """One result per id, in the order given; one the token may not know of is not there."""
    wanted = list(dict.fromkeys(body.invoice_ids))
    visible = visible_documents(request.member, Invoice).filter(pk__in=wanted)
    seen = set(visible.values_list("pk", flat=True))
    done = carry_out(request, verb, invoice_ids=[each for each in wanted if each in seen])
    by_id = {each.invoice_id: each for each in done}
    absent = {"": str(not_there(Invoice))}
    return {"data": [_told(by_id.get(each) or RowResult(each, None, absent)) for each in wanted]}


def _told(result: RowResult) -> dict[str, Any]:
    invoice = result.invoice
    return {
        "invoice_id": int(result.invoice_id),
        "done": invoice is not None,
        "number": invoice.number if invoice else "",
        "status": invoice.status if invoice else "",
        "problems": result.problems,
    }


ONE = "/invoices/{invoice_id}"
one = Record(section, ONE, InvoiceFull, shows, finds)
section.rows(
    "/invoices", VIEW, "list_invoices", kind=INVOICES, shape=InvoiceRow, found=found, summary="Invoices"
)
section.act(
    "/invoices",
    EDIT,
    "create_invoice",
    create_invoice,
    takes=InvoiceContent,
    shape=InvoiceFull,
    shows=shows_made,
    makes="get_invoice",
    summary="Draft an invoice",
)
one.get(VIEW, "get_invoice", summary="One invoice")
one.act(
    "", EDIT, "change_draft", change_draft, method="PATCH", takes=InvoiceContent, summary="Change a draft"
)
section.act(
    ONE,
    EDIT,
    "discard_draft",
    discard_draft,
    method="DELETE",
    finds=finds,
    shape=None,
    shows=nothing,
    summary="Throw a draft away",
)
one.act("/finalize", EDIT, "finalize_invoice", finalise_invoice, summary="Finalize a draft")
one.act("/send", EDIT, "send_invoice", mark_sent, takes=Sent, summary="Mark an invoice as sent")
one.act(
    "/mail",
    EDIT,
    "mail_invoice",
    mail_invoice,
    takes=Mailed,
    apart=True,
    summary="Mail an invoice as a PDF file",
)
section.file(
    f"{ONE}/pdf", VIEW, "get_invoice_pdf", "application/pdf", pdf, summary="An invoice as a PDF file"
)
one.act(
    "/revise",
    EDIT,
    "revise_invoice",
    revise_invoice,
    takes=InvoiceRevised,
    summary="Revise a finalized invoice",
)
one.act("/void", EDIT, "void_invoice", void_invoice, takes=Reason, summary="Void an invoice")
one.act(
    "/write-off",
    EDIT,
    "write_off_invoice",
    write_off_invoice,
    takes=WriteOff,
    summary="Write off part or all of an invoice",
)
one.act("/undo-write-off", EDIT, "undo_write_off", undo_write_off, summary="Claim again what was written off")
one.act("/remove-late-fees", EDIT, "remove_late_fees", remove_late_fees, summary="Take the late fees off")
section.rows(
    f"{ONE}/revisions",
    VIEW,
    "list_invoice_revisions",
    kind=REVISIONS,
    shape=Revision,
    found=revisions,
    searches=False,
    summary="What an invoice said before",
)
section.rows(
    f"{ONE}/history",
    VIEW,
    "list_invoice_history",
    kind=HISTORY,
    shape=Change,
    found=history_of_one(shows, INVOICE),
    searches=False,
    summary="An invoice's history",
)
section.custom(
    "POST",
    "/invoices/finalize",
    EDIT,
    "finalize_invoices",
    finalise_many,
    takes=Chosen,
    shape=Outcomes,
    apart=True,
    summary="Finalize many, each for itself",
)
section.custom(
    "POST",
    "/invoices/send",
    EDIT,
    "send_invoices",
    send_many,
    takes=Chosen,
    shape=Outcomes,
    apart=True,
    summary="Mark many as sent, each for itself",
)
section.custom(
    "POST",
    "/invoices/add-late-fees",
    EDIT,
    "add_late_fees",
    add_fees,
    shape=Outcomes,
    apart=True,
    summary="Add the late fees that have come due",
)
