"""Acts: the pages of a firm's tax rates and the tax codes of the ledger they are mapped to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.ledger_lists import RATE_NAME, change_tax_rate, create_tax_rate
from tieout.practice.billing_access import choices_in, row_number, rows_of
from tieout.practice.ledger_lists import TAX_RATE, LedgerList, TaxRate
from tieout.practice.money import plain
from tieout.practice.permissions import NotYours, Permission
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import by, version_seen
from tieout.web.billing.item_form import offered_of, select
from tieout.web.billing.meanwhile import Meanwhile, status_of_form, version_shown
from tieout.web.client_forms import RuledForm, text_field


class TaxRateForm(RuledForm):
    """One rate. The ledger's code is asked for only once its tax codes are here."""

    def __init__(self, *args: Any, firm_id: int, rate: TaxRate | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = text_field("name", RATE_NAME, "As it stands on invoices, such as Sales tax.")
        widget = forms.TextInput(
            attrs={"class": "form-control", "inputmode": "decimal", "autocomplete": "off"}
        )
        self.fields["percent"] = forms.CharField(
            label="Percent", required=False, widget=widget, help_text="8.25 means 8.25 %."
        )
        kept = rate.tax_code_id if rate else None
        codes = offered_of(choices_in(firm_id, LedgerList.TAX_CODE, kept=kept))
        if codes:
            hint = "What lines with this rate are taxed as in QuickBooks."
            self.fields["tax_code_id"] = select("QuickBooks tax code", [("", "Not mapped yet"), *codes], hint)
        if rate:
            self.fields["is_active"] = forms.BooleanField(label="Offered on new invoices", required=False)

    @staticmethod
    def initial_of(rate: TaxRate) -> dict[str, Any]:
        return {
            "name": rate.name,
            "percent": plain(rate.percent),
            "tax_code_id": rate.tax_code_id,
            "is_active": rate.is_active,
        }


@require_GET
@requires(Permission.BILLING_AND_PAYMENTS)
def index(request: FirmRequest) -> HttpResponse:
    firm_id = request.member.firm_id
    rates = (
        rows_of(TaxRate, firm_id)
        .select_related("tax_code")
        .annotate(items=Count("service_items"))
        .order_by("-is_active", Lower("name"), "id")
    )
    mapped = choices_in(firm_id, LedgerList.TAX_CODE).exists()
    return render(request, "billing/tax_rate_list.html", {"rates": rates, "codes_are_here": mapped})


@require_http_methods(["GET", "POST"])
@requires(Permission.BILLING_AND_PAYMENTS)
def new(request: FirmRequest) -> HttpResponse:
    member = request.member
    form = TaxRateForm(request.POST if request.method == "POST" else None, firm_id=member.firm_id)
    if request.method == "POST" and form.is_valid():
        rate = form.save(lambda values: create_tax_rate(**by(member), **values))
        if rate is not None:
            messages.success(request, f"{rate.name} can be chosen on invoices now.")
            return redirect("tax_rates")
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@requires(Permission.BILLING_AND_PAYMENTS)
def edit(request: FirmRequest, tax_rate_id: int) -> HttpResponse:
    member = request.member
    found = rows_of(TaxRate, member.firm_id).filter(pk=row_number(TaxRate, tax_rate_id))
    rate = found.select_related("tax_code").first()
    if rate is None:
        raise NotYours("There is no such tax rate.")
    form = TaxRateForm(
        request.POST if request.method == "POST" else None,
        firm_id=member.firm_id,
        rate=rate,
        initial=TaxRateForm.initial_of(rate),
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = form.save(
                lambda values: change_tax_rate(
                    **by(member),
                    tax_rate_id=rate.pk,
                    expected_version=version_seen(request.POST.get("version")),
                    **values,
                )
            )
        except ChangedMeanwhile as problem:
            here = reverse("tax_rate_edit", args=[rate.pk])
            return _form(request, form, rate, Meanwhile.of(problem, rate, TAX_RATE, here))
        if saved is not None:
            messages.success(
                request, f"Saved {saved.name}. Invoices that are written keep the rate they have."
            )
            return redirect("tax_rates")
    return _form(request, form, rate)


def _form(
    request: FirmRequest, form: TaxRateForm, rate: TaxRate | None, meanwhile: Meanwhile | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "rate": rate,
        "meanwhile": meanwhile,
        "version": version_shown(request, rate, meanwhile),
    }
    status = status_of_form(form.is_bound and form.errors, meanwhile)
    return render(request, "billing/tax_rate_form.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("settings/tax-rates/", index, name="tax_rates"),
    path("settings/tax-rates/new/", new, name="tax_rate_new"),
    path("settings/tax-rates/<int:tax_rate_id>/", edit, name="tax_rate_edit"),
]
