"""The tax code that a rate stands for goes to QuickBooks with what is written from then on, and rewrites nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.invoice_life import revise_invoice
from tieout.practice.actions.invoices import create_invoice, finalise_invoice
from tieout.practice.actions.ledger_lists import change_tax_rate, create_tax_rate
from tieout.practice.ledger_lists import ListEntry
from tieout.reconcile.state import Side
from tieout.sync import decisions, dirty
from tieout.sync.dirty import Mark
from tieout.sync.models import Attempt, Conflict, Issue, Link

pytestmark = pytest.mark.django_db
CALIFORNIA, TUCSON = "2", "3"
"""Tax codes of the sample company."""


class Taxed(Books):
    """Books with one rate, one item and one client, whose invoices are sent."""

    def __init__(self) -> None:
        super().__init__()
        self.review_items()
        self.send("invoice")
        self.item_, self.client_ = self.item("Bookkeeping"), self.add_client("Ada Byrne")
        self.settle()
        self.rate = self.new_rate("Tucson", "9.1")

    def new_rate(self, name: str, percent: str) -> Any:
        with self.here():
            return create_tax_rate(firm_id=self.firm.pk, actor=SOMEBODY, name=name, percent=Decimal(percent))

    def code(self, ledger_id: str) -> ListEntry:
        with self.here():
            found, _ = ListEntry.objects.get_or_create(
                firm_id=self.firm.pk,
                list="tax_code",
                ledger_id=ledger_id,
                defaults={"name": ledger_id, "full_name": ledger_id},
            )
        return found

    def map(self, ledger_id: str, rate: Any = None) -> None:
        code, rate = self.code(ledger_id), rate or self.rate
        with self.here():
            change_tax_rate(firm_id=self.firm.pk, tax_rate_id=rate.pk, actor=SOMEBODY, tax_code_id=code.pk)
        self.settle()

    def line(self, rate: Any = None, quantity: int = 1) -> dict[str, Any]:
        quantities = {"quantity": Decimal(quantity), "rate": Decimal(100)}
        return {"item_id": self.item_.pk, "tax_rate_id": (rate or self.rate).pk, **quantities}

    def taxed(self, *lines: dict[str, Any]) -> Any:
        with self.here():
            draft = create_invoice(
                firm_id=self.firm.pk,
                actor=SOMEBODY,
                today=TODAY,
                client_id=self.client_,
                date=TODAY,
                lines=list(lines) or [self.line()],
            )
            told = {"firm_id": self.firm.pk, "invoice_id": draft.pk, "actor": SOMEBODY, "today": TODAY}
            made = finalise_invoice(**told, now=self.clock.now())
        self.settle()
        return made

    def revise(self, invoice: Any, **fields: Any) -> None:
        told = {"firm_id": self.firm.pk, "invoice_id": invoice.pk, "actor": SOMEBODY, "today": TODAY}
        with self.here():
            revise_invoice(**told, now=self.clock.now(), **fields)
        self.settle()

    def look_at_all(self) -> None:
        """As a webhook, the nightly look or a look at everything of a set-up would have it."""
        with self.here():
            pairs = Link.objects.filter(entity="invoice").values_list("practice_id", "ledger_id")
            marks = [
                Mark("invoice", side, one, "a look at all")
                for pair in pairs
                for side, one in zip((Side.PRACTICE, Side.LEDGER), pair, strict=True)
            ]
            dirty.mark(self.connection, marks, self.clock.now())
        self.settle()

    def there(self, invoice: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.of("Invoice")[self.partner("invoice", invoice.pk)]
        return found

    def tax(self, invoice: Any) -> tuple[str | None, Decimal]:
        """The code and the tax of an invoice there."""
        detail = self.there(invoice)["TxnTaxDetail"]
        code = detail.get("TxnTaxCodeRef", {}).get("value")
        return code, Decimal(str(detail["TotalTax"]))

    def units_sent(self, invoice: Any) -> list[set[str]]:
        with self.here():
            sent = Attempt.objects.filter(entity="invoice", practice_id=invoice.pk).order_by("id")
            return [set(one.units) for one in sent][1:]


@pytest.fixture
def books() -> Taxed:
    return Taxed()


def test_a_mapping_concerns_new_invoices_and_rewrites_no_old_one_however_it_is_looked_at(
    books: Taxed,
) -> None:
    old = books.taxed()
    as_sent = books.tax(old)
    books.map(TUCSON)
    new = books.taxed()
    assert books.tax(new) == (TUCSON, Decimal("9.10"))
    books.map(CALIFORNIA)
    with books.here():
        change_tax_rate(firm_id=books.firm.pk, tax_rate_id=books.rate.pk, actor=SOMEBODY, name="Tucson, AZ")
    books.look_at_all()
    assert (books.units_sent(old), books.units_sent(new)) == ([], []), "nothing was written"
    books.revise(old, memo="Thank you")
    assert books.units_sent(old) == [{"memo"}]
    assert (books.tax(old), books.tax(new)) == (as_sent, (TUCSON, Decimal("9.10")))
    assert not [one for one in books.issues() if one[1] in (old.number, new.number)]
    assert books.tax(books.taxed()) == (CALIFORNIA, Decimal("9.10"))


def test_an_invoice_written_for_another_reason_keeps_its_code_until_its_rate_changes(books: Taxed) -> None:
    books.map(TUCSON)
    invoice = books.taxed()
    books.map(CALIFORNIA)
    books.revise(invoice, lines=[books.line(quantity=2)])
    assert books.tax(invoice) == (TUCSON, Decimal("18.20"))
    same_percent = books.new_rate("San Diego", "9.1")
    books.map(CALIFORNIA, same_percent)
    books.revise(invoice, lines=[books.line(same_percent, quantity=2)])
    assert books.tax(invoice) == (CALIFORNIA, Decimal("18.20")), "another rate of as many percent"
    assert not [one for one in books.issues() if one[1] == invoice.number]


def test_what_was_sent_before_rows_named_their_rates_is_known_by_how_they_were_called(books: Taxed) -> None:
    books.map(TUCSON)
    invoice = books.taxed()
    with books.here():
        link = Link.objects.get(entity="invoice", practice_id=invoice.pk)
        for row in link.baseline_practice["content"]:
            row.pop("tax_rate", None)
            row.pop("tax_code", None)
        link.save()
    books.map(CALIFORNIA)
    books.look_at_all()
    assert not books.units_sent(invoice)
    books.revise(invoice, lines=[books.line(quantity=2)])
    assert books.tax(invoice) == (TUCSON, Decimal("18.20"))


def test_rates_of_two_codes_on_one_invoice_wait_until_they_stand_for_one(books: Taxed) -> None:
    other = books.new_rate("California", "8")
    books.map(TUCSON)
    books.map(CALIFORNIA, other)
    invoice = books.taxed(books.line(), books.line(other))
    with books.here():
        issue = Issue.objects.get(entity="invoice", record_id=str(invoice.pk), closed_at=None)
    assert (issue.cause, issue.unit) == ("does_not_fit", "content")
    assert "several tax codes" in issue.sentence
    books.map(TUCSON, other)
    assert books.tax(invoice) == (TUCSON, Decimal("17.10"))


def test_restoring_ours_brings_back_the_code_that_somebody_changed_there(books: Taxed) -> None:
    books.map(TUCSON)
    invoice = books.taxed()
    changed = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": CALIFORNIA}, "TotalTax": Decimal("9.1")}}
    books.emulator.control.edit(books.realm, "Invoice", books.there(invoice)["Id"], changed)
    books.until_the_change_feed_is_asked()
    with books.here():
        (conflict,) = Conflict.objects.filter(closed_at=None)
        assert conflict.unit == "content"
        decisions.answer_conflicts(books.member, [conflict.pk], Side.PRACTICE, engine=books.engine)
    books.settle()
    assert books.tax(invoice) == (TUCSON, Decimal("9.10"))
