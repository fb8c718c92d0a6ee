"""Acts: leads from an open invoice to what its client has with us already: money on account, or credits.

One to choose from: straight to the form that applies it, with the invoice filled in. Several: the one who asks chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET

from tieout.practice.billing_access import access_document, visible_documents
from tieout.practice.credits import Credit
from tieout.practice.invoices import Invoice
from tieout.practice.payments import Payment
from tieout.practice.permissions import Permission
from tieout.web.access import FirmRequest, requires

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Source:
    """Something that can be put on the invoice."""

    words: str
    detail: str
    left: Decimal
    url: str


@require_GET
@requires(Permission.RECORD_PAYMENTS)
def on_account(request: FirmRequest, invoice_id: int) -> HttpResponse:
    """The client's payments, retainers among them, that are not all on invoices; the oldest first."""
    invoice = access_document(request.member, Invoice, invoice_id)
    payments = visible_documents(request.member, Payment).filter(
        client_id=invoice.client_id, currency=invoice.currency, unapplied__gt=0
    )
    sources = [
        Source(
            f"{'Retainer' if each.is_additional else 'Payment'} of {each.date:%b %-d, %Y}",
            ", ".join(filter(None, (each.get_method_display(), each.reference))),
            each.unapplied,
            reverse("payment_apply", args=[each.pk]),
        )
        for each in payments.order_by("date", "id")[: MOST_SHOWN + 1]
    ]
    everything = f"{reverse('payments')}?client={invoice.client_id}&status=unapplied"
    return _chosen(request, invoice, "Apply money on account", sources, everything)


@require_GET
@requires(Permission.RECORD_PAYMENTS)
def credit(request: FirmRequest, invoice_id: int) -> HttpResponse:
    """The client's credits that have something left, the oldest first."""
    invoice = access_document(request.member, Invoice, invoice_id)
    credits = visible_documents(request.member, Credit).filter(
        client_id=invoice.client_id, currency=invoice.currency, left__gt=0
    )
    sources = [
        Source(str(each), each.description, each.left, reverse("credit_apply", args=[each.pk]))
        for each in credits.order_by("date", "id")[: MOST_SHOWN + 1]
    ]
    everything = f"{reverse('credits')}?client={invoice.client_id}&status=left"
    return _chosen(request, invoice, "Apply a credit", sources, everything)


def _chosen(
    request: FirmRequest, invoice: Invoice, title: str, sources: Sequence[Source], everything: str
) -> HttpResponse:
    if len(sources) == 1:
        return redirect(f"{sources[0].url}?invoice={invoice.pk}")
    context = {
        "title": title,
        "invoice": invoice,
        "sources": sources[:MOST_SHOWN],
        "more": len(sources) > MOST_SHOWN,
        "everything": everything,
    }
    return render(request, "billing/settle_from.html", context)


urlpatterns: list[URLPattern] = [
    path("invoices/<int:invoice_id>/on-account/", on_account, name="invoice_on_account"),
    path("invoices/<int:invoice_id>/credit/", credit, name="invoice_credit"),
]
