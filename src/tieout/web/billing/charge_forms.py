"""Acts: the page on which a card or bank account is charged through the firm's processor, and asking about it later.

The processor's own fields turn the payer's data into a token; the data itself never comes here. The form has a key,
so that a second click finds the charge of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tieout.practice.actions.asking_again import ask_about_payment
from tieout.practice.actions.charging import charge_client
from tieout.practice.actions.recording import KeyUsed
from tieout.practice.billing_access import access_document
from tieout.practice.billing_settings import settings_of
from tieout.practice.charging_by import processor_of
from tieout.practice.client_balances import ClientBalance
from tieout.practice.payment_methods import BY_PROCESSOR, Method
from tieout.practice.payments import Payment, PaymentStatus
from tieout.practice.permissions import Permission
from tieout.practice.processors import NoAnswer
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import by, today_of
from tieout.web.billing.apply_grid import grid_of, read_amount
from tieout.web.billing.item_form import select
from tieout.web.billing.meanwhile import status_of_form
from tieout.web.billing.payment_forms import PAYMENTS, amount_field, for_one_invoice, read_grid
from tieout.web.billing.pick_client import ask_for_client, chosen_client
from tieout.web.client_forms import RuledForm
from tieout.web.once import FIELD, new_token

_TOLD = {
    PaymentStatus.RECEIVED: (messages.success, "Charged. The invoices chosen are paid with it."),
    PaymentStatus.PENDING: (
        messages.info,
        "The processor works on it. Nothing is paid until the money comes; Tieout keeps asking.",
    ),
    PaymentStatus.DECLINED: (messages.error, "Declined, and nothing was taken. {}"),
}


class ChargeForm(RuledForm):
    amount = amount_field("Amount")
    method = select("Charge a", ())
    memo = forms.CharField(
        label="Memo",
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "maxlength": 4000}),
    )
    is_additional = forms.BooleanField(label="This is a retainer: money for work to come", required=False)

    def __init__(self, *args: Any, methods: Sequence[Method], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = [(each.value, each.label) for each in methods]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENTS)
def charge(request: FirmRequest) -> HttpResponse:
    member, today = request.member, today_of(request.member)
    found = processor_of(member.firm_id)
    if found is None:
        messages.error(request, "Your firm charges nobody yet. Choose a processor in the billing settings.")
        return redirect("payments")
    processor, adapter = found
    settings = settings_of(member.firm_id)
    currency, methods = settings.currency, [each for each in BY_PROCESSOR if each in settings.payment_methods]
    if not methods:
        messages.error(
            request,
            "Your firm takes no cards and no bank transfers. Allow one of them in the billing settings first.",
        )
        return redirect("payments")
    client = chosen_client(request)
    if client is None:
        return ask_for_client(request, "Charge a card or bank account", PAYMENTS)
    refused: dict[str, str] = {}
    saved_at = ""
    if request.method == "GET":
        typed = for_one_invoice(request)
        form = ChargeForm(initial=typed, methods=methods)
        grid = grid_of(member, client.pk, typed, read_amount(typed.get("amount", "")), currency)
    else:
        form = ChargeForm(request.POST, methods=methods)
        grid = read_grid(request, client.pk, read_amount(request.POST.get("amount", "")), currency)
        if request.POST.get("do", "save") != "save":
            form.errors.clear()
        elif form.is_valid():
            try:
                payment = charge_client(
                    **by(member),
                    today=today,
                    processor=processor,
                    token=request.POST.get("token", "")[:500],
                    allocations=grid.wanted(),
                    idempotency_key=request.POST.get(FIELD, "")[:80],
                    client_id=client.pk,
                    **form.cleaned_data,
                )
            except KeyUsed as used:
                saved_at = reverse("payment", args=[used.record_id])
            except Invalid as invalid:
                refused = grid.take(invalid.problems)
                form.take(Invalid(refused))
                refused = refused or {"allocations": grid.problem or "An amount below needs a change."}
            else:
                _tell(request, payment)
                return redirect("payment", payment.pk)
    context = {
        "form": form,
        "client": client,
        "grid": grid,
        "balance": ClientBalance.objects.filter(client=client).first() or ClientBalance(),
        "refused": refused,
        "saved_at": saved_at,
        "currency": currency,
        "form_token": request.POST.get(FIELD) or new_token(),
        "processor_fields": adapter.fields,
        "processor_label": adapter.label,
    }
    status = status_of_form(refused or (form.is_bound and form.errors), saved_at=saved_at)
    return render(request, "billing/payment_charge.html", context, status=status)


@requires(Permission.RECORD_PAYMENTS)
@require_POST
def ask(request: FirmRequest, payment_id: int) -> HttpResponse:
    """What became of a charge that is pending, and of refunds of it that are."""
    member = request.member
    payment = access_document(member, Payment, payment_id, to_edit=True)
    was_pending = payment.status == PaymentStatus.PENDING
    try:
        payment, refunds = ask_about_payment(
            **by(member), payment_id=payment.pk, today=today_of(member), now=timezone.now()
        )
    except Invalid as invalid:
        messages.error(request, str(invalid))
    except NoAnswer:
        messages.error(request, "The processor does not answer. Tieout asks again within the hour.")
    else:
        if was_pending:
            _tell(request, payment)
        for refund in refunds:
            messages.info(request, f"The refund: {refund.get_status_display().lower()}.")
    return redirect("payment", payment_id)


def _tell(request: FirmRequest, payment: Payment) -> None:
    tell, sentence = _TOLD.get(PaymentStatus(payment.status), (messages.info, "It is settled already."))
    tell(request, sentence.format(payment.decline_reason))


urlpatterns: list[URLPattern] = [
    path("payments/charge/", charge, name="payment_charge"),
    path("payments/<int:payment_id>/ask/", ask, name="payment_ask"),
]
