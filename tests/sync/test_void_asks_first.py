"""Voiding here never undoes unasked what a person did with the document in QuickBooks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.credits import apply_credit, create_credit, unapply_credit
from tieout.practice.actions.invoice_life import revise_invoice, void_invoice
from tieout.practice.actions.payments import record_payment, unapply_payment, void_payment
from tieout.reconcile.state import Side
from tieout.sync import decisions, repairs, worklist
from tieout.sync.decisions import CHANGED_SINCE, CannotDecide
from tieout.sync.issues import UNDONE
from tieout.sync.models import Attempt, Conflict, Issue
from tieout.sync.worklist import WorkRow
from tieout.sync.write_log import WriteEntry
from tieout.web.integrations import remedies

pytestmark = pytest.mark.django_db
SALES = "SalesItemLineDetail"
DOCUMENTS = ("invoice", "payment", "credit", "credit_application", "refund")


class Desk(Books):
    """Invoices, payments and credits go to QuickBooks, where a bookkeeper works too."""

    def __init__(self) -> None:
        super().__init__()
        self.review_items()
        self.send("invoice", "payment", "credit", "credit_application")
        self.sold, self.client = self.item("Bookkeeping"), self.add_client("Ada Byrne")
        self.settle()

    def bill(self) -> tuple[Any, str]:
        """An invoice of 100, and its id in QuickBooks."""
        billed = self.invoice(self.client, self.sold)
        self.settle()
        return billed, self.partner("invoice", billed.pk)

    @property
    def by(self) -> dict[str, Any]:
        return {"firm_id": self.firm.pk, "actor": SOMEBODY}

    def pay(self, billed: Any, amount: str) -> Any:
        with self.here():
            return record_payment(
                **self.by,
                today=TODAY,
                client_id=self.client,
                date=TODAY,
                amount=Decimal(amount),
                method="check",
                allocations=[(billed.pk, Decimal(amount))],
            )

    def credit(self, amount: int, billed: Any, applied: int) -> Any:
        """A credit that pays so much of this one. Returns what applies it."""
        with self.here():
            made = create_credit(
                **self.by,
                today=TODAY,
                client_id=self.client,
                item_id=self.sold.pk,
                date=TODAY,
                quantity=Decimal(1),
                rate=Decimal(amount),
            )
            allocations = [(billed.pk, Decimal(applied))]
            return apply_credit(**self.by, credit_id=made.pk, today=TODAY, allocations=allocations)[0]

    def paid_in_quickbooks(self, there: str, amount: int) -> None:
        customer = self.of("Invoice")[there]["CustomerRef"]
        payment = {"CustomerRef": customer, "TotalAmt": amount, "Line": [linked_to("Invoice", there, amount)]}
        self.emulator.control.edit(self.realm, "Payment", None, payment, "create")

    def void(self, billed: Any) -> None:
        with self.here():
            void_invoice(**self.by, invoice_id=billed.pk, now=self.clock.now())

    def unapply(self, payment: Any, billed: Any) -> None:
        with self.here():
            unapply_payment(**self.by, payment_id=payment.pk, invoice_id=billed.pk)

    def ever_asked(self) -> int:
        """About how many records, also where it was asked no more afterwards."""
        with self.here():
            return Issue.objects.filter(cause=UNDONE).count()

    def shows(self, there: str) -> tuple[Decimal, Decimal]:
        found = self.of("Invoice")[there]
        return Decimal(str(found["TotalAmt"])), Decimal(str(found["Balance"]))

    def asked(self) -> list[WorkRow]:
        with self.here():
            return worklist.page_of(self.connection, "needs_you", "undone_by_void", engine=self.engine).rows

    def listed(self) -> list[str]:
        """The causes of what is open about documents."""
        with self.here():
            rows = Issue.objects.filter(closed_at=None, entity__in=DOCUMENTS)
            return sorted(rows.values_list("cause", flat=True))

    def voided(self, there: str) -> int:
        """How often a void of it was sent and taken."""
        with self.here():
            return WriteEntry.objects.filter(operation="void", ledger_id=there, result="done").count()


def linked_to(kind: str, there: str, amount: int) -> dict[str, Any]:
    """A line of a payment in QuickBooks."""
    return {"Amount": amount, "LinkedTxn": [{"TxnId": there, "TxnType": kind}]}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_payment_received_there_is_not_taken_off_before_a_person_says_so_and_then_once(desk: Desk) -> None:
    billed, there = desk.bill()
    desk.paid_in_quickbooks(there, 40)
    desk.void(billed)
    desk.settle()
    assert desk.shows(there) == (100, 60), "what was seen of it before the payment is no licence"
    (row,) = desk.asked()
    assert "40.00 that did not come from here is paid or credited on it" in row.sentence
    with desk.here():
        labels = [one.label for one in remedies.buttons(row, "https://there/{}".format)]
        assert labels == [
            "Open in QuickBooks",
            "Check again",
            "Keep it there and take apart",
            "Void it there all the same",
        ]
        repairs.void_there(desk.member, row.key, engine=desk.engine)
    desk.paid_in_quickbooks(there, 20)
    desk.settle()
    assert desk.shows(there) == (100, 40), "what comes after the decision is asked about anew"
    (row,) = desk.asked()
    assert "60.00" in row.sentence
    with desk.here():
        repairs.void_there(desk.member, row.key, engine=desk.engine)
    desk.settle()
    assert (desk.shows(there), desk.voided(there)) == ((0, 0), 1)
    with desk.here():
        told = WriteEntry.objects.get(operation="void", ledger_id=there, result="done").before
        assert told["total"] == {"$decimal": "100.00"}
        assert len(told["content"]) == 1
        with pytest.raises(CannotDecide):
            repairs.void_there(desk.member, row.key, engine=desk.engine)
    desk.until_the_change_feed_is_asked()
    assert (desk.asked(), desk.voided(there)) == ([], 1)


def test_what_was_edited_there_stays_until_a_person_has_decided(desk: Desk) -> None:
    (billed, there), (other, _) = desk.bill(), desk.bill()
    payment = desk.pay(other, "60")
    desk.settle()
    paid = desk.partner("payment", payment.pk)
    lines = [one for one in desk.of("Invoice")[there]["Line"] if one["DetailType"] == SALES]
    lines[0] = {**lines[0], "Amount": 130, SALES: {**lines[0][SALES], "UnitPrice": 130}}
    desk.emulator.control.edit(desk.realm, "Invoice", there, {"Line": lines})
    desk.emulator.control.edit(desk.realm, "Payment", paid, {"TotalAmt": 75})
    desk.until_the_change_feed_is_asked()
    desk.void(billed)
    with desk.here():
        void_payment(**desk.by, payment_id=payment.pk)
    desk.settle()
    assert (desk.shows(there), desk.of("Payment")[paid]["TotalAmt"]) == ((130, 130), 75)
    rows = {row.key.entity: row for row in desk.asked()}
    assert "rows and total changed there" in rows["invoice"].sentence
    assert "amount changed there" in rows["payment"].sentence
    with desk.here():
        repairs.detach(desk.member, rows["invoice"].key, engine=desk.engine)
        repairs.void_there(desk.member, rows["payment"].key, engine=desk.engine)
    desk.settle()
    desk.until_the_change_feed_is_asked()
    assert (desk.asked(), desk.voided(there), desk.voided(paid)) == ([], 0, 1)
    assert (desk.shows(there), desk.of("Payment")[paid]["TotalAmt"]) == ((130, 130), 0)


def test_what_only_ours_pays_is_voided_without_a_question(desk: Desk) -> None:
    bills = [desk.bill() for _ in range(3)]
    (together, _), (later, _), (credited, _) = bills
    payments = [desk.pay(together, "100"), desk.pay(later, "100")]
    applied = desk.credit(30, credited, 30)
    desk.settle()
    desk.until_the_change_feed_is_asked()
    assert [desk.shows(there)[1] for _, there in bills] == [0, 0, 70]
    with desk.here():
        void_payment(**desk.by, payment_id=payments[1].pk)
    desk.settle()
    with desk.here():
        void_payment(**desk.by, payment_id=payments[0].pk)
        unapply_credit(**desk.by, application_id=applied.pk)
    for billed, _ in bills:
        desk.void(billed)
    desk.settle()
    assert not desk.asked()
    desk.until_the_change_feed_is_asked()
    assert not desk.asked()
    assert [desk.shows(there) for _, there in bills] == [(0, 0)] * 3
    assert [desk.of("Payment")[desk.partner("payment", one.pk)]["TotalAmt"] for one in payments] == [0, 0]
    assert [desk.voided(there) for _, there in bills] == [1, 1, 1]


def test_what_was_only_revised_here_is_voided_without_a_question(desk: Desk) -> None:
    billed, there = desk.bill()
    with desk.here():
        line = {"item_id": desk.sold.pk, "quantity": Decimal(1), "rate": Decimal(120)}
        told: dict[str, Any] = {"invoice_id": billed.pk, "now": desk.clock.now(), "today": TODAY}
        revise_invoice(**desk.by, **told, lines=[line])
    desk.settle()
    assert desk.shows(there) == (120, 120)
    desk.void(billed)
    desk.settle()
    assert (desk.shows(there), desk.ever_asked()) == ((0, 0), 0)


def test_what_ours_pays_no_more_there_or_was_to_stay_there_is_asked_about(desk: Desk) -> None:
    (first, _), (moved, there), (late, elsewhere) = desk.bill(), desk.bill(), desk.bill()
    payment, gone = desk.pay(first, "50"), desk.pay(late, "100")
    desk.settle()
    line = linked_to("Invoice", there, 50)
    desk.emulator.control.edit(desk.realm, "Payment", desk.partner("payment", payment.pk), {"Line": [line]})
    desk.until_the_change_feed_is_asked()
    with desk.here():
        listed = list(
            Conflict.objects.filter(closed_at=None, unit="allocations").values_list("pk", flat=True)
        )
        assert decisions.answer_conflicts(desk.member, listed, Side.LEDGER, engine=desk.engine) == 1
    desk.settle()
    desk.void(moved)
    desk.settle()
    assert desk.shows(there) == (100, 50), "a person accepted that it is paid there"
    (row,) = desk.asked()
    assert "50.00 that did not come from here" in row.sentence

    desk.emulator.control.edit(desk.realm, "Payment", desk.partner("payment", gone.pk), {}, "delete")
    desk.paid_in_quickbooks(elsewhere, 100)
    desk.unapply(gone, late)
    desk.void(late)
    desk.settle()
    assert desk.shows(elsewhere) == (100, 0), "our payment as last seen is no licence"
    asked = {row.key.id: row for row in desk.asked()}
    assert "100.00 that did not come from here" in asked[str(late.pk)].sentence


def test_our_payment_in_doubt_and_our_part_of_a_credit_are_no_reason_to_ask(desk: Desk) -> None:
    (doubtful, there), (credited, shared), (_, other) = desk.bill(), desk.bill(), desk.bill()
    applied = desk.credit(40, credited, 30)
    desk.settle()
    application = desk.of("Payment")[desk.partner("credit_application", applied.pk)]
    memo = next(
        link["TxnId"]
        for line in application["Line"]
        for link in line["LinkedTxn"]
        if link["TxnType"] == "CreditMemo"
    )
    lines = [
        linked_to("Invoice", shared, 30),
        linked_to("Invoice", other, 10),
        linked_to("CreditMemo", memo, 40),
    ]
    desk.emulator.control.edit(desk.realm, "Payment", application["Id"], {"Line": lines})
    desk.until_the_change_feed_is_asked()
    assert [desk.shows(one)[1] for one in (shared, other)] == [70, 90]
    with desk.here():
        unapply_credit(**desk.by, application_id=applied.pk)
    desk.void(credited)
    desk.settle()
    assert desk.shows(shared) == (0, 0)
    assert [row.key.entity for row in desk.asked()] == ["credit_application"], "what was added to it is"

    desk.fault("drop_after", entity="payment", operation="create", nth=1, times=1)
    payment = desk.pay(doubtful, "100")
    desk.run()
    with desk.here():
        assert Attempt.objects.get(entity="payment", practice_id=str(payment.pk)).state == "in_doubt"
    desk.unapply(payment, doubtful)
    desk.void(doubtful)
    desk.run()
    assert desk.shows(there) == (100, 0), "it is not known yet whose that is"
    desk.settle()
    assert (desk.shows(there), desk.ever_asked()) == ((0, 0), 1)
    assert desk.of("Payment")[desk.partner("payment", payment.pk)]["TotalAmt"] == 100


def test_a_decision_holds_for_what_was_shown_and_checking_again_reads_it_anew(desk: Desk) -> None:
    billed, there = desk.bill()
    desk.paid_in_quickbooks(there, 40)
    desk.void(billed)
    desk.settle()
    (before,) = desk.asked()
    desk.paid_in_quickbooks(there, 20)
    with desk.here():
        assert decisions.retry(desk.member, [before.id], engine=desk.engine) == 1
    desk.settle()
    (after,) = desk.asked()
    assert (before.id, before.stamp == after.stamp) == (after.id, False)
    assert "60.00" in after.sentence
    with desk.here():
        for shown in (before.stamp, ""):
            with pytest.raises(CannotDecide, match=CHANGED_SINCE):
                repairs.void_there(desk.member, after.key, shown=shown, engine=desk.engine)
        repairs.void_there(desk.member, after.key, shown=after.stamp, engine=desk.engine)
    desk.settle()
    assert desk.shows(there) == (0, 0)
