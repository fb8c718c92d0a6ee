"""A document's fields side by side: what is in step is not called different, whatever each side calls it."""

from __future__ import annotations

import pytest

from tests.sync.test_documents import Books
from tieout.sync.story import Compared, story

pytestmark = pytest.mark.django_db


def fields(books: Books, invoice_id: object) -> dict[str, Compared]:
    with books.here():
        found = story(books.connection, "invoice", str(invoice_id), engine=books.engine)
    assert found is not None
    return {one.unit: one for one in found.compared}


def test_an_invoice_in_step_differs_in_nothing_and_names_its_client() -> None:
    books = Books()
    books.review_items()
    books.send("invoice")
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.settle()
    found = fields(books, invoice.pk)
    assert [one.label for one in found.values() if one.differs] == []
    assert (found["client"].practice, found["client"].ledger) == ("Ada Byrne", "Ada Byrne")
    there = books.partner("invoice", invoice.pk)
    line, *rest = books.of("Invoice")[there]["Line"]
    less = {**line, "Amount": 90, "SalesItemLineDetail": {**line["SalesItemLineDetail"], "UnitPrice": 90}}
    books.emulator.control.edit(books.realm, "Invoice", there, {"Line": [less, *rest]})
    books.until_the_change_feed_is_asked()
    assert {one.unit for one in fields(books, invoice.pk).values() if one.differs} >= {"total"}


def test_a_number_that_quickbooks_gave_is_agreed_as_each_side_has_it() -> None:
    books = Books()
    books.emulator.control.set_preferences(books.realm, {"SalesFormsPrefs": {"CustomTxnNumbers": False}})
    books.review_items()
    books.send("invoice")
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.settle()
    number = fields(books, invoice.pk)["number"]
    assert number.practice != number.ledger
    assert number.stands
    assert not number.differs
