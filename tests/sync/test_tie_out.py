"""The tie-out against a company with documents of its own: to the cent, at a past date, by few reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.payments import record_payment
from tieout.reconcile.state import Side
from tieout.sync import decisions, notices, tie_out, tie_out_clients, tie_out_daily
from tieout.sync.ledgers import calls_of_month
from tieout.sync.models import Conflict, TieOut, TieOutLine
from tieout.sync.notice_words import State

pytestmark = pytest.mark.django_db


class Compared:
    """A firm that has sent one invoice of $100.00 for Ada Byrne."""

    def __init__(self) -> None:
        self.books = Books()
        self.books.review_items()
        self.item, self.client = self.books.item("Bookkeeping"), self.books.add_client("Ada Byrne")
        self.books.settle()
        self.books.send("invoice", "payment")
        self.invoice = self.books.invoice(self.client, self.item)
        self.books.settle()
        self.there = self.books.partner("invoice", self.invoice.pk)

    def check(self, day: date = TODAY) -> TieOut:
        with self.books.here():
            return tie_out.check(self.books.connection, day, engine=self.books.engine)

    def line(self, found: TieOut) -> TieOutLine:
        with self.books.here():
            return TieOutLine.objects.get(tie_out=found, practice_id=self.client)

    def parts(self, found: TieOut) -> list[tuple[str, str]]:
        return [(part["cause"], str(part["difference"])) for part in _with_difference(self.line(found).parts)]

    def pay(self, amount: str) -> Any:
        with self.books.here():
            return record_payment(
                firm_id=self.books.firm.pk,
                actor=SOMEBODY,
                today=TODAY,
                client_id=self.client,
                date=TODAY,
                amount=Decimal(amount),
                method="check",
                allocations=[(self.invoice.pk, Decimal(amount))],
            )


def _with_difference(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield {**part, "difference": Decimal(part["here"]) - Decimal(part["there"])}


@pytest.fixture
def compared() -> Compared:
    return Compared()


def test_a_client_whose_documents_arrived_agrees_to_the_cent(compared: Compared) -> None:
    line = compared.line(compared.check())
    assert (line.here, line.there, line.parts) == (Decimal("100.00"), Decimal("100.00"), [])


def test_what_quickbooks_has_of_its_own_is_named_and_nothing_is_unexplained(compared: Compared) -> None:
    found = compared.check()
    assert found.unexplained == 0
    assert set(found.causes) <= {"made_there", "not_linked"}
    assert found.here - found.there == sum(Decimal(amount) for _, amount in found.causes.values())


def test_a_cent_changed_in_quickbooks_is_explained_once_the_sync_has_listed_it(compared: Compared) -> None:
    books = compared.books
    line = books.of("Invoice")[compared.there]["Line"][0]
    books.emulator.control.edit(
        books.realm,
        "Invoice",
        compared.there,
        {
            "Line": [
                {
                    **line,
                    "Amount": Decimal("100.01"),
                    "SalesItemLineDetail": {**line["SalesItemLineDetail"], "UnitPrice": Decimal("100.01")},
                }
            ]
        },
    )
    before = compared.check()
    assert (before.unexplained, compared.parts(before)) == (Decimal("0.01"), [("unexplained", "-0.01")])
    books.until_the_change_feed_is_asked()
    after = compared.check()
    assert (after.unexplained, compared.parts(after)) == (Decimal(0), [("drift", "-0.01")])
    with books.here():
        open_ones = dict(Conflict.objects.filter(closed_at=None).values_list("unit", "pk"))
        assert set(open_ones) == {"content", "total"}
        answered = [open_ones["content"]]
        assert decisions.answer_conflicts(books.member, answered, Side.LEDGER, engine=books.engine) == 1
    books.settle()
    assert {cause for cause, _ in books.issues()} == {"not_eligible"}, (
        "what the total is made of was accepted, and so was the total"
    )
    accepted = compared.check()
    assert (accepted.unexplained, compared.parts(accepted)) == (0, [("amount_differs", "-0.01")])


def test_a_payment_that_waits_explains_the_difference(compared: Compared) -> None:
    compared.pay("40")
    found = compared.check()
    assert (compared.parts(found), found.unexplained) == ([("waits", "-40.00")], 0)
    compared.books.settle()
    assert compared.parts(compared.check()) == []


def test_the_day_before_nothing_was_owed_on_either_side(compared: Compared) -> None:
    found = compared.check(date(2026, 3, 1))
    with compared.books.here():
        assert not TieOutLine.objects.filter(tie_out=found, practice_id=compared.client).exists()


def test_a_look_costs_one_read_when_no_linked_client_differs(compared: Compared) -> None:
    books = compared.books
    with books.here():
        before = calls_of_month(books.connection, books.clock.now()).get("coreplus", 0)
        tie_out.check(books.connection, date(1999, 1, 1), engine=books.engine)
        after = calls_of_month(books.connection, books.clock.now())["coreplus"]
    assert after - before == 1


def test_a_signed_comparison_stays_when_the_day_is_compared_again(compared: Compared) -> None:
    first = compared.check()
    with compared.books.here():
        assert tie_out.sign(compared.books.member, first, "March is fine", engine=compared.books.engine)
        assert not tie_out.sign(compared.books.member, first, engine=compared.books.engine)
    compared.pay("40")
    compared.check()
    compared.check()
    with compared.books.here():
        kept = tie_out.snapshots(compared.books.connection)
        assert [(one.pk, one.note, one.signed_name) for one in kept] == [
            (first.pk, "March is fine", compared.books.member.user.get_full_name())
        ]
        assert TieOut.objects.filter(day=TODAY).count() == 2
        assert TieOutLine.objects.filter(tie_out=first).exists()


def test_only_the_latest_day_a_months_end_and_what_was_signed_keep_their_lines(compared: Compared) -> None:
    found = [
        compared.check(day)
        for day in (date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 2))
    ]
    with compared.books.here():
        with_lines = set(TieOutLine.objects.values_list("tie_out_id", flat=True))
        assert len(tie_out.over_time(compared.books.connection)) == 4
    assert with_lines == {found[1].pk, found[3].pk}


def test_once_a_day_and_for_a_months_end_it_is_made_by_itself(compared: Compared) -> None:
    books = compared.books

    def due() -> list[int]:
        return tie_out_daily.due_connections(books.clock.now())

    assert due() == [books.connection.pk]
    assert tie_out_daily.compare_due(books.connection.pk, books.engine) == 1
    assert due() == []
    books.advance(40 * 24 * 3600)
    assert tie_out_daily.compare_due(books.connection.pk, books.engine) == 2
    assert due() == []
    with books.here():
        days = [one.day for one in tie_out.over_time(books.connection)]
    month_end = books.clock.now().date().replace(day=1) - timedelta(days=1)
    assert month_end in days
    assert len(days) == 3


def test_while_quickbooks_does_not_answer_nothing_is_kept_and_it_is_due_yet(compared: Compared) -> None:
    compared.books.fault("status", status=503)
    assert tie_out_daily.compare_due(compared.books.connection.pk, compared.books.engine) == 0
    with compared.books.here():
        assert not TieOut.objects.exists()


def test_a_look_back_at_an_older_day_changes_nothing_in_how_the_books_stand(compared: Compared) -> None:
    books = compared.books
    today = compared.check()

    def stands() -> tuple[Any, ...]:
        with books.here():
            of_clients = tie_out_clients.of_clients(books.firm.pk, [compared.client])
            assert of_clients is not None
            last = tie_out.latest(books.connection)
            state = notices.state_of(books.connection, books.clock.now())
            return last and last.pk, state, of_clients.day, of_clients.clients[compared.client].difference

    assert stands() == (today.pk, State.WELL, TODAY, 0)
    books.advance(60)
    older = compared.check(TODAY - timedelta(days=61))
    assert older.checked_at > today.checked_at
    with books.here():
        TieOut.objects.filter(pk=older.pk).update(unexplained=Decimal("0.01"))
    assert stands() == (today.pk, State.WELL, TODAY, 0), "a cent of last year alarms nobody today"
    with books.here():
        TieOut.objects.filter(pk=older.pk).update(unexplained=0)
        TieOut.objects.filter(pk=today.pk).update(unexplained=Decimal("0.01"))
    assert stands() == (today.pk, State.UNEXPLAINED, TODAY, 0), "nor is today's gone because last year agreed"


def test_what_has_lost_its_clients_cannot_be_signed_until_it_is_compared_again(compared: Compared) -> None:
    older, day = compared.check(TODAY), TODAY + timedelta(days=1)
    with compared.books.here():
        assert not tie_out.clients_are_gone(older)
    compared.check(day)
    with compared.books.here():
        assert tie_out.clients_are_gone(older)
        with pytest.raises(tie_out.ClientsGone):
            tie_out.sign(compared.books.member, older, engine=compared.books.engine)
        older.refresh_from_db()
        assert older.signed_at is None
    again = compared.check(TODAY)
    with compared.books.here():
        assert tie_out.sign(compared.books.member, again, engine=compared.books.engine)


def test_a_comparison_in_which_nobody_owed_anything_has_nothing_to_lose(compared: Compared) -> None:
    found = compared.check(date(1999, 1, 1))
    with compared.books.here():
        assert (found.here, found.there, found.differing) == (0, 0, 0)
        assert not tie_out.clients_are_gone(found)
