"""What people do in QuickBooks with the payments, credits and refunds of ours is listed: never undone, never made again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sync.test_documents import TODAY
from tests.sync.test_void_asks_first import SALES, Desk
from tieout.practice.actions.credits import apply_credit, create_credit
from tieout.practice.actions.payments import change_payment, record_payment
from tieout.practice.actions.refunds import refund_payment
from tieout.sync import chosen
from tieout.sync.models import Issue
from tieout.sync.write_log import WriteEntry

pytestmark = pytest.mark.django_db
CHECKING = "35"
"""An account of the sample company."""


@pytest.fixture
def desk() -> Desk:
    return Desk()


def received(desk: Desk, amount: str, memo: str = "") -> Any:
    with desk.here():
        return record_payment(
            **desk.by,
            today=TODAY,
            client_id=desk.client,
            date=TODAY,
            amount=Decimal(amount),
            method="check",
            memo=memo,
        )


def credited(desk: Desk, amount: int) -> Any:
    with desk.here():
        return create_credit(
            **desk.by,
            today=TODAY,
            client_id=desk.client,
            item_id=desk.sold.pk,
            date=TODAY,
            quantity=Decimal(1),
            rate=Decimal(amount),
        )


def applied(desk: Desk, credit: Any, billed: Any, amount: int) -> Any:
    with desk.here():
        allocations = [(billed.pk, Decimal(amount))]
        (made,) = apply_credit(**desk.by, credit_id=credit.pk, today=TODAY, allocations=allocations)
    return made


def listed(desk: Desk, entity: str, record: Any) -> dict[str, str]:
    """Unit -> cause of what is open about one record here."""
    with desk.here():
        rows = Issue.objects.filter(closed_at=None, entity=entity, record_id=str(record.pk))
        return dict(rows.values_list("unit", "cause"))


def writes(desk: Desk) -> int:
    with desk.here():
        return WriteEntry.objects.count()


def edit(desk: Desk, kind: str, record_id: str, changes: dict[str, Any], operation: str = "update") -> None:
    desk.emulator.control.edit(desk.realm, kind, record_id, changes, operation)


def test_a_payment_voided_deleted_or_given_to_another_customer_there_stays_as_it_is_there(desk: Desk) -> None:
    billed, there = desk.bill()
    other = desk.add_client("Bo Diaz")
    paid = desk.pay(billed, "40")
    payments = [paid, *(received(desk, amount) for amount in ("41", "42"))]
    desk.settle()
    void, deleted, moved = (desk.partner("payment", one.pk) for one in payments)
    customer = desk.partner("client", other)
    before, many = writes(desk), len(desk.of("Payment"))
    edit(desk, "Payment", void, {}, "void")
    edit(desk, "Payment", deleted, {}, "delete")
    edit(desk, "Payment", moved, {"CustomerRef": {"value": customer}})
    desk.until_the_change_feed_is_asked()
    assert [listed(desk, "payment", one) for one in payments] == [
        {"state": "drift"},
        {"": "gone_there"},
        {"client": "drift"},
    ]
    with desk.here():
        for one in payments:
            change_payment(**desk.by, payment_id=one.pk, today=TODAY, memo="Edited here as well")
    desk.settle()
    shown = desk.of("Payment")
    assert len(shown) == many - 1, "none was made again"
    assert (shown[void]["TotalAmt"], desk.shows(there)) == (0, (100, 100))
    assert shown[moved]["CustomerRef"]["value"] == customer
    assert writes(desk) == before + 1, "the memo of the one that is neither void nor gone"
    assert [listed(desk, "payment", one) for one in payments] == [
        {"state": "drift"},
        {"": "gone_there"},
        {"client": "drift"},
    ]


def test_a_refund_edited_voided_or_deleted_there_is_listed_and_not_made_again(desk: Desk) -> None:
    desk.send("refund")
    with desk.here():
        item = desk.partner("service_item", desk.sold.pk)
        chosen.choose(desk.member, "refund_item", item, engine=desk.engine)
        chosen.choose(desk.member, "refund_account", CHECKING, engine=desk.engine)
    payments = [received(desk, "50") for _ in range(3)]
    with desk.here():
        refunds = [
            refund_payment(**desk.by, payment_id=one.pk, today=TODAY, amount=Decimal(20)) for one in payments
        ]
    desk.settle()
    edited, void, deleted = (desk.partner("refund", one.pk) for one in refunds)
    before, many = writes(desk), len(desk.of("RefundReceipt"))
    (line,) = (one for one in desk.of("RefundReceipt")[edited]["Line"] if one["DetailType"] == SALES)
    changed = {**line, "Amount": 25, SALES: {**line[SALES], "UnitPrice": 25, "Qty": 1}}
    edit(desk, "RefundReceipt", edited, {"Line": [changed]})
    edit(desk, "RefundReceipt", void, {}, "void")
    edit(desk, "RefundReceipt", deleted, {}, "delete")
    desk.until_the_change_feed_is_asked()
    assert [listed(desk, "refund", one) for one in refunds] == [
        {"amount": "drift"},
        {"amount": "drift"},
        {"": "gone_there"},
    ]
    assert (writes(desk), len(desk.of("RefundReceipt"))) == (before, many - 1)
    assert desk.of("RefundReceipt")[edited]["TotalAmt"] == 25


def test_a_credit_or_its_application_changed_there_is_listed_and_left_alone(desk: Desk) -> None:
    bills = [desk.bill() for _ in range(4)]
    credits = [credited(desk, amount) for amount in (30, 31, 32, 33)]
    void_applied = applied(desk, credits[2], bills[2][0], 32)
    gone_applied = applied(desk, credits[3], bills[3][0], 33)
    desk.settle()
    void, spent = (desk.partner("credit", one.pk) for one in credits[:2])
    applications = [desk.partner("credit_application", one.pk) for one in (void_applied, gone_applied)]
    before = writes(desk)
    edit(desk, "CreditMemo", void, {}, "void")
    lines = [
        {"Amount": 31, "LinkedTxn": [{"TxnType": kind, "TxnId": one}]}
        for kind, one in (("Invoice", bills[1][1]), ("CreditMemo", spent))
    ]
    customer = desk.of("CreditMemo")[spent]["CustomerRef"]
    theirs = {"CustomerRef": customer, "TotalAmt": 0, "Line": lines}
    desk.emulator.control.edit(desk.realm, "Payment", None, theirs, "create")
    edit(desk, "Payment", applications[0], {}, "void")
    edit(desk, "Payment", applications[1], {}, "delete")
    desk.until_the_change_feed_is_asked()
    assert listed(desk, "credit", credits[0]) == {"state": "drift"}
    assert listed(desk, "credit_application", void_applied) == {"state": "drift"}
    assert listed(desk, "credit_application", gone_applied) == {"": "gone_there"}
    late = applied(desk, credits[1], bills[0][0], 31)
    desk.settle()
    assert listed(desk, "credit_application", late) == {"": "no_room"}, "it was spent there on another one"
    assert [desk.shows(there)[1] for _, there in bills] == [100, 69, 100, 100]
    assert writes(desk) == before + 1, "nothing but the one that was refused"


def test_an_invoice_given_to_another_customer_there_is_listed_and_an_edit_here_leaves_it_there(
    desk: Desk,
) -> None:
    other = desk.add_client("Bo Diaz")
    billed, there = desk.bill()
    customer = desk.partner("client", other)
    edit(desk, "Invoice", there, {"CustomerRef": {"value": customer}})
    desk.until_the_change_feed_is_asked()
    assert listed(desk, "invoice", billed) == {"client": "drift"}
    payment = desk.pay(billed, "40")
    desk.settle()
    assert desk.of("Invoice")[there]["CustomerRef"]["value"] == customer
    assert listed(desk, "invoice", billed) == {"client": "drift"}
    assert list(listed(desk, "payment", payment).values()) in (["no_room"], ["ask_human"], ["reference"])
