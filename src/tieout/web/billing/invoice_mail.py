"""Acts: the page on which an invoice is mailed to its client, with the words it goes out with open to change."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tieout.practice.actions.sending import SEND_TO, SUBJECT, TEXT, mail_invoice, mail_subject, mail_text
from tieout.practice.billing_access import access_document
from tieout.practice.invoice_pdf import file_name
from tieout.practice.invoice_sheet import mail_addresses, sheet_of
from tieout.practice.invoices import Invoice, Status
from tieout.practice.mail import NOT_SET_UP, NotSent, mail_is_set_up
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import by
from tieout.web.client_forms import RuledForm, text_field
from tieout.web.once import FIELD, SavedAlready, new_token, once


class MailForm(RuledForm):
    to = text_field("to", SEND_TO, "Several addresses: separate them by commas.")
    subject = text_field("subject", SUBJECT)
    text = text_field("text", TEXT)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, label in (("to", "To"), ("subject", "Subject"), ("text", "Text")):
            self.fields[name].label = label
        assert isinstance(self.fields["text"].widget, forms.Textarea)
        self.fields["text"].widget.attrs["rows"] = 10


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INVOICES)
def mail(request: FirmRequest, invoice_id: int) -> HttpResponse:
    invoice = access_document(request.member, Invoice, invoice_id, to_edit=True)
    if invoice.status in (Status.DRAFT, Status.VOID):
        messages.error(request, "Only an invoice that is finalized and not void can be sent.")
        return redirect("invoice", invoice.pk)
    sheet = sheet_of(invoice.firm_id, invoice.pk)
    initial = {
        "to": invoice.sent_to or ", ".join(mail_addresses(invoice)),
        "subject": mail_subject(sheet),
        "text": mail_text(sheet),
    }
    form = MailForm(request.POST if request.method == "POST" else None, initial=initial)
    refusal = "" if mail_is_set_up() else NOT_SET_UP
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data

        def send() -> str:
            mail_invoice(**by(request.member), invoice_id=invoice.pk, now=timezone.now(), **values)
            messages.success(request, f"Sent to {values['to']}.")
            return reverse("invoice", args=[invoice.pk])

        try:
            return redirect(once(request, send))
        except SavedAlready:
            refusal = "A mail was sent from this form already, and what you changed since then was not. For another mail, open this page anew."
        except Invalid as invalid:
            form.take(invalid)
        except NotSent as problem:
            refusal = str(problem)
    context = {
        "form": form,
        "invoice": invoice,
        "file_name": file_name(sheet),
        "refusal": refusal,
        "set_up": mail_is_set_up(),
        "form_token": request.POST.get(FIELD) or new_token(),
    }
    status = 422 if form.is_bound and (form.errors or refusal) else 200
    return render(request, "billing/invoice_mail.html", context, status=status)


urlpatterns: list[URLPattern] = [path("invoices/<int:invoice_id>/mail/", mail, name="invoice_mail")]
