"""Acts: billing rows for tests: one of each table, and the short ways to get there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tieout.practice.billing_settings import BillingSettings, NumberSequence
from tieout.practice.client_balances import ClientBalance
from tieout.practice.clients import Client
from tieout.practice.credits import Credit, CreditApplication
from tieout.practice.groups import ClientGroup, GroupMember
from tieout.practice.invoices import Invoice, InvoiceLine, InvoiceRevision, Status
from tieout.practice.ledger_lists import LedgerList, ListEntry, TaxRate
from tieout.practice.payments import Allocation, Method, Payment, Refund
from tieout.practice.recurring import RecurringInvoice
from tieout.practice.service_items import ServiceItem

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
TEN = Decimal("10.00")


def one_row_of_each_billing_table(client: Client) -> None:
    """The plainest rows the database accepts, past the verbs."""
    firm: dict[str, Any] = {"firm_id": client.firm_id}
    of_client = {**firm, "client": client}
    BillingSettings.objects.create(**firm)
    NumberSequence.objects.create(**firm, kind="invoice", next="2")
    ListEntry.objects.create(
        **firm, list=LedgerList.CATEGORY, ledger_id="1", name="Services", full_name="Services"
    )
    TaxRate.objects.create(**firm, name="State")
    ServiceItem.objects.create(**firm, name="Tax return")
    group = ClientGroup.objects.create(**firm, name="Byrnes", billed_client=client)
    GroupMember.objects.create(**of_client, group=group)
    ClientBalance.objects.create(**of_client)
    invoice = Invoice.objects.create(
        **of_client,
        number="0001",
        status=Status.FINALISED,
        date=TODAY,
        due_date=TODAY,
        subtotal=TEN,
        total=TEN,
        balance=TEN,
    )
    InvoiceLine.objects.create(**firm, invoice=invoice, position=0, rate=TEN, gross=TEN)
    InvoiceRevision.objects.create(**firm, invoice=invoice, number=1, said={}, actor_label="Test", at=NOW)
    payment = Payment.objects.create(
        **of_client, date=TODAY, amount=TEN, unapplied=TEN, method=Method.CASH, currency="USD"
    )
    Allocation.objects.create(**firm, payment=payment, invoice=invoice, amount=TEN, date=TODAY)
    Refund.objects.create(**of_client, payment=payment, date=TODAY, amount=TEN, method=Method.CASH)
    credit = Credit.objects.create(**of_client, number="C1", date=TODAY, amount=TEN, left=TEN)
    CreditApplication.objects.create(**firm, credit=credit, invoice=invoice, amount=TEN, date=TODAY)
    RecurringInvoice.objects.create(
        **of_client, frequency="monthly", first_date=TODAY, terms="net30", content={}
    )
