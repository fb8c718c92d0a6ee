"""Disconnected with the links forgotten, and connected again: documents are known again, and none is there twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.payments import record_payment
from tieout.reconcile.state import Key, Side
from tieout.sync import connections, decisions, review, review_jobs
from tieout.sync.models import Attempt, Connection, Link

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    made.send("invoice", "payment")
    return made


def forget(books: Books) -> None:
    with books.here():
        connections.disconnect(books.member, forget_links=True, engine=books.engine)
        assert not Link.objects.exists()


def start_again(books: Books) -> None:
    """Connect and set up from the start. A write in doubt waits until its section is on."""
    assert books.connect().ok
    for entity in ("client", "service_item"):
        with books.here():
            found = review.start(books.connection, entity, activity="active", actor_member=books.member)
            review_jobs.collect(found.pk, books.engine)
            found.refresh_from_db()
            review.apply(found, books.member)
            review_jobs.apply_now(found.pk, books.engine)
        books.run()
    books.send("invoice", "payment")


def amounts(books: Books, entity: str) -> dict[str, Any]:
    return {one: shown["TotalAmt"] for one, shown in books.of(entity).items()}


def test_documents_that_were_sent_before_are_linked_again_and_not_sent_twice(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    other = books.invoice(client, item, rate="75")
    with books.here():
        payment = record_payment(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=client,
            date=TODAY,
            amount=Decimal("40"),
            method="check",
            allocations=[(invoice.pk, Decimal("40"))],
        )
    books.settle()
    partners = {
        kind: books.partner(kind, one.pk) for kind, one in (("invoice", invoice), ("payment", payment))
    }
    before = amounts(books, "Invoice"), amounts(books, "Payment")
    forget(books)
    start_again(books)
    assert (amounts(books, "Invoice"), amounts(books, "Payment")) == before
    assert partners == {
        kind: books.partner(kind, one.pk) for kind, one in (("invoice", invoice), ("payment", payment))
    }
    assert not [cause for cause, name in books.issues() if name in (invoice.number, other.number)]
    new = books.invoice(client, item, rate="12")
    books.settle()
    assert amounts(books, "Invoice").keys() - before[0].keys() == {books.partner("invoice", new.pk)}


def test_a_write_without_an_answer_when_the_links_were_forgotten_is_looked_for(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    before = set(books.of("Invoice"))
    books.fault("drop_after", entity="invoice", operation="create", nth=1, times=1)
    invoice = books.invoice(client, item)
    books.run()
    with books.here():
        assert Attempt.objects.filter(state="in_doubt").exists()
    forget(books)
    start_again(books)
    assert set(books.of("Invoice")) - before == {books.partner("invoice", invoice.pk)}


def test_what_was_deleted_there_meanwhile_is_asked_about_and_sent_again_only_if_that_is_chosen(
    books: Books,
) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.settle()
    there = books.partner("invoice", invoice.pk)
    forget(books)
    books.emulator.control.edit(books.realm, "Invoice", there, {}, "delete")
    before = set(books.of("Invoice"))
    start_again(books)
    assert set(books.of("Invoice")) == before
    assert ("unmatched", invoice.number) in books.issues()
    with books.here():
        key = Key("invoice", Side.PRACTICE, str(invoice.pk))
        decisions.create_on_other_side(books.member, [key], engine=books.engine)
    books.settle()
    assert len(set(books.of("Invoice")) - before) == 1


def test_an_edit_made_there_while_the_links_were_forgotten_is_asked_about(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.settle()
    there = books.partner("invoice", invoice.pk)
    forget(books)
    books.emulator.control.edit(books.realm, "Invoice", there, {"DueDate": "2027-01-31"})
    start_again(books)
    assert str(books.of("Invoice")[there]["DueDate"]) == "2027-01-31"
    assert [cause for cause, name in books.issues() if name == invoice.number]


def test_disconnecting_hands_the_grant_back(books: Books) -> None:
    with books.here():
        connections.disconnect(books.member, engine=books.engine)
        assert Connection.objects.get().state == "disconnected"
    (revoked,) = [one for one in books.emulator.log.entries() if one.operation == "revoke"]
    assert revoked.status == 200
