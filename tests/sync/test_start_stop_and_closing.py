"""The start date, the switch and the closing date: what they hold back waits, is listed, and goes once they let it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.sync.test_documents import TODAY
from tests.sync.test_money_moves import credit_on, paid_by
from tests.sync.test_void_asks_first import Desk
from tieout.practice.actions.credits import unapply_credit
from tieout.practice.actions.invoice_life import revise_invoice, void_invoice
from tieout.practice.actions.payments import change_payment, void_payment
from tieout.practice.credits import CreditApplication
from tieout.practice.invoices import Invoice
from tieout.practice.payments import Payment
from tieout.sync import decisions, sections
from tieout.sync.models import Issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def start(desk: Desk, entity: str, day: date) -> None:
    with desk.here():
        sections.start_sending(desk.member, entity, since=day, engine=desk.engine)
    desk.settle()


def revise(desk: Desk, billed: Any, memo: str) -> None:
    with desk.here():
        revise_invoice(
            **desk.by, invoice_id=billed.pk, today=TODAY, now=desk.clock.now(), reason="", memo=memo
        )


def memo_of(desk: Desk, there: str) -> str:
    return str(desk.of("Invoice")[there].get("CustomerMemo", {}).get("value", ""))


ENTITIES = {Invoice: "invoice", Payment: "payment", CreditApplication: "credit_application"}


def causes(desk: Desk, *records: Any) -> list[str]:
    """What is open about each of these, in their order."""
    with desk.here():
        rows = Issue.objects.filter(closed_at=None).order_by("cause")
        found = [rows.filter(entity=ENTITIES[type(one)], record_id=str(one.pk)) for one in records]
        return [cause for some in found for cause in some.values_list("cause", flat=True)]


def test_a_start_date_moved_back_lets_what_waited_go_and_moved_forward_keeps_what_is_linked(
    desk: Desk,
) -> None:
    billed, there = desk.bill()
    start(desk, "invoice", date(2026, 3, 3))
    late = desk.invoice(desk.client, desk.sold)
    payment = desk.pay(late, "100")
    revise(desk, billed, "Linked before")
    desk.settle()
    assert memo_of(desk, there) == "Linked before", "what is linked stays in step"
    assert causes(desk, late, payment) == ["not_eligible", "held_up"]
    start(desk, "invoice", date(2026, 1, 1))
    assert desk.listed() == []
    assert paid_by(desk, payment) == {desk.partner("invoice", late.pk): 100}
    many = len(desk.of("Invoice"))
    start(desk, "invoice", date(2026, 4, 1))
    revise(desk, late, "Linked by now")
    desk.settle()
    assert memo_of(desk, desk.partner("invoice", late.pk)) == "Linked by now"
    assert (desk.listed(), len(desk.of("Invoice"))) == ([], many)


def test_a_section_stopped_and_started_again_goes_on_where_it_was_and_asks_what_both_changed(
    desk: Desk,
) -> None:
    (both, both_there), (ours, ours_there), (theirs, theirs_there) = desk.bill(), desk.bill(), desk.bill()
    with desk.here():
        sections.stop_sending(desk.member, "invoice", engine=desk.engine)
    revise(desk, both, "Ours")
    revise(desk, ours, "Only ours")
    late = desk.invoice(desk.client, desk.sold)
    for there, memo in ((both_there, "Theirs"), (theirs_there, "Only theirs")):
        desk.emulator.control.edit(desk.realm, "Invoice", there, {"CustomerMemo": {"value": memo}})
    for _ in range(3):
        desk.run()
        desk.advance(600)
    assert [memo_of(desk, one) for one in (both_there, ours_there)] == ["Theirs", ""], "nothing is sent"
    start(desk, "invoice", date(2026, 1, 1))
    desk.until_the_change_feed_is_asked()
    assert [memo_of(desk, one) for one in (both_there, ours_there, theirs_there)] == [
        "Theirs",
        "Only ours",
        "Only theirs",
    ]
    assert (causes(desk, both), causes(desk, ours), causes(desk, theirs)) == (["conflict"], [], ["drift"])
    assert desk.partner("invoice", late.pk)


def test_nothing_of_a_closed_period_is_voided_paid_or_applied_until_it_is_opened(desk: Desk) -> None:
    (to_void, void_there), (paid, paid_there), (credited, credit_there) = (
        desk.bill(),
        desk.bill(),
        desk.bill(),
    )
    payment, applied = desk.pay(paid, "40"), credit_on(desk, credited, 30)
    desk.settle()
    close_until(desk, "2026-03-31")
    with desk.here():
        void_invoice(**desk.by, invoice_id=to_void.pk, now=desk.clock.now())
        void_payment(**desk.by, payment_id=payment.pk)
        unapply_credit(**desk.by, application_id=applied.pk)
    again = desk.pay(paid, "60")
    more = credit_on(desk, credited, 10)
    desk.settle()
    assert causes(desk, to_void, payment, applied, again, more) == ["closed_period"] * 4 + ["held_up"]
    shown = [desk.shows(there) for there in (void_there, paid_there, credit_there)]
    assert shown == [(100, 100), (100, 60), (100, 70)]
    close_until(desk, "2026-02-28")
    with desk.here():
        waits = Issue.objects.filter(closed_at=None, cause="closed_period")
        decisions.retry(desk.member, [waits.order_by("id")[0].pk], engine=desk.engine)
    desk.settle()
    assert desk.listed() == []
    shown = [desk.shows(there) for there in (void_there, paid_there, credit_there)]
    assert shown == [(0, 0), (100, 40), (100, 90)]
    with desk.here():
        change_payment(**desk.by, payment_id=again.pk, today=TODAY, amount=Decimal("60.50"))
    desk.settle()
    assert desk.listed() == []


def close_until(desk: Desk, day: str) -> None:
    desk.emulator.control.set_preferences(desk.realm, {"AccountingInfoPrefs": {"BookCloseDate": day}})
