"""The count after the storm sees what it is there to see: it is silent on equal books, and names each thing that is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.real.count import Ours, Sides, wrong

TEN, SIX, FOUR = Decimal(10), Decimal(6), Decimal(4)


def link(kind: str, txn_id: str) -> dict[str, str]:
    return {"TxnType": kind, "TxnId": txn_id}


CUSTOMER: dict[str, Any] = {"DisplayName": "Client 1", "PrimaryPhone": {"FreeFormNumber": "77"}}
INVOICE: dict[str, Any] = {
    "CustomerRef": {"value": "c1"},
    "TotalAmt": TEN,
    "Balance": FOUR,
    "LinkedTxn": [link("Payment", "p1")],
}
PAYMENT: dict[str, Any] = {
    "CustomerRef": {"value": "c1"},
    "TotalAmt": SIX,
    "Line": [{"Amount": SIX, "LinkedTxn": [link("Invoice", "i1")]}],
}
EQUAL = Sides(
    names={"1": "Client 1"},
    phones={"1": "77"},
    phones_here={"1": "77"},
    documents=(
        Ours("invoice", "5", "1", is_void=False, amounts={"TotalAmt": TEN, "Balance": FOUR}, pays={}),
        Ours("payment", "6", "1", is_void=False, amounts={"TotalAmt": SIX}, pays={("invoice", "5"): SIX}),
    ),
    links={("client", "1"): "c1", ("invoice", "5"): "i1", ("payment", "6"): "p1"},
    there={
        "Customer": {"c1": CUSTOMER},
        "Invoice": {"i1": INVOICE},
        "Payment": {"p1": PAYMENT},
        "CreditMemo": {},
    },
    issues=frozenset(),
    issues_before=frozenset(),
)


def there(word: str, documents: Mapping[str, Any]) -> Sides:
    return replace(EQUAL, there={**EQUAL.there, word: documents})


def test_equal_books_have_nothing_wrong() -> None:
    assert wrong(EQUAL) == []


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        (there("Customer", {"c1": CUSTOMER, "c2": CUSTOMER}), "Client 1 is in QuickBooks 2 times"),
        (replace(EQUAL, phones={"1": "78"}), "Client 1: phone 78 typed, 77 here, 77 there"),
        (there("Invoice", {"i1": INVOICE, "i2": INVOICE}), "Invoice i2 is there and nobody's here: None"),
        (there("Payment", {}), "payment 6 is linked to p1, which is not in QuickBooks"),
        (
            replace(EQUAL, links={("client", "1"): "c1", ("invoice", "5"): "i1"}),
            "payment 6 is not in QuickBooks",
        ),
        (
            there("Invoice", {"i1": {**INVOICE, "Balance": TEN}}),
            "invoice 5: Balance is 4 here and 10 there",
        ),
        (
            there("Invoice", {"i1": {**INVOICE, "LinkedTxn": []}}),
            "invoice 5 is paid by {'p1'} here and by set() there",
        ),
        (
            there("Payment", {"p1": {**PAYMENT, "Line": []}}),
            "payment 6 pays {('Invoice', 'i1'): Decimal('6')} here and {} there",
        ),
        (
            there("Payment", {"p1": {**PAYMENT, "TotalAmt": 0, "PrivateNote": "Voided - Tieout x"}}),
            "payment 6: void here False, there True",
        ),
        (
            replace(EQUAL, issues=frozenset({("invoice", "practice", "5", "conflict")})),
            "an issue is open: invoice practice 5: conflict",
        ),
        (
            replace(EQUAL, issues=frozenset({("invoice", "practice", "5", "not_eligible")})),
            "an issue is open: invoice practice 5: not_eligible",
        ),
    ],
)
def test_what_is_doubled_lost_unequal_or_open_is_named(sides: Sides, said: str) -> None:
    assert said in wrong(sides)


def test_what_was_voided_here_before_it_was_sent_may_stay_listed_as_taking_no_part() -> None:
    invoice, payment = EQUAL.documents
    sides = replace(
        EQUAL,
        documents=(replace(invoice, is_void=True), replace(payment, is_void=True)),
        links={("client", "1"): "c1"},
        there={**EQUAL.there, "Invoice": {}, "Payment": {}},
        issues=frozenset(
            {("invoice", "practice", "5", "not_eligible"), ("client", "ledger", "9", "not_eligible")}
        ),
        issues_before=frozenset({("client", "ledger", "9", "not_eligible")}),
    )
    assert wrong(sides) == []
