"""Acts: what happened lately to some clients: their latest documents, what is open, what they owe. For telling twins apart.

A fixed number of queries, however many clients are asked about. Whoever asks was let in by a funnel.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q

from tieout.practice.access import clients_of
from tieout.practice.billing_access import rows_of
from tieout.practice.client_balances import ClientBalance
from tieout.practice.credits import Credit
from tieout.practice.invoices import UNCOUNTED, Invoice, Status
from tieout.practice.money import ZERO
from tieout.practice.payments import Payment
from tieout.practice.recurring import RecurringInvoice


@dataclass(frozen=True, slots=True)
class ClientActivity:
    balance: Decimal
    """What it owes, less what it has with us."""
    last_invoice: date | None
    """Of those that are final and not void."""
    last_document: date | None
    """The latest final invoice, payment or credit."""
    open_invoices: int
    drafts: int
    recurring: int
    """Active recurring invoices."""
    changed_at: datetime


def activity_of(firm_id: int, ids: Collection[str]) -> dict[str, ClientActivity]:
    """By client id; those that do not exist are missing."""
    numbers = [int(one) for one in ids if one.isascii() and one.isdigit()]
    if not numbers:
        return {}
    changed = dict(clients_of(firm_id).filter(pk__in=numbers).values_list("pk", "updated_at"))
    balances = dict(
        ClientBalance.objects.filter(firm_id=firm_id, client_id__in=numbers).values_list("client_id", "net")
    )
    draft = Q(status=Status.DRAFT)
    invoices = {
        client: rest
        for client, *rest in rows_of(Invoice, firm_id)
        .filter(client_id__in=numbers)
        .order_by()
        .values_list("client_id")
        .annotate(
            last=Max("date", filter=~Q(status__in=UNCOUNTED)),
            open=Count("id", filter=Q(balance__gt=0)),
            drafts=Count("id", filter=draft),
        )
    }
    paid = _latest(Payment, firm_id, numbers)
    credited = _latest(Credit, firm_id, numbers)
    recurring = dict(
        rows_of(RecurringInvoice, firm_id)
        .filter(client_id__in=numbers, is_active=True)
        .order_by()
        .values_list("client_id")
        .annotate(Count("id"))
    )
    found = {}
    for client, changed_at in changed.items():
        last_invoice, open_invoices, drafts = invoices.get(client, (None, 0, 0))
        days = [day for day in (last_invoice, paid.get(client), credited.get(client)) if day]
        found[str(client)] = ClientActivity(
            balances.get(client, ZERO),
            last_invoice,
            max(days, default=None),
            open_invoices,
            drafts,
            recurring.get(client, 0),
            changed_at,
        )
    return found


def _latest(model: type[Any], firm_id: int, clients: Collection[int]) -> dict[int, date]:
    rows = rows_of(model, firm_id).filter(client_id__in=clients).order_by()
    return dict(rows.values_list("client_id").annotate(Max("date")))
