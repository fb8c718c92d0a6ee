"""Money paid back to a customer: an expense, check or card credit booked on accounts receivable, and the payment that
links it to what the customer had too much."""

from __future__ import annotations

from typing import Any

import pytest

from quickbooks_emulator import Emulator
from tests.emulator.books import credit, gone, invoice, paid, pay, whole
from tests.emulator.client import Api, Refusal
from tests.emulator.scenarios import pay_out

CARD = {"PaymentType": "CreditCard", "AccountRef": {"value": "41"}}
CASH = {"PaymentType": "Cash", "AccountRef": {"value": "35"}}


def refused(work: Any) -> Refusal:
    with pytest.raises(Refusal) as one:
        work()
    return one.value


def link(api: Api, *targets: tuple[str, str], amount: int = 25, total: int = 0, customer: str = "3") -> Any:
    return api.create("Payment", CustomerRef={"value": customer}, TotalAmt=total, Line=paid(amount, *targets))


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("Check", {"PaymentType": "Check", "AccountRef": {"value": "35"}}),
        ("Expense", CASH),
        ("Expense", CARD),
    ],
)
def test_a_payment_of_nothing_links_a_refund_to_the_credit_it_pays_back(
    api: Api, emulator: Emulator, kind: str, how: dict[str, Any]
) -> None:
    before = api.read("Customer", "3")["Balance"]
    memo, spent = credit(api, 25), pay_out(api, 25, **how)
    assert api.read("Customer", "3")["Balance"] == before
    made = link(api, (kind, spent["Id"]), ("CreditMemo", memo["Id"]))
    assert [one["LinkedTxn"] for one in made["Line"]] == [
        [{"TxnId": spent["Id"], "TxnType": kind}],
        [{"TxnId": memo["Id"], "TxnType": "CreditMemo"}],
    ]
    assert {one["value"]["Name"]: one["value"]["Value"] for one in made["Line"][0]["LineEx"]["any"]}[
        "txnOpenBalance"
    ] == "25.00"
    assert (made["UnappliedAmt"], api.read("CreditMemo", memo["Id"])["RemainingCredit"]) == (0, 0)
    assert refused(lambda: link(api, (kind, spent["Id"]), total=25)).code == "6000", "nothing of it is open"
    assert whole(emulator)
    gone(api, "Payment", made)
    assert api.read("CreditMemo", memo["Id"])["RemainingCredit"] == 25
    assert link(api, (kind, spent["Id"]), total=25)["UnappliedAmt"] == 0
    assert whole(emulator)


def test_a_refund_takes_up_what_a_payment_left_unapplied(api: Api, emulator: Emulator) -> None:
    over = pay(api, 25)
    assert over["UnappliedAmt"] == 25
    spent = pay_out(api, 25)
    body = {**over, "Line": paid(25, ("Check", spent["Id"]))}
    assert api.post("/payment", body)["Payment"]["UnappliedAmt"] == 0
    assert whole(emulator)


def test_a_card_credit_from_a_customer_pays_an_invoice(api: Api, emulator: Emulator) -> None:
    sold, back = invoice(api, 25), pay_out(api, 25, **CARD, Credit=True)
    link(api, ("Invoice", sold["Id"]), ("CreditCardCredit", back["Id"]))
    assert api.read("Invoice", sold["Id"])["Balance"] == 0
    gone(api, "Purchase", back)
    assert api.read("Invoice", sold["Id"])["Balance"] == 25, "the payment went with its last line"
    assert whole(emulator)


def test_a_deleted_refund_leaves_the_payment_with_the_amount_unapplied(api: Api, emulator: Emulator) -> None:
    spent = pay_out(api, 25)
    made = link(api, ("Check", spent["Id"]), total=25)
    gone(api, "Purchase", spent)
    after = api.read("Payment", made["Id"])
    assert (after["UnappliedAmt"], "Line" in after, after["SyncToken"]) == (25, False, "1")
    assert whole(emulator)


def test_what_is_not_on_receivable_or_of_another_kind_cannot_be_linked(api: Api) -> None:
    detail = "AccountBasedExpenseLineDetail"
    line = {"Amount": 25, "DetailType": detail, detail: {"AccountRef": {"value": "13"}}}
    lunch = api.create(
        "Purchase", PaymentType="Check", AccountRef={"value": "35"}, Line=[line], EntityRef={"value": "3"}
    )
    spent = pay_out(api, 25)
    for kind, txn in (("Check", lunch["Id"]), ("Expense", spent["Id"]), ("Purchase", spent["Id"])):
        assert refused(lambda kind=kind, txn=txn: link(api, (kind, txn), total=25)).code == "620"
    assert refused(lambda: link(api, ("Check", "99999"), total=25)).code == "610"
    assert refused(lambda: link(api, ("Check", spent["Id"]), total=25, customer="4")).code == "6000"


def test_a_line_on_receivable_needs_a_customer_and_one_on_payable_a_vendor(
    api: Api, emulator: Emulator
) -> None:
    detail = "AccountBasedExpenseLineDetail"

    def spend(account: str, **payee: Any) -> Any:
        line = {"Amount": 25, "DetailType": detail, detail: {"AccountRef": {"value": account}}}
        return api.create("Purchase", PaymentType="Check", AccountRef={"value": "35"}, Line=[line], **payee)

    vendor, customer = {"value": "30", "type": "Vendor"}, {"value": "3", "type": "Customer"}
    for account, payee in (("84", {}), ("84", {"EntityRef": vendor}), ("33", {"EntityRef": customer})):
        assert "you must choose a" in refused(lambda a=account, p=payee: spend(a, **p)).detail
    before = api.read("Vendor", "30")["Balance"]
    spend("33", EntityRef=vendor)
    assert api.read("Vendor", "30")["Balance"] == before - 25
    assert whole(emulator)


def test_reports_show_an_open_refund_and_the_cash_basis_counts_its_money_once(api: Api) -> None:
    def owed() -> dict[str, str]:
        rows = api.get("/reports/AgedReceivables")["Rows"]["Row"]
        cells = [one["ColData"] for one in rows if "ColData" in one]
        return {one[0]["value"]: one[-1]["value"] for one in cells if one[-1]["value"]}

    def income(basis: str) -> str:
        report = api.get(
            "/reports/ProfitAndLoss", accounting_method=basis, start_date="2020-01-01", end_date="2030-01-01"
        )
        return next(
            one["Summary"]["ColData"][1]["value"]
            for one in report["Rows"]["Row"]
            if one.get("group") == "NetIncome"
        )

    def listed() -> list[str]:
        rows = api.get("/reports/AgedReceivableDetail")["Rows"]["Row"]
        return [
            row["ColData"][1]["value"]
            for part in rows
            for row in part.get("Rows", {}).get("Row", ())
            if "Cool Cars" in [cell["value"] for cell in row["ColData"]]
        ]

    start, names, cash = owed(), listed(), income("Cash")
    memo = credit(api, 25)
    spent = pay_out(api, 25)
    assert owed() == start
    assert sorted(listed()) == sorted([*names, "Credit Memo", "Check"])
    accrual = income("Accrual")
    assert float(income("Cash")) == float(cash) - 25, "the money left, and nobody used the credit yet"
    link(api, ("Check", spent["Id"]), ("CreditMemo", memo["Id"]))
    assert (owed(), listed()) == (start, names)
    assert float(income("Cash")) == float(cash) - 25
    assert income("Accrual") == accrual
