"""What QuickBooks refuses is listed under its own cause, with a way out; and when the cause is gone, so are its siblings."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.credits import create_credit
from tieout.practice.actions.payments import record_payment
from tieout.practice.billing_access import visible_documents
from tieout.practice.invoices import Invoice
from tieout.practice.numbering import sequence_of
from tieout.reconcile.plan import Conflict
from tieout.reconcile.state import Key, Present, Side
from tieout.sync import decisions, partners, repairs, same_document, worklist
from tieout.sync.listing import problem_of
from tieout.sync.models import Hold, Issue, Link
from tieout.sync.telling_apart import what_tells_apart
from tieout.web.billing.invoice_list import INVOICES, narrowed
from tieout.web.integrations import acts, remedies

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    made.item_, made.client_ = made.item("Bookkeeping"), made.add_client("Ada Byrne")  # type: ignore[attr-defined]
    made.settle()
    made.send("invoice")
    return made


def invoice(books: Any) -> Any:
    return books.invoice(books.client_, books.item_)


def open_issues(books: Books, cause: str) -> list[Issue]:
    with books.here():
        return list(Issue.objects.filter(cause=cause, closed_at=None).order_by("id"))


def close_books(books: Books, day: str | None) -> None:
    books.emulator.control.set_preferences(books.realm, {"AccountingInfoPrefs": {"BookCloseDate": day}})


def test_a_closed_period_is_its_own_cause_and_reopened_for_one_lets_its_siblings_go(books: Books) -> None:
    close_books(books, "2026-12-31")
    made = [invoice(books) for _ in range(3)]
    books.settle()
    waiting = open_issues(books, "closed_period")
    assert len(waiting) == 3
    assert "closed period" in waiting[0].sentence
    assert all(issue.sentence and issue.next_step for issue in waiting)
    close_books(books, "2025-12-31")
    with books.here():
        decisions.retry(books.member, [waiting[0].pk], engine=books.engine)
    books.settle()
    assert not open_issues(books, "closed_period")
    assert len({books.partner("invoice", one.pk) for one in made}) == 3


def test_all_of_a_cause_can_be_looked_at_again_at_once(books: Books) -> None:
    close_books(books, "2026-12-31")
    for _ in range(2):
        invoice(books)
    books.settle()
    close_books(books, "2025-12-31")
    with books.here():
        assert repairs.retry_cause(books.member, "closed_period", engine=books.engine) == 2
    books.settle()
    assert not open_issues(books, "closed_period")


def test_a_number_that_is_taken_comes_with_one_that_is_free(books: Books) -> None:
    books.emulator.control.set_preferences(books.realm, {"SalesFormsPrefs": {"CustomTxnNumbers": True}})
    with books.here():
        taken = sequence_of(books.firm.pk, "invoice").next
    theirs = next(iter(books.of("Invoice")))
    books.emulator.control.edit(books.realm, "Invoice", theirs, {"DocNumber": taken})
    made = invoice(books)
    assert made.number == taken
    books.settle()
    (issue,) = open_issues(books, "number_taken")
    assert issue.suggestion
    assert issue.suggestion != made.number


def test_an_amount_that_comes_out_different_is_said_with_both_and_can_be_accepted(books: Books) -> None:
    made = invoice(books)
    books.settle()
    there = books.partner("invoice", made.pk)
    line = books.of("Invoice")[there]["Line"][0]
    detail = {**line["SalesItemLineDetail"], "UnitPrice": Decimal("100.01")}
    changed = {"Line": [{**line, "Amount": Decimal("100.01"), "SalesItemLineDetail": detail}]}
    books.emulator.control.edit(books.realm, "Invoice", there, changed)
    books.until_the_change_feed_is_asked()
    (issue,) = open_issues(books, "amount_differs")
    assert issue.sentence == "QuickBooks shows $100.01, we show $100.00."


def test_what_was_deleted_there_can_be_taken_apart_and_is_left_out(books: Books) -> None:
    made = invoice(books)
    books.settle()
    books.emulator.control.edit(books.realm, "Invoice", books.partner("invoice", made.pk), {}, "delete")
    books.until_the_change_feed_is_asked()
    key = Key("invoice", Side.PRACTICE, str(made.pk))
    with books.here():
        repairs.detach(books.member, key, engine=books.engine)
    books.settle()
    assert not open_issues(books, "gone_there")
    with books.here():
        assert Hold.objects.get(record_id=str(made.pk), side="practice").excluded
        assert [row.name for row in worklist.every(books.connection, "left_out", engine=books.engine)].count(
            str(made.number)
        )


def test_an_issue_can_be_assigned_and_only_within_the_firm(books: Books) -> None:
    close_books(books, "2026-12-31")
    invoice(books)
    books.settle()
    (issue,) = open_issues(books, "closed_period")
    with books.here():
        assert repairs.assign(books.member, [issue.pk], books.member) == 1
        rows = worklist.page_of(
            books.connection, "needs_you", "closed_period", of=books.member, engine=books.engine
        ).rows
        assert [row.assigned_to for row in rows] == [books.member.user.get_full_name()]
        assert worklist.groups(books.connection, "needs_you", of=None)


def apply_credits(books: Books, on: bool) -> None:
    books.emulator.control.set_preferences(books.realm, {"SalesFormsPrefs": {"AutoApplyCredit": on}})


def test_payments_and_credits_pause_while_quickbooks_spends_credits_and_go_by_themselves_afterwards(
    books: Any,
) -> None:
    books.send("credit", "payment", "credit_application")
    sent = invoice(books)
    books.settle()
    before = (len(books.of("Payment")), len(books.of("CreditMemo")))
    apply_credits(books, True)
    with books.here():
        paid = record_payment(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=books.client_,
            date=TODAY,
            amount=Decimal(60),
            method="check",
            allocations=[(sent.pk, Decimal(60))],
        )
        credit = create_credit(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=books.client_,
            item_id=books.item_.pk,
            date=TODAY,
            quantity=Decimal(1),
            rate=Decimal(30),
        )
    later = invoice(books)
    for _ in range(4):
        books.run()
        books.advance(31 * 60)
    paused = open_issues(books, "auto_apply")
    assert {one.entity for one in paused} == {"payment", "credit"}
    assert all("Automatically apply credits" in one.next_step and one.sentence for one in paused)
    assert (len(books.of("Payment")), len(books.of("CreditMemo"))) == before, "nothing of them was written"
    assert books.partner("invoice", later.pk), "invoices are not held up"
    apply_credits(books, False)
    books.settle()
    assert not open_issues(books, "auto_apply")
    assert books.partner("payment", paid.pk)
    assert books.partner("credit", credit.pk)


def numbered_like_one_there(books: Books, **there: Any) -> tuple[Any, str]:
    """An invoice here, and one that people made in QuickBooks with the same number, client, item and amount."""
    books.emulator.control.set_preferences(books.realm, {"SalesFormsPrefs": {"CustomTxnNumbers": True}})
    with books.here():
        number = sequence_of(books.firm.pk, "invoice").next
    item = {"value": books.partner("service_item", books.item_.pk)}  # type: ignore[attr-defined]
    line = {
        "Amount": Decimal("100.00"),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": item, "Qty": 1, "UnitPrice": Decimal("100.00")},
    }
    customer = {"value": books.partner("client", books.client_)}  # type: ignore[attr-defined]
    document = {
        "DocNumber": number,
        "CustomerRef": customer,
        "TxnDate": TODAY.isoformat(),
        "Line": [line],
        **there,
    }
    before = set(books.of("Invoice"))
    books.emulator.control.edit(books.realm, "Invoice", None, document, "create")
    (theirs,) = set(books.of("Invoice")) - before
    made = invoice(books)
    books.settle()
    return made, theirs


def test_the_invoice_that_has_the_number_can_be_linked_when_it_is_the_same_one(books: Books) -> None:
    made, theirs = numbered_like_one_there(books)
    (issue,) = open_issues(books, "number_taken")
    with books.here():
        (row,) = worklist.chosen(books.connection, [issue.pk], engine=books.engine)
        assert row.holder == theirs
        same_document.link_the_same(books.member, "invoice", str(made.pk), row.holder, engine=books.engine)
    books.settle()
    assert books.partner("invoice", made.pk) == theirs
    assert not open_issues(books, "number_taken")
    assert not open_issues(books, "drift")
    assert len([one for one in books.of("Invoice").values() if one.get("DocNumber") == made.number]) == 1


@pytest.mark.parametrize(
    ("what", "sentence"), [("client", "of another client"), ("amount", "$250.00 in QuickBooks")]
)
def test_an_invoice_of_another_client_or_amount_is_not_linked_for_its_number(
    books: Books, what: str, sentence: str
) -> None:
    there: dict[str, Any] = {"CustomerRef": {"value": next(iter(books.of("Customer")))}}
    if what == "amount":
        there = {"Line": [{"Amount": 250, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}]}
    made, theirs = numbered_like_one_there(books, **there)
    with books.here(), pytest.raises(decisions.CannotDecide, match=re.escape(sentence)):
        same_document.link_the_same(books.member, "invoice", str(made.pk), theirs, engine=books.engine)
    assert len(open_issues(books, "number_taken")) == 1
    with books.here():
        assert not Link.objects.filter(entity="invoice").exists()


def test_an_invoice_is_found_by_the_number_that_quickbooks_gave_it(books: Books) -> None:
    books.emulator.control.set_preferences(books.realm, {"SalesFormsPrefs": {"CustomTxnNumbers": False}})
    made = invoice(books)
    books.settle()
    theirs = books.of("Invoice")[books.partner("invoice", made.pk)]["DocNumber"]
    assert theirs != made.number
    with books.here():
        assert partners.called_there(books.firm.pk, "invoice", theirs) == [str(made.pk)]
        assert partners.called_there(books.firm.pk, "invoice", theirs[:-1]) == []
        asked = INVOICES.read({"search": theirs})
        rows = visible_documents(books.member, Invoice)
        assert [one.pk for one in narrowed(asked, rows, books.member, TODAY)] == [made.pk]


def test_amounts_that_differ_are_told_in_the_currency_of_their_document() -> None:
    ours, theirs = Key("invoice", Side.PRACTICE, "7"), Key("invoice", Side.LEDGER, "130")
    differs = Conflict(ours, theirs, "total", Decimal("1100.00"), Decimal("1100.01"), None)
    found = problem_of(differs, {"total"}, "CAD")
    assert found is not None
    assert found.sentence == "QuickBooks shows CA$1,100.01, we show CA$1,100.00."
    there = Present({"client": "58", "total": Decimal("1100.01")}, "0", {})
    apart = what_tells_apart({"client": "58", "total": Decimal("1100.00")}, there, "CAD")
    assert apart == "it comes to CA$1,100.01 in QuickBooks and to CA$1,100.00 here."


def test_a_void_document_is_never_the_one_that_has_the_number() -> None:
    here = {"client": "58", "total": Decimal("100.00")}
    assert what_tells_apart(here, Present(here, "0", {})) == ""
    assert "is void" in what_tells_apart(here, Present(here, "0", {"voided": True}))


def test_a_credit_whose_number_is_taken_there_gets_the_next_one_that_is_free(books: Any) -> None:
    books.send("credit")
    books.emulator.control.set_preferences(books.realm, {"SalesFormsPrefs": {"CustomTxnNumbers": True}})
    with books.here():
        taken = sequence_of(books.firm.pk, "credit").next
    theirs = next(iter(books.of("Invoice")))
    books.emulator.control.edit(books.realm, "Invoice", theirs, {"DocNumber": taken})
    with books.here():
        credit = create_credit(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=books.client_,
            item_id=books.item_.pk,
            date=TODAY,
            quantity=Decimal(1),
            rate=Decimal(30),
        )
    books.settle()
    with books.here():
        rows = worklist.page_of(books.connection, "needs_you", "number_taken", engine=books.engine).rows
        (offered,) = [one for one in remedies.buttons(rows[0]) if one.value.startswith("use_number")]
        assert offered.label == f"Use {rows[0].suggestion}"
        done = acts.use_number(acts.Ask(books.member, rows))
        assert done.sentence == f"It is credit {rows[0].suggestion} now, and is sent under that number."
    books.settle()
    assert not open_issues(books, "number_taken")
    assert books.of("CreditMemo")[books.partner("credit", credit.pk)]["DocNumber"] == rows[0].suggestion
