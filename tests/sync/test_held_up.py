"""What waits for a record that nobody sends needs a person and says why; what waits for one on its way clears by itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import connection as database

from tests.sync.rig import SOMEBODY, Rig
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.payments import record_payment
from tieout.practice.actions.refunds import refund_payment
from tieout.reconcile.state import Key, Side
from tieout.sync import advanced, awaiting, chosen, decisions, payments_gate, sections, status, worklist
from tieout.sync.models import Issue
from tieout.sync.worklist import WorkRow
from tieout.web.integrations import remedies

again = import_module("tieout.sync.migrations.0031_plan_what_waited_again")
pytestmark = pytest.mark.django_db
LAST_YEAR = date(2025, 12, 15)
MANAGE = "/settings/integrations/quickbooks/"


class Desk(Books):
    """All sections on, documents from the first of January."""

    def __init__(self) -> None:
        super().__init__()
        self.review_items()
        self.send("invoice", "payment", "credit", "credit_application", "refund")
        self.sold, self.client = self.item("Bookkeeping"), self.add_client("Ada Byrne")
        self.settle()

    def pay(self, *billed: Any, day: date = TODAY) -> Any:
        with self.here():
            return record_payment(
                firm_id=self.firm.pk,
                actor=SOMEBODY,
                today=TODAY,
                client_id=self.client,
                date=day,
                amount=Decimal(60),
                method="check",
                allocations=[(one.pk, Decimal(60) / len(billed)) for one in billed],
            )

    def held_up(self, listing: str = "needs_you", cause: str = "held_up") -> list[WorkRow]:
        with self.here():
            return worklist.page_of(self.connection, listing, cause, engine=self.engine).rows

    def buttons(self) -> dict[str, str]:
        """Label -> what it posts or where it leads, of the one record that is held up."""
        (row,) = self.held_up()
        return {one.label: one.value or one.href for one in remedies.buttons(row)}

    def documents(self) -> list[str]:
        """The causes of what is open about documents."""
        with self.here():
            rows = Issue.objects.filter(closed_at=None, entity__in=["invoice", "payment", "refund"])
            return sorted(rows.values_list("cause", flat=True))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_payment_over_an_invoice_before_the_start_names_it_and_goes_once_the_start_is_moved(
    desk: Desk,
) -> None:
    old = desk.invoice(desk.client, desk.sold, day=LAST_YEAR)
    paid = desk.pay(old)
    desk.settle()
    (row,) = desk.held_up()
    assert row.sentence == (
        f"It waits for invoice {old.number}, which is left out: it is dated before 2026-01-01, the start date."
    )
    assert not desk.held_up("clearing", "waits_for")
    with desk.here():
        (section,) = [
            one for one in status.section_statuses(desk.connection) if one.slug == "payments-and-credits"
        ]
        assert (section.state, section.needs_you, section.waiting) == ("needs_you", 1, 0)
        gate = payments_gate.look(desk.connection, engine=desk.engine)
        assert (gate.invoices_missing, gate.paid_left_out) == (0, 1)
    assert desk.buttons() == {
        "Start date of invoices": f"{MANAGE}advanced/#since-invoice",
        f"Open invoice {old.number}": f"/billing/invoices/{old.pk}/",
        "Check again": f"retry:{row.id}",
        "Leave out": f"leave_out:{row.id}",
    }
    with desk.here():
        sections.start_sending(desk.member, "invoice", since=date(2025, 12, 1), engine=desk.engine)
    desk.settle()
    assert not desk.documents()
    assert desk.partner("invoice", old.pk)
    assert desk.partner("payment", paid.pk)


def test_a_left_out_item_holds_up_the_chain_behind_it_until_it_is_back(desk: Desk) -> None:
    with desk.here():
        advanced.turn(desk.member, "service_item", "create", Side.LEDGER, False, engine=desk.engine)
    sold = desk.item("Payroll")
    billed = [desk.invoice(desk.client, sold) for _ in range(3)]
    desk.pay(*billed)
    desk.settle()
    assert desk.documents() == ["held_up"] * 4
    assert all("creating service items there is switched off" in row.sentence for row in desk.held_up())
    by_entity = {row.key.entity: row for row in desk.held_up()}
    ways = {one.label: one.href for one in remedies.buttons(by_entity["invoice"])}
    assert ways["Advanced settings"] == f"{MANAGE}advanced/"
    key = Key("service_item", Side.PRACTICE, str(sold.pk))
    with desk.here():
        decisions.exclude(desk.member, [key], reason="not sold", engine=desk.engine)
        advanced.turn(desk.member, "service_item", "create", Side.LEDGER, True, engine=desk.engine)
    desk.settle()
    rows = {row.key.entity: row for row in desk.held_up()}
    why = "which is left out by Dana Reyes: not sold"
    assert rows["invoice"].sentence == f"It waits for service item Payroll, {why}."
    assert rows["payment"].sentence == (
        f"It waits for invoice {billed[0].number}, which waits for service item Payroll, {why}; "
        f"and for invoice {billed[1].number}, which waits for service item Payroll, {why}; and for 1 more."
    )
    decide = [one.href for one in remedies.buttons(rows["payment"]) if one.label.startswith("Decide about")]
    assert decide[0].endswith(f"/needs-you/?cause=held_up&search={billed[0].number}")
    with desk.here():
        decisions.restore(desk.member, [key], free=[key], engine=desk.engine)
    desk.settle()
    assert not desk.documents()


def test_what_waits_for_a_section_that_is_off_says_which_and_goes_once_it_is_on(desk: Desk) -> None:
    old = desk.invoice(desk.client, desk.sold, day=LAST_YEAR)
    desk.pay(old)
    desk.settle()
    assert "which is left out: it is dated before" in desk.held_up()[0].sentence
    with desk.here():
        sections.stop_sending(desk.member, "invoice", engine=desk.engine)
    paid = desk.pay(desk.invoice(desk.client, desk.sold))
    desk.run()
    assert len(desk.held_up()) == 2
    assert all(row.sentence.endswith(", and Invoices is not turned on.") for row in desk.held_up())
    ways = {one.label: one.href for one in remedies.buttons(desk.held_up()[0])}
    assert ways["Turn on: Invoices"] == f"{MANAGE}invoices/"
    with desk.here():
        sections.start_sending(desk.member, "invoice", since=date(2026, 1, 1), engine=desk.engine)
    desk.settle()
    (row,) = desk.held_up()
    assert "which is left out: it is dated before" in row.sentence
    assert desk.partner("payment", paid.pk)


def test_a_refund_of_a_payment_that_stays_here_needs_a_person_who_may_leave_it_out_too(desk: Desk) -> None:
    with desk.here():
        for key, value in (("refund_item", ""), ("refund_account", "35")):
            offered = chosen.choices(desk.connection, key, engine=desk.engine)[0].options
            chosen.choose(desk.member, key, value or offered[0][0], engine=desk.engine)
    paid = desk.pay(day=LAST_YEAR)
    with desk.here():
        refund = refund_payment(
            firm_id=desk.firm.pk, payment_id=paid.pk, actor=SOMEBODY, today=TODAY, amount=Decimal(20)
        )
    desk.settle()
    assert desk.documents() == ["held_up", "not_eligible"]
    assert "Start date of payments" in desk.buttons()
    with desk.here():
        decisions.exclude(desk.member, [Key("refund", Side.PRACTICE, str(refund.pk))], engine=desk.engine)
    desk.settle()
    assert desk.documents() == ["excluded", "not_eligible"]


def test_what_waits_for_one_that_is_on_its_way_clears_by_itself(desk: Desk) -> None:
    desk.fault("drop_before", entity="invoice", operation="create", nth=1, times=1)
    billed = desk.invoice(desk.client, desk.sold)
    paid = desk.pay(billed)
    desk.run()
    assert desk.documents() == ["in_flight", "waits_for"]
    (row,) = desk.held_up("clearing", "waits_for")
    assert row.sentence == f"Waits for invoice {billed.number}."
    desk.settle()
    assert not desk.documents()
    assert desk.partner("payment", paid.pk)


def test_however_many_are_waited_for_it_is_two_questions(django_assert_num_queries: Any) -> None:
    rig = Rig()
    rig.connect()
    connection = rig.connection
    with rig.here(), django_assert_num_queries(2):
        found = awaiting.look(connection, [f"invoice:{number}" for number in range(300)])
    assert len(found) == 300


def test_what_an_older_version_listed_as_waiting_is_planned_again_once_it_is_updated(desk: Desk) -> None:
    desk.pay(desk.invoice(desk.client, desk.sold, day=LAST_YEAR))
    desk.settle()
    with desk.here():
        Issue.objects.filter(cause="held_up").update(cause="waits_for", listing="clearing")
        with database.cursor() as cursor:
            cursor.execute(again.PLAN_AGAIN)
            cursor.execute(again.PLAN_AGAIN)
    desk.settle()
    assert desk.documents() == ["held_up", "not_eligible"]
