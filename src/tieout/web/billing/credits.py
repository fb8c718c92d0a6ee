"""Acts: the pages of credits: list, export, record, new, applied to invoices and taken off again, void."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.credits import (
    DESCRIPTION,
    MEMO,
    NUMBER,
    apply_credit,
    change_credit,
    create_credit,
    unapply_credit,
    void_credit,
)
from tieout.practice.billing_access import access_document, history_of_row, visible_documents, visible_items
from tieout.practice.credits import CREDIT, Credit
from tieout.practice.csv_text import write_csv
from tieout.practice.money import ZERO
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.saved_views import ListName
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.badges import badges_for
from tieout.web.billing.acting import by, carried_out, today_of, version_seen
from tieout.web.billing.apply_grid import grid_of
from tieout.web.billing.history import entries
from tieout.web.billing.item_form import select
from tieout.web.billing.meanwhile import Meanwhile, status_of_form, version_shown
from tieout.web.billing.payment_forms import amount_field, date_field, on_one_invoice
from tieout.web.billing.payment_list import CREDITS, CREDITS_EXPORTED, credit_rows, narrowed_credits
from tieout.web.billing.pick_client import ask_for_client, chosen_client
from tieout.web.client_forms import RuledForm, text_field
from tieout.web.downloads import csv_file
from tieout.web.long_list import MOST_COUNTED, MOST_FOUND, long_page
from tieout.web.once import FIELD, SavedAlready, new_token, once
from tieout.web.record_panel import panel_of
from tieout.web.saved_views import bar_of, opening

HISTORY_SHOWN = 50


@require_GET
@requires(Permission.VIEW_BILLING)
def index(request: FirmRequest) -> HttpResponse:
    if (elsewhere := opening(request, ListName.CREDITS)) is not None:
        return elsewhere
    member = request.member
    asked = CREDITS.read(request.GET)
    credits = visible_documents(member, Credit)
    found = narrowed_credits(asked, credits, member)
    page = long_page(
        found,
        request.GET,
        load=found.select_related("client"),
        most=MOST_FOUND if asked.search else MOST_COUNTED,
        still_left=Sum("left", default=ZERO),
    )
    shown = page.rows
    badges = badges_for(CREDIT, [str(each.pk) for each in shown])
    return render(
        request,
        "billing/credit_list.html",
        {
            "asked": asked,
            "page": page,
            "views": bar_of(request, ListName.CREDITS),
            "rows": [(each, badges.get(str(each.pk))) for each in shown],
            "with_badges": bool(badges),
            "may_record": member.may(Permission.RECORD_PAYMENTS),
            "any_credit": bool(shown) or credits.exists(),
        },
    )


@require_GET
@requires(Permission.VIEW_BILLING)
def export(request: FirmRequest) -> HttpResponse:
    member = request.member
    found = narrowed_credits(CREDITS.read(request.GET), visible_documents(member, Credit), member)
    return csv_file("tieout-credits.csv", write_csv(CREDITS_EXPORTED, credit_rows(found)))


class CreditForm(RuledForm):
    def __init__(self, *args: Any, request: FirmRequest, today: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = visible_items(request.member).filter(is_active=True).order_by(Lower("name"), "id")
        offered = [(each.pk, each.name) for each in items]
        self.fields["item_id"] = select("Service item", [("", "None"), *offered])
        self.fields["description"] = text_field(
            "description", DESCRIPTION, "Left empty: what the service item says."
        )
        self.fields["quantity"] = amount_field("Quantity", "Left empty: 1.")
        self.fields["rate"] = amount_field("Rate", "Left empty: the service item's.")
        self.fields["date"] = date_field("Date", today)
        self.fields["memo"] = text_field("memo", MEMO)


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENTS)
def new(request: FirmRequest) -> HttpResponse:
    member, today = request.member, today_of(request.member)
    client = chosen_client(request)
    if client is None:
        return ask_for_client(request, "New credit", ("credits", "Credits"))
    typed = request.POST if request.method == "POST" else None
    form = CreditForm(typed, initial={"date": today}, request=request, today=today.isoformat())
    saved_at = ""
    if request.method == "POST" and form.is_valid():

        def make(values: dict[str, Any]) -> str:
            values["quantity"] = values["quantity"].strip() or "1"
            credit = create_credit(**by(member), today=today, client_id=client.pk, **values)
            return reverse("credit", args=[credit.pk])

        address = None
        try:
            address = form.save(lambda values: once(request, lambda: make(values)))
        except SavedAlready as problem:
            saved_at = problem.address
        if address is not None:
            messages.success(request, "The credit is made. It can be applied to invoices now.")
            return redirect(address)
    context = {
        "form": form,
        "client": client,
        "saved_at": saved_at,
        "form_token": request.POST.get(FIELD) or new_token(),
    }
    status = status_of_form(form.is_bound and form.errors, saved_at=saved_at)
    return render(request, "billing/credit_form.html", context, status=status)


@require_GET
@requires(Permission.VIEW_BILLING)
def record(request: FirmRequest, credit_id: int) -> HttpResponse:
    member = request.member
    credit = access_document(member, Credit, credit_id)
    return render(
        request,
        "billing/credit.html",
        {
            "credit": credit,
            "applications": credit.applications.select_related("invoice").order_by("-id"),
            "history": entries(history_of_row(credit, CREDIT)[:HISTORY_SHOWN], "credit", credit.currency),
            "badge": badges_for(CREDIT, [str(credit.pk)]).get(str(credit.pk)),
            "panel": panel_of(request, CREDIT, str(credit.pk)),
            "may_record": member.may(Permission.RECORD_PAYMENTS),
        },
    )


@require_GET
@requires(Permission.VIEW_BILLING)
def application(request: FirmRequest, application_id: int) -> HttpResponse:
    """What a credit pays has its place on the page of the credit."""
    found = visible_documents(request.member, Credit).filter(applications=application_id).first()
    if found is None:
        raise NotYours("There is no such credit.")
    return redirect(f"{reverse('credit', args=[found.pk])}#applied")


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENTS)
def apply(request: FirmRequest, credit_id: int) -> HttpResponse:
    member = request.member
    credit = access_document(member, Credit, credit_id, to_edit=True)
    typed: Any = request.POST or on_one_invoice(request, credit.client_id, credit.left)
    grid = grid_of(member, credit.client_id, typed, credit.left, credit.currency)
    meanwhile: Meanwhile | None = None
    do = request.POST.get("do", "save")
    if do == "oldest":
        grid.fill_oldest()
    refused: dict[str, str] = {}
    if request.method == "POST" and request.headers.get("HX-Request"):
        template = "billing/apply_grid.html" if do == "oldest" else "billing/apply_left.html"
        context = {"grid": grid, "currency": credit.currency, "apart": do != "oldest", "credit": credit}
        return render(request, template, context)
    if request.method == "POST" and do == "save":
        try:
            apply_credit(
                **by(member),
                credit_id=credit.pk,
                today=today_of(member),
                allocations=grid.wanted(),
                expected_version=version_seen(request.POST.get("version")),
            )
        except ChangedMeanwhile as problem:
            meanwhile = Meanwhile.of(problem, credit, CREDIT, reverse("credit", args=[credit.pk]))
        except Invalid as invalid:
            refused = grid.take(invalid.problems) or {"allocations": "An amount below needs a change."}
        else:
            messages.success(request, "The credit is applied.")
            return redirect("credit", credit.pk)
    context = {
        "credit": credit,
        "client": credit.client,
        "grid": grid,
        "refused": refused,
        "meanwhile": meanwhile,
        "currency": credit.currency,
        "version": version_shown(request, credit, meanwhile),
    }
    status = status_of_form(refused, meanwhile)
    return render(request, "billing/credit_apply.html", context, status=status)


@requires(Permission.RECORD_PAYMENTS)
@require_POST
def unapply(request: FirmRequest, credit_id: int, application_id: int) -> HttpResponse:
    credit = access_document(request.member, Credit, credit_id, to_edit=True)
    if credit.applications.filter(pk=application_id).exists():
        carried_out(
            request,
            lambda: unapply_credit(**by(request.member), application_id=application_id),
            "Taken off the invoice. It can be applied again.",
        )
    return redirect("credit", credit.pk)


class NotesForm(RuledForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"] = text_field("number", NUMBER)
        self.fields["memo"] = text_field("memo", MEMO)
        self.fields["memo"].label = "Notes"


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENTS)
def edit_notes(request: FirmRequest, credit_id: int) -> HttpResponse:
    """A credit's number and notes; everything else of it stays as it was given."""
    credit = access_document(request.member, Credit, credit_id, to_edit=True)
    form = NotesForm(
        request.POST if request.method == "POST" else None,
        initial={"number": credit.number, "memo": credit.memo},
    )
    meanwhile: Meanwhile | None = None
    if request.method == "POST" and form.is_valid():
        saved = None
        try:
            saved = form.save(
                lambda values: change_credit(
                    **by(request.member),
                    credit_id=credit.pk,
                    expected_version=version_seen(request.POST.get("version")),
                    **values,
                )
            )
        except ChangedMeanwhile as problem:
            meanwhile = Meanwhile.of(problem, credit, CREDIT, reverse("credit", args=[credit.pk]))
        if saved is not None:
            messages.success(request, "Saved.")
            return redirect("credit", credit.pk)
    context = {
        "form": form,
        "credit": credit,
        "meanwhile": meanwhile,
        "version": version_shown(request, credit, meanwhile),
    }
    status = status_of_form(form.is_bound and form.errors, meanwhile)
    return render(request, "billing/credit_notes.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENTS)
def void(request: FirmRequest, credit_id: int) -> HttpResponse:
    credit = access_document(request.member, Credit, credit_id, to_edit=True)
    if request.method == "POST":
        carried_out(
            request,
            lambda: void_credit(
                **by(request.member),
                credit_id=credit.pk,
                expected_version=version_seen(request.POST.get("version")),
            ),
            "The credit is void.",
        )
        return redirect("credit", credit.pk)
    return render(request, "billing/credit_void.html", {"credit": credit})


_ONE = "credits/<int:credit_id>/"
urlpatterns: list[URLPattern] = [
    path("credits/", index, name="credits"),
    path("credits/export.csv", export, name="credits_export"),
    path("credits/new/", new, name="credit_new"),
    path("credits/applications/<int:application_id>/", application, name="credit_application"),
    path(_ONE, record, name="credit"),
    path(f"{_ONE}apply/", apply, name="credit_apply"),
    path(f"{_ONE}take-off/<int:application_id>/", unapply, name="credit_unapply"),
    path(f"{_ONE}notes/", edit_notes, name="credit_notes"),
    path(f"{_ONE}void/", void, name="credit_void"),
]
