"""Before a write that was lost is sent once more, what was asked before it was first sent is asked again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.payments import change_payment, record_payment
from tieout.sync import decisions
from tieout.sync.models import Attempt, AttemptState, Issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    made.item_, made.client_ = made.item("Bookkeeping"), made.add_client("Ada Byrne")  # type: ignore[attr-defined]
    made.settle()
    made.send("invoice", "payment")
    return made


def later(books: Books) -> None:
    """Long enough for several looks."""
    for _ in range(8):
        books.advance(1_800)
        books.run()


def causes(books: Books) -> set[str]:
    with books.here():
        listed = Issue.objects.filter(closed_at=None).exclude(cause="not_eligible")
        return set(listed.values_list("cause", flat=True))


def let_go(books: Books, cause: str) -> None:
    with books.here():
        issue = Issue.objects.get(cause=cause, closed_at=None)
        decisions.retry(books.member, [issue.pk], engine=books.engine)
    books.settle()


def states(books: Books, entity: str) -> list[tuple[str, int]]:
    with books.here():
        return list(Attempt.objects.filter(entity=entity).order_by("id").values_list("state", "sendings"))


def test_what_was_lost_is_not_sent_into_books_that_were_closed_meanwhile(books: Any) -> None:
    before = set(books.of("Invoice"))
    books.fault("drop_before", entity="invoice", operation="create", nth=1, times=1)
    invoice = books.invoice(books.client_, books.item_)
    books.run()
    preferences = {"AccountingInfoPrefs": {"BookCloseDate": "2026-12-31"}}
    books.emulator.control.set_preferences(books.realm, preferences)
    later(books)
    assert states(books, "invoice") == [(AttemptState.IN_DOUBT, 1)]
    assert causes(books) == {"closed_period"}
    preferences["AccountingInfoPrefs"]["BookCloseDate"] = "2025-12-31"
    books.emulator.control.set_preferences(books.realm, preferences)
    let_go(books, "closed_period")
    assert states(books, "invoice") == [(AttemptState.DONE, 2)]
    assert set(books.of("Invoice")) - before == {books.partner("invoice", invoice.pk)}
    assert not causes(books)


def test_a_change_that_was_lost_is_judged_by_the_date_its_record_shows_and_a_payment_by_auto_apply(
    books: Any,
) -> None:
    def pay() -> Any:
        return record_payment(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=books.client_,
            date=TODAY,
            amount=Decimal("50"),
            method="check",
        )

    with books.here():
        payment = pay()
    books.settle()
    there = books.partner("payment", payment.pk)
    books.fault("drop_before", entity="payment", operation="update", nth=1, times=1)
    with books.here():
        change_payment(
            firm_id=books.firm.pk, payment_id=payment.pk, actor=SOMEBODY, today=TODAY, reference="77"
        )
    books.run()
    control = books.emulator.control
    control.set_preferences(books.realm, {"AccountingInfoPrefs": {"BookCloseDate": "2026-12-31"}})
    later(books)
    assert "PaymentRefNum" not in books.of("Payment")[there]
    assert causes(books) == {"closed_period"}
    control.set_preferences(books.realm, {"AccountingInfoPrefs": {"BookCloseDate": "2025-12-31"}})
    let_go(books, "closed_period")
    assert books.of("Payment")[there]["PaymentRefNum"] == "77"
    many = len(books.of("Payment"))
    books.fault("drop_before", entity="payment", operation="create", nth=1, times=1)
    with books.here():
        pay()
    books.run()
    control.set_preferences(books.realm, {"SalesFormsPrefs": {"AutoApplyCredit": True}})
    later(books)
    assert (causes(books), len(books.of("Payment"))) == ({"auto_apply"}, many)
