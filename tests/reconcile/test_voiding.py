"""What a void may undo unasked: nothing but ours. Pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tieout.quickbooks.entities import invoice, payment
from tieout.reconcile.plan import Blocked, Linked, Question, Switches, Why, plan
from tieout.reconcile.spec import VOID, EntitySpec
from tieout.reconcile.state import Baseline, Key, Present, Side, Units

INVOICE, PAYMENT = invoice.ENTITY.spec, payment.ENTITY.spec
ROW = {"kind": "item", "description": "Tax return", "amount": Decimal(100)}
BILLED: Units = {"total": Decimal(100), "content": (ROW,), "state": "open"}
PAID: Units = {
    "amount": Decimal(100),
    "allocations": ({"invoice": "12", "amount": Decimal(100)},),
    "state": "open",
}


def record(spec: EntitySpec, agreed: Units, now: Units, balance: str | None = None) -> Linked:
    """Void here; there it shows ``now``, and was agreed to show ``agreed``."""
    facts = {} if balance is None else {"total": Decimal(100), "balance": Decimal(balance)}
    return Linked(
        Key(spec.practice, Side.PRACTICE, "1"),
        Key(spec.practice, Side.LEDGER, "9"),
        Present({**agreed, "state": VOID}, "2"),
        Present(now, "3", facts),
        Baseline(agreed, agreed),
    )


def voids(spec: EntitySpec, one: Linked) -> bool:
    """Whether it is voided there; else a person is asked, and nothing is written."""
    (outcomes,) = plan(spec, [one], Switches()).outcomes.values()
    if [action.units for action in plan(spec, [one], Switches()).actions] == [{"state": VOID}]:
        return True
    assert [one.why for one in outcomes if isinstance(one, Question)] == [Why.UNDONE_BY_VOID]
    assert len(outcomes) == 1
    return False


@pytest.mark.parametrize(
    ("balance", "ours", "expected"),
    [
        ("100", 0, True),
        ("60", 0, False),
        ("60", 40, True),
        ("60", 30, False),
        ("0", 100, True),
        ("0", 0, False),
    ],
)
def test_a_void_goes_while_only_ours_pays_it(balance: str, ours: int, expected: bool) -> None:
    one = record(INVOICE, BILLED, BILLED, balance)
    assert voids(INVOICE, replace(one, settled_by_us=Decimal(ours))) is expected
    assert voids(INVOICE, replace(one, void_confirmed=True))


@pytest.mark.parametrize(
    ("spec", "agreed", "edited"),
    [
        (INVOICE, BILLED, {"content": ({**ROW, "amount": Decimal(130)},)}),
        (INVOICE, BILLED, {"content": (ROW, {**ROW, "description": "Advice"})}),
        (INVOICE, BILLED, {"total": Decimal(130)}),
        (PAYMENT, PAID, {"amount": Decimal(75)}),
        (PAYMENT, PAID, {"allocations": (*PAID["allocations"], {"invoice": "13", "amount": Decimal(5)})}),
    ],
)
def test_what_was_written_there_is_not_emptied_unasked(
    spec: EntitySpec, agreed: Units, edited: Units
) -> None:
    one = record(spec, agreed, {**agreed, **edited})
    assert not voids(spec, one)
    assert voids(spec, replace(one, void_confirmed=True))


@pytest.mark.parametrize(
    ("spec", "agreed", "gone"),
    [
        (PAYMENT, PAID, {"allocations": ()}),
        (PAYMENT, PAID, {"amount": Decimal(0)}),
        (INVOICE, BILLED, {"memo": "x"}),
    ],
)
def test_what_went_there_by_itself_or_survives_a_void_is_no_reason_to_ask(
    spec: EntitySpec, agreed: Units, gone: Units
) -> None:
    assert voids(spec, record(spec, agreed, {**agreed, **gone}))


@pytest.mark.parametrize(("total", "expected"), [(120, True), (100, True), (130, False)])
def test_what_stands_there_as_it_is_here_is_nobodys_but_ours(total: int, expected: bool) -> None:
    more = {**ROW, "amount": Decimal(120)}
    here = Present({"total": Decimal(120), "content": (more,), "state": VOID}, "3")
    agreed = {**BILLED, "content": (more,)}
    one = record(INVOICE, agreed, {**agreed, "total": Decimal(total)})
    assert voids(INVOICE, replace(one, practice=here)) is expected


def test_while_it_is_not_known_whose_payment_it_is_nobody_is_asked_and_nothing_is_voided() -> None:
    unsure = replace(record(INVOICE, BILLED, BILLED, "40"), settled_unsure=True)
    ((found,),) = plan(INVOICE, [unsure], Switches()).outcomes.values()
    assert isinstance(found, Blocked)
    assert found.why is Why.IN_FLIGHT
    assert voids(INVOICE, replace(unsure, settled_by_us=Decimal(60)))
    assert voids(INVOICE, replace(unsure, void_confirmed=True))
    edited = {**BILLED, "content": ({**ROW, "description": "Advice"},)}
    assert not voids(INVOICE, replace(record(INVOICE, BILLED, edited, "100"), settled_unsure=True))
