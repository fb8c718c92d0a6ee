"""The tax code that a rate stands for goes to QuickBooks with every document taxed at it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.invoices import create_invoice, finalise_invoice
from tieout.practice.actions.ledger_lists import change_tax_rate, create_tax_rate
from tieout.practice.ledger_lists import ListEntry

pytestmark = pytest.mark.django_db


def taxed(books: Books, client: str, item: Any, rate_id: int) -> Any:
    with books.here():
        line = {"item_id": item.pk, "quantity": Decimal(1), "rate": Decimal(100), "tax_rate_id": rate_id}
        draft = create_invoice(
            firm_id=books.firm.pk, actor=SOMEBODY, today=TODAY, client_id=client, date=TODAY, lines=[line]
        )
        return finalise_invoice(
            firm_id=books.firm.pk, invoice_id=draft.pk, actor=SOMEBODY, today=TODAY, now=books.clock.now()
        )


def test_the_code_a_rate_is_mapped_to_is_sent_and_one_sent_without_stays_as_it_is() -> None:
    books = Books()
    books.review_items()
    books.send("invoice")
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    with books.here():
        there = [one for one in books.of("TaxCode").values() if one["Id"] not in ("TAX", "NON")]
        name = there[-1]["Name"]
        code = ListEntry.objects.create(
            firm_id=books.firm.pk, list="tax_code", ledger_id=there[-1]["Id"], name=name, full_name=name
        )
        rate = create_tax_rate(firm_id=books.firm.pk, actor=SOMEBODY, name="Tucson", percent=Decimal("9.1"))
    before = taxed(books, client, item, rate.pk)
    books.settle()
    shown = books.of("Invoice")[books.partner("invoice", before.pk)]
    with books.here():
        change_tax_rate(firm_id=books.firm.pk, tax_rate_id=rate.pk, actor=SOMEBODY, tax_code_id=code.pk)
    after = taxed(books, client, item, rate.pk)
    books.settle()
    detail = books.of("Invoice")[books.partner("invoice", after.pk)]["TxnTaxDetail"]
    assert (detail["TxnTaxCodeRef"]["value"], Decimal(str(detail["TotalTax"]))) == (
        code.ledger_id,
        Decimal("9.10"),
    )
    assert books.of("Invoice")[books.partner("invoice", before.pk)]["SyncToken"] == shown["SyncToken"]
    assert not [one for one in books.issues() if one[1] in (before.number, after.number)]
