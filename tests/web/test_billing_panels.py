"""Shows the QuickBooks part of a billing record's page: the item, the invoice, the payment and the credit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tests.web.conftest import entered
from tieout.practice.actions.credits import create_credit
from tieout.practice.actions.payments import record_payment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def as_the_rig_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages ask the product's own engine; here they need nothing of it but where records are in QuickBooks."""
    monkeypatch.setattr(
        "tieout.sync.partners.deep_link", lambda *given, **named: "https://example.com/record"
    )


def part(browser: Client, path: str) -> str:
    """What the page says under QuickBooks."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    page = " ".join(answer.content.decode().split())
    assert '<h2 id="quickbooks">' in page, path
    return page.split('<h2 id="quickbooks">')[1].split("</section>")[0]


def test_each_says_how_it_stands_before_it_is_set_up_in_step_and_removed_there() -> None:
    books = Books()
    books.review_items()
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    with books.here():
        firm: Any = {"firm_id": books.firm.pk, "actor": SOMEBODY, "today": TODAY}
        payment = record_payment(
            **firm,
            client_id=client,
            date=TODAY,
            amount=Decimal(60),
            method="check",
            allocations=[(invoice.pk, Decimal(60))],
        )
        credit = create_credit(
            **firm, client_id=client, date=TODAY, item_id=item.pk, quantity=Decimal(1), rate=Decimal(20)
        )
    documents = {
        "invoice": (f"/billing/invoices/{invoice.pk}/", invoice.pk),
        "payment": (f"/billing/payments/{payment.pk}/", payment.pk),
        "credit": (f"/billing/credits/{credit.pk}/", credit.pk),
    }
    browser = entered(books.member)
    for address, _ in documents.values():
        before = part(browser, address)
        assert "Not set up" in before
        assert "Linked to" not in before
    books.send("invoice", "credit", "payment")

    shown = {kind: part(browser, address) for kind, (address, _) in documents.items()}
    shown["service_item"] = part(browser, f"/billing/service-items/{item.pk}/")
    for kind, said in shown.items():
        assert "In step" in said, kind
        assert "Linked to" in said, kind
        assert "Compare the fields" in said, kind
        assert "What the sync did" in said, kind
        assert "Unlink" in said, kind
    for kind in ("invoice", "payment", "credit"):
        assert "go from here to QuickBooks and never back" in shown[kind], kind
        assert "neither side is overwritten" in shown[kind], kind
    assert "never back" not in shown["service_item"], "those go both ways"
    number = books.of("Invoice")[books.partner("invoice", invoice.pk)]["DocNumber"]
    assert f"Number in QuickBooks: <strong>{number}</strong>" in shown["invoice"]
    assert "Number in QuickBooks" not in shown["payment"]

    # deleted in QuickBooks: its page says so and offers the ways on
    books.emulator.control.edit(books.realm, "Payment", books.partner("payment", payment.pk), {}, "delete")
    books.until_the_change_feed_is_asked()
    said = part(browser, documents["payment"][0])
    assert "Removed in QuickBooks" in said
    assert "Send again" in said
    assert "Take apart and leave out" in said
    assert "In step" in part(browser, documents["invoice"][0])
