"""A document whose answer was lost, and which a person in QuickBooks moves before it is looked for: found, not doubled.

QuickBooks has forgotten the request ids here, so that sending again would make a second one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.payments import record_payment
from tieout.sync.models import Attempt, Hold

pytestmark = pytest.mark.django_db
SALES = "SalesItemLineDetail"


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    made.send("invoice", "payment")
    return made


def ours(books: Books, word: str) -> list[dict[str, Any]]:
    return [one for one in books.of(word).values() if "Tieout" in one.get("PrivateNote", "")]


def test_what_a_person_moved_while_it_was_in_doubt_is_found_and_not_sent_again(books: Books) -> None:
    item = books.item("Bookkeeping")
    clients = [books.add_client(f"Client {number}") for number in range(6)]
    books.settle()
    books.fault("forget_ids")
    invoices = []
    for client in clients:
        books.fault("drop_after", entity="invoice", operation="create", nth=1, times=1)
        invoices.append(books.invoice(client, item))
        books.run()
    partners = [books.links()[client] for client in clients]
    by_customer = {one["CustomerRef"]["value"]: one["Id"] for one in ours(books, "Invoice")}
    redated, moved, merged, unmarked, hardly_known, rewritten = ids = [by_customer[one] for one in partners]
    control, other = books.emulator.control, books.add_customer("Bo Diaz")
    control.edit(books.realm, "Invoice", redated, {"TxnDate": "2026-02-11"})
    control.edit(books.realm, "Invoice", moved, {"CustomerRef": {"value": other}})
    control.merge(books.realm, "Customer", partners[2], other)
    control.edit(books.realm, "Invoice", unmarked, {"TxnDate": "2026-02-11", "PrivateNote": "seen by Ann"})
    of_another = {
        "TxnDate": "2026-02-11",
        "PrivateNote": "",
        "DocNumber": "A-7",
        "CustomerRef": {"value": other},
    }
    control.edit(books.realm, "Invoice", hardly_known, of_another)
    (line,) = (one for one in books.of("Invoice")[rewritten]["Line"] if one["DetailType"] == SALES)
    line = {**line, "Amount": 31, SALES: {**line[SALES], "UnitPrice": 31, "Qty": 1}}
    control.edit(
        books.realm, "Invoice", rewritten, {"PrivateNote": "", "TxnDate": "2026-02-11", "Line": [line]}
    )
    before = set(books.of("Invoice"))
    books.settle()
    assert set(books.of("Invoice")) == before, "none was made twice"
    found = [books.partner("invoice", one.pk) for one in invoices[:3]]
    assert found == ids[:3]
    assert {one.number for one in invoices} <= {name for _, name in books.issues()}, "each is listed"
    with books.here():
        sentences = list(Hold.objects.filter(entity="invoice").values_list("sentence", flat=True))
    assert len(sentences) == 3, "a person looks"
    assert all(one in sentence for one in (unmarked, hardly_known) for sentence in sentences), (
        "each may be either"
    )
    assert sum(rewritten in sentence for sentence in sentences) == 1
    assert merged in found


def test_a_payment_is_looked_for_as_widely_and_what_never_arrived_twice_before_it_is_sent_again(
    books: Books,
) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.fault("drop_before", entity="invoice", operation="create", nth=1, times=1)
    books.fault("drop_after", entity="payment", operation="create", nth=1, times=1)
    books.fault("forget_ids")
    invoice = books.invoice(client, item)
    with books.here():
        payment = record_payment(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=client,
            date=TODAY,
            amount=Decimal("50"),
            method="check",
        )
    books.run()
    books.points.clear()
    (there,) = ours(books, "Payment")
    books.emulator.control.edit(books.realm, "Payment", there["Id"], {"TxnDate": "2026-02-11"})
    books.settle()
    assert [one["Id"] for one in ours(books, "Payment")] == [books.partner("payment", payment.pk)]
    assert len(ours(books, "Invoice")) == 1
    assert books.partner("invoice", invoice.pk)
    with books.here():
        again = Attempt.objects.get(entity="invoice")
    assert again.sendings == 2
    assert again.sent_at - again.first_sent_at >= 2 * books.engine.settle
    assert books.points.count("looked") == 4, "two looks for each"
