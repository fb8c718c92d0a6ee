"""Acts: the pages on which money is recorded, put on invoices, corrected and given back.

The one who asks has a key in the form, so that a second click records nothing twice: the verbs compare it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.payments import (
    DEPOSIT_TYPES,
    MEMO,
    REFERENCE,
    apply_payment,
    change_payment,
    record_payment,
)
from tieout.practice.actions.recording import KeyUsed
from tieout.practice.actions.refunds import REASON, left_to_refund, refund_payment
from tieout.practice.billing_access import access_document, choices_in
from tieout.practice.billing_settings import settings_of
from tieout.practice.charging_by import processor_named, processor_of
from tieout.practice.client_balances import ClientBalance
from tieout.practice.invoices import Invoice
from tieout.practice.ledger_lists import LedgerList
from tieout.practice.money import ZERO
from tieout.practice.payment_methods import Method
from tieout.practice.payments import PAYMENT, Payment, RefundStatus
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import by, today_of, version_seen
from tieout.web.billing.apply_grid import Grid, grid_of, read_amount
from tieout.web.billing.item_form import offered_of, select
from tieout.web.billing.meanwhile import Meanwhile, status_of_form, version_shown
from tieout.web.billing.pick_client import ask_for_client, chosen_client
from tieout.web.client_forms import RuledForm, text_field
from tieout.web.once import FIELD, new_token

PAYMENTS = ("payments", "Payments")


def amount_field(label: str, hint: str = "") -> forms.CharField:
    attributes = {"class": "form-control", "inputmode": "decimal", "autocomplete": "off"}
    return forms.CharField(label=label, required=False, help_text=hint, widget=forms.TextInput(attributes))


def date_field(label: str, latest: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "form-control", "type": "date", "max": latest})
    return forms.CharField(label=label, required=False, widget=widget)


class PaymentForm(RuledForm):
    def __init__(self, *args: Any, payment: Payment | None = None, firm_id: int, today: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if payment is None or not payment.processor:
            self.fields["amount"] = amount_field("Amount")
        taken = {*settings_of(firm_id).payment_methods, payment.method if payment else ""}
        methods: list[tuple[int | str, str]] = [each for each in Method.choices if each[0] in taken]
        self.fields["method"] = select("Method", [("", "Choose"), *methods])
        self.fields["date"] = date_field("Date", today)
        self.fields["reference"] = text_field("reference", REFERENCE, "Check number and the like.")
        self.fields["memo"] = text_field("memo", MEMO)
        self.fields["memo"].label = "Memo"
        self.fields["reference"].label = "Reference"
        kept = payment.deposit_to_id if payment else None
        accounts = choices_in(firm_id, LedgerList.ACCOUNT, types=DEPOSIT_TYPES, kept=kept)
        if offered := offered_of(accounts):
            self.fields["deposit_to_id"] = select("Deposited to", [("", "As usual"), *offered])
        self.fields["is_additional"] = forms.BooleanField(
            label="This is a retainer: money for work to come", required=False
        )


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENTS)
def new(request: FirmRequest) -> HttpResponse:
    member, today = request.member, today_of(request.member)
    client = chosen_client(request)
    if client is None:
        return ask_for_client(request, "Record a payment", PAYMENTS)
    given: dict[str, Any] = {"firm_id": member.firm_id, "today": today.isoformat()}
    currency = settings_of(member.firm_id).currency
    refused: dict[str, str] = {}
    saved_at = ""
    if request.method == "GET":
        typed = for_one_invoice(request)
        form = PaymentForm(initial={"date": today, **typed}, **given)
        grid = grid_of(member, client.pk, typed, read_amount(typed.get("amount", "")), currency)
    else:
        form = PaymentForm(request.POST, **given)
        grid = read_grid(request, client.pk, read_amount(request.POST.get("amount", "")), currency)
        if request.POST.get("do", "save") == "save" and form.is_valid():
            try:
                payment = record_payment(
                    **by(member),
                    today=today,
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
                messages.success(request, "The payment is recorded.")
                return redirect("payment", payment.pk)
        elif request.POST.get("do") != "save":
            form.errors.clear()
    balance = ClientBalance.objects.filter(client=client).first() or ClientBalance()
    return render(
        request,
        "billing/payment_form.html",
        {
            "form": form,
            "client": client,
            "grid": grid,
            "balance": balance,
            "refused": refused,
            "saved_at": saved_at,
            "currency": currency,
            "form_token": request.POST.get(FIELD) or new_token(),
            "charges": processor_of(member.firm_id) is not None,
        },
        status=status_of_form(refused or (form.is_bound and form.errors), saved_at=saved_at),
    )


@requires(Permission.RECORD_PAYMENTS)
@require_POST
def grid_part(request: FirmRequest) -> HttpResponse:
    """What the typed amounts leave over, while they are typed."""
    member = request.member
    client = chosen_client(request)
    if client is None:
        return HttpResponse(status=400)
    if payment_id := request.POST.get("payment_id"):
        payment = access_document(member, Payment, payment_id)
        available, currency = payment.unapplied, payment.currency
    else:
        available = read_amount(request.POST.get("amount", ""))
        currency = settings_of(member.firm_id).currency
    grid = read_grid(request, client.pk, available, currency)
    context = {"grid": grid, "client": client, "currency": currency}
    whole = request.POST.get("do") == "oldest"
    return render(
        request,
        "billing/apply_grid.html" if whole else "billing/apply_left.html",
        {**context, "apart": not whole},
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENTS)
def apply(request: FirmRequest, payment_id: int) -> HttpResponse:
    member = request.member
    payment = access_document(member, Payment, payment_id, to_edit=True)
    if request.method == "GET":
        typed = on_one_invoice(request, payment.client_id, payment.unapplied)
        grid = grid_of(member, payment.client_id, typed, payment.unapplied, payment.currency)
    else:
        grid = read_grid(request, payment.client_id, payment.unapplied, payment.currency)
    refused: dict[str, str] = {}
    meanwhile: Meanwhile | None = None
    if request.method == "POST" and request.POST.get("do", "save") == "save":
        try:
            apply_payment(
                **by(member),
                payment_id=payment.pk,
                today=today_of(member),
                allocations=grid.wanted(),
                expected_version=version_seen(request.POST.get("version")),
            )
        except ChangedMeanwhile as problem:
            meanwhile = Meanwhile.of(problem, payment, PAYMENT, reverse("payment", args=[payment.pk]))
        except Invalid as invalid:
            refused = grid.take(invalid.problems) or {"allocations": "An amount below needs a change."}
        else:
            messages.success(request, "Applied.")
            return redirect("payment", payment.pk)
    context = {
        "payment": payment,
        "client": payment.client,
        "grid": grid,
        "refused": refused,
        "meanwhile": meanwhile,
        "currency": payment.currency,
        "version": version_shown(request, payment, meanwhile),
    }
    status = status_of_form(refused, meanwhile)
    return render(request, "billing/payment_apply.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENTS)
def edit(request: FirmRequest, payment_id: int) -> HttpResponse:
    """Everything but the client, and the amount of what a processor charged."""
    member, today = request.member, today_of(request.member)
    payment = access_document(member, Payment, payment_id, to_edit=True)
    names = ("amount", "method", "date", "reference", "memo", "deposit_to_id", "is_additional")
    form = PaymentForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(payment, name) for name in names},
        payment=payment,
        firm_id=member.firm_id,
        today=today.isoformat(),
    )
    meanwhile: Meanwhile | None = None
    if request.method == "POST" and form.is_valid():
        saved = None
        try:
            saved = form.save(
                lambda values: change_payment(
                    **by(member),
                    payment_id=payment.pk,
                    today=today,
                    expected_version=version_seen(request.POST.get("version")),
                    **values,
                )
            )
        except ChangedMeanwhile as problem:
            meanwhile = Meanwhile.of(problem, payment, PAYMENT, reverse("payment", args=[payment.pk]))
        if saved is not None:
            messages.success(request, "Saved the payment.")
            return redirect("payment", payment.pk)
    context = {
        "form": form,
        "payment": payment,
        "used": payment.allocated + payment.refunded,
        "meanwhile": meanwhile,
        "version": version_shown(request, payment, meanwhile),
    }
    status = status_of_form(form.is_bound and form.errors, meanwhile)
    return render(request, "billing/payment_edit.html", context, status=status)


class RefundForm(RuledForm):
    def __init__(self, *args: Any, since: str, today: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = amount_field("Amount", "Left empty: all that is left of it.")
        self.fields["on"] = date_field("Date", today)
        self.fields["on"].widget.attrs["min"] = since
        self.fields["reason"] = text_field("reason", REASON)
        self.fields["reason"].label = "Reason"


_REFUNDED = {
    RefundStatus.DONE: (messages.success, "The refund is recorded. Invoices it leaves are open again."),
    RefundStatus.PENDING: (
        messages.info,
        "The processor works on the refund. It is reserved until it answers.",
    ),
    RefundStatus.FAILED: (messages.error, "Nothing was refunded. {}"),
}


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENTS)
def refund(request: FirmRequest, payment_id: int) -> HttpResponse:
    member, today = request.member, today_of(request.member)
    payment = access_document(member, Payment, payment_id, to_edit=True)
    typed = request.POST if request.method == "POST" else None
    since = payment.date.isoformat()
    form = RefundForm(typed, initial={"on": today}, since=since, today=today.isoformat())
    saved_at = ""
    if request.method == "POST" and form.is_valid():
        made = None
        try:
            made = refund_payment(
                **by(member),
                payment_id=payment.pk,
                today=today,
                idempotency_key=request.POST.get(FIELD, "")[:80],
                processor=processor_named(member.firm_id, payment.processor) if payment.processor else None,
                **form.cleaned_data,
            )
        except KeyUsed as used:
            saved_at = reverse("payment", args=[used.record_id])
        except Invalid as invalid:
            form.take(invalid)
        if made is not None:
            tell, sentence = _REFUNDED[RefundStatus(made.status)]
            tell(request, sentence.format(made.failure))
            return redirect("payment", payment.pk)
    context = {
        "form": form,
        "payment": payment,
        "left": left_to_refund(payment),
        "form_token": request.POST.get(FIELD) or new_token(),
        "allocations": payment.allocations.select_related("invoice").order_by("-id"),
        "saved_at": saved_at,
    }
    status = status_of_form(form.is_bound and form.errors, saved_at=saved_at)
    return render(request, "billing/payment_refund.html", context, status=status)


@require_GET
@requires(Permission.RECORD_PAYMENTS)
def for_invoice(request: FirmRequest, invoice_id: int) -> HttpResponse:
    invoice = access_document(request.member, Invoice, invoice_id)
    address = redirect("payment_new")
    address["Location"] += f"?client={invoice.client_id}&invoice={invoice.pk}"
    return address


def for_one_invoice(request: FirmRequest) -> dict[str, str]:
    """With ``?invoice=``: all that is owed on it, put on it."""
    invoice_id = request.GET.get("invoice", "")
    if not invoice_id:
        return {}
    invoice = access_document(request.member, Invoice, invoice_id)
    owed = str(invoice.balance if invoice.is_open else ZERO)
    return {"amount": owed, f"apply-{invoice.pk}": owed}


def on_one_invoice(request: FirmRequest, client_id: int, available: Decimal) -> dict[str, str]:
    """With ``?invoice=``: as much of what there is as that invoice takes, put on it."""
    invoice_id = request.GET.get("invoice", "")
    if not invoice_id:
        return {}
    invoice = access_document(request.member, Invoice, invoice_id)
    if invoice.client_id != client_id or not invoice.is_open:
        return {}
    return {f"apply-{invoice.pk}": str(min(invoice.balance, available))}


def read_grid(request: FirmRequest, client_id: int, available: Any, currency: str) -> Grid:
    grid = grid_of(request.member, client_id, request.POST, available, currency)
    if request.POST.get("do") == "oldest":
        grid.fill_oldest()
    return grid


_ONE = "payments/<int:payment_id>/"
urlpatterns: list[URLPattern] = [
    path("payments/new/", new, name="payment_new"),
    path("payments/grid/", grid_part, name="payment_grid"),
    path("invoices/<int:invoice_id>/pay/", for_invoice, name="invoice_pay"),
    path(f"{_ONE}apply/", apply, name="payment_apply"),
    path(f"{_ONE}edit/", edit, name="payment_edit"),
    path(f"{_ONE}refund/", refund, name="payment_refund"),
]
