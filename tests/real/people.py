"""Acts: what people do in the practice while workers die: new records, and one time in four something to an earlier one.

They know nothing of the sync: what is edited, paid, voided or credited may be in QuickBooks, on its way, or in doubt.
What they typed is remembered, for the count afterwards.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from tests.real.stand import SOMEBODY, Stand
from tieout.practice.actions.clients import change_client
from tieout.practice.actions.credits import apply_credit, create_credit, unapply_credit
from tieout.practice.actions.invoice_life import revise_invoice, void_invoice
from tieout.practice.actions.payments import record_payment, void_payment
from tieout.practice.credits import CreditApplication
from tieout.practice.invoices import Invoice, Status
from tieout.practice.payments import Payment, PaymentStatus

EARLIER = 0.25
"""How often an act is about a record that is there already."""


@dataclass
class People:
    """``name``: what their clients' names and payments' references begin with."""

    stand: Stand
    rng: random.Random
    name: str
    did: Counter[str] = field(default_factory=Counter)
    clients: dict[str, str] = field(default_factory=dict)
    """Practice id -> name."""
    phones: dict[str, str] = field(default_factory=dict)
    """Practice id of a client -> the phone number that was typed last."""
    invoices: set[int] = field(default_factory=set)
    payments: set[int] = field(default_factory=set)
    credits: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.item = self.stand.item(f"Bookkeeping {self.name}")

    def work(self) -> None:
        """A handful of acts."""
        for _ in range(self.rng.randrange(3, 7)):
            acts = _TO_EARLIER if self.rng.random() < EARLIER else _NEW
            self._does(self.rng.choice(acts))

    def _does(self, act: Callable[[People], bool]) -> None:
        if act(self):
            self.did[act.__name__] += 1

    def _amount(self, most: Decimal = Decimal("999.99")) -> Decimal:
        return Decimal(self.rng.randint(1, int(most * 100))) / 100

    def _one_of(self, rows: Any) -> Any:
        found = list(rows.order_by("id"))
        return self.rng.choice(found) if found else None

    # -- new records ---------------------------------------------------------------------------------------

    def add_client(self) -> bool:
        number = len(self.clients) + 1
        name, phone = f"Client {self.name}-{number}", str(number)
        made = self.stand.client(name, phone=phone)
        self.clients[made], self.phones[made] = name, phone
        return True

    def bill(self) -> bool:
        if not self.clients:
            self._does(People.add_client)
        made = self.stand.invoice(self.rng.choice(list(self.clients)), self.item, self._amount())
        self.invoices.add(made.pk)
        return True

    def bill_and_pay(self) -> bool:
        self._does(People.bill)
        return self._pay(max(self.invoices))

    def _pay(self, invoice_id: int) -> bool:
        with self.stand.here():
            invoice = Invoice.objects.get(pk=invoice_id)
            amount = invoice.balance if self.rng.random() < 0.5 else self._amount(invoice.balance)
            made = record_payment(
                firm_id=self.stand.firm.pk,
                actor=SOMEBODY,
                today=invoice.date,
                client_id=invoice.client_id,
                date=invoice.date,
                amount=amount,
                method="check",
                reference=f"P{self.name}-{len(self.payments) + 1}",
                allocations=[(invoice.pk, amount)],
            )
        self.payments.add(made.pk)
        return True

    # -- to earlier records: False when there is none that it could be done to --------------------------------

    def give_another_phone(self) -> bool:
        if not self.clients:
            return False
        client = self.rng.choice(list(self.clients))
        phone = str(self.rng.randrange(10_000, 100_000))
        with self.stand.here():
            change_client(firm_id=self.stand.firm.pk, client_id=client, actor=SOMEBODY, phone=phone)
        self.phones[client] = phone
        return True

    def revise(self) -> bool:
        with self.stand.here():
            one = self._one_of(Invoice.objects.exclude(status=Status.VOID))
            if one is None:
                return False
            revise_invoice(
                firm_id=self.stand.firm.pk,
                invoice_id=one.pk,
                actor=SOMEBODY,
                today=one.date,
                now=timezone.now(),
                lines=[
                    {
                        "item_id": self.item.pk,
                        "quantity": Decimal(1),
                        "rate": one.paid + one.credited + self._amount(),
                    }
                ],
            )
        return True

    def pay(self) -> bool:
        with self.stand.here():
            one = self._one_of(Invoice.objects.filter(balance__gt=0))
        return one is not None and self._pay(one.pk)

    def void_a_payment(self) -> bool:
        with self.stand.here():
            one = self._one_of(Payment.objects.filter(status=PaymentStatus.RECEIVED))
            if one is None:
                return False
            void_payment(firm_id=self.stand.firm.pk, payment_id=one.pk, actor=SOMEBODY)
        return True

    def void_an_invoice(self) -> bool:
        with self.stand.here():
            unpaid = Invoice.objects.filter(paid=0, credited=0).exclude(status=Status.VOID)
            one = self._one_of(unpaid)
            if one is None:
                return False
            void_invoice(firm_id=self.stand.firm.pk, invoice_id=one.pk, actor=SOMEBODY, now=timezone.now())
        return True

    def credit(self) -> bool:
        """Credit a client who owes something, and pay with it what is due first."""
        with self.stand.here():
            one = self._one_of(Invoice.objects.filter(balance__gt=0))
            if one is None:
                return False
            made = create_credit(
                firm_id=self.stand.firm.pk,
                actor=SOMEBODY,
                today=one.date,
                client_id=one.client_id,
                item_id=self.item.pk,
                date=one.date,
                quantity=Decimal(1),
                rate=self._amount(),
            )
            self.credits.add(made.pk)
            apply_credit(firm_id=self.stand.firm.pk, credit_id=made.pk, actor=SOMEBODY, today=one.date)
        return True

    def take_a_credit_off(self) -> bool:
        with self.stand.here():
            one = self._one_of(CreditApplication.objects.filter(is_void=False))
            if one is None:
                return False
            unapply_credit(firm_id=self.stand.firm.pk, application_id=one.pk, actor=SOMEBODY)
        return True


_NEW = (People.add_client, People.bill, People.bill_and_pay)
_TO_EARLIER = (
    People.give_another_phone,
    People.revise,
    People.pay,
    People.void_a_payment,
    People.void_an_invoice,
    People.credit,
    People.take_a_credit_off,
)
