"""Every file that is exported can be imported as it is: another firm then exports the same, line by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.practice.billing_world import NOW, TODAY, Desk
from tieout.practice.access import visible_clients
from tieout.practice.actions.billing_import import KINDS, import_billing_draft, keep_billing_upload
from tieout.practice.actions.client_import import import_draft, keep_upload
from tieout.practice.actions.clients import archive_client, create_client
from tieout.practice.actions.groups import add_to_group, create_group, set_billed_client
from tieout.practice.actions.invoice_life import void_invoice, write_off_invoice
from tieout.practice.actions.ledger_lists import create_tax_rate
from tieout.practice.actions.payments import bounce_payment, void_payment
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.actions.service_items import archive_service_item, create_service_item
from tieout.practice.billing_access import rows_of
from tieout.practice.billing_export import balance_rows, headings, invoice_rows, item_rows, payment_rows
from tieout.practice.client_balances import ClientBalance
from tieout.practice.client_csv import HEADINGS, export_row
from tieout.practice.clients import Client, Contact, Kind
from tieout.practice.csv_text import write_csv
from tieout.practice.firms import Firm, Member
from tieout.practice.invoices import Invoice, InvoiceLine, LineKind
from tieout.practice.isolation import firm_scope
from tieout.practice.ledger_lists import LedgerList, ListEntry, TaxRate
from tieout.practice.payments import Payment
from tieout.practice.service_items import ServiceItem

LISTS = {
    LedgerList.CATEGORY: "Services:Tax",
    LedgerList.ACCOUNT: "Sales",
    LedgerList.TRACKING_CLASS: "North",
    LedgerList.LOCATION: "Main Street",
}


def set_up_lists(firm_id: int) -> dict[LedgerList, ListEntry]:
    """What comes from the ledger, or is set up by hand, before a file is brought in."""
    return {
        of: ListEntry.objects.create(
            firm_id=firm_id, list=of, ledger_id="7", name=name, full_name=name, account_type="Income"
        )
        for of, name in LISTS.items()
    }


def grouped(desk_of: dict[str, Any], clients: list[Client]) -> Any:
    group = create_group(**desk_of, name="Family")
    for client in clients:
        add_to_group(**desk_of, group_id=group.pk, client_id=client.pk)
    return set_billed_client(**desk_of, group_id=group.pk, client_id=clients[0].pk)


def fill(desk: Desk) -> None:
    """One of every kind of document, and names that are shared."""
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    entries = set_up_lists(desk.firm_id)
    twins = [
        create_client(**where, kind=Kind.INDIVIDUAL, name="Ada, “Ada” Byrne", given="Ada", external_id=f"A-{n}", notes="two\nlines")
        for n in (1, 2)
    ]  # fmt: skip
    gone = create_client(**where, kind=Kind.BUSINESS, name="=Gone LLC", relation="other", phone="+1 555")
    group = grouped(where, [desk.client, twins[0]])
    ids = {
        "category_id": entries[LedgerList.CATEGORY].pk,
        "income_account_id": entries[LedgerList.ACCOUNT].pk,
    }
    shared = create_service_item(**where, name="Tax return", rate="0.00125", sku="S", charge="hour", **ids)
    old = create_service_item(**where, name="Old", taxable=True, description="a\nb")
    lines: list[dict[str, Any]] = [
        {"item_id": shared.pk, "quantity": "2.5", "rate": "100.125", "discount_kind": "percent", "discount_value": "12.5",
         "tax_rate_id": desk.rate.pk, "date": "2026-10-01", "tracking_class_id": entries[LedgerList.TRACKING_CLASS].pk},
        {"description": "Filing, by post", "rate": 20, "discount_kind": "amount", "discount_value": "1.50"},
        {"item_id": desk.taxed.pk, "description": "=1+1"},
    ]  # fmt: skip
    whole = {
        "location_id": entries[LedgerList.LOCATION].pk,
        "category_id": ids["category_id"],
        "memo": "Thank you",
    }
    rich = desk.finalise(
        desk.draft(lines=lines, discount_kind="percent", discount_value=5, terms="custom", due_date="2026-12-24",
                   date="2026-10-15", **whole)
    )  # fmt: skip
    assert rich.total > 0
    InvoiceLine.objects.filter(invoice__number=desk.invoice(30).number).update(kind=LineKind.LATE_FEE)
    late_rate = desk.invoice(40, lines=[{"item_id": desk.taxed.pk}])
    desk.send(desk.invoice(50, client_id=twins[1].pk))
    part, paid, written = desk.invoice(60), desk.invoice(70, number="X-70"), desk.invoice(80)
    of_group = {"client_id": None, "group_id": group.pk}
    desk.finalise(
        desk.draft(**of_group, lines=[{"item_id": desk.item.pk, "client_id": twins[0].pk}, {"item_id": old.pk, "rate": 3}])
    )  # fmt: skip
    void_invoice(**desk.at(desk.invoice(90), today=None), now=NOW)
    write_off_invoice(**desk.at(written, today=None), now=NOW)
    desk.draft(lines=lines[:2])
    desk.draft(lines=[], client_id=twins[0].pk, number="D-1")
    desk.draft(lines=[{"item_id": desk.item.pk}])
    desk.pay("100.01", (part, 10), (paid, 70), reference="=1", memo="two, parts")
    desk.pay(300, is_additional=True, client_id=gone.pk)
    back = desk.pay(25, (late_rate, 5))
    refund_payment(**where, payment_id=back.pk, today=TODAY, amount="7.50")
    bounce_payment(**where, payment_id=desk.pay(11, (part, 11)).pk)
    void_payment(**where, payment_id=desk.pay(12).pk)
    archive_service_item(**where, item_id=old.pk)
    archive_client(**where, client_id=gone.pk, although_open=True)


def files(member: Member) -> dict[str, bytes]:
    firm_id = member.firm_id
    clients = visible_clients(member).order_by("name", "external_id")
    people = {each.client_id: each for each in Contact.objects.filter(is_primary=True)}
    invoices = rows_of(Invoice, firm_id).order_by("date", "number", "client__name", "total")
    payments = rows_of(Payment, firm_id).order_by("date", "amount")
    items = rows_of(ServiceItem, firm_id).order_by("name", "sku")
    return {
        "clients": write_csv(
            HEADINGS, [export_row(each, people.get(each.pk, Contact())) for each in clients]
        ),
        "items": write_csv(headings("items"), item_rows(items)),
        "invoices": write_csv(headings("invoices"), invoice_rows(firm_id, invoices)),
        "balances": write_csv(headings("balances"), balance_rows(firm_id, invoices)),
        "payments": write_csv(headings("payments"), payment_rows(firm_id, payments)),
    }


@contextmanager
def in_another_firm(mallory: Member) -> Iterator[Desk]:
    """With its tax rates and the ledger's lists; nothing else."""
    with firm_scope(mallory.firm_id):
        desk = Desk.open(mallory.firm_id)
        ServiceItem.objects.all().delete()
        TaxRate.objects.all().delete()
        Client.objects.all().delete()
        create_tax_rate(firm_id=mallory.firm_id, actor=desk.actor, name="State", percent="9")
        set_up_lists(mallory.firm_id)
        yield desk


def bring(member: Member, kind: str, content: bytes) -> None:
    if kind == "clients":
        upload = keep_upload(member=member, file_name="x.csv", content=content, now=NOW)
        import_draft(member=member, draft_id=upload.pk, skip_errors=False, now=NOW)
        return
    draft = keep_billing_upload(member=member, kind=kind, file_name="x.csv", content=content, now=NOW)
    import_billing_draft(member=member, kind=kind, draft_id=draft.pk, skip_errors=False, now=NOW)


def balances_by_name(member: Member) -> list[Any]:
    found = ClientBalance.objects.filter(firm_id=member.firm_id).exclude(owed=0, on_account=0)
    return sorted(found.values_list("client__name", "client__external_id", "owed", "on_account"))


@pytest.mark.usefixtures("scope")
def test_what_one_firm_exports_another_imports_and_exports_the_same(
    firm: Firm, alice: Member, mallory: Member
) -> None:
    desk = Desk.open(firm.pk)
    fill(desk)
    told, owing = files(alice), balances_by_name(alice)
    assert len(told["invoices"].splitlines()) > 16
    assert len(told["payments"].splitlines()) > 6
    with in_another_firm(mallory) as there:
        where: dict[str, Any] = {"firm_id": there.firm_id, "actor": there.actor}
        bring(mallory, "clients", told["clients"])
        grouped(where, [Client.objects.get(name="Acme LLC"), Client.objects.get(external_id="A-1")])
        for kind in ("items", "invoices", "payments"):
            bring(mallory, kind, told[kind])
        again = files(mallory)
        for kind, content in told.items():
            assert rows(again[kind]) == rows(content), kind
        assert balances_by_name(mallory) == owing


@pytest.mark.usefixtures("scope")
def test_open_balances_taken_elsewhere_are_owed_there(firm: Firm, alice: Member, mallory: Member) -> None:
    desk = Desk.open(firm.pk)
    invoice = desk.invoice(100)
    desk.invoice(50, number="77")
    desk.pay(30, (invoice, 30))
    told = files(alice)["balances"]
    assert [row[4] for row in rows(told)[1:]] == ["70.00", "50.00"]
    with in_another_firm(mallory) as there:
        create_client(firm_id=there.firm_id, actor=there.actor, kind=Kind.BUSINESS, name="Acme LLC")
        bring(mallory, "balances", told)
        assert files(mallory)["balances"] == told
        assert ClientBalance.objects.get(client__name="Acme LLC").owed == 120


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_kind_of_file_there_is_goes_both_ways() -> None:
    assert set(KINDS) == {"items", "invoices", "balances", "payments"}
