"""Two clients merged here: what happens to their customers and documents in QuickBooks, in every state of the links."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY, Rig
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.merging import merge_clients
from tieout.practice.actions.payments import record_payment
from tieout.sync.models import Link

pytestmark = pytest.mark.django_db


def merge(rig: Rig, *, stays: str, goes: str) -> None:
    with rig.here():
        merge_clients(firm_id=rig.firm.pk, stays_id=int(stays), goes_id=int(goes), actor=SOMEBODY)


def test_only_the_one_that_goes_was_linked_and_the_customer_becomes_the_one_that_stays() -> None:
    rig = Rig()
    rig.set_up()
    goes = rig.add_client("Acme, LLC", phone="555-0100")
    rig.settle()
    customer = rig.links()[goes]
    stays = rig.add_client("Acme Holdings")
    merge(rig, stays=stays, goes=goes)
    rig.settle()
    assert rig.links() == {stays: customer}
    assert rig.customers()[customer]["DisplayName"] == "Acme Holdings"
    assert rig.customers()[customer]["PrimaryPhone"]["FreeFormNumber"] == "555-0100"
    assert len(rig.customers()) == 1, "no second customer was made"
    assert not [issue for issue in rig.issues() if issue[0] != "not_eligible"]


def test_only_the_one_that_stays_was_linked_and_nothing_changes_there() -> None:
    rig = Rig()
    rig.set_up()
    stays = rig.add_client("Acme Holdings", phone="1")
    rig.settle()
    customer, token = rig.links()[stays], rig.customers()[rig.links()[stays]]["SyncToken"]
    goes = rig.add_client("Acme, LLC", relation="prospect")
    merge(rig, stays=stays, goes=goes)
    rig.settle()
    assert rig.links() == {stays: customer}
    assert rig.customers()[customer]["SyncToken"] == token


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    return made


def both_linked(books: Books) -> tuple[str, str, Any]:
    """Two linked clients, one with a sent invoice."""
    stays, goes = books.add_client("Ray Twin One"), books.add_client("Ray Twin Two")
    books.settle()
    books.send("invoice", "payment")
    item = books.item("Consulting", "100")
    invoice = books.invoice(goes, item)
    books.settle()
    return stays, goes, invoice


def pay(books: Books, client: str, invoice: Any, amount: str) -> Any:
    with books.here():
        paid = record_payment(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=int(client),
            method="check",
            date=TODAY,
            amount=Decimal(amount),
            allocations=[(invoice.pk, Decimal(amount))],
        )
    books.settle()
    return paid


def test_both_were_linked_and_documents_stay_where_they_are_until_merged_there(books: Books) -> None:
    stays, goes, invoice = both_linked(books)
    old, new = books.links()[goes], books.links()[stays]
    there = books.partner("invoice", invoice.pk)
    token, invoices_before = books.of("Invoice")[there]["SyncToken"], len(books.of("Invoice"))
    customers = {one: books.customers()[one]["SyncToken"] for one in (old, new)}
    merge(books, stays=stays, goes=goes)
    books.settle()
    assert books.of("Invoice")[there]["SyncToken"] == token, "it is not moved by us"
    assert {one: books.customers()[one]["SyncToken"] for one in (old, new)} == customers
    assert ("not_eligible", "Ray Twin Two") in books.issues(), "what is left to do there is listed"

    # a payment of the old invoice goes where the invoice is: QuickBooks takes no payment of another customer's
    paid = pay(books, stays, invoice, "40")
    payment = books.of("Payment")[books.partner("payment", paid.pk)]
    assert payment["CustomerRef"]["value"] == old
    # a new invoice goes to the customer that stays
    fresh = books.invoice(stays, books.item("Review", "10"))
    books.settle()
    assert books.of("Invoice")[books.partner("invoice", fresh.pk)]["CustomerRef"]["value"] == new

    # a person merges the two there: everything agrees and nothing is left to do
    books.emulator.control.merge(books.realm, "Customer", old, new)
    books.until_the_change_feed_is_asked()
    books.until_the_change_feed_is_asked()
    assert books.of("Invoice")[there]["CustomerRef"]["value"] == new
    with books.here():
        assert Link.objects.get(entity="client", practice_id=stays).ledger_id == new
    assert [issue for issue in books.issues() if "Ray Twin" in issue[1]] == []
    assert len(books.of("Invoice")) == invoices_before + 1, "the fresh one, and no double"


def test_an_edit_of_a_moved_document_does_not_move_it_there(books: Books) -> None:
    stays, goes, invoice = both_linked(books)
    old = books.links()[goes]
    merge(books, stays=stays, goes=goes)
    with books.here():
        from tieout.practice.actions.invoice_life import revise_invoice

        revise_invoice(
            firm_id=books.firm.pk,
            invoice_id=invoice.pk,
            actor=SOMEBODY,
            today=TODAY,
            now=books.clock.now(),
            memo="Thanks",
        )
    books.settle()
    there = books.of("Invoice")[books.partner("invoice", invoice.pk)]
    assert (there["CustomerRef"]["value"], there["CustomerMemo"]["value"]) == (old, "Thanks")
    assert [issue for issue in books.issues() if issue[0] == "conflict"] == []


def test_merges_of_merges_still_know_every_customer(books: Books) -> None:
    stays, goes, invoice = both_linked(books)
    last = books.add_client("Ray Twin Three")
    books.settle()
    old = books.links()[goes]
    merge(books, stays=stays, goes=goes)
    merge(books, stays=last, goes=stays)
    books.settle()
    assert books.of("Invoice")[books.partner("invoice", invoice.pk)]["CustomerRef"]["value"] == old
    paid = pay(books, last, invoice, "100")
    assert books.of("Payment")[books.partner("payment", paid.pk)]["CustomerRef"]["value"] == old
