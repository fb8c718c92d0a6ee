"""Acts: billing rows for tests: one of each table, and the short ways to get there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

from tieout.practice.actions.clients import create_client
from tieout.practice.actions.credits import create_credit
from tieout.practice.actions.invoice_life import mark_sent
from tieout.practice.actions.invoices import create_invoice, finalise_invoice
from tieout.practice.actions.ledger_lists import create_tax_rate
from tieout.practice.actions.payments import record_payment, unapply_payment
from tieout.practice.actions.service_items import create_service_item
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.billing_settings import BillingSettings, FirmLogo, NumberSequence
from tieout.practice.bulk import BulkAct, BulkRow, BulkVerb
from tieout.practice.client_balances import ClientBalance
from tieout.practice.clients import Client, Kind
from tieout.practice.credits import Credit, CreditApplication
from tieout.practice.firms import Member
from tieout.practice.groups import ClientGroup, GroupMember
from tieout.practice.invoices import Invoice, InvoiceLine, InvoiceRevision, Status
from tieout.practice.ledger_lists import LedgerList, ListEntry, TaxRate, UnusedList
from tieout.practice.outbox import OutboxNote
from tieout.practice.payment_methods import Method
from tieout.practice.payments import Allocation, Payment, Refund
from tieout.practice.pretended_charges import PretendedCharge
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
    FirmLogo.objects.create(**firm, content=b"x")
    ListEntry.objects.create(
        **firm, list=LedgerList.CATEGORY, ledger_id="1", name="Services", full_name="Services"
    )
    UnusedList.objects.create(**firm, list=LedgerList.LOCATION)
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
    act = BulkAct.objects.create(
        **firm, member=Member.objects.filter(**firm).first(), verb=BulkVerb.MARK_SENT
    )
    BulkRow.objects.create(**firm, act=act, position=0, invoice=invoice)
    PretendedCharge.objects.create(**firm, key="1", outcome="approved")


@dataclass
class Desk:
    """A firm with a client, two service items at $100 (one taxed 8.25 %), and the verbs in few words."""

    firm_id: int
    actor: Actor
    client: Client
    rate: TaxRate
    item: ServiceItem
    taxed: ServiceItem

    @classmethod
    def open(cls, firm_id: int) -> Desk:
        actor = Actor(ActorKind.SYSTEM, "Test")
        where: dict[str, Any] = {"firm_id": firm_id, "actor": actor}
        client = create_client(**where, kind=Kind.BUSINESS, name="Acme LLC")
        rate = create_tax_rate(**where, name="State", percent="8.25")
        item = create_service_item(**where, name="Tax return", rate=100)
        taxed = create_service_item(**where, name="Software", rate=100, tax_rate_id=rate.pk)
        OutboxNote.objects.all().delete()
        return cls(firm_id, actor, client, rate, item, taxed)

    def at(self, invoice: Invoice, today: date | None = TODAY) -> dict[str, Any]:
        """What every verb on an invoice is told."""
        told: dict[str, Any] = {"firm_id": self.firm_id, "invoice_id": invoice.pk, "actor": self.actor}
        return told if today is None else {**told, "today": today}

    def draft(self, **fields: Any) -> Invoice:
        plain = {"client_id": self.client.pk, "lines": [{"item_id": self.item.pk}]}
        return create_invoice(firm_id=self.firm_id, actor=self.actor, today=TODAY, **{**plain, **fields})  # type: ignore[typeddict-item]

    def finalise(self, invoice: Invoice) -> Invoice:
        return finalise_invoice(**self.at(invoice), now=NOW)

    def invoice(self, amount: Any, **fields: Any) -> Invoice:
        lines = [{"item_id": self.item.pk, "rate": amount}]
        return self.finalise(self.draft(**{"lines": lines, **fields}))

    def send(self, invoice: Invoice) -> Invoice:
        return mark_sent(**self.at(invoice, today=None), now=NOW, sent_to="a@acme.example")

    def pay(self, amount: Any, *allocations: tuple[Invoice, Any], **fields: Any) -> Payment:
        plain = {"client_id": self.client.pk, "method": "check", "amount": amount}
        return record_payment(
            firm_id=self.firm_id,
            actor=self.actor,
            today=TODAY,
            allocations=[(invoice.pk, part) for invoice, part in allocations],
            **{**plain, **fields},  # type: ignore[arg-type]
        )

    def unapply(self, payment: Payment, invoice: Invoice, amount: Any = None) -> Payment:
        return unapply_payment(
            firm_id=self.firm_id,
            payment_id=payment.pk,
            invoice_id=invoice.pk,
            actor=self.actor,
            amount=amount,
        )

    def credit(self, amount: Any, **fields: Any) -> Credit:
        return create_credit(
            firm_id=self.firm_id,
            actor=self.actor,
            today=TODAY,
            **{"client_id": self.client.pk, "description": "Goodwill", "rate": amount, **fields},
        )

    def balance(self) -> tuple[Decimal, Decimal, Decimal]:
        """Owed, on account, credit left."""
        found = ClientBalance.objects.filter(client=self.client).first() or ClientBalance()
        return found.owed, found.on_account, found.credit_left

    def owed(self) -> Decimal:
        return self.balance()[0]

    def fresh(self, row: Any) -> Any:
        assert isinstance(row, Model)
        return type(row)._default_manager.get(pk=row.pk)

    def lines(self, invoice: Invoice) -> list[tuple[str, Decimal]]:
        return [(line.description, line.gross - line.discount) for line in invoice.lines.order_by("position")]

    def notes(self) -> list[tuple[str, str, int]]:
        return [(each.kind, each.record_id, each.version) for each in OutboxNote.objects.order_by("id")]
