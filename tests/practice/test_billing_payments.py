"""Payments, refunds, bounced checks, retainers and credits: where each cent is, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.practice.billing_world import TODAY, Desk
from tieout.practice.actions.billing_settings import change_billing_settings
from tieout.practice.actions.clients import ChangedMeanwhile, create_client
from tieout.practice.actions.credits import (
    apply_credit,
    change_credit,
    create_credit,
    unapply_credit,
    void_credit,
)
from tieout.practice.actions.payments import (
    apply_payment,
    bounce_payment,
    change_payment,
    record_payment,
    void_payment,
)
from tieout.practice.actions.recording import KeyUsed
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.actor import ChangeRecord
from tieout.practice.clients import Kind
from tieout.practice.credits import CreditApplication
from tieout.practice.firms import Firm
from tieout.practice.invoices import Invoice, Status
from tieout.practice.isolation import firm_scope
from tieout.practice.payments import Payment, PaymentStatus, RefundStatus
from tieout.practice.permissions import NotYours
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")
D = Decimal


@pytest.fixture
def desk(firm: Firm, scope: None) -> Desk:
    return Desk.open(firm.pk)


def on(desk: Desk, payment: Payment | None = None, **more: Any) -> dict[str, Any]:
    told = {"firm_id": desk.firm_id, "actor": desk.actor, **more}
    return told if payment is None else {**told, "payment_id": payment.pk}


def test_one_payment_pays_several_invoices_and_the_rest_is_on_account(desk: Desk) -> None:
    one, two = desk.invoice(100), desk.invoice(50)
    payment = desk.pay(170, (one, 100), (two, "20.00"))
    assert (payment.allocated, payment.unapplied) == (120, 50)
    assert [desk.fresh(each).status for each in (one, two)] == [Status.PAID, Status.PART_PAID]
    assert desk.balance() == (30, 50, 0)
    kinds = [kind for kind, _, _ in desk.notes()[-3:]]
    assert kinds == ["invoice", "invoice", "payment"]
    applied = apply_payment(**on(desk, payment, today=TODAY), allocations=[(two.pk, 30)])
    assert (applied.allocated, applied.unapplied, desk.balance()) == (150, 20, (0, 20, 0))
    assert payment.allocations.count() == 2
    assert ChangeRecord.objects.filter(kind="payment", record_id=payment.pk).order_by(
        "id"
    ).last().changes == {  # type: ignore[union-attr]
        "invoice 0002": [None, "30"]
    }


def test_a_retainer_waits_on_account_and_pays_the_invoice_due_first(desk: Desk) -> None:
    retainer = desk.pay(500, is_additional=True)
    assert (retainer.is_additional, desk.balance()) == (True, (0, 500, 0))
    later = desk.invoice(300, terms="net60")
    sooner = desk.invoice(300, terms="net10")
    applied = apply_payment(**on(desk, retainer, today=TODAY))
    assert (applied.unapplied, desk.fresh(sooner).balance, desk.fresh(later).balance) == (0, 0, 100)
    with pytest.raises(Invalid, match="Nothing is applied"):
        apply_payment(**on(desk, retainer, today=TODAY))


def test_a_payment_without_a_word_about_invoices_pays_those_due_first(desk: Desk) -> None:
    invoice = desk.invoice(80)
    payment = record_payment(
        **on(desk, today=TODAY), client_id=desk.client.pk, amount=100, method="cash", allocations=None
    )
    assert (desk.fresh(invoice).balance, payment.unapplied) == (0, 20)


@pytest.mark.parametrize(
    ("amount", "parts", "field"),
    [
        ("0", [], "amount"),
        ("-5", [], "amount"),
        ("1.005", [], "amount"),
        ("ten", [], "amount"),
        ("100", ["100.01"], "allocations.0"),
        ("50", ["50.01"], "allocations"),
        ("100", ["-1"], "allocations.0"),
        ("100", ["0.001"], "allocations.0"),
    ],
)
def test_no_payment_pays_more_than_there_is_or_than_is_owed(
    desk: Desk, amount: str, parts: list[str], field: str
) -> None:
    invoice = desk.invoice(100)
    with pytest.raises(Invalid) as refused:
        desk.pay(amount, *((invoice, part) for part in parts))
    assert set(refused.value.problems) == {field}
    assert (Payment.objects.count(), desk.balance()) == (0, (100, 0, 0))


def test_drafts_void_invoices_and_those_of_others_are_not_paid(desk: Desk) -> None:
    other = create_client(firm_id=desk.firm_id, actor=desk.actor, kind=Kind.BUSINESS, name="Other")
    for invoice in (desk.draft(), desk.invoice(10, client_id=other.pk)):
        with pytest.raises(Invalid, match="Choose an open invoice of this client"):
            desk.pay(100, (invoice, 10))
    with pytest.raises(Invalid, match="Choose an open invoice"):
        record_payment(
            **on(desk, today=TODAY),
            client_id=desk.client.pk,
            amount=1,
            method="cash",
            allocations=[("²", 1)],
        )


def test_every_problem_of_a_payment_is_told_at_once(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        record_payment(
            **on(desk, today=TODAY),
            client_id="x",
            amount="",
            method="gold",
            date="2026-11-21",
            reference="x" * 22,
            deposit_to_id=9,
            idempotency_key="x" * 81,
        )
    assert set(refused.value.problems) == {
        "client_id",
        "amount",
        "method",
        "date",
        "reference",
        "deposit_to_id",
        "idempotency_key",
    }
    with pytest.raises(Invalid) as refused:
        record_payment(**on(desk, today=TODAY))
    assert set(refused.value.problems) == {"client_id", "amount", "method"}


def test_a_double_click_pays_once(desk: Desk) -> None:
    invoice = desk.invoice(100)
    one = desk.pay(60, (invoice, 60), idempotency_key="form-1")
    two = desk.pay(60, (invoice, 60), idempotency_key="form-1")
    assert (one.pk, Payment.objects.count(), desk.balance()) == (two.pk, 1, (40, 0, 0))
    with pytest.raises(Invalid, match="another payment"):
        desk.pay(61, idempotency_key="form-1")
    other = create_client(firm_id=desk.firm_id, actor=desk.actor, kind=Kind.BUSINESS, name="Other")
    with pytest.raises(Invalid, match="another payment"):
        desk.pay(60, client_id=other.pk, idempotency_key="form-1")


@pytest.mark.parametrize(
    "other",
    [
        {"memo": "Another"},
        {"reference": "1044"},
        {"date": "2026-11-02"},
        {"is_additional": True},
        {"put": "5"},
    ],
)
def test_a_key_that_comes_with_anything_else_is_refused_and_says_what_was_recorded(
    desk: Desk, other: dict[str, Any]
) -> None:
    invoice = desk.invoice(100)
    one = desk.pay("60.00", (invoice, 60), idempotency_key="form-1")
    change_payment(**on(desk, one, today=TODAY), memo="Corrected", method="cash")
    assert desk.pay(60, (invoice, "60.00"), idempotency_key="form-1").pk == one.pk
    told = dict(other)
    part = told.pop("put", 60)
    with pytest.raises(KeyUsed, match="another payment") as refused:
        desk.pay(60, (invoice, part), idempotency_key="form-1", **told)
    assert refused.value.record_id == one.pk
    assert Payment.objects.count() == 1


def test_a_payment_recorded_before_it_was_kept_what_its_key_was_for_is_found_by_what_cannot_change(
    desk: Desk,
) -> None:
    one = desk.pay(60, idempotency_key="form-1", memo="One")
    Payment.objects.update(asked="")
    assert desk.pay(60, idempotency_key="form-1", memo="Two").pk == one.pk
    with pytest.raises(KeyUsed):
        desk.pay(61, idempotency_key="form-1")


def test_a_payment_is_corrected_but_keeps_its_client(desk: Desk) -> None:
    payment = desk.pay(60)
    changed = change_payment(
        **on(desk, payment, today=TODAY), reference="1042", date=date(2026, 11, 1), method="cash"
    )
    assert (changed.reference, changed.version) == ("1042", 2)
    assert change_payment(**on(desk, payment, today=TODAY), reference="1042").version == 2
    with pytest.raises(Invalid) as refused:
        change_payment(**on(desk, payment, today=TODAY), amount=0, client_id=2)
    assert set(refused.value.problems) == {"amount", "client_id"}
    with pytest.raises(ChangedMeanwhile, match="this payment"):
        change_payment(**on(desk, payment, today=TODAY), memo="x", expected_version=1)


def test_a_wrong_amount_is_corrected_down_to_what_is_used_and_the_rest_is_on_account(desk: Desk) -> None:
    invoice = desk.invoice(100)
    payment = desk.pay(160, (invoice, 100))
    refund_payment(**on(desk, payment, today=TODAY), amount=20)
    raised = change_payment(**on(desk, payment, today=TODAY), amount="200.00")
    assert (raised.amount, raised.allocated, raised.unapplied, raised.refunded) == (200, 100, 80, 20)
    assert desk.balance() == (0, 80, 0)
    assert desk.notes()[-1] == ("payment", str(payment.pk), raised.version)
    lowered = change_payment(**on(desk, payment, today=TODAY), amount=120)
    assert (lowered.unapplied, desk.balance()) == (0, (0, 0, 0))
    last = ChangeRecord.objects.filter(kind="payment").latest("id")
    assert (last.verb, last.changes) == ("changed", {"amount": ["200.00", "120"]})
    with pytest.raises(Invalid, match=r"\$120.00 of this payment is on invoices or was refunded"):
        change_payment(**on(desk, payment, today=TODAY), amount="119.99")
    assert desk.fresh(payment).amount == 120


def test_no_refund_is_before_its_payment(desk: Desk) -> None:
    payment = desk.pay(50, date=date(2026, 11, 10))
    with pytest.raises(Invalid, match="came on November 10, 2026"):
        refund_payment(**on(desk, payment, today=TODAY), amount=5, on="2026-11-09")
    refund_payment(**on(desk, payment, today=TODAY), amount=5, on="2026-11-12")
    with pytest.raises(Invalid, match="refunded on November 12, 2026"):
        change_payment(**on(desk, payment, today=TODAY), date=date(2026, 11, 13))
    assert desk.fresh(payment).date == date(2026, 11, 10)


def test_a_payment_comes_by_a_way_the_firm_takes_and_keeps_the_way_it_came(desk: Desk) -> None:
    by_cash = desk.pay(10, method="cash")
    change_billing_settings(**on(desk), payment_methods=["check", "ach"])
    with pytest.raises(Invalid, match="does not take Cash now"):
        desk.pay(10, method="cash")
    with pytest.raises(Invalid, match="Choose card, debit"):
        desk.pay(10, method="gold")
    assert change_payment(**on(desk, by_cash, today=TODAY), method="cash", memo="x").memo == "x"
    with pytest.raises(Invalid, match="does not take Other now"):
        change_payment(**on(desk, by_cash, today=TODAY), method="other")


def test_money_pays_no_invoice_in_another_currency(desk: Desk) -> None:
    ours, theirs = desk.invoice(100), desk.invoice(100)
    Invoice.objects.filter(pk=theirs.pk).update(currency="CAD")
    with pytest.raises(Invalid) as refused:
        desk.pay(150, (ours, 50), (theirs, 100))
    assert refused.value.problems == {
        "allocations.1": "This invoice is in CAD and the money is in USD. Choose an invoice in USD."
    }
    payment = record_payment(
        **on(desk, today=TODAY), client_id=desk.client.pk, amount=150, method="check", allocations=None
    )
    assert (payment.allocated, payment.unapplied) == (100, 50)
    with pytest.raises(Invalid, match="in CAD and the money is in USD"):
        apply_credit(**on(desk, today=TODAY), credit_id=desk.credit(30).pk, allocations=[(theirs.pk, 30)])


@pytest.mark.parametrize(
    ("verb", "status"), [(void_payment, PaymentStatus.VOID), (bounce_payment, PaymentStatus.BOUNCED)]
)
def test_a_payment_undone_opens_its_invoices_again(desk: Desk, verb: Any, status: PaymentStatus) -> None:
    invoice = desk.invoice(100)
    payment = desk.pay(130, (invoice, 100))
    undone = verb(**on(desk, payment))
    assert (undone.status, undone.allocated, undone.unapplied) == (status, 0, 0)
    assert (desk.fresh(invoice).status, desk.balance()) == (Status.FINALISED, (100, 0, 0))
    assert verb(**on(desk, payment)).version == undone.version
    with pytest.raises(Invalid, match="cannot change"):
        apply_payment(**on(desk, payment, today=TODAY))
    with pytest.raises(Invalid, match="nothing came"):
        refund_payment(**on(desk, payment, today=TODAY))


def test_cash_never_bounces_and_a_refunded_payment_is_not_undone(desk: Desk) -> None:
    with pytest.raises(Invalid, match="Cash cannot bounce"):
        bounce_payment(**on(desk, desk.pay(10, method="cash")))
    payment = desk.pay(10)
    refund_payment(**on(desk, payment, today=TODAY), amount=4)
    for verb in (void_payment, bounce_payment):
        with pytest.raises(Invalid, match="Refund the rest"):
            verb(**on(desk, payment))


def test_a_refund_takes_what_is_on_account_first_then_what_was_paid_last(desk: Desk) -> None:
    one, two = desk.invoice(100), desk.invoice(50)
    payment = desk.pay(170, (one, 100), (two, 50))
    refund = refund_payment(**on(desk, payment, today=TODAY), amount="40", reason="Too much")
    assert (refund.amount, refund.method, refund.status) == (40, "check", RefundStatus.DONE)
    assert desk.balance() == (20, 0, 0)
    assert (desk.fresh(two).balance, desk.fresh(two).status) == (20, Status.PART_PAID)
    payment = desk.fresh(payment)
    assert (payment.amount, payment.allocated, payment.unapplied, payment.refunded) == (170, 130, 0, 40)
    with pytest.raises(Invalid, match=r"Only \$130.00"):
        refund_payment(**on(desk, payment, today=TODAY), amount="130.01")
    refund_payment(**on(desk, payment, today=TODAY))
    assert desk.balance() == (150, 0, 0)
    with pytest.raises(Invalid, match=r"Only \$0.00"):
        refund_payment(**on(desk, payment, today=TODAY))
    assert [kind for kind, _, _ in desk.notes()].count("refund") == 2


def test_a_double_click_refunds_once(desk: Desk) -> None:
    payment, other = desk.pay(100), desk.pay(100)
    one, two = (
        refund_payment(**on(desk, payment, today=TODAY), amount=10, idempotency_key="r-1") for _ in range(2)
    )
    assert (one.pk, desk.fresh(payment).refunded) == (two.pk, 10)
    with pytest.raises(KeyUsed, match="another refund"):
        refund_payment(**on(desk, other, today=TODAY), amount=10, idempotency_key="r-1")
    for told in ({"amount": None}, {"amount": 11}, {"amount": 10, "reason": "Other"}):
        with pytest.raises(KeyUsed, match="another refund") as refused:
            refund_payment(**on(desk, payment, today=TODAY), **told, idempotency_key="r-1")
        assert refused.value.record_id == payment.pk
    assert desk.fresh(payment).refunded == 10


# -- credits ------------------------------------------------------------------------------------------


def test_a_credit_is_applied_up_to_the_smaller_of_left_and_owed_and_taken_off_again(desk: Desk) -> None:
    invoice, small = desk.invoice(100), desk.invoice(20)
    credit = desk.credit("50.00")
    assert (credit.number, credit.left, desk.balance()) == ("CR-0001", 50, (120, 0, 50))
    where = on(desk, credit_id=credit.pk, today=TODAY)
    with pytest.raises(Invalid, match=r"Only \$20.00 is owed"):
        apply_credit(**where, allocations=[(small.pk, 21)])
    with pytest.raises(Invalid, match=r"more than the \$50.00"):
        apply_credit(**where, allocations=[(invoice.pk, 51)])
    (first,) = apply_credit(**where, allocations=[(small.pk, 20)])
    (second,) = apply_credit(**where)
    assert (second.invoice, second.amount, desk.balance()) == (invoice, 30, (70, 0, 0))
    assert (desk.fresh(small).status, desk.fresh(invoice).credited) == (Status.PAID, 30)
    with pytest.raises(Invalid, match=r"\$50.00 of this credit is applied"):
        void_credit(**on(desk, credit_id=credit.pk))
    off = unapply_credit(**on(desk, application_id=first.pk))
    assert (off.is_void, off.version, desk.balance()) == (True, 2, (90, 0, 20))
    assert unapply_credit(**on(desk, application_id=first.pk)).version == 2
    unapply_credit(**on(desk, application_id=second.pk))
    voided = void_credit(**on(desk, credit_id=credit.pk))
    assert (voided.is_void, voided.amount, desk.balance()) == (True, 50, (120, 0, 0))
    with pytest.raises(Invalid, match="is void"):
        apply_credit(**where)
    assert CreditApplication.objects.count() == 2
    kinds = [kind for kind, _, _ in desk.notes()]
    assert (kinds.count("credit"), kinds.count("credit_application")) == (6, 4)


def test_a_credit_takes_rate_and_words_from_its_item_and_rounds_half_up(desk: Desk) -> None:
    credit = create_credit(
        **on(desk, today=TODAY), client_id=desk.client.pk, item_id=desk.item.pk, quantity="0.3333"
    )
    assert (credit.description, credit.rate, credit.amount) == ("Tax return", 100, D("33.33"))
    half = create_credit(
        **on(desk, today=TODAY), client_id=desk.client.pk, description="x", quantity="0.5", rate="0.01"
    )
    assert half.amount == D("0.01")
    assert change_credit(**on(desk, credit_id=half.pk), memo="Sorry").memo == "Sorry"


def test_every_problem_of_a_credit_is_told_at_once(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        create_credit(**on(desk, today=TODAY), quantity="-1", date="2027-01-01", memo="x" * 4001)
    assert set(refused.value.problems) == {"client_id", "description", "rate", "quantity", "date", "memo"}
    with pytest.raises(Invalid, match="more than"):
        create_credit(**on(desk, today=TODAY), client_id=desk.client.pk, description="x", rate="0.001")


def test_nothing_of_the_twin_is_paid_refunded_or_credited(desk: Desk, other_firm: Firm) -> None:
    invoice, payment, credit = desk.invoice(10), desk.pay(10), desk.credit(10)
    (application,) = apply_credit(**on(desk, credit_id=credit.pk, today=TODAY), allocations=[(invoice.pk, 5)])
    theirs: dict[str, Any] = {"firm_id": other_firm.pk, "actor": desk.actor}
    with firm_scope(other_firm.pk):
        for call in (
            lambda: apply_payment(**theirs, payment_id=payment.pk, today=TODAY),
            lambda: void_payment(**theirs, payment_id=payment.pk),
            lambda: bounce_payment(**theirs, payment_id=payment.pk),
            lambda: change_payment(**theirs, payment_id=payment.pk, today=TODAY, memo="x"),
            lambda: refund_payment(**theirs, payment_id=payment.pk, today=TODAY),
            lambda: apply_credit(**theirs, credit_id=credit.pk, today=TODAY),
            lambda: void_credit(**theirs, credit_id=credit.pk),
            lambda: unapply_credit(**theirs, application_id=application.pk),
        ):
            with pytest.raises(NotYours):
                call()
        with pytest.raises(Invalid, match="Choose the client"):
            record_payment(**theirs, today=TODAY, client_id=desk.client.pk, amount=1, method="cash")
    assert desk.balance() == (5, 10, 5)
