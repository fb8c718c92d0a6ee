"""A document whose answer was lost, and which a person in QuickBooks moves before it is looked for: found, not doubled.

QuickBooks has forgotten the request ids here, so that sending again would make a second one.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.payments import record_payment
from tieout.sync.models import Attempt, Hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    made.send("invoice", "payment")
    return made


def in_doubt(books: Books) -> tuple[Any, dict[str, Any]]:
    """An invoice that arrived, and whose answer did not; and how it stands in QuickBooks."""
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.fault("drop_after", entity="invoice", operation="create", nth=1, times=1)
    books.fault("forget_ids")
    invoice = books.invoice(client, item)
    books.run()
    return invoice, ours(books, "Invoice")[0]


def ours(books: Books, word: str) -> list[dict[str, Any]]:
    return [one for one in books.of(word).values() if "Tieout" in one.get("PrivateNote", "")]


def redated(books: Books, there: dict[str, Any]) -> None:
    books.emulator.control.edit(books.realm, "Invoice", there["Id"], {"TxnDate": "2026-02-11"})


def moved(books: Books, there: dict[str, Any]) -> None:
    other = {"CustomerRef": {"value": books.add_customer("Bo Diaz")}}
    books.emulator.control.edit(books.realm, "Invoice", there["Id"], other)


def its_customer_merged(books: Books, there: dict[str, Any]) -> None:
    books.emulator.control.merge(
        books.realm, "Customer", there["CustomerRef"]["value"], books.add_customer("Bo Diaz")
    )


@pytest.mark.parametrize("meanwhile", [redated, moved, its_customer_merged])
def test_what_a_person_moved_while_it_was_in_doubt_is_found_and_not_sent_again(
    books: Books, meanwhile: Callable[[Books, dict[str, Any]], None]
) -> None:
    invoice, there = in_doubt(books)
    meanwhile(books, there)
    books.settle()
    assert [one["Id"] for one in ours(books, "Invoice")] == [there["Id"]]
    assert books.partner("invoice", invoice.pk) == there["Id"]
    assert invoice.number in [name for _, name in books.issues()], "what was moved is listed"


def test_moved_and_its_mark_taken_off_it_is_asked_about(books: Books) -> None:
    invoice, there = in_doubt(books)
    books.emulator.control.edit(
        books.realm, "Invoice", there["Id"], {"TxnDate": "2026-02-11", "PrivateNote": "checked by Ann"}
    )
    before = len(books.of("Invoice"))
    books.settle()
    assert len(books.of("Invoice")) == before
    assert ("unmatched", invoice.number) in books.issues()
    with books.here():
        assert there["Id"] in Hold.objects.get(entity="invoice").sentence


def test_a_payment_that_was_redated_while_in_doubt_is_there_once(books: Books) -> None:
    client = books.add_client("Ada Byrne")
    books.settle()
    books.fault("drop_after", entity="payment", operation="create", nth=1, times=1)
    books.fault("forget_ids")
    with books.here():
        made = record_payment(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=client,
            date=TODAY,
            amount=Decimal("50"),
            method="check",
        )
    books.run()
    (there,) = ours(books, "Payment")
    books.emulator.control.edit(books.realm, "Payment", there["Id"], {"TxnDate": "2026-02-11"})
    books.settle()
    assert [one["Id"] for one in ours(books, "Payment")] == [there["Id"]]
    assert books.partner("payment", made.pk) == there["Id"]


def test_a_document_that_never_arrived_is_looked_for_twice_before_it_is_sent_again(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.fault("drop_before", entity="invoice", operation="create", nth=1, times=1)
    invoice = books.invoice(client, item)
    books.run()
    sent_at = books.clock.now()
    books.points.clear()
    books.settle()
    assert books.points.count("looked") == 2
    assert len(ours(books, "Invoice")) == 1
    assert books.partner("invoice", invoice.pk)
    with books.here():
        again = Attempt.objects.get(entity="invoice")
    assert again.sendings == 2
    assert again.sent_at - sent_at >= 2 * books.engine.settle
