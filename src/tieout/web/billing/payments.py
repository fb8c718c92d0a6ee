"""Acts: the pages that show payments: list, record, export; and the buttons that undo one."""

from __future__ import annotations

from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.actions.payments import bounce_payment, unapply_payment, void_payment
from tieout.practice.actions.refunds import left_to_refund
from tieout.practice.billing_access import access_document, history_of_row, visible_documents
from tieout.practice.billing_export import headings, payment_rows
from tieout.practice.charging_by import processor_of
from tieout.practice.csv_text import write_csv
from tieout.practice.invoices import INVOICE
from tieout.practice.money import ZERO
from tieout.practice.payment_methods import Method
from tieout.practice.payments import PAYMENT, REFUND, Payment, PaymentStatus, RefundStatus
from tieout.practice.permissions import Permission
from tieout.practice.saved_views import ListName
from tieout.web.access import FirmRequest, requires
from tieout.web.badges import badges_for
from tieout.web.billing.acting import by, carried_out, version_seen
from tieout.web.billing.history import entries
from tieout.web.billing.invoices import refused_to
from tieout.web.billing.payment_list import PAYMENTS, narrowed_payments
from tieout.web.downloads import csv_file
from tieout.web.long_list import MOST_COUNTED, MOST_FOUND, long_page
from tieout.web.record_panel import panel_of
from tieout.web.saved_views import bar_of, opening

HISTORY_SHOWN = 50


SENT = (PaymentStatus.RECEIVED, PaymentStatus.BOUNCED, PaymentStatus.VOID)
"""What the other side may know of: a payment that is pending or was declined has not happened."""


@require_GET
@requires(Permission.VIEW_BILLING)
def index(request: FirmRequest) -> HttpResponse:
    if (elsewhere := opening(request, ListName.PAYMENTS)) is not None:
        return elsewhere
    member = request.member
    asked = PAYMENTS.read(request.GET)
    payments = visible_documents(member, Payment)
    found = narrowed_payments(asked, payments, member)
    came = Q(status=PaymentStatus.RECEIVED)
    page = long_page(
        found,
        request.GET,
        load=found.select_related("client"),
        most=MOST_FOUND if asked.search else MOST_COUNTED,
        received=Sum("amount", filter=came, default=ZERO),
        on_account=Sum("unapplied", default=ZERO),
    )
    shown = page.rows
    badges = badges_for(PAYMENT, [str(each.pk) for each in shown if each.status in SENT])
    return render(
        request,
        "billing/payment_list.html",
        {
            "asked": asked,
            "page": page,
            "views": bar_of(request, ListName.PAYMENTS),
            "rows": [(each, badges.get(str(each.pk))) for each in shown],
            "with_badges": bool(badges),
            "may_record": member.may(Permission.RECORD_PAYMENTS),
            "charges": processor_of(member.firm_id) is not None,
            "any_payment": bool(shown) or payments.exists(),
        },
    )


@require_GET
@requires(Permission.VIEW_BILLING)
def export(request: FirmRequest) -> HttpResponse:
    member = request.member
    found = narrowed_payments(PAYMENTS.read(request.GET), visible_documents(member, Payment), member)
    return csv_file(
        "tieout-payments.csv", write_csv(headings("payments"), payment_rows(member.firm_id, found))
    )


@require_GET
@requires(Permission.VIEW_BILLING)
def record(request: FirmRequest, payment_id: int) -> HttpResponse:
    member = request.member
    payment = access_document(member, Payment, payment_id)
    allocations = list(payment.allocations.select_related("invoice"))
    sent = payment.status in SENT
    badge = badges_for(PAYMENT, [str(payment.pk)]).get(str(payment.pk)) if sent else None
    blockers = []
    if badge is not None and badge.tone != "good":
        found = badges_for(INVOICE, [str(each.invoice_id) for each in allocations])
        blockers = [
            f"{each.invoice}: {found[str(each.invoice_id)].word}"
            for each in allocations
            if str(each.invoice_id) in found and found[str(each.invoice_id)].tone != "good"
        ]
    received = payment.status == PaymentStatus.RECEIVED
    refunds = list(payment.refunds.order_by("id"))
    sent_back = badges_for(REFUND, [str(each.pk) for each in refunds if each.status == RefundStatus.DONE])
    return render(
        request,
        "billing/payment.html",
        {
            "payment": payment,
            "allocations": allocations,
            "refunds": [(each, sent_back.get(str(each.pk))) for each in refunds],
            "with_badges": bool(sent_back),
            "history": entries(history_of_row(payment, PAYMENT)[:HISTORY_SHOWN], "payment", payment.currency),
            "badge": badge,
            "panel": panel_of(request, PAYMENT, str(payment.pk)) if sent else None,
            "blockers": blockers,
            "may_record": member.may(Permission.RECORD_PAYMENTS),
            "refused": refused_to(member)(Permission.RECORD_PAYMENTS),
            "received": received,
            "left_to_refund": left_to_refund(payment) if received else ZERO,
            "asks": bool(payment.processor)
            and (
                payment.status == PaymentStatus.PENDING
                or any(each.status == RefundStatus.PENDING for each in refunds)
            ),
            "can_bounce": received and payment.method != Method.CASH and not payment.refunded,
            "can_void": received and not payment.processor and not payment.refunded,
        },
    )


@requires(Permission.RECORD_PAYMENTS)
@require_POST
def unapply(request: FirmRequest, payment_id: int, invoice_id: int) -> HttpResponse:
    payment = access_document(request.member, Payment, payment_id, to_edit=True)
    carried_out(
        request,
        lambda: unapply_payment(
            **by(request.member),
            payment_id=payment.pk,
            invoice_id=invoice_id,
            expected_version=version_seen(request.POST.get("version")),
        ),
        "Taken off the invoice. It is money on account now.",
    )
    return redirect("payment", payment.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENTS)
def undo(request: FirmRequest, payment_id: int, how: str) -> HttpResponse:
    """Bounced at the bank, or void because it was recorded by mistake; both ask first."""
    payment = access_document(request.member, Payment, payment_id, to_edit=True)
    if request.method == "POST":
        verb = bounce_payment if how == "bounce" else void_payment
        carried_out(
            request,
            lambda: verb(
                **by(request.member),
                payment_id=payment.pk,
                expected_version=version_seen(request.POST.get("version")),
            ),
            "The payment is marked as bounced. Its invoices are open again."
            if how == "bounce"
            else "The payment is void. Its invoices are open again.",
        )
        return redirect("payment", payment.pk)
    allocations = payment.allocations.select_related("invoice")
    return render(
        request, "billing/payment_undo.html", {"payment": payment, "how": how, "allocations": allocations}
    )


_ONE = "payments/<int:payment_id>/"
urlpatterns: list[URLPattern] = [
    path("payments/", index, name="payments"),
    path("payments/export.csv", export, name="payments_export"),
    path(_ONE, record, name="payment"),
    path(f"{_ONE}take-off/<int:invoice_id>/", unapply, name="payment_unapply"),
    path(f"{_ONE}bounce/", undo, {"how": "bounce"}, name="payment_bounce"),
    path(f"{_ONE}void/", undo, {"how": "void"}, name="payment_void"),
]
