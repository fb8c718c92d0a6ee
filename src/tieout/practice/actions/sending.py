"""Acts: sends an invoice to its client by mail, as a PDF file, and notes that it was sent.

The mail goes out first: a note that something was sent which was not would be worse than a mail sent again.
"""

from __future__ import annotations

from datetime import datetime

from tieout.practice.actions.invoice_life import mark_sent
from tieout.practice.actor import Actor
from tieout.practice.billing_access import not_there, row_number, rows_of
from tieout.practice.billing_settings import BillingSettings
from tieout.practice.billing_validation import Checks
from tieout.practice.invoice_mail import addresses, filled
from tieout.practice.invoice_pdf import day, file_name, invoice_pdf
from tieout.practice.invoice_sheet import Sheet, mail_addresses, sheet_of
from tieout.practice.invoices import Invoice, Status
from tieout.practice.mail import Attached, deliver
from tieout.practice.money import shown
from tieout.practice.validation import CLIENT_RULES, Invalid, TextRule

SEND_TO = TextRule("The address", 254, required=True, form=CLIENT_RULES["email"].form)
SUBJECT = TextRule("The subject", 300, required=True)
TEXT = TextRule("The text", 10_000, required=True, prose=True)


def mail_invoice(
    *,
    firm_id: int,
    invoice_id: int | str,
    actor: Actor,
    now: datetime,
    to: str | None = None,
    subject: str | None = None,
    text: str | None = None,
) -> Invoice:
    """Mail a finalized invoice; what is left out comes from the client and the firm's settings.

    Raises NotYours, Invalid (also when there is no address), NotSent.
    """
    known = rows_of(Invoice, firm_id).filter(pk=row_number(Invoice, invoice_id)).first()
    if known is None:
        raise not_there(Invoice)
    if known.status in (Status.DRAFT, Status.VOID):
        told = "a draft; finalize it first" if known.status == Status.DRAFT else "void"
        raise Invalid({"status": f"{known} is {told}. Nothing was sent."})
    sheet = sheet_of(firm_id, known.pk)
    checks = Checks()
    address = checks.text("to", ", ".join(mail_addresses(sheet.invoice)) if to is None else to, SEND_TO)
    if not address and to is None:
        checks.problems["to"] = f"{sheet.invoice.client} has no e-mail address. Add one to the client first."
    written_subject = checks.text("subject", mail_subject(sheet) if subject is None else subject, SUBJECT)
    written_text = checks.text("text", mail_text(sheet) if text is None else text, TEXT)
    checks.done()
    deliver(
        addresses(address),
        written_subject,
        written_text,
        sender_name=sheet.firm_name,
        reply_to=sheet.settings.reply_to,
        attached=[Attached(file_name(sheet), invoice_pdf(sheet), "application/pdf")],
    )
    return mark_sent(firm_id=firm_id, invoice_id=known.pk, actor=actor, now=now, sent_to=address)


def mail_subject(sheet: Sheet) -> str:
    return " ".join(filled(sheet.settings.mail_subject, places_of(sheet)).split())[: SUBJECT.longest]


def mail_text(sheet: Sheet) -> str:
    settings: BillingSettings = sheet.settings
    return filled(settings.mail_text, places_of(sheet))


def places_of(sheet: Sheet) -> dict[str, str]:
    """What stands in the places of the firm's own words."""
    invoice = sheet.invoice
    return {
        "number": invoice.number,
        "client": invoice.client.name,
        "firm": sheet.firm_name,
        "total": shown(invoice.total, invoice.currency),
        "owed": shown(invoice.balance, invoice.currency),
        "date": day(invoice.date),
        "due_date": day(invoice.due_date),
    }
