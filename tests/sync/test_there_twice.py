"""A document that is in QuickBooks twice under one mark: one question, nothing written to either, and ways out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.invoice_life import revise_invoice
from tieout.sync import repairs, worklist
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Attempt
from tieout.sync.worklist import WorkRow
from tieout.sync.write_log import WriteEntry
from tieout.web.integrations import remedies

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    made.send("invoice")
    made.until_the_change_feed_is_asked()
    return made


def copied(books: Books, there: str) -> str:
    """Somebody copies it in QuickBooks, our mark with it; or it was sent twice: it looks the same."""
    document = books.of("Invoice")[there]
    kept = ("CustomerRef", "TxnDate", "DueDate", "PrivateNote")
    twin = {name: document[name] for name in kept if name in document}
    twin["Line"] = [line for line in document["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    made = books.emulator.control.edit(books.realm, "Invoice", None, twin, "create")
    books.until_the_change_feed_is_asked()
    return str(made["Id"])


def revise(books: Books, invoice: Any, memo: str) -> None:
    with books.here():
        revise_invoice(
            firm_id=books.firm.pk,
            invoice_id=invoice.pk,
            actor=SOMEBODY,
            today=TODAY,
            now=books.clock.now(),
            memo=memo,
        )
    books.settle()


def memo_of(books: Books, there: str) -> str:
    return str(books.of("Invoice")[there].get("CustomerMemo", {}).get("value", ""))


def asked(books: Books) -> list[WorkRow]:
    with books.here():
        page = worklist.page_of(books.connection, "needs_you", "twice_there", engine=books.engine)
        return page.rows


def test_the_pair_is_frozen_until_a_person_says_that_both_are_to_stay(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.settle()
    there = books.partner("invoice", invoice.pk)
    twin = copied(books, there)
    (row,) = asked(books)
    assert (row.key.id, [one.id for one in row.options]) == (str(invoice.pk), [twin])
    assert "QuickBooks has another one with the mark of this invoice" in row.sentence
    revise(books, invoice, "thanks")
    assert [memo_of(books, one) for one in (there, twin)] == ["", ""], "neither is written"
    assert len(asked(books)) == 1
    with books.here():
        repairs.declare_different(books.member, row.key, [twin], engine=books.engine)
    books.settle()
    assert [memo_of(books, one) for one in (there, twin)] == ["thanks", ""]
    books.emulator.control.edit(books.realm, "Invoice", twin, {"CustomerMemo": {"value": "mine"}})
    books.until_the_change_feed_is_asked()
    assert not asked(books), "it is not asked again"
    assert invoice.number not in [name for _, name in books.issues()]


def test_the_other_one_is_voided_when_a_person_asks_for_it_and_only_itself_would_go(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.settle()
    there = books.partner("invoice", invoice.pk)
    paid, twin = copied(books, there), copied(books, there)
    shown = books.of("Invoice")[paid]
    payment = {
        "CustomerRef": shown["CustomerRef"],
        "TotalAmt": 40,
        "Line": [{"Amount": 40, "LinkedTxn": [{"TxnId": paid, "TxnType": "Invoice"}]}],
    }
    books.emulator.control.edit(books.realm, "Payment", None, payment, "create")
    books.until_the_change_feed_is_asked()
    (row,) = asked(books)
    with books.here():
        drawn = [one for one in remedies.buttons(row) if one.label.startswith("Void the other one")]
        assert {bool(one.value): "paid" in one.why_not for one in drawn} == {False: True, True: False}
        doors = [one.href for one in remedies.buttons(row, "https://there/{}".format) if one.outside]
        assert doors == [f"https://there/{one}" for one in (*(each.id for each in row.options), there)]
        with pytest.raises(CannotDecide, match="Something is paid"):
            repairs.void_copy(books.member, row.key, paid, engine=books.engine)
        repairs.void_copy(books.member, row.key, twin, engine=books.engine)
    books.settle()
    stands = {one: books.of("Invoice")[one]["TotalAmt"] for one in (there, paid, twin)}
    assert stands == {there: 100, paid: 100, twin: 0}
    with books.here():
        assert list(Attempt.objects.filter(operation="void").values_list("ledger_id", "state")) == [
            (twin, "done")
        ]
        assert WriteEntry.objects.filter(operation="void", ledger_id=twin, result="done").exists()
    assert [[one.id for one in row.options] for row in asked(books)] == [[paid]]
    books.emulator.control.edit(books.realm, "Invoice", paid, {}, "delete")
    books.until_the_change_feed_is_asked()
    assert not asked(books), "it is gone there: nothing is left to ask"
    assert invoice.number not in [name for _, name in books.issues()]
    revise(books, invoice, "thanks")
    assert memo_of(books, there) == "thanks"
