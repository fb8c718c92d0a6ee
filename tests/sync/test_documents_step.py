"""The set-up of invoices and payments: one invoice first, the choices it obeys, and the setting that keeps payments back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.sync.test_documents import TODAY, Books
from tieout.sync import chosen, payments_gate, sections, trial
from tieout.sync.models import SectionState

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    return made


def test_one_invoice_goes_as_a_test_and_the_others_wait_for_the_flow(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    before = set(books.of("Invoice"))
    first, second = books.invoice(client, item, "33.33"), books.invoice(client, item, "50")
    with books.here():
        offered = [one.pk for one in trial.candidates(books.connection, TODAY)]
        shown = trial.preview(books.connection, "invoice", str(first.pk), engine=books.engine)
        sections.try_one(books.member, "invoice", str(first.pk), engine=books.engine)
    assert offered == [second.pk, first.pk]
    assert shown is not None
    assert (shown.waits_for, Decimal(str(shown.document["Line"][0]["Amount"]))) == ((), Decimal("33.33"))
    for _ in range(3):
        books.run()
    sent = set(books.of("Invoice")) - before
    assert sent == {books.partner("invoice", first.pk)}
    with books.here():
        tried = trial.tried(books.connection, "invoice", engine=books.engine)
        assert books.connection.section("invoice") is SectionState.IN_REVIEW
    assert tried is not None
    assert tried.agrees
    books.send("invoice")
    assert set(books.of("Invoice")) - before == {
        books.partner("invoice", first.pk),
        books.partner("invoice", second.pk),
    }


def test_a_test_invoice_that_is_refused_says_why_and_nothing_else_is_sent(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    before = set(books.of("Invoice"))
    books.emulator.control.edit(
        books.realm, "Item", books.partner("service_item", item.pk), {"Active": False}
    )
    invoice = books.invoice(client, item)
    with books.here():
        sections.try_one(books.member, "invoice", str(invoice.pk), engine=books.engine)
    for _ in range(3):
        books.run()
    with books.here():
        tried = trial.tried(books.connection, "invoice", engine=books.engine)
    assert tried is not None
    assert tried.problems
    assert set(books.of("Invoice")) == before


def test_rows_without_a_class_get_the_one_that_was_chosen(books: Books) -> None:
    with books.here():
        choice = chosen.choices(books.connection, "tracking_class", engine=books.engine)[0]
    if not choice.options:
        books.emulator.control.edit(books.realm, "Class", None, {"Name": "Tax"}, "create")
        books.until_the_change_feed_is_asked()
        with books.here():
            choice = chosen.choices(books.connection, "tracking_class", engine=books.engine)[0]
    with books.here():
        assert chosen.choose(books.member, "tracking_class", choice.options[0][0], engine=books.engine)
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice")
    invoice = books.invoice(client, item)
    books.settle()
    there = books.of("Invoice")[books.partner("invoice", invoice.pk)]
    found = there.get("ClassRef") or there["Line"][0]["SalesItemLineDetail"].get("ClassRef")
    assert found["value"] == choice.options[0][0]
    books.until_the_change_feed_is_asked()
    assert ("drift", str(invoice.number)) not in books.issues()


def test_a_setting_that_is_not_offered_cannot_be_chosen(books: Books) -> None:
    with books.here(), pytest.raises(chosen.CannotDecide):
        chosen.choose(books.member, "income_account", "no such account", engine=books.engine)


@pytest.mark.parametrize(("told", "closed"), [(True, True), (False, False), (None, False)])
def test_payments_are_locked_while_quickbooks_applies_credits_by_itself(
    books: Books, told: bool | None, closed: bool
) -> None:
    if told is not None:
        books.emulator.control.set_preferences(books.realm, {"SalesFormsPrefs": {"AutoApplyCredit": told}})
    books.advance(60)  # what connecting has told is believed for as long
    with books.here():
        found = payments_gate.look(books.connection, engine=books.engine)
    assert found.closed is closed
    assert (found.auto_apply is payments_gate.AutoApply.UNKNOWN) is (told is None)


def test_the_lock_opens_by_itself_within_a_minute_of_the_change(books: Books) -> None:
    books.emulator.control.set_preferences(books.realm, {"SalesFormsPrefs": {"AutoApplyCredit": True}})
    books.advance(60)
    with books.here():
        assert payments_gate.look(books.connection, engine=books.engine).closed
    books.emulator.control.set_preferences(books.realm, {"SalesFormsPrefs": {"AutoApplyCredit": False}})
    books.advance(60)
    with books.here():
        assert not payments_gate.look(books.connection, engine=books.engine).closed


def test_the_start_date_is_kept_until_the_flow_is_turned_on(books: Books) -> None:
    with books.here():
        sections.set_start(books.member, "invoice", date(2026, 2, 1), engine=books.engine)
        assert sections.start_from(books.connection, "invoice") == "2026-02-01"
