"""Files of items, invoices, open balances and payments: every row told what is wrong, and all of it imported or none."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.practice.billing_world import NOW, TODAY, Desk
from tieout.practice.actions.billing_import import (
    KINDS,
    access_billing_draft,
    example_of,
    import_billing_draft,
    keep_billing_upload,
    read_billing_draft,
)
from tieout.practice.actions.client_import import ImportRefused
from tieout.practice.actions.invoices import finalise_invoice
from tieout.practice.actions.payments import apply_payment, void_payment
from tieout.practice.actor import ChangeRecord
from tieout.practice.client_balances import ClientBalance
from tieout.practice.clients import Client
from tieout.practice.csv_text import BadFile, write_csv
from tieout.practice.drafts import ImportDraft
from tieout.practice.firms import Firm, Member
from tieout.practice.invoices import Invoice, InvoiceLine
from tieout.practice.payments import Allocation, Payment
from tieout.practice.permissions import NotAllowed, NotYours
from tieout.practice.service_items import ServiceItem

pytestmark = pytest.mark.usefixtures("scope")
Load = Callable[..., ImportDraft]


@pytest.fixture
def desk(firm: Firm) -> Desk:
    return Desk.open(firm.pk)


def keep(member: Member, kind: str, text: str) -> ImportDraft:
    return keep_billing_upload(member=member, kind=kind, file_name="x.csv", content=text.encode(), now=NOW)


def load(member: Member, kind: str, text: str, *, skip: bool = False) -> ImportDraft:
    draft = keep(member, kind, text)
    return import_billing_draft(member=member, kind=kind, draft_id=draft.pk, skip_errors=skip, now=NOW)


def problems(member: Member, kind: str, text: str) -> list[tuple[int, str, str]]:
    sheet, _ = read_billing_draft(member, keep(member, kind, text), NOW)
    return [(row.line, name, sentence) for row in sheet.rows for name, sentence in row.problems.items()]


def test_service_items_are_imported_with_their_history_and_notes(desk: Desk, alice: Member) -> None:
    done = load(
        alice,
        "items",
        "Name;Description;Charged;Rate;SKU;Tax;Status\nAudit;Yearly audit;Per hour;$1,250.5;A-1;state;Active\nOld;;;;;;Archived\n",
    )
    assert (done.imported_count, done.content) == (2, "")
    audit, old = ServiceItem.objects.filter(name__in=["Audit", "Old"]).order_by("name")
    assert (audit.charge, audit.rate, audit.sku, audit.taxable, audit.tax_rate) == (
        "hour",
        Decimal("1250.5"),
        "A-1",
        True,
        desk.rate,
    )
    assert (old.is_active, old.rate) == (False, None)
    assert ("service_item", str(audit.pk), 1) in desk.notes()
    assert ChangeRecord.objects.filter(kind="service_item", record_id=audit.pk).count() == 1


def test_every_wrong_row_of_a_file_is_told_and_nothing_is_half_imported(desk: Desk, alice: Member) -> None:
    text = "Name,Charged,Rate,Tax,Status\n,Per day,x,VAT,Gone\nTax return,,1,,\nNew,,1,,\nnew,,1,,\n"
    told = problems(alice, "items", text)
    assert [(line, name) for line, name, _ in told] == [
        (2, "charge"), (2, "status"), (2, "tax"), (2, "name"), (2, "rate"), (3, "name"), (5, "name"),
    ]  # fmt: skip
    assert "line 4 of this file" in told[-1][2]
    with pytest.raises(ImportRefused, match="3 rows have errors"):
        load(alice, "items", text)
    assert ServiceItem.objects.count() == 2
    assert load(alice, "items", text, skip=True).imported_count == 1
    assert ServiceItem.objects.filter(name="New").exists()


def test_rows_with_one_number_are_one_invoice_as_the_form_would_make_it(desk: Desk, alice: Member) -> None:
    load(
        alice,
        "invoices",
        "Number,Client,Date,Terms,Item,Description,Quantity,Rate,Status\n"
        "A-1,acme llc,2026-11-01,Net 15,Software,,2,50,Finalized\nA-1,,,,,Filing,,12.5,\n"
        "A-2,Acme LLC,11/2/2026,,Tax return,,,,Draft\n",
    )
    first, second = Invoice.objects.order_by("number")
    assert (first.status, first.total, first.tax_total, str(first.due_date)) == (
        "finalised",
        Decimal("120.75"),
        Decimal("8.25"),
        "2026-11-16",
    )
    assert [(line.description, line.gross) for line in first.lines.order_by("position")] == [
        ("Software", 100),
        ("Filing", Decimal("12.50")),
    ]
    assert (second.status, second.total, str(second.date), second.terms) == (
        "draft",
        100,
        "2026-11-02",
        "net30",
    )
    assert desk.balance() == (Decimal("120.75"), 0, 0)
    assert ("invoice", str(first.pk), 1) in desk.notes()
    assert str(second.pk) not in [record_id for kind, record_id, _ in desk.notes() if kind == "invoice"]
    assert finalise_invoice(**desk.at(second), now=NOW).number == "A-2"


def test_an_invoice_with_a_bad_line_is_refused_as_a_whole(desk: Desk, alice: Member) -> None:
    desk.invoice(5)
    text = (
        "Number,Client,Date,Item,Quantity,Rate\n1,Acme LLC,2026-11-01,Tax return,1,1\n1,,,Nothing,x,1\n"
        "2,Nobody,2027-01-01,Tax return,1,1\n0001,Acme LLC,2026-11-01,Tax return,1,1\n,Acme LLC,2026-11-01,,1,1\n"
    )
    told = {(line, name) for line, name, _ in problems(alice, "invoices", text)}
    assert {
        (2, ""),
        (3, "item"),
        (3, "quantity"),
        (4, "client"),
        (4, "date"),
        (5, "number"),
        (6, "number"),
    } <= told


def test_open_balances_become_what_is_owed(desk: Desk, alice: Member) -> None:
    load(
        alice,
        "balances",
        "Invoice,Customer,Date,Due date,Open balance\n77,Acme LLC,2026-09-01,2026-10-01,462.50\n",
    )
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.balance, str(invoice.due_date), invoice.status) == (
        "77",
        Decimal("462.50"),
        "2026-10-01",
        "finalised",
    )
    assert InvoiceLine.objects.get().description == "Opening balance"
    assert desk.owed() == Decimal("462.50")
    desk.pay("462.50", (invoice, "462.50"))
    assert desk.owed() == 0


def test_payments_pay_what_is_owed_row_after_row_and_the_rest_is_on_account(
    desk: Desk, alice: Member
) -> None:
    one, two = desk.invoice(100), desk.invoice(50)
    load(
        alice,
        "payments",
        "Date,Client,Amount,Method,Reference,Invoice,Retainer\n2026-11-02,Acme LLC,60,Check,7,0001,\n"
        "2026-11-03,Acme LLC,70,cash,,0001,No\n2026-11-04,Acme LLC,500,Bank transfer (ACH),,,Yes\n",
    )
    assert (desk.fresh(one).status, desk.fresh(two).status) == ("paid", "finalised")
    assert [(each.allocated, each.unapplied) for each in Payment.objects.order_by("id")] == [
        (60, 0),
        (40, 30),
        (0, 500),
    ]
    assert desk.balance() == (50, 530, 0)
    retainer = Payment.objects.get(is_additional=True)
    apply_payment(firm_id=desk.firm_id, payment_id=retainer.pk, actor=desk.actor, today=TODAY)
    assert desk.balance() == (0, 480, 0)
    first = Payment.objects.order_by("id")[0]
    void_payment(firm_id=desk.firm_id, payment_id=first.pk, actor=desk.actor)
    assert desk.fresh(one).balance == 60
    assert Allocation.objects.count() == 2


def test_a_file_in_another_currency_is_refused(desk: Desk, alice: Member) -> None:
    for kind, text in (
        ("balances", "Number,Client,Date,Amount,Currency\n7,Acme LLC,2026-11-01,5,CAD\n"),
        ("invoices", "Number,Client,Date,Description,Rate,Currency\n7,Acme LLC,2026-11-01,x,5,cad\n"),
        ("payments", "Date,Client,Amount,Method,Currency\n2026-11-01,Acme LLC,5,Cash,CAD\n"),
    ):
        told = "Your firm bills in USD, and this row is in CAD. Leave it out."
        assert problems(alice, kind, text) == [(2, "currency", told)]


def test_a_payment_on_what_is_settled_or_anothers_is_refused(desk: Desk, alice: Member) -> None:
    desk.pay(10, (desk.invoice(10), 10))
    text = "Date,Client,Amount,Method,Invoice\n2026-11-02,Acme LLC,5,Check,0001\n2026-11-02,Acme LLC,0,Shells,9\n,Acme LLC,1,Cash,\n"
    told = problems(alice, "payments", text)
    assert [(line, name) for line, name, _ in told] == [
        (2, "invoice"),
        (3, "amount"),
        (3, "method"),
        (3, "invoice"),
        (4, "date"),
    ]
    assert "$0.00 is owed on invoice 0001; it is paid." in told[0][2]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_example_of_each_kind_can_be_imported(desk: Desk, alice: Member, kind: str) -> None:
    Client.objects.update(name="Ada Byrne")
    ServiceItem.objects.filter(name="Tax return").update(name="Other")
    if kind == "payments":
        load(alice, "balances", write_csv(*example_of("balances")).decode())
    assert load(alice, kind, write_csv(*example_of(kind)).decode()).skipped_count == 0


def test_a_file_is_imported_once_and_only_by_who_uploaded_it(
    desk: Desk, alice: Member, mallory: Member
) -> None:
    draft = load(alice, "balances", "Number,Client,Date,Amount\n1,Acme LLC,2026-11-01,5\n")
    again: Any = {"kind": "balances", "draft_id": draft.pk, "skip_errors": False, "now": NOW}
    assert import_billing_draft(member=alice, **again).imported_at == NOW
    assert Invoice.objects.count() == 1
    with pytest.raises(NotYours):
        access_billing_draft(mallory, "balances", draft.pk, now=NOW)
    with pytest.raises(NotYours):
        access_billing_draft(alice, "payments", draft.pk, now=NOW)
    alice.role = alice.firm.roles.get(preset="staff-all-no-billing")
    with pytest.raises(NotAllowed):
        keep(alice, "balances", "Number,Client,Date,Amount\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "empty"),
        ("Number,Client,Date,Amount\n", "no rows"),
        ("Number,Client,Date\n1,a,b\n", "no column called Amount"),
        ("Number,Client,Date,Amount,Owed\n1,a,b,c,d\n", "Two columns mean Amount"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(desk: Desk, alice: Member, text: str, sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence):
        keep(alice, "balances", text)


def test_what_ten_thousand_rows_take_does_not_grow_row_by_row(
    desk: Desk, alice: Member, django_assert_max_num_queries: Any
) -> None:
    rows = "".join(f"N{number},Acme LLC,2026-11-01,1.00\n" for number in range(10_000))
    with django_assert_max_num_queries(160):
        assert load(alice, "balances", f"Number,Client,Date,Amount\n{rows}").imported_count == 10_000
    assert ClientBalance.objects.get(client=desk.client).owed == 10_000
