"""Acts: the pages that list refunds. One is made, and shown, on the page of its payment."""

from __future__ import annotations

from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET

from tieout.practice.billing_access import access_document, visible_documents
from tieout.practice.csv_text import write_csv
from tieout.practice.money import ZERO
from tieout.practice.payments import REFUND, Refund, RefundStatus
from tieout.practice.permissions import Permission
from tieout.web.access import FirmRequest, requires
from tieout.web.badges import badges_for
from tieout.web.billing.payment_list import REFUNDS, REFUNDS_EXPORTED, narrowed_refunds, refund_rows
from tieout.web.downloads import csv_file
from tieout.web.long_list import MOST_COUNTED, MOST_FOUND, long_page


@require_GET
@requires(Permission.VIEW_BILLING)
def index(request: FirmRequest) -> HttpResponse:
    member = request.member
    asked = REFUNDS.read(request.GET)
    refunds = visible_documents(member, Refund)
    found = narrowed_refunds(asked, refunds, member)
    page = long_page(
        found,
        request.GET,
        load=found.select_related("client", "payment"),
        most=MOST_FOUND if asked.search else MOST_COUNTED,
        given_back=Sum("amount", filter=Q(status=RefundStatus.DONE), default=ZERO),
    )
    badges = badges_for(REFUND, [str(each.pk) for each in page.rows if each.status == RefundStatus.DONE])
    return render(
        request,
        "billing/refund_list.html",
        {
            "asked": asked,
            "page": page,
            "rows": [(each, badges.get(str(each.pk))) for each in page.rows],
            "with_badges": bool(badges),
            "any_refund": bool(page.rows) or refunds.exists(),
        },
    )


@require_GET
@requires(Permission.VIEW_BILLING)
def export(request: FirmRequest) -> HttpResponse:
    member = request.member
    found = narrowed_refunds(REFUNDS.read(request.GET), visible_documents(member, Refund), member)
    return csv_file("tieout-refunds.csv", write_csv(REFUNDS_EXPORTED, refund_rows(found)))


@require_GET
@requires(Permission.VIEW_BILLING)
def record(request: FirmRequest, refund_id: int) -> HttpResponse:
    """A refund has no page of its own: its place is on that of its payment."""
    refund = access_document(request.member, Refund, refund_id)
    return redirect(f"{reverse('payment', args=[refund.payment_id])}#refunds")


urlpatterns: list[URLPattern] = [
    path("refunds/", index, name="refunds"),
    path("refunds/<int:refund_id>/", record, name="refund"),
    path("refunds/export.csv", export, name="refunds_export"),
]
