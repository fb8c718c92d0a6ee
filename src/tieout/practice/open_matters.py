"""Acts: what is still open with a client in billing, for whoever is about to archive it. Three queries."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tieout.practice.billing_access import rows_of
from tieout.practice.client_balances import ClientBalance
from tieout.practice.clients import Client
from tieout.practice.invoices import Invoice, Status
from tieout.practice.permissions import Module
from tieout.practice.recurring import RecurringInvoice


@dataclass(frozen=True, slots=True)
class OpenMatters:
    """All zero: nothing is open."""

    owed: Decimal = Decimal(0)
    on_account: Decimal = Decimal(0)
    credit_left: Decimal = Decimal(0)
    drafts: int = 0
    """Invoices that cannot be finalized while the client is archived."""
    recurring: int = 0
    """Recurring invoices that pause when their next day comes."""

    def __bool__(self) -> bool:
        return any((self.owed, self.on_account, self.credit_left, self.drafts, self.recurring))


def open_matters(client: Client) -> OpenMatters:
    """Nothing in a firm without Time & Billing: nobody there could settle anything."""
    if not client.firm.has_module(Module.TIME_AND_BILLING):
        return OpenMatters()
    balance = ClientBalance.objects.filter(firm_id=client.firm_id, client=client).first() or ClientBalance()
    going_on = rows_of(RecurringInvoice, client.firm_id).filter(client=client, is_active=True)
    return OpenMatters(
        owed=balance.owed,
        on_account=balance.on_account,
        credit_left=balance.credit_left,
        drafts=rows_of(Invoice, client.firm_id).filter(client=client, status=Status.DRAFT).count(),
        recurring=going_on.exclude(next_date=None).count(),
    )
