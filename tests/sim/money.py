"""Acts: what people do with invoices, payments, credits and refunds: here with verbs, in QuickBooks by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.sim.storm import Storm
from tests.sync.rig import SOMEBODY
from tieout.practice.actions.credits import apply_credit, create_credit, unapply_credit, void_credit
from tieout.practice.actions.invoice_life import (
    revise_invoice,
    undo_write_off,
    void_invoice,
    write_off_invoice,
)
from tieout.practice.actions.invoices import create_invoice, finalise_invoice
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
from tieout.practice.payments import Allocation, Payment
from tieout.practice.service_items import ServiceItem

TODAY = date(2026, 3, 2)


def pick(storm: Storm, rows: Any) -> Any:
    found = list(rows.order_by("id"))
    return storm.rng.choice(found) if found else None


def amount(storm: Storm, most: Decimal) -> Decimal:
    return Decimal(storm.rng.randint(1, max(1, int(most * 100)))) / 100


def lines(storm: Storm) -> list[dict[str, Any]]:
    """One to three lines whose products do not come out even."""
    rng = storm.rng
    items = list(ServiceItem.objects.filter(is_active=True).order_by("id"))
    return [
        {
            "item_id": rng.choice(items).pk,
            "quantity": Decimal(rng.randrange(1, 500)) / 100,
            "rate": Decimal(rng.randrange(1, 30_000)) / 100,
            "description": rng.choice(["", "work", "Arbeit für März"]),
            **(
                {"discount_kind": "percent", "discount_value": Decimal("12.5")} if rng.random() < 0.15 else {}
            ),
        }
        for _ in range(rng.choice([1, 1, 2, 3]))
    ]


# -- invoices -------------------------------------------------------------------------------------------------


def invoice(storm: Storm) -> None:
    town, rng = storm.town, storm.rng
    with town.here():
        counted = Invoice.objects.exclude(status=Status.DRAFT)
        one = pick(storm, counted)
        if one is None or rng.random() < 0.5:
            make_invoice(storm)
            return
        act = rng.choice([_revise_lines, _revise_lines, _revise_words, _void, _write_off])
        storm.tell(f"invoice {one.pk} ({one.number}): {act.__name__}")
        act(storm, one)


def make_invoice(storm: Storm, client: Client | None = None) -> Any:
    town, rng = storm.town, storm.rng
    firm = town.firm.pk
    client = client or pick(storm, Client.objects.filter(is_active=True))
    day = TODAY - timedelta(days=rng.choice([0, 1, 30, 70]))
    made = create_invoice(
        firm_id=firm,
        actor=SOMEBODY,
        today=TODAY,
        client_id=client.pk,
        date=day,
        lines=lines(storm),  # type: ignore[arg-type]
        **({"discount_kind": "percent", "discount_value": Decimal("3.5")} if rng.random() < 0.15 else {}),  # type: ignore[arg-type]
    )
    final = finalise_invoice(
        firm_id=firm, invoice_id=made.pk, actor=SOMEBODY, today=TODAY, now=town.our_time()
    )
    storm.tell(f"invoice {final.pk} ({final.number}) for client {client.pk} of {day}: {final.total}")
    storm.probes["invoice finalised"] += 1
    return final


def _revise_lines(storm: Storm, one: Any) -> None:
    town = storm.town
    changed = revise_invoice(
        firm_id=town.firm.pk,
        invoice_id=one.pk,
        actor=SOMEBODY,
        today=TODAY,
        now=town.our_time(),
        lines=lines(storm),  # type: ignore[arg-type]
    )
    storm.tell(f"now {changed.total}")


def _revise_words(storm: Storm, one: Any) -> None:
    town = storm.town
    fields: dict[str, Any] = storm.rng.choice(
        [
            {"memo": f"thanks {storm.word()}"},
            {"due_date": TODAY + timedelta(days=storm.rng.randrange(1, 60)), "terms": "custom"},
        ]
    )
    revise_invoice(
        firm_id=town.firm.pk, invoice_id=one.pk, actor=SOMEBODY, today=TODAY, now=town.our_time(), **fields
    )


def _void(storm: Storm, one: Any) -> None:
    town = storm.town
    void_invoice(firm_id=town.firm.pk, invoice_id=one.pk, actor=SOMEBODY, now=town.our_time())
    storm.probes["invoice voided"] += 1


def _write_off(storm: Storm, one: Any) -> None:
    town = storm.town
    act = undo_write_off if one.written_off else write_off_invoice
    act(firm_id=town.firm.pk, invoice_id=one.pk, actor=SOMEBODY, now=town.our_time())


def invoice_there(storm: Storm) -> None:
    """A person edits, voids or deletes one of our invoices in QuickBooks, or makes one of their own."""
    from tests.sim.acts import edit_there, records

    rng = storm.rng
    invoices = [one for one in records(storm, "Invoice") if one["TotalAmt"]]
    choice = rng.random()
    if choice < 0.2 or not invoices:
        customer = rng.choice([one["Id"] for one in records(storm, "Customer") if one["Active"]])
        storm.hit("F53")
        number = str(1001 + rng.randrange(4))
        line = {"Amount": 10, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
        fields = {"CustomerRef": {"value": customer}, "Line": [line], "DocNumber": number}
        edit_there(storm, "Invoice", None, fields, "create")
        return
    one = rng.choice(invoices)
    key = ("Invoice", str(one["Id"]))
    if choice < 0.4:
        storm.hit("F50")
        if edit_there(storm, "Invoice", one["Id"], {}, "delete"):
            _nothing_there_any_more(storm, key)
    elif choice < 0.55:
        storm.hit("F51")
        if edit_there(storm, "Invoice", one["Id"], {}, "void"):
            _nothing_there_any_more(storm, key)
    elif choice < 0.7:
        storm.hit("F56")
        line = dict(one["Line"][0])
        detail = {
            **line.get("SalesItemLineDetail", {}),
            "Qty": 1,
            "UnitPrice": line["Amount"] + Decimal("0.01"),
        }
        line |= {"Amount": line["Amount"] + Decimal("0.01"), "SalesItemLineDetail": detail}
        edit_there(storm, "Invoice", one["Id"], {"Line": [line, *one["Line"][1:-1]]})
    else:
        storm.hit("F51")
        due = (TODAY + timedelta(days=rng.randrange(61, 90))).isoformat()
        if edit_there(storm, "Invoice", one["Id"], {"DueDate": due}):
            storm.memory.there[(*key, "DueDate")] = due


def _nothing_there_any_more(storm: Storm, key: tuple[str, str]) -> None:
    for known in [known for known in storm.memory.there if known[:2] == key]:
        del storm.memory.there[known]


# -- payments, credits, refunds ---------------------------------------------------------------------------------


def money(storm: Storm) -> None:
    rng = storm.rng
    acts: list[tuple[int, Callable[[Storm], None]]] = [
        (6, _payment),
        (2, _payment_over_a_waiting_invoice),
        (2, _apply_or_take_off),
        (2, _payment_undone),
        (1, _payment_corrected),
        (2, _refund),
        (3, _credit),
        (3, _credit_applied),
        (1, _credit_undone),
    ]
    act = rng.choices([act for _, act in acts], [weight for weight, _ in acts])[0]
    with storm.town.here():
        storm.tell(act.__name__.strip("_").replace("_", " "))
        act(storm)


def _payment(storm: Storm) -> None:
    town, rng = storm.town, storm.rng
    client = pick(storm, Client.objects.filter(is_active=True))
    owed = list(
        Invoice.objects.filter(client=client, balance__gt=0).exclude(status=Status.DRAFT).order_by("id")
    )
    chosen = rng.sample(owed, min(len(owed), rng.choice([0, 1, 1, 2, 3])))
    parts = [(one.pk, one.balance if rng.random() < 0.5 else amount(storm, one.balance)) for one in chosen]
    together = sum((part for _, part in parts), Decimal(0))
    extra = rng.choice([Decimal(0), Decimal(0), Decimal("12.34")]) if parts else Decimal("50")
    if extra:
        storm.hit("F60")
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
    storm.tell(f"payment {made.pk} of {made.amount} by client {client.pk} on {parts}")
    storm.probes[f"payment over {min(2, len(parts))} invoices"] += 1


def _payment_over_a_waiting_invoice(storm: Storm) -> None:
    """One invoice that is there and one that is not: the payment waits for both and names the one."""
    client = pick(storm, Client.objects.filter(is_active=True))
    make_invoice(storm, client)
    storm.hit("F59")
    _payment(storm)


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
        fields: dict[str, Any] = storm.rng.choice(
            [{"memo": f"memo {storm.word()}"}, {"reference": storm.word()}, {"method": "cash"}]
        )
        change_payment(
            firm_id=storm.town.firm.pk, payment_id=payment.pk, actor=SOMEBODY, today=TODAY, **fields
        )
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
    client = pick(storm, Client.objects.filter(is_active=True))
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


def _credit_applied(storm: Storm) -> None:
    credit = pick(storm, Credit.objects.filter(left__gt=0))
    if credit is not None:
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

    rng, payments = storm.rng, records(storm, "Payment")
    paid = [one for one in payments if one["TotalAmt"]]
    choice = rng.random()
    if choice < 0.35:
        owed = [one for one in records(storm, "Invoice") if one["Balance"]]
        if not owed:
            return
        one = rng.choice(owed)
        link = {"TxnId": one["Id"], "TxnType": "Invoice"}
        fields: Mapping[str, Any] = {
            "CustomerRef": one["CustomerRef"],
            "TotalAmt": one["Balance"],
            "Line": [{"Amount": one["Balance"], "LinkedTxn": [link]}],
        }
        storm.hit("F51")
        if edit_there(storm, "Payment", None, fields, "create"):
            storm.touched_by_hand(one)
    elif choice < 0.6 and paid:
        one = rng.choice(paid)
        bank = next(each for each in records(storm, "Account") if each["AccountType"] == "Bank")
        line = {
            "Amount": one["TotalAmt"],
            "LinkedTxn": [{"TxnId": one["Id"], "TxnType": "Payment", "TxnLineId": "0"}],
        }
        storm.hit("F54")
        storm.meddled.add(str(one["CustomerRef"]["value"]))
        edit_there(
            storm, "Deposit", None, {"DepositToAccountRef": {"value": bank["Id"]}, "Line": [line]}, "create"
        )
    elif choice < 0.8 and payments:
        one = rng.choice(payments)
        storm.touched_by_hand(one)
        edit_there(storm, "Payment", one["Id"], {}, rng.choice(["delete", "void"]))
    else:
        memos = records(storm, "CreditMemo")
        if memos:
            one = rng.choice(memos)
            storm.touched_by_hand(one)
            edit_there(storm, "CreditMemo", one["Id"], {}, "delete")
