"""Acts: fills an empty firm with sample data, through the verbs; ``samples`` takes it away again."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from tieout.practice import sample_books
from tieout.practice.access import clients_of, require
from tieout.practice.actions.clients import create_client
from tieout.practice.actions.invoice_life import mark_sent
from tieout.practice.actions.invoices import create_invoice, finalise_invoice
from tieout.practice.actions.payments import record_payment
from tieout.practice.actions.samples import SAMPLES
from tieout.practice.actions.service_items import create_service_item
from tieout.practice.actions.sign_in import FIRM
from tieout.practice.actor import Actor, history_row
from tieout.practice.billing_access import rows_of
from tieout.practice.clients import Client
from tieout.practice.firms import Firm, Member
from tieout.practice.invoice_terms import Terms, today_at
from tieout.practice.invoices import Invoice
from tieout.practice.money import ZERO
from tieout.practice.permissions import Module, Permission
from tieout.practice.service_items import ServiceItem
from tieout.practice.validation import Invalid

NOT_EMPTY = "Sample data is for a firm that is empty yet; yours has clients or service items of its own."


def add_samples(*, by: Member, now: datetime) -> int:
    """Sample clients and, where the firm bills, service items, invoices and payments. Returns how many clients.

    Everything or nothing, and once: raises Invalid for a firm that has clients or service items. Raises NotAllowed.
    Whether the firm is free of any ledger is the caller's to know: what is written here is no real business.
    """
    require(by, Permission.MANAGE_TEAM)
    firm_id = by.firm_id
    with transaction.atomic():
        firm = Firm.objects.select_for_update().get(
            pk=firm_id
        )  # a second click finds the first one's clients
        if clients_of(firm_id).exists() or rows_of(ServiceItem, firm_id).exists():
            raise Invalid({"firm": NOT_EMPTY})
        clients = [
            create_client(
                firm_id=firm_id,
                actor=SAMPLES,
                kind=each.kind,
                name=each.name,
                given=each.given,
                family=each.family,
                email=each.email,
                phone=each.phone,
            )
            for each in sample_books.CLIENTS
        ]
        if firm.has_module(Module.TIME_AND_BILLING):
            _bill(firm, clients, now)
        told = {"clients": [0, len(clients)]}
        history_row(firm_id, FIRM, str(firm_id), 0, "added sample data", Actor.of(by), told).save()
    return len(clients)


def _bill(firm: Firm, clients: list[Client], now: datetime) -> None:
    today = today_at(now, firm.time_zone)
    items = [
        create_service_item(
            firm_id=firm.pk,
            actor=SAMPLES,
            name=each.name,
            description=each.description,
            rate=each.rate,
            charge=each.charge,
        )
        for each in sample_books.ITEMS
    ]
    invoices: dict[str, Invoice] = {}
    for sample in sample_books.INVOICES:
        client, when = clients[sample.client], today - timedelta(days=sample.days_ago)
        invoice = create_invoice(
            firm_id=firm.pk,
            actor=SAMPLES,
            today=today,
            client_id=client.pk,
            number=sample.number,
            date=when,
            terms=Terms.NET_30,
            lines=[{"item_id": items[item].pk, "quantity": Decimal(many)} for item, many in sample.lines],
        )
        if not sample.is_draft:
            invoice = finalise_invoice(
                firm_id=firm.pk, invoice_id=invoice.pk, actor=SAMPLES, today=today, now=now
            )
        if sample.is_sent and not sample.is_draft:
            mark_sent(firm_id=firm.pk, invoice_id=invoice.pk, actor=SAMPLES, now=now, sent_to=client.email)
        invoices[sample.number] = invoice
    for paid in sample_books.PAYMENTS:
        parts = [(invoices[number].pk, Decimal(amount)) for number, amount in paid.parts]
        record_payment(
            firm_id=firm.pk,
            actor=SAMPLES,
            today=today,
            client_id=clients[paid.client].pk,
            amount=sum((amount for _, amount in parts), ZERO) + Decimal(paid.on_account),
            method=paid.method,
            date=today - timedelta(days=paid.days_ago),
            reference=paid.reference,
            allocations=parts,
        )
