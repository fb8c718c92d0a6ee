"""One currency on both sides: a document is not sent to a customer of another one, and equal numbers in two are listed."""

from __future__ import annotations

import pytest

from tests.sync.test_documents import Books
from tieout.practice.invoices import Invoice
from tieout.reconcile.state import Side
from tieout.sync import dirty, worklist
from tieout.sync.dirty import Mark
from tieout.web.integrations import remedies

pytestmark = pytest.mark.django_db


def test_a_document_in_another_currency_is_not_sent_and_not_called_equal() -> None:
    books = Books()
    books.review_items()
    books.send("invoice")
    control = books.emulator.control
    control.set_preferences(books.realm, {"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    control.edit(books.realm, "CompanyCurrency", None, {"Code": "EUR"}, "create")
    item, home = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    abroad = books.add_customer("Bo Diaz GmbH", CurrencyRef={"value": "EUR"})
    books.until_the_change_feed_is_asked()
    client = next(here for here, there in books.links().items() if there == abroad)
    before = set(books.of("Invoice"))
    sent, waits = books.invoice(home, item), books.invoice(client, item)
    books.settle()
    assert set(books.of("Invoice")) - before == {books.partner("invoice", sent.pk)}
    with books.here():
        (row,) = worklist.page_of(books.connection, "needs_you", "other_currency", engine=books.engine).rows
        assert row.key.id == str(waits.pk)
        assert (
            "It is in USD, and its client's currency in QuickBooks is EUR. Nothing was sent" in row.sentence
        )
        assert [one.label for one in remedies.buttons(row)] == ["Check again", "Leave out"]
        Invoice.objects.filter(pk=sent.pk).update(currency="EUR")
        news = [Mark("invoice", Side.PRACTICE, str(sent.pk), "edited here")]
        dirty.mark(books.connection, news, books.clock.now())
    books.settle()
    assert ("other_currency", sent.number) in books.issues(), "100 is not 100"
