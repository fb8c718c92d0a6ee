"""Service items both ways; invoices, payments and credits to QuickBooks; lists from it. To the cent, exactly once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY, Rig
from tieout.practice.actions.credits import apply_credit, change_credit, create_credit
from tieout.practice.actions.invoice_life import void_invoice
from tieout.practice.actions.invoices import create_invoice, finalise_invoice
from tieout.practice.actions.payments import change_payment, record_payment
from tieout.practice.actions.service_items import change_service_item, create_service_item
from tieout.practice.ledger_lists import ListEntry
from tieout.quickbooks import entities
from tieout.sync import review, review_jobs, sections
from tieout.sync.models import Issue, Link

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


class Books(Rig):
    """A firm that bills, on the sample company."""

    def __init__(self) -> None:
        super().__init__("sample", entities=entities.READY)
        self.set_up()
        self.settle()

    def review_items(self) -> None:
        with self.here():
            found = review.start(self.connection, "service_item", activity="active", actor_member=self.member)
            review_jobs.collect(found.pk, self.engine)
            found.refresh_from_db()
            assert found.state == "ready", found.problem
            review.apply(found, self.member)
            review_jobs.apply_now(found.pk, self.engine)
        self.settle()

    def send(self, *kinds: str) -> None:
        with self.here():
            for kind in kinds:
                sections.start_sending(self.member, kind, since=date(2026, 1, 1), engine=self.engine)
        self.settle()

    def item(self, name: str, rate: str = "100") -> Any:
        with self.here():
            income = ListEntry.objects.filter(list="account", account_type="Income").order_by("id").first()
            assert income is not None
            return create_service_item(
                firm_id=self.firm.pk,
                actor=SOMEBODY,
                name=name,
                rate=Decimal(rate),
                income_account_id=income.pk,
            )

    def invoice(
        self, client: str, item: Any, rate: str = "100", quantity: str = "1", day: date = TODAY
    ) -> Any:
        with self.here():
            made = create_invoice(
                firm_id=self.firm.pk,
                actor=SOMEBODY,
                today=TODAY,
                client_id=client,
                date=day,
                lines=[{"item_id": item.pk, "quantity": Decimal(quantity), "rate": Decimal(rate)}],
            )
            return finalise_invoice(
                firm_id=self.firm.pk,
                invoice_id=made.pk,
                actor=SOMEBODY,
                today=TODAY,
                now=self.clock.now(),
            )

    def of(self, entity: str) -> dict[str, Any]:
        return {str(one["Id"]): one for one in self.emulator.control.records(self.realm, entity)}

    def partner(self, entity: str, practice_id: object) -> str:
        with self.here():
            return Link.objects.get(entity=entity, practice_id=str(practice_id)).ledger_id


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    return made


def test_lists_come_from_quickbooks_when_a_firm_connects() -> None:
    books = Books()
    with books.here():
        kinds = set(ListEntry.objects.values_list("list", flat=True))
        accounts = ListEntry.objects.filter(list="account").count()
    assert {"account", "term", "payment_method"} <= kinds
    assert accounts == len([one for one in books.of("Account").values() if one["Active"]]) or accounts > 20


def test_a_service_item_made_here_is_sold_there_and_a_changed_price_is_an_ordinary_change(
    books: Books,
) -> None:
    item = books.item("Tax return 1040", "350")
    books.settle()
    there = books.partner("service_item", item.pk)
    assert books.of("Item")[there]["UnitPrice"] == Decimal("350")
    with books.here():
        change_service_item(firm_id=books.firm.pk, item_id=item.pk, actor=SOMEBODY, rate=Decimal("375.50"))
    books.settle()
    assert books.of("Item")[there]["UnitPrice"] == Decimal("375.50")
    assert books.partner("service_item", item.pk) == there


def test_an_invoice_goes_to_quickbooks_once_and_equal_to_the_cent(books: Books) -> None:
    item, client = books.item("Bookkeeping", "33.33"), books.add_client("Ada Byrne")
    books.settle()
    before = set(books.of("Invoice"))
    books.send("invoice")
    invoice = books.invoice(client, item, "33.33", "3")
    books.settle()
    there = books.partner("invoice", invoice.pk)
    assert set(books.of("Invoice")) - before == {there}
    assert Decimal(str(books.of("Invoice")[there]["TotalAmt"])) == Decimal("99.99")
    assert books.of("Invoice")[there]["CustomerRef"]["value"] == books.partner("client", client)


@pytest.mark.parametrize("effect", ["drop_before", "drop_after"])
def test_an_invoice_whose_answer_is_lost_is_there_once(books: Books, effect: str) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice")
    before = set(books.of("Invoice"))
    books.fault(effect, entity="invoice", operation="create", nth=1, times=1)
    books.fault("forget_ids")
    invoice = books.invoice(client, item)
    books.settle()
    assert set(books.of("Invoice")) - before == {books.partner("invoice", invoice.pk)}


def test_an_invoice_waits_for_its_client_and_names_it_and_then_goes_by_itself(books: Books) -> None:
    item = books.item("Bookkeeping")
    books.settle()
    books.send("invoice")
    client = books.add_client("Byrne: Estate")  # a name QuickBooks refuses
    invoice = books.invoice(client, item)
    books.settle()
    assert ("held_up", f"{invoice.number}") in books.issues()
    books.edit_client(client, name="Byrne Estate")
    books.settle()
    assert books.partner("invoice", invoice.pk)
    assert not [cause for cause, _ in books.issues() if cause in ("waits_for", "held_up")]


def test_a_payment_pays_the_same_invoice_there(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice", "payment")
    invoice = books.invoice(client, item, "100")
    with books.here():
        record_payment(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=client,
            date=TODAY,
            amount=Decimal("120"),
            method="check",
            allocations=[(invoice.pk, Decimal("100"))],
        )
    books.settle()
    there = books.of("Invoice")[books.partner("invoice", invoice.pk)]
    assert Decimal(str(there["Balance"])) == 0
    (payment,) = [
        one
        for one in books.of("Payment").values()
        if one["CustomerRef"]["value"] == books.partner("client", client)
    ]
    assert (Decimal(str(payment["TotalAmt"])), Decimal(str(payment["UnappliedAmt"]))) == (120, 20)


def test_a_corrected_amount_changes_the_same_payment_there(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice", "payment")
    invoice = books.invoice(client, item, "100")
    told: dict[str, Any] = {"firm_id": books.firm.pk, "actor": SOMEBODY, "today": TODAY}
    with books.here():
        payment = record_payment(
            **told,
            client_id=client,
            date=TODAY,
            amount=Decimal("120"),
            method="check",
            allocations=[(invoice.pk, Decimal("100"))],
        )
    books.settle()
    there, many, before = books.partner("payment", payment.pk), len(books.of("Payment")), books.issues()
    for amount, unapplied in (("150.50", "50.50"), ("100", "0")):
        with books.here():
            change_payment(**told, payment_id=payment.pk, amount=Decimal(amount))
        books.settle()
        kept = books.of("Payment")[there]
        assert (Decimal(str(kept["TotalAmt"])), Decimal(str(kept["UnappliedAmt"]))) == (
            Decimal(amount),
            Decimal(unapplied),
        )
        assert [each["Amount"] for each in kept["Line"]] == [Decimal("100")]
        assert Decimal(str(books.of("Invoice")[books.partner("invoice", invoice.pk)]["Balance"])) == 0
    assert (books.partner("payment", payment.pk), len(books.of("Payment"))) == (there, many)
    assert books.issues() == before


def test_a_credit_and_its_application_arrive_as_a_credit_memo_and_a_zero_payment(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice", "credit", "credit_application")
    invoice = books.invoice(client, item, "100")
    with books.here():
        credit = create_credit(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=client,
            item_id=item.pk,
            date=TODAY,
            quantity=Decimal(1),
            rate=Decimal(30),
        )
        apply_credit(
            firm_id=books.firm.pk,
            credit_id=credit.pk,
            actor=SOMEBODY,
            today=TODAY,
            allocations=[(invoice.pk, Decimal(30))],
        )
    books.settle()
    there = books.of("Invoice")[books.partner("invoice", invoice.pk)]
    assert Decimal(str(there["Balance"])) == 70
    memo = books.of("CreditMemo")[books.partner("credit", credit.pk)]
    assert Decimal(str(memo["RemainingCredit"])) == 0


def test_what_a_person_adds_to_a_credit_or_its_application_there_is_kept_or_listed(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice", "credit", "credit_application")
    first, second = books.invoice(client, item, "100"), books.invoice(client, item, "50")
    with books.here():
        credits = [
            create_credit(
                firm_id=books.firm.pk,
                actor=SOMEBODY,
                today=TODAY,
                client_id=client,
                item_id=item.pk,
                date=TODAY,
                quantity=Decimal(1),
                rate=Decimal(30),
            )
            for _ in range(2)
        ]
        apply_credit(
            firm_id=books.firm.pk,
            credit_id=credits[0].pk,
            actor=SOMEBODY,
            today=TODAY,
            allocations=[(first.pk, Decimal(30))],
        )
    books.settle()
    memo = books.partner("credit", credits[1].pk)
    tax = books.emulator.control.edit(books.realm, "Class", None, {"Name": "Tax"}, "create")
    (line,) = [each for each in books.of("CreditMemo")[memo]["Line"] if "SalesItemLineDetail" in each]
    line["SalesItemLineDetail"] |= {"ClassRef": {"value": tax["Id"]}, "ServiceDate": "2026-02-27"}
    books.emulator.control.edit(books.realm, "CreditMemo", memo, {"Line": [line]})
    with books.here():
        application = books.of("Payment")[Link.objects.get(entity="credit_application").ledger_id]
    added = {"Invoice": books.partner("invoice", second.pk), "CreditMemo": memo}
    lines = [
        *({"Amount": each["Amount"], "LinkedTxn": each["LinkedTxn"]} for each in application["Line"]),
        *({"Amount": 10, "LinkedTxn": [{"TxnType": kind, "TxnId": one}]} for kind, one in added.items()),
    ]
    books.emulator.control.edit(books.realm, "Payment", application["Id"], {"Line": lines})
    books.until_the_change_feed_is_asked()
    with books.here():
        of_application = Issue.objects.filter(entity="credit_application", closed_at=None)
        assert {"credit", "invoice", "amount"} == set(of_application.values_list("unit", flat=True))
        change_credit(firm_id=books.firm.pk, credit_id=credits[1].pk, actor=SOMEBODY, memo="Thank you")
    books.settle()
    there = books.of("CreditMemo")[memo]
    detail = there["Line"][0]["SalesItemLineDetail"]
    assert (there["CustomerMemo"]["value"], there["TotalAmt"]) == ("Thank you", 30)
    assert (detail["ClassRef"]["value"], detail["ServiceDate"]) == (tax["Id"], "2026-02-27")


def test_an_invoice_changed_in_quickbooks_becomes_a_listed_difference(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice")
    invoice = books.invoice(client, item)
    books.settle()
    there = books.partner("invoice", invoice.pk)
    books.emulator.control.edit(books.realm, "Invoice", there, {"DueDate": "2026-12-31"})
    books.until_the_change_feed_is_asked()
    assert ("drift", str(invoice.number)) in books.issues()
    assert books.of("Invoice")[there]["DueDate"] == "2026-12-31"


def test_an_invoice_deleted_in_quickbooks_is_not_sent_again(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice")
    invoice = books.invoice(client, item)
    books.settle()
    there = books.partner("invoice", invoice.pk)
    books.emulator.control.edit(books.realm, "Invoice", there, {}, "delete")
    books.until_the_change_feed_is_asked()
    assert ("gone_there", str(invoice.number)) in books.issues()
    assert there not in books.of("Invoice")


def test_documents_before_the_start_date_stay_here(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    with books.here():
        sections.start_sending(books.member, "invoice", since=date(2026, 3, 3), engine=books.engine)
    books.settle()
    assert ("not_eligible", str(invoice.number)) in books.issues()


def test_invoices_cannot_be_turned_on_before_what_they_refer_to() -> None:
    books = Books()
    with books.here(), pytest.raises(sections.NotYet, match="service items"):
        sections.start_sending(books.member, "invoice", since=TODAY, engine=books.engine)


def test_a_voided_invoice_is_voided_there_and_nothing_else_of_it_is_asked_about(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice")
    invoice = books.invoice(client, item)
    books.settle()
    there = books.partner("invoice", invoice.pk)
    with books.here():
        void_invoice(firm_id=books.firm.pk, invoice_id=invoice.pk, actor=SOMEBODY, now=books.clock.now())
    books.settle()
    books.until_the_change_feed_is_asked()
    voided = books.of("Invoice")[there]
    assert Decimal(str(voided["TotalAmt"])) == 0
    assert voided["PrivateNote"].startswith("Voided")
    assert str(invoice.number) not in [name for _, name in books.issues()]


def test_what_quickbooks_fills_in_by_itself_is_no_difference(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice", "payment")
    books.invoice(client, item)
    with books.here():
        record_payment(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=client,
            date=TODAY,
            amount=Decimal("20"),
            method="check",
            allocations=[],
        )
    books.settle()
    books.until_the_change_feed_is_asked()
    assert not [cause for cause, _ in books.issues() if cause in ("drift", "conflict")]
