"""Books that are closed while a write is in doubt: it is not sent as it was, and what a person does about it counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.invoice_life import revise_invoice
from tieout.sync import decisions
from tieout.sync.models import Attempt, Issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    made.send("invoice")
    return made


def close(books: Books, day: str) -> None:
    books.emulator.control.set_preferences(books.realm, {"AccountingInfoPrefs": {"BookCloseDate": day}})


def revise(books: Books, invoice: Any, **fields: Any) -> None:
    with books.here():
        revise_invoice(
            firm_id=books.firm.pk,
            invoice_id=invoice.pk,
            actor=SOMEBODY,
            today=TODAY,
            now=books.clock.now(),
            **fields,
        )


def wait(books: Books) -> None:
    """For as long as it takes to look twice, and then some."""
    for _ in range(6):
        books.run()
        books.advance(3 * books.engine.settle.total_seconds())
    books.run()


def waiting(books: Books) -> list[Issue]:
    with books.here():
        return list(Issue.objects.filter(entity="invoice", closed_at=None))


def check_again(books: Books) -> None:
    with books.here():
        decisions.retry(books.member, [one.pk for one in waiting(books)], engine=books.engine)


def states(books: Books, invoice: Any) -> list[str]:
    with books.here():
        tried = Attempt.objects.filter(entity="invoice", practice_id=invoice.pk).order_by("id")
        return list(tried.values_list("state", flat=True))


def ours(books: Books) -> list[dict[str, Any]]:
    return [one for one in books.of("Invoice").values() if "Tieout" in one.get("PrivateNote", "")]


def test_a_new_document_in_doubt_goes_under_the_date_it_was_given_after_the_books_were_closed(
    books: Books,
) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.fault("drop_before", entity="invoice", operation="create", nth=1, times=1)
    invoice = books.invoice(client, item, day=date(2026, 2, 11))
    books.run()
    close(books, "2026-02-28")
    wait(books)
    (issue,) = waiting(books)
    assert (issue.cause, states(books, invoice)) == ("closed_period", ["in_doubt"])
    revise(books, invoice, date=TODAY)
    check_again(books)
    wait(books)
    assert not waiting(books)
    assert states(books, invoice) == ["refused", "done"]
    assert [(one["Id"], one["TxnDate"]) for one in ours(books)] == [
        (books.partner("invoice", invoice.pk), "2026-03-02")
    ]


def test_one_that_was_not_edited_waits_until_the_books_are_open_again(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.fault("drop_before", entity="invoice", operation="create", nth=1, times=1)
    invoice = books.invoice(client, item)
    books.run()
    close(books, "2026-03-31")
    wait(books)
    assert states(books, invoice) == ["in_doubt"]
    close(books, "2025-12-31")
    check_again(books)
    wait(books)
    assert (states(books, invoice), len(ours(books))) == (["done"], 1)


def test_a_change_in_doubt_that_is_undone_here_is_settled_though_the_books_stay_closed(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.settle()
    books.fault("drop_before", entity="invoice", operation="update", nth=1, times=1)
    revise(books, invoice, memo="Thank you")
    books.run()
    close(books, "2026-03-31")
    wait(books)
    (issue,) = waiting(books)
    assert issue.cause == "closed_period"
    assert "undo the change here" in issue.sentence
    revise(books, invoice, memo="")
    check_again(books)
    wait(books)
    assert not waiting(books)
    assert states(books, invoice) == ["done", "refused"]
