"""Acts: what people do with payments, credits and refunds: here with verbs, in QuickBooks by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from tests.sim.money import TODAY, amount, make_invoice, pick
from tests.sim.storm import Storm
from tests.sync.rig import SOMEBODY
from tieout.practice.actions.credits import apply_credit, create_credit, unapply_credit, void_credit
from tieout.practice.actions.payments import (
    apply_payment,
    bounce_payment,
    change_payment,
    record_payment,
    unapply_payment,
    void_payment,
)
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.clients import Client
from tieout.practice.credits import Credit, CreditApplication
from tieout.practice.invoices import Invoice, Status
from tieout.practice.payments import Allocation, Payment, PaymentStatus
from tieout.practice.service_items import ServiceItem
from tieout.sync.models import Link


def money(storm: Storm) -> None:
    rng = storm.rng
    acts: list[tuple[int, Callable[[Storm], None]]] = [
        (6, _payment),
        (2, _payment_over_several),
        (2, _payment_over_a_waiting_invoice),
        (2, _apply_or_take_off),
        (2, _payment_undone),
        (1, _payment_corrected),
        (2, _refund),
        (3, _credit),
        (4, _credit_applied),
        (1, _credit_undone),
    ]
    act = rng.choices([act for _, act in acts], [weight for weight, _ in acts])[0]
    with storm.town.here():
        storm.tell(act.__name__.strip("_").replace("_", " "))
        act(storm)


def _open_invoices(client: Client) -> list[Invoice]:
    found = Invoice.objects.filter(client=client, balance__gt=0).exclude(status=Status.DRAFT)
    return list(found.order_by("id"))


def _one_who_owes(storm: Storm) -> Client:
    """A client with an open invoice; where nobody has one, any."""
    active = Client.objects.filter(is_active=True)
    owing = active.filter(
        pk__in=Invoice.objects.filter(balance__gt=0).exclude(status=Status.DRAFT).values("client")
    )
    return pick(storm, owing) or pick(storm, active)  # type: ignore[no-any-return]


def _payment(storm: Storm) -> None:
    rng = storm.rng
    client = (
        pick(storm, Client.objects.filter(is_active=True)) if rng.random() < 0.3 else _one_who_owes(storm)
    )
    owed = _open_invoices(client)
    _pay(storm, client, rng.sample(owed, min(len(owed), rng.choice([0, 1, 1, 2, 3]))))


def _payment_over_several(storm: Storm) -> None:
    """A client pays two or three invoices with one check; what they do not owe yet is invoiced first."""
    client, wanted = _one_who_owes(storm), storm.rng.choice([2, 2, 3])
    while len(owed := _open_invoices(client)) < wanted:
        make_invoice(storm, client)
    _pay(storm, client, storm.rng.sample(owed, wanted))


def _payment_over_a_waiting_invoice(storm: Storm) -> None:
    """One invoice that is there and one that is not: the payment waits for both and names the one."""
    client = _one_who_owes(storm)
    old = _open_invoices(client)
    new = make_invoice(storm, client)
    ids = [str(one.pk) for one in old]
    there = Link.objects.filter(entity="invoice", practice_id__in=ids).exists()
    _pay(storm, client, [new, *old])
    if there:
        storm.hit("F59")


def _pay(storm: Storm, client: Client, chosen: Sequence[Invoice]) -> None:
    town, rng = storm.town, storm.rng
    parts = [(one.pk, one.balance if rng.random() < 0.5 else amount(storm, one.balance)) for one in chosen]
    together = sum((part for _, part in parts), Decimal(0))
    extra = rng.choice([Decimal(0), Decimal(0), Decimal("12.34")]) if parts else Decimal("50")
    made = record_payment(
        firm_id=town.firm.pk,
        actor=SOMEBODY,
        today=TODAY,
        client_id=client.pk,
        date=TODAY,
        amount=together + extra,
        method=rng.choice(["check", "ach", "card"]),
        allocations=parts,
    )
    if extra:
        storm.hit("F60")
    storm.tell(f"payment {made.pk} of {made.amount} by client {client.pk} on {parts}")
    storm.probes[f"payment over {min(2, len(parts))} invoices"] += 1


def _apply_or_take_off(storm: Storm) -> None:
    town = storm.town
    part = pick(storm, Allocation.objects.all())
    if part is not None and storm.rng.random() < 0.5:
        unapply_payment(
            firm_id=town.firm.pk, payment_id=part.payment_id, invoice_id=part.invoice_id, actor=SOMEBODY
        )
        storm.tell(f"payment {part.payment_id} taken off invoice {part.invoice_id}")
        return
    payment = pick(storm, Payment.objects.filter(unapplied__gt=0))
    if payment is not None:
        apply_payment(firm_id=town.firm.pk, payment_id=payment.pk, actor=SOMEBODY, today=TODAY)
        storm.tell(f"payment {payment.pk} applied")


def _payment_undone(storm: Storm) -> None:
    payment = pick(storm, Payment.objects.all())
    if payment is not None:
        act = storm.rng.choice([void_payment, bounce_payment])
        act(firm_id=storm.town.firm.pk, payment_id=payment.pk, actor=SOMEBODY)
        storm.tell(f"payment {payment.pk}: {act.__name__}")
        storm.hit("F60")


def _payment_corrected(storm: Storm) -> None:
    payment = pick(storm, Payment.objects.all())
    if payment is not None:
        _correct(storm, payment, storm.rng)


def _correct(storm: Storm, payment: Payment, rng: Random) -> None:
    fields: dict[str, Any] = rng.choice(
        [{"memo": f"memo {storm.word()}"}, {"reference": storm.word()}, {"method": "cash"}]
    )
    change_payment(firm_id=storm.town.firm.pk, payment_id=payment.pk, actor=SOMEBODY, today=TODAY, **fields)
    storm.tell(f"payment {payment.pk}: {fields}")


def _refund(storm: Storm) -> None:
    payment = pick(storm, Payment.objects.filter(unapplied__gt=0))
    if payment is not None:
        made = refund_payment(
            firm_id=storm.town.firm.pk,
            payment_id=payment.pk,
            actor=SOMEBODY,
            today=TODAY,
            amount=amount(storm, payment.unapplied),
        )
        storm.tell(f"refund {made.pk} of {made.amount} of payment {payment.pk}")
        storm.probes["refund"] += 1
        storm.hit("F60")


def _credit(storm: Storm) -> None:
    _make_credit(storm, pick(storm, Client.objects.filter(is_active=True)))


def _make_credit(storm: Storm, client: Client) -> Credit:
    item = pick(storm, ServiceItem.objects.filter(is_active=True))
    made = create_credit(
        firm_id=storm.town.firm.pk,
        actor=SOMEBODY,
        today=TODAY,
        client_id=client.pk,
        item_id=item.pk if storm.rng.random() < 0.6 else None,
        description="goodwill",
        date=TODAY,
        quantity=Decimal(1),
        rate=amount(storm, Decimal(200)),
    )
    storm.tell(f"credit {made.pk} ({made.number}) of {made.amount} for client {client.pk}")
    return made


def _credit_applied(storm: Storm) -> None:
    """A client's credit pays what they owe; whoever has no credit is given one first, and whoever owes nothing owes then."""
    client = _one_who_owes(storm)
    credit = pick(storm, Credit.objects.filter(client=client, left__gt=0)) or _make_credit(storm, client)
    if not _open_invoices(client):
        make_invoice(storm, client)
    made = apply_credit(firm_id=storm.town.firm.pk, credit_id=credit.pk, actor=SOMEBODY, today=TODAY)
    storm.tell(f"credit {credit.pk} applied: {[(one.pk, one.invoice_id, one.amount) for one in made]}")
    storm.probes["credit applied"] += 1


def _credit_undone(storm: Storm) -> None:
    application = pick(storm, CreditApplication.objects.filter(is_void=False))
    if application is not None and storm.rng.random() < 0.6:
        unapply_credit(firm_id=storm.town.firm.pk, application_id=application.pk, actor=SOMEBODY)
        storm.tell(f"application {application.pk} taken off")
        return
    credit = pick(storm, Credit.objects.filter(applied=0))
    if credit is not None:
        void_credit(firm_id=storm.town.firm.pk, credit_id=credit.pk, actor=SOMEBODY)
        storm.tell(f"credit {credit.pk} voided")


def money_there(storm: Storm) -> None:
    """A person in QuickBooks takes in money of their own, deposits ours, or deletes one of our documents."""
    from tests.sim.acts import edit_there, records
    from tests.sim.undoing import received_there

    rng, payments = storm.rng, records(storm, "Payment")
    paid = [one for one in payments if one["TotalAmt"]]
    choice = rng.random()
    if choice < 0.35:
        owed = [one for one in records(storm, "Invoice") if one["Balance"]]
        if not owed:
            return
        if received_there(storm, rng.choice(owed)):
            storm.hit("F51")
    elif choice < 0.6 and paid:
        deposit_there(storm, rng.choice(paid))
    elif choice < 0.8 and payments:
        one = rng.choice(payments)
        storm.touched_by_hand(one)
        how = rng.choice(["delete", "void"])
        if edit_there(storm, "Payment", one["Id"], {}, how):
            storm.memory.was_removed("Payment", one, how)
    else:
        memos = records(storm, "CreditMemo")
        if memos:
            one = rng.choice(memos)
            storm.touched_by_hand(one)
            if edit_there(storm, "CreditMemo", one["Id"], {}, "delete"):
                storm.memory.was_removed("CreditMemo", one, "delete")


def deposit_there(storm: Storm, one: Mapping[str, Any]) -> None:
    """A person puts a payment on the bank; what is one of ours is corrected here afterwards."""
    from tests.sim.acts import edit_there, records

    bank = next(each for each in records(storm, "Account") if each["AccountType"] == "Bank")
    line = {
        "Amount": one["TotalAmt"],
        "LinkedTxn": [{"TxnId": one["Id"], "TxnType": "Payment", "TxnLineId": "0"}],
    }
    storm.meddled.add(str(one["CustomerRef"]["value"]))
    deposit = {"DepositToAccountRef": {"value": bank["Id"]}, "Line": [line]}
    if edit_there(storm, "Deposit", None, deposit, "create"):
        _deposited_and_corrected(storm, str(one["Id"]))


def _deposited_and_corrected(storm: Storm, ledger_id: str) -> None:
    """What is deposited in QuickBooks is corrected here, if it is one of ours and not void."""
    with storm.town.here():
        ours = Link.objects.filter(entity="payment", ledger_id=ledger_id).values_list(
            "practice_id", flat=True
        )
        payment = Payment.objects.filter(
            pk__in=[int(one) for one in ours], status=PaymentStatus.RECEIVED
        ).first()
        if payment is not None:
            _correct(storm, payment, storm.later)
            storm.hit("F54")
