"""Acts: what people do with invoices: here with verbs, in QuickBooks by hand. ``payments`` has what is paid on them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.sim.storm import Storm
from tests.sync.rig import SOMEBODY
from tieout.practice.actions.invoice_life import (
    revise_invoice,
    undo_write_off,
    void_invoice,
    write_off_invoice,
)
from tieout.practice.actions.invoices import create_invoice, finalise_invoice
from tieout.practice.clients import Client
from tieout.practice.invoices import Invoice, Status
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
        number = str(1001 + rng.randrange(4))
        line = {"Amount": 10, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
        fields = {"CustomerRef": {"value": customer}, "Line": [line], "DocNumber": number}
        if edit_there(storm, "Invoice", None, fields, "create"):
            storm.hit("F53")
        return
    one = rng.choice(invoices)
    key = ("Invoice", str(one["Id"]))
    if choice < 0.4:
        if edit_there(storm, "Invoice", one["Id"], {}, "delete"):
            storm.meddled.add(str(one["CustomerRef"]["value"]))  # it goes from the payments that settled it
            storm.hit("F50")
            _nothing_there_any_more(storm, key)
            storm.memory.was_removed("Invoice", one, "delete")
    elif choice < 0.55:
        if edit_there(storm, "Invoice", one["Id"], {}, "void"):
            storm.hit("F51")
            _nothing_there_any_more(storm, key)
            storm.memory.was_removed("Invoice", one, "void")
    elif choice < 0.7:
        line = dict(one["Line"][0])
        detail = {
            **line.get("SalesItemLineDetail", {}),
            "Qty": 1,
            "UnitPrice": line["Amount"] + Decimal("0.01"),
        }
        line |= {"Amount": line["Amount"] + Decimal("0.01"), "SalesItemLineDetail": detail}
        if edit_there(storm, "Invoice", one["Id"], {"Line": [line, *one["Line"][1:-1]]}):
            storm.hit("F56")
    else:
        due = (TODAY + timedelta(days=rng.randrange(61, 90))).isoformat()
        if edit_there(storm, "Invoice", one["Id"], {"DueDate": due}):
            storm.hit("F51")
            storm.memory.there[(*key, "DueDate")] = due


def _nothing_there_any_more(storm: Storm, key: tuple[str, str]) -> None:
    for known in [known for known in storm.memory.there if known[:2] == key]:
        del storm.memory.there[known]
