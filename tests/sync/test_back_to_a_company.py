"""A company that was disconnected comes back: what changed here meanwhile goes to it, whoever took up the notes of that."""

from __future__ import annotations

from datetime import date

import pytest

from tests.sync.test_documents import Books
from tieout.sync import connections
from tieout.sync.models import Dirty

pytestmark = pytest.mark.django_db


def test_what_changed_here_while_another_company_was_connected_goes_to_the_first_when_it_is_back() -> None:
    books = Books()
    books.review_items()
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne", phone="1")
    books.settle()
    books.send("invoice")
    other = next(one.realm for one in books.emulator.companies() if one.realm != books.realm)
    before = set(books.of("Invoice"))

    def disconnect() -> None:
        with books.here():
            connections.disconnect(books.member, engine=books.engine)

    disconnect()
    assert books.connect(other).ok
    books.edit_client(client, phone="2")
    invoice = books.invoice(client, item)
    old = books.invoice(client, item, day=date(2025, 12, 31))
    books.run()
    disconnect()
    assert books.connect().ok
    with books.here():
        marked = set(Dirty.objects.filter(connection=books.connection).values_list("entity", flat=True))
    assert marked == {"client", "service_item", "invoice"}, "only sections that are on and go there"
    for _ in range(5):
        books.run()
        books.advance(60)
    assert books.customers()[books.links()[client]]["PrimaryPhone"]["FreeFormNumber"] == "2"
    assert set(books.of("Invoice")) - before == {books.partner("invoice", invoice.pk)}
    assert ("not_eligible", str(old.number)) in books.issues(), "dated before the start"
