"""The door for billing: the exact units, rows that add up, what is not shown, and what is never written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.practice.billing_world import NOW, TODAY, Desk
from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.credits import apply_credit, unapply_credit
from tieout.practice.actions.invoice_life import void_invoice, write_off_invoice
from tieout.practice.actions.ledger_lists import change_tax_rate
from tieout.practice.actions.payments import bounce_payment
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.firms import Firm
from tieout.practice.isolation import firm_scope
from tieout.practice.ledger_lists import LedgerList, ListEntry
from tieout.practice.record_views import OneWay
from tieout.practice.records import RECORD_KINDS
from tieout.practice.service_items import ServiceItem
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")
SYNC = Actor(ActorKind.SYNC, "QuickBooks")
D = Decimal


@pytest.fixture
def desk(firm: Firm, scope: None) -> Desk:
    return Desk.open(firm.pk)


def list_entry(firm: Firm, kind: str, ledger_id: str, name: str, **more: Any) -> str:
    units = {"name": name, "full_name": name, "active": True, "parent": "", **more}
    return RECORD_KINDS[kind].create(firm.pk, units, SYNC, facts={"ledger_id": ledger_id})[0]


def shown(kind: str, row: Any) -> Any:
    return RECORD_KINDS[kind].read(row.firm_id, [str(row.pk)])[str(row.pk)]


def test_every_kind_the_sync_may_ask_for_is_at_the_door() -> None:
    assert set(RECORD_KINDS) == {
        "client",
        "service_item",
        "invoice",
        "payment",
        "refund",
        "credit",
        "credit_application",
        *LedgerList.values,
    }


def test_an_item_that_comes_in_reads_back_unit_for_unit(firm: Firm) -> None:
    list_entry(firm, "account", "79", "Services", account_type="Income")
    list_entry(firm, "category", "12", "Tax")
    units = {
        "name": "Tax return",
        "description": "Federal and state\nreturn",
        "rate": D("125.5"),
        "sku": "TR-1",
        "active": False,
        "taxable": True,
        "income_account": "79",
        "category": "12",
    }
    door = RECORD_KINDS["service_item"]
    record_id, view = door.create(firm.pk, units, SYNC, facts={"charge": "hour"})
    assert view.units == units
    edited_at = ServiceItem.objects.get(pk=record_id).updated_at.isoformat()
    assert view.version == 1
    assert view.facts == {"label": "Tax return", "charge": "hour", "updated_at": edited_at}
    bare = {**dict.fromkeys(units, ""), "name": "Bare", "rate": None, "active": True, "taxable": False}
    changed = door.change(firm.pk, record_id, bare, SYNC, expected_version=1)
    assert (changed.units, changed.version) == (bare, 2)
    assert [each for each, _ in door.list(firm.pk, "active")] == [record_id]
    assert [each for each, _ in door.list(firm.pk, "inactive")] == []
    with pytest.raises(ChangedMeanwhile):
        door.change(firm.pk, record_id, {"name": "Late"}, SYNC, expected_version=1)


def test_what_the_practice_cannot_keep_of_an_item_is_told_by_unit(firm: Firm) -> None:
    door = RECORD_KINDS["service_item"]
    with pytest.raises(Invalid) as refused:
        door.create(firm.pk, {"name": "", "rate": D(-1), "active": True}, SYNC)
    assert set(refused.value.problems) == {"name", "rate"}
    with pytest.raises(Invalid) as refused:
        door.create(firm.pk, {"name": "Tax", "income_account": "404"}, SYNC)
    assert set(refused.value.problems) == {"income_account"}
    _, view = door.create(firm.pk, {"name": "A\nB", "rate": D("0.1234565"), "description": None}, SYNC)
    assert (view.units["name"], view.units["rate"]) == ("A B", D("0.12346"))
    with pytest.raises(KeyError):
        door.create(firm.pk, {"name": "Tax", "price": D(1)}, SYNC)


def test_an_invoice_shows_exactly_these_units_and_its_rows_add_up(desk: Desk, firm: Firm) -> None:
    location = list_entry(firm, "location", "5", "Portland")
    tracking = list_entry(firm, "tracking_class", "500000000000000007", "Tax")
    code = list_entry(firm, "tax_code", "3", "TAX")
    change_tax_rate(firm_id=firm.pk, tax_rate_id=desk.rate.pk, actor=desk.actor, tax_code_id=code)
    draft = desk.draft(
        date="2026-11-01",
        terms="net15",
        memo="Thank you",
        location_id=location,
        discount_kind="percent",
        discount_value=10,
        lines=[
            {"item_id": desk.item.pk, "quantity": "1.5", "date": "2026-10-30", "tracking_class_id": tracking},
            {"item_id": desk.taxed.pk, "discount_kind": "amount", "discount_value": 20},
            {"description": "By hand", "rate": "12.345", "quantity": 3},
        ],
    )
    invoice = write_off_invoice(**desk.at(desk.finalise(draft), today=None), now=NOW, amount="5.00")
    view = shown("invoice", invoice)
    assert set(view.units) == {
        "number",
        "date",
        "due_date",
        "terms",
        "client",
        "memo",
        "location",
        "content",
        "total",
        "state",
    }
    assert {
        name: view.units[name] for name in ("number", "date", "due_date", "terms", "location", "state")
    } == {
        "number": "0001",
        "date": "2026-11-01",
        "due_date": "2026-11-16",
        "terms": "Net 15",
        "location": "5",
        "state": "open",
    }
    rows = view.units["content"]
    assert isinstance(rows, tuple)
    assert rows[0] == {
        "kind": "item",
        "item": str(desk.item.pk),
        "description": "Tax return",
        "quantity": D("1.5"),
        "rate": D(100),
        "amount": D("150.00"),
        "date": "2026-10-30",
        "taxable": False,
        "class": "500000000000000007",
    }
    rate = {"tax_rate": str(desk.rate.pk)}
    beside = [(row["kind"], {one: row[one] for one in row if one not in rows[0]}) for row in rows]
    assert [one for one in beside if one[1]] == [("item", rate | {"tax_code": "3"}), ("tax", rate)]
    ListEntry.objects.filter(pk=code).update(is_current=False)
    (taxed,) = (
        row
        for row in shown("invoice", invoice).units["content"]
        if "tax_code" in row or "other_company" in row
    )
    assert (taxed.get("tax_code"), taxed["other_company"]) == (None, f"the tax code of {desk.rate}")
    assert [(row["kind"], row["item"], row["amount"], row["taxable"]) for row in rows[1:]] == [
        ("item", str(desk.taxed.pk), D(100), True),
        ("item", "", D("37.04"), False),
        ("discount", "", D("-46.70"), False),
        ("tax", "", D("5.94"), False),
        ("write_off", "", D("-5.00"), False),
    ]
    assert sum(row["amount"] for row in rows) == view.units["total"] == invoice.total
    assert (view.facts["status"], view.facts["balance"]) == (
        "finalised",
        invoice.total,
    )
    assert view.facts["finalised_at"] == NOW.isoformat()
    assert view.version == invoice.version


def test_a_draft_is_not_at_the_door_and_a_void_invoice_is(desk: Desk) -> None:
    draft, invoice = desk.draft(), desk.invoice(10)
    door = RECORD_KINDS["invoice"]
    assert door.read(desk.firm_id, [str(draft.pk), str(invoice.pk), "x", "²"]).keys() == {str(invoice.pk)}
    void_invoice(**desk.at(invoice, today=None), now=NOW)
    assert door.all_ids(desk.firm_id) == {str(invoice.pk)}
    assert shown("invoice", invoice).units["state"] == "void"
    assert [each for each, _ in door.list(desk.firm_id, "inactive")] == [str(invoice.pk)]
    assert list(door.list(desk.firm_id, "active")) == []


def test_a_payment_shows_its_parts_and_loses_them_when_it_bounces(desk: Desk, firm: Firm) -> None:
    bank = list_entry(firm, "account", "4", "Undeposited Funds", account_type="Other Current Asset")
    one, two = desk.invoice(100), desk.invoice(50)
    payment = desk.pay(170, (two, 20), (one, 100), reference="1042", memo="Thanks", deposit_to_id=bank)
    view = shown("payment", payment)
    assert view.units == {
        "client": str(desk.client.pk),
        "date": "2026-11-20",
        "amount": D(170),
        "method": "check",
        "reference": "1042",
        "memo": "Thanks",
        "deposit_to": "4",
        "allocations": (
            {"invoice": str(one.pk), "amount": D(100)},
            {"invoice": str(two.pk), "amount": D(20)},
        ),
        "state": "open",
    }
    assert view.facts["unapplied"] == 50
    bounce_payment(firm_id=firm.pk, payment_id=payment.pk, actor=desk.actor)
    view = shown("payment", payment)
    assert (view.units["state"], view.units["allocations"], view.facts["unapplied"]) == ("void", (), 0)


def test_refunds_credits_and_their_applications_show_exactly_these_units(desk: Desk) -> None:
    invoice, payment, credit = desk.invoice(100), desk.pay(60), desk.credit("25.50")
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    refund = refund_payment(**where, payment_id=payment.pk, today=TODAY, amount=10, reason="Too much")
    assert shown("refund", refund).units == {
        "client": str(desk.client.pk),
        "date": "2026-11-20",
        "amount": D(10),
        "method": "check",
        "payment": str(payment.pk),
        "reason": "Too much",
    }
    (application,) = apply_credit(**where, credit_id=credit.pk, today=TODAY, allocations=[(invoice.pk, 20)])
    assert shown("credit", credit).units == {
        "client": str(desk.client.pk),
        "date": "2026-11-20",
        "number": "CR-0001",
        "item": "",
        "description": "Goodwill",
        "quantity": D(1),
        "rate": D("25.5"),
        "amount": D("25.50"),
        "memo": "",
        "state": "open",
    }
    assert shown("credit", credit).facts["left"] == D("5.50")
    assert shown("credit_application", application).units == {
        "client": str(desk.client.pk),
        "credit": str(credit.pk),
        "invoice": str(invoice.pk),
        "amount": D(20),
        "date": "2026-11-20",
        "state": "open",
    }
    unapply_credit(**where, application_id=application.pk)
    assert shown("credit_application", application).units["state"] == "void"


@pytest.mark.parametrize("kind", ["invoice", "payment", "refund", "credit", "credit_application"])
def test_documents_are_never_written_from_outside(firm: Firm, kind: str) -> None:
    door = RECORD_KINDS[kind]
    with pytest.raises(OneWay, match=kind):
        door.create(firm.pk, {}, SYNC)
    with pytest.raises(OneWay, match=kind):
        door.change(firm.pk, "1", {}, SYNC, expected_version=None)


@pytest.mark.parametrize("kind", LedgerList.values)
def test_a_list_is_filled_and_changed_through_the_door(firm: Firm, kind: str) -> None:
    door = RECORD_KINDS[kind]
    units = {"name": "Tax", "full_name": "Services:Tax", "active": True, "parent": "7"}
    units |= {"account_type": "Income"} if kind == "account" else {}
    record_id, view = door.create(firm.pk, units, SYNC, facts={"ledger_id": "8"})
    assert (view.units, view.facts["ledger_id"]) == (units, "8")
    gone = door.change(firm.pk, record_id, {"active": False}, SYNC, expected_version=1)
    assert (gone.units["active"], gone.version) == (False, 2)
    assert [each for each, _ in door.list(firm.pk, "inactive")] == [record_id]
    with pytest.raises(Invalid, match="comes from the ledger"):
        door.create(firm.pk, units, SYNC)


@pytest.mark.parametrize("kind", [kind for kind in RECORD_KINDS if kind != "client"])
def test_the_door_shows_nothing_of_the_twin(desk: Desk, firm: Firm, other_firm: Firm, kind: str) -> None:
    mine = one_of(desk, kind)
    door = RECORD_KINDS[kind]
    assert mine in door.all_ids(firm.pk)
    with firm_scope(other_firm.pk):
        assert door.read(other_firm.pk, [mine]) == {}
        assert door.read(firm.pk, [mine]) == {}
        assert door.all_ids(other_firm.pk) == set()
        assert list(door.list(other_firm.pk)) == []


def one_of(desk: Desk, kind: str) -> str:
    if kind == "service_item":
        return str(desk.item.pk)
    if kind in LedgerList.values:
        units = {"name": "Tax", "full_name": "Tax", "active": True, "parent": ""}
        return RECORD_KINDS[kind].create(desk.firm_id, units, SYNC, facts={"ledger_id": "8"})[0]
    invoice, payment, credit = desk.invoice(10), desk.pay(10), desk.credit(10)
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor, "today": TODAY}
    rows = {"invoice": invoice, "payment": payment, "credit": credit}
    if kind == "refund":
        rows[kind] = refund_payment(**where, payment_id=payment.pk)  # type: ignore[assignment]
    if kind == "credit_application":
        rows[kind] = apply_credit(**where, credit_id=credit.pk)[0]  # type: ignore[assignment]
    return str(rows[kind].pk)


@pytest.mark.parametrize("kind", ["service_item", "invoice", "payment", "credit_application"])
def test_reading_many_asks_as_often_as_reading_one(desk: Desk, kind: str) -> None:
    ids = [one_of(desk, kind)]
    if kind == "service_item":
        ids += [str(desk.taxed.pk)]
    else:
        ids += [one_of(desk, kind) for _ in range(3)]
    door = RECORD_KINDS[kind]
    counts = []
    for wanted in (ids[:1], ids):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(door.read(desk.firm_id, wanted)) == len(wanted)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


def test_an_echo_of_our_own_item_changes_nothing(desk: Desk) -> None:
    door = RECORD_KINDS["service_item"]
    units = shown("service_item", desk.item).units
    view = door.change(desk.firm_id, str(desk.item.pk), units, SYNC, expected_version=None)
    assert (view.version, desk.notes()) == (desk.item.version, [])
    assert ServiceItem.objects.get(pk=desk.item.pk).rate == 100
