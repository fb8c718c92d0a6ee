"""Acts: the pages that show invoices: list, record, print view, export, and what is done with many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from tieout.practice.access import helpers_for, visible_clients
from tieout.practice.actions.bulk import MOST
from tieout.practice.actions.invoices import lines_of
from tieout.practice.billing_access import access_document, history_of_row, visible_documents
from tieout.practice.billing_export import balance_rows, headings, invoice_rows
from tieout.practice.client_balances import ClientBalance
from tieout.practice.csv_text import write_csv
from tieout.practice.firms import Member
from tieout.practice.invoice_content import said, totals_of
from tieout.practice.invoice_pdf import file_name, invoice_pdf
from tieout.practice.invoice_sheet import sheet_of, tax_names
from tieout.practice.invoices import INVOICE, Invoice, InvoiceLine, Status
from tieout.practice.mail import NOT_SET_UP, mail_is_set_up
from tieout.practice.money import ZERO
from tieout.practice.permissions import Permission, refusal
from tieout.practice.saved_views import ListName
from tieout.web.access import FirmRequest, requires
from tieout.web.badges import badges_for
from tieout.web.billing.acting import today_of
from tieout.web.billing.history import entries
from tieout.web.billing.invoice_list import INVOICES, narrowed
from tieout.web.billing.offers import offers_for
from tieout.web.billing.pick_client import visible_groups
from tieout.web.billing.preflight import preflight
from tieout.web.billing.revisions import versions
from tieout.web.downloads import attachment, csv_file
from tieout.web.long_list import MOST_COUNTED, MOST_FOUND, long_page
from tieout.web.once import new_token
from tieout.web.record_panel import panel_of
from tieout.web.saved_views import bar_of, opening

HISTORY_SHOWN = 50


@require_GET
@requires(Permission.VIEW_BILLING)
def index(request: FirmRequest) -> HttpResponse:
    if (elsewhere := opening(request, ListName.INVOICES)) is not None:
        return elsewhere
    member, today = request.member, today_of(request.member)
    asked = INVOICES.read(request.GET)
    invoices = visible_documents(member, Invoice)
    found = narrowed(asked, invoices, member, today)
    page = long_page(
        found,
        request.GET,
        load=found.select_related("client", "group"),
        most=MOST_FOUND if asked.search else MOST_COUNTED,
        total=Sum("total", filter=~Q(status=Status.VOID), default=ZERO),
        owed=Sum("balance", default=ZERO),
    )
    shown = page.rows
    badges = badges_for(INVOICE, [str(each.pk) for each in shown if each.status != Status.DRAFT])
    return render(
        request,
        "billing/invoice_list.html",
        {
            "asked": asked,
            "page": page,
            "views": bar_of(request, ListName.INVOICES),
            "rows": [(each, badges.get(str(each.pk))) for each in shown],
            "with_badges": bool(badges),
            "may_retry": member.may(Permission.MANAGE_INTEGRATIONS)
            and any(one.can_retry for one in badges.values()),
            "back": request.get_full_path(),
            "today": today,
            "may_edit": member.may(Permission.EDIT_INVOICES),
            "picked": request.GET.get("picked", ""),
            "most_at_once": MOST,
            "mail_problem": "" if mail_is_set_up() else NOT_SET_UP,
            "form_token": new_token(),
            "any_invoice": bool(shown) or invoices.exists(),
            "of_client": visible_clients(member).filter(pk=asked["client"]).first()
            if asked["client"]
            else None,
            "of_group": visible_groups(member).filter(pk=asked["group"]).first() if asked["group"] else None,
        },
    )


@require_GET
@requires(Permission.VIEW_BILLING)
def export(request: FirmRequest) -> HttpResponse:
    """The list as it is filtered, line by line, as it can be imported again."""
    rows = invoice_rows(request.member.firm_id, _narrowed(request))
    return csv_file("tieout-invoices.csv", write_csv(headings("invoices"), rows))


@require_GET
@requires(Permission.VIEW_BILLING)
def open_balances(request: FirmRequest) -> HttpResponse:
    """What is still owed on the invoices of the list as it is filtered, as it can be imported elsewhere."""
    rows = balance_rows(request.member.firm_id, _narrowed(request))
    return csv_file("tieout-open-balances.csv", write_csv(headings("balances"), rows))


def _narrowed(request: FirmRequest) -> QuerySet[Invoice]:
    member = request.member
    return narrowed(INVOICES.read(request.GET), visible_documents(member, Invoice), member, today_of(member))


@require_GET
@requires(Permission.VIEW_BILLING)
def record(request: FirmRequest, invoice_id: int) -> HttpResponse:
    member = request.member
    invoice = access_document(member, Invoice, invoice_id)
    today = today_of(member)
    content = _content(invoice)
    return render(
        request,
        "billing/invoice.html",
        {
            **content,
            "today": today,
            "overdue": invoice.balance > 0 and invoice.due_date < today,
            "allocations": invoice.allocations.select_related("payment"),
            "applications": invoice.credit_applications.select_related("credit"),
            "versions": versions(
                list(invoice.revisions.order_by("-number")),
                said(invoice, [line for line, _ in content["lines"]]),
                invoice.currency,
            ),
            "history": entries(history_of_row(invoice, INVOICE)[:HISTORY_SHOWN], "invoice", invoice.currency),
            "offers": offers_for(
                invoice, refused_to(member), ClientBalance.objects.filter(client=invoice.client_id).first()
            ),
            **_quickbooks(request, invoice),
            "checks": preflight(invoice, member) if invoice.status == Status.DRAFT else [],
            "may_edit": member.may(Permission.EDIT_INVOICES),
        },
    )


def _quickbooks(request: FirmRequest, invoice: Invoice) -> dict[str, Any]:
    """Its badge and its panel; a draft is nobody's business but ours."""
    if invoice.status == Status.DRAFT:
        return {}
    badge = badges_for(INVOICE, [str(invoice.pk)]).get(str(invoice.pk))
    return {"badge": badge, "panel": panel_of(request, INVOICE, str(invoice.pk))}


@require_GET
@requires(Permission.VIEW_BILLING)
def printed(request: FirmRequest, invoice_id: int) -> HttpResponse:
    """As the client gets it."""
    invoice = access_document(request.member, Invoice, invoice_id)
    sheet = sheet_of(invoice.firm_id, invoice.pk)
    return render(request, "billing/invoice_print.html", {**_content(invoice), "sheet": sheet})


@require_GET
@requires(Permission.VIEW_BILLING)
def pdf(request: FirmRequest, invoice_id: int) -> HttpResponse:
    """The same as a file."""
    invoice = access_document(request.member, Invoice, invoice_id)
    sheet = sheet_of(invoice.firm_id, invoice.pk)
    return attachment(file_name(sheet), invoice_pdf(sheet), "application/pdf", inline=True)


def refused_to(member: Member) -> Callable[[Permission], str]:
    """Permission -> the sentence for a member who lacks it, empty for one who has it."""

    def sentence(permission: Permission) -> str:
        if member.may(permission):
            return ""
        return refusal(permission, helpers_for(member.firm, permission))

    return sentence


def _content(invoice: Invoice) -> dict[str, Any]:
    return content_of(invoice, lines_of(invoice))


def content_of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> dict[str, Any]:
    """What ``invoice_content.html`` shows of an invoice, saved or not, whose amounts are set."""
    totals, names = totals_of(invoice, lines), tax_names(lines)
    return {
        "invoice": invoice,
        "lines": [(line, line.gross - line.discount) for line in lines],
        "totals": totals,
        "taxes": [(names.get(each.tax_rate_id, "Tax"), each) for each in totals.taxes],
        "with_class": any(line.tracking_class_id for line in lines),
        "with_tax": any(line.tax_rate_id for line in lines),
        "with_discount": any(line.discount for line in lines),
    }


urlpatterns: list[URLPattern] = [
    path("invoices/", index, name="invoices"),
    path("invoices/export.csv", export, name="invoices_export"),
    path("invoices/open-balances.csv", open_balances, name="balances_export"),
    path("invoices/<int:invoice_id>/", record, name="invoice"),
    path("invoices/<int:invoice_id>/print/", printed, name="invoice_print"),
    path("invoices/<int:invoice_id>/invoice.pdf", pdf, name="invoice_pdf"),
]
