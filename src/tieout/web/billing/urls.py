"""Decides nothing: the addresses of the billing pages, under ``billing/``."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path

from tieout.practice.permissions import Permission
from tieout.web.access import FirmRequest, requires
from tieout.web.billing import (
    charge_forms,
    credits,
    imports,
    invoice_acts,
    invoice_bulk,
    invoice_forms,
    invoice_mail,
    invoices,
    payment_forms,
    payments,
    recurring,
    refunds,
    service_items,
    settings,
    settling,
    tax_rates,
)


@requires(Permission.VIEW_BILLING)
def first(request: FirmRequest) -> HttpResponse:
    return redirect("invoices")


urlpatterns = [
    path("", first, name="billing"),
    *invoices.urlpatterns,
    *invoice_bulk.urlpatterns,
    *invoice_forms.urlpatterns,
    *invoice_mail.urlpatterns,
    *invoice_acts.urlpatterns,
    *recurring.urlpatterns,
    *payments.urlpatterns,
    *payment_forms.urlpatterns,
    *charge_forms.urlpatterns,
    *refunds.urlpatterns,
    *credits.urlpatterns,
    *settling.urlpatterns,
    *service_items.urlpatterns,
    *settings.urlpatterns,
    *imports.urlpatterns,
    *tax_rates.urlpatterns,
]
