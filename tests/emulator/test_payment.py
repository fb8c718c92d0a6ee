"""What the emulator's payments and credits do: applying, unapplying, ripples, locks, automatic application."""

from __future__ import annotations

import pytest

from quickbooks_emulator import Emulator, Knobs
from tests.emulator.books import credit, gone, invoice, paid, pay, sale_line, voided, whole
from tests.emulator.client import SAMPLE, Api, Refusal


def refusal(call) -> Refusal:  # type: ignore[no-untyped-def]
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value


def test_a_payment_has_the_recorded_shape(api: Api, emulator: Emulator) -> None:
    bill = invoice(api, 459, DocNumber="1021x")
    made = pay(api, 220, bill["Id"])
    assert {
        "CustomerRef": {"value": "3", "name": "Cool Cars"},
        "DepositToAccountRef": {"value": "4"},
        "TotalAmt": 220,
        "UnappliedAmt": 0,
        "ProcessPayment": False,
        "TxnDate": "2026-03-02",
    }.items() <= made.items()
    assert "LinkedTxn" not in made
    assert "PaymentMethodRef" not in made
    (line,) = made["Line"]
    assert (line["Amount"], line["LinkedTxn"]) == (220, [{"TxnId": bill["Id"], "TxnType": "Invoice"}])
    assert [one["value"] for one in line["LineEx"]["any"]] == [
        {"Name": "txnId", "Value": bill["Id"]},
        {"Name": "txnOpenBalance", "Value": "459.00"},
        {"Name": "txnReferenceNumber", "Value": "1021x"},
    ]
    assert whole(emulator)


def test_a_payment_raises_the_invoices_token_with_the_same_time(api: Api, emulator: Emulator) -> None:
    bill = invoice(api, 100)
    emulator.clock.advance(60)
    first = pay(api, 40, bill["Id"])
    after = api.read("Invoice", bill["Id"])
    assert (after["Balance"], after["SyncToken"]) == (60, "1")
    assert after["MetaData"]["LastUpdatedTime"] == first["MetaData"]["LastUpdatedTime"]
    assert after["LinkedTxn"] == [{"TxnId": first["Id"], "TxnType": "Payment"}]
    second = pay(api, 60, bill["Id"])
    after = api.read("Invoice", bill["Id"])
    assert (after["Balance"], after["SyncToken"]) == (0, "2")
    assert [one["TxnId"] for one in after["LinkedTxn"]] == [second["Id"], first["Id"]]
    assert refusal(lambda: api.sparse("Invoice", bill["Id"], SyncToken="0", PrivateNote="x")).code == "5010"
    assert whole(emulator)


def test_a_payment_without_lines_is_a_credit_of_the_customer(api: Api, emulator: Emulator) -> None:
    made = api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=50)
    assert made["UnappliedAmt"] == 50
    assert api.read("Customer", "3")["Balance"] == -50
    assert api.read("Account", "4")["CurrentBalance"] >= 50
    assert whole(emulator)


def test_removing_a_line_gives_the_invoice_its_balance_back(api: Api, emulator: Emulator) -> None:
    one, two = invoice(api, 100), invoice(api, 100)
    made = pay(api, 100, one["Id"], two["Id"])
    after = api.sparse("Payment", made["Id"], Line=made["Line"][:1])
    assert (after["UnappliedAmt"], after["TotalAmt"]) == (100, 200)
    assert (api.read("Invoice", two["Id"])["Balance"], api.read("Invoice", two["Id"])["SyncToken"]) == (
        100,
        "2",
    )
    assert api.read("Invoice", one["Id"])["SyncToken"] == "1"
    assert whole(emulator)


@pytest.mark.parametrize("end", [gone, voided])
def test_deleting_or_voiding_a_payment_reopens_what_it_paid(api: Api, emulator: Emulator, end) -> None:  # type: ignore[no-untyped-def]
    one, two = invoice(api, 100), invoice(api, 100)
    made = pay(api, 100, one["Id"], two["Id"])
    emulator.clock.advance(60)
    after = end(api, "Payment", made)
    for each in (one, two):
        again = api.read("Invoice", each["Id"])
        assert (again["Balance"], again["LinkedTxn"], again["SyncToken"]) == (100, [], "2")
    if end is voided:
        assert (after["TotalAmt"], after["UnappliedAmt"], after["PrivateNote"]) == (0, 0, "Voided")
        assert "Line" not in after
        assert after["DepositToAccountRef"] == {"value": "4"}
    assert whole(emulator)


@pytest.mark.parametrize("end", [gone, voided])
def test_deleting_or_voiding_a_paid_invoice_leaves_the_payment_unapplied(
    api: Api, emulator: Emulator, end
) -> None:  # type: ignore[no-untyped-def]
    bill = invoice(api, 100)
    made = pay(api, 100, bill["Id"])
    end(api, "Invoice", bill)
    after = api.read("Payment", made["Id"])
    assert (after["TotalAmt"], after["UnappliedAmt"], after["SyncToken"]) == (100, 100, "1")
    assert "Line" not in after
    assert whole(emulator)


def test_by_a_switch_a_paid_invoice_cannot_be_voided() -> None:
    with Api(Emulator(knobs=Knobs(void_unlinks_payments=False))) as api:
        bill = invoice(api, 100)
        pay(api, 100, bill["Id"])
        assert refusal(lambda: voided(api, "Invoice", bill)).code == "6000"


def test_a_total_below_what_is_paid_gives_the_rest_back(api: Api, emulator: Emulator) -> None:
    bill = invoice(api, 100)
    made = pay(api, 80, bill["Id"])
    after = api.sparse("Invoice", bill["Id"], Line=[sale_line(50)])
    assert (after["TotalAmt"], after["Balance"]) == (50, 0)
    assert api.read("Payment", made["Id"])["UnappliedAmt"] == 30
    raised = api.sparse("Invoice", bill["Id"], Line=[sale_line(200)])
    assert raised["Balance"] == 150
    assert whole(emulator)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"TotalAmt": 10}, "2020"),
        ({"CustomerRef": {"value": "3"}}, "6000"),
        ({"CustomerRef": {"value": "3"}, "TotalAmt": 0}, "6000"),
        ({"CustomerRef": {"value": "3"}, "TotalAmt": -1}, "2240"),
        ({"CustomerRef": {"value": "3"}, "TotalAmt": 1, "DepositToAccountRef": {"value": "79"}}, "6430"),
        ({"CustomerRef": {"value": "3"}, "TotalAmt": 1, "Line": paid(1, ("Invoice", "99999"))}, "610"),
        ({"CustomerRef": {"value": "3"}, "TotalAmt": 1, "PaymentRefNum": "x" * 22}, "2050"),
    ],
)
def test_a_malformed_payment_is_refused_with_its_code(api: Api, fields: dict, code: str) -> None:  # type: ignore[type-arg]
    assert refusal(lambda: api.create("Payment", **fields)).code == code


def test_the_documented_words_for_a_payment_of_nothing(api: Api) -> None:
    refused = refusal(lambda: api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=0))
    assert refused.detail == "Business Validation Error: You must set a transaction amount."


def test_more_than_is_open_or_received_is_refused(api: Api) -> None:
    bill = invoice(api, 100)
    lines = paid(150, ("Invoice", bill["Id"]))
    over = refusal(lambda: api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=150, Line=lines))
    assert over.detail.startswith("Business Validation Error: The payments you entered add up to more")
    lines = paid(100, ("Invoice", bill["Id"]))
    short = refusal(lambda: api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=60, Line=lines))
    assert "can't be less than the selected charges" in short.detail


def test_by_a_switch_an_overpayment_stays_unapplied() -> None:
    with Api(Emulator(knobs=Knobs(overpayment_refused=False))) as api:
        bill = invoice(api, 100)
        assert pay(api, 150, bill["Id"])["UnappliedAmt"] == 50


def test_another_customers_invoice_is_refused_but_a_parent_may_pay_for_its_job(
    api: Api, emulator: Emulator
) -> None:
    other, job = invoice(api, 100, customer="4"), invoice(api, 100, customer="8")
    assert refusal(lambda: pay(api, 100, other["Id"], customer="3")).code == "6000"
    balance = api.read("Customer", "8")["Balance"]
    assert pay(api, 100, job["Id"], customer="7")["UnappliedAmt"] == 0
    assert api.read("Customer", "8")["Balance"] == balance - 100
    assert whole(emulator)


def test_a_credit_is_applied_by_a_payment_of_nothing(api: Api, emulator: Emulator) -> None:
    bill, memo = invoice(api, 100), credit(api, 30)
    assert (memo["Balance"], memo["RemainingCredit"]) == (30, 30)
    assert api.read("Customer", "3")["Balance"] == 70
    made = api.create(
        "Payment",
        CustomerRef={"value": "3"},
        TotalAmt=0,
        Line=paid(30, ("Invoice", bill["Id"]), ("CreditMemo", memo["Id"])),
    )
    assert (made["TotalAmt"], made["UnappliedAmt"]) == (0, 0)
    used = api.read("CreditMemo", memo["Id"])
    assert (used["Balance"], used["RemainingCredit"], used["SyncToken"]) == (0, 0, "1")
    assert "LinkedTxn" not in used
    after = api.read("Invoice", bill["Id"])
    assert (after["Balance"], after["LinkedTxn"]) == (70, [{"TxnId": made["Id"], "TxnType": "Payment"}])
    assert api.read("Customer", "3")["Balance"] == 70
    assert whole(emulator)


def test_one_line_with_both_links_applies_the_credit_too(api: Api, emulator: Emulator) -> None:
    bill, memo = invoice(api, 100), credit(api, 30)
    links = [{"TxnId": bill["Id"], "TxnType": "Invoice"}, {"TxnId": memo["Id"], "TxnType": "CreditMemo"}]
    line = {"Amount": 30, "LinkedTxn": links}
    api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=0, Line=[line])
    assert api.read("Invoice", bill["Id"])["Balance"] == 70
    assert api.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0
    assert whole(emulator)


def test_money_and_credit_can_be_mixed(api: Api, emulator: Emulator) -> None:
    bill, memo = invoice(api, 100), credit(api, 40)
    lines = [*paid(100, ("Invoice", bill["Id"])), *paid(40, ("CreditMemo", memo["Id"]))]
    made = api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=60, Line=lines)
    assert made["UnappliedAmt"] == 0
    assert api.read("Invoice", bill["Id"])["Balance"] == 0
    assert whole(emulator)


def test_deleting_an_applied_credit_reopens_the_invoice_and_removes_the_empty_payment(
    api: Api, emulator: Emulator
) -> None:
    bill, memo = invoice(api, 100), credit(api, 30)
    lines = paid(30, ("Invoice", bill["Id"]), ("CreditMemo", memo["Id"]))
    made = api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=0, Line=lines)
    gone(api, "CreditMemo", memo)
    assert api.read("Invoice", bill["Id"])["Balance"] == 100
    assert refusal(lambda: api.read("Payment", made["Id"])).code == "610"
    assert whole(emulator)


def test_a_credit_cannot_shrink_below_what_was_used_of_it(api: Api) -> None:
    bill, memo = invoice(api, 100), credit(api, 30)
    lines = paid(30, ("Invoice", bill["Id"]), ("CreditMemo", memo["Id"]))
    api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=0, Line=lines)
    assert refusal(lambda: api.sparse("CreditMemo", memo["Id"], Line=[sale_line(20)])).code == "6000"


def test_a_deposited_payment_is_locked_and_shows_its_deposit_silently(api: Api, emulator: Emulator) -> None:
    bill = invoice(api, 100)
    made = pay(api, 100, bill["Id"], PaymentRefNum="10264", PaymentMethodRef={"value": "2"})
    emulator.clock.advance(60)
    deposit = api.create(
        "Deposit",
        DepositToAccountRef={"value": "35"},
        Line=[
            {"Amount": 100, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Payment", "TxnLineId": "0"}]},
            {
                "Amount": 968.15,
                "DetailType": "DepositLineDetail",
                "DepositLineDetail": {"AccountRef": {"value": "34"}},
            },
        ],
        CashBack={"AccountRef": {"value": "36"}, "Amount": 200, "Memo": "till"},
    )
    assert deposit["TotalAmt"] == 868.15
    linked, direct = deposit["Line"]
    assert "Id" not in linked
    assert linked["DepositLineDetail"]["CheckNum"] == "10264"
    assert (direct["Id"], direct["LineNum"]) == ("1", 1)
    after = api.read("Payment", made["Id"])
    assert after["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    assert (after["SyncToken"], after["MetaData"]) == (made["SyncToken"], made["MetaData"])
    for call in (
        lambda: api.sparse("Payment", made["Id"], PrivateNote="x"),
        lambda: gone(api, "Payment", made),
        lambda: voided(api, "Payment", made),
    ):
        assert refusal(call).code == "6540"
    gone(api, "Deposit", deposit)
    assert "LinkedTxn" not in api.read("Payment", made["Id"])
    assert api.sparse("Payment", made["Id"], PrivateNote="free")["SyncToken"] == "1"
    assert whole(emulator)


def test_a_journal_entry_must_balance_and_can_be_paid(api: Api, emulator: Emulator) -> None:
    def line(amount: int, side: str, account: str, **more) -> dict:  # type: ignore[no-untyped-def,type-arg]
        detail = {"PostingType": side, "AccountRef": {"value": account}, **more}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    cool = {"Entity": {"Type": "Customer", "EntityRef": {"value": "3"}}}
    assert refusal(lambda: api.create("JournalEntry", Line=[line(5, "Debit", "84", **cool)])).code == "2300"
    nameless = [line(5, "Debit", "84"), line(5, "Credit", "79")]
    assert refusal(lambda: api.create("JournalEntry", Line=nameless)).code == "6000"
    made = api.create("JournalEntry", Line=[line(50, "Debit", "84", **cool), line(50, "Credit", "79")])
    assert [one["Id"] for one in made["Line"]] == ["0", "1"]
    assert made["Line"][0]["JournalEntryLineDetail"]["Entity"]["EntityRef"]["name"] == "Cool Cars"
    assert "TotalAmt" not in made
    assert api.read("Customer", "3")["Balance"] == 50
    api.create(
        "Payment", CustomerRef={"value": "3"}, TotalAmt=50, Line=paid(50, ("JournalEntry", made["Id"]))
    )
    assert api.read("Customer", "3")["Balance"] == 0
    assert whole(emulator)


def test_with_automatic_application_a_new_invoice_takes_old_credit(api: Api, emulator: Emulator) -> None:
    emulator.control.set_preferences(SAMPLE, {"SalesFormsPrefs": {"AutoApplyCredit": True}})
    advance = api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=30)
    bill = invoice(api, 100)
    assert (bill["Balance"], bill["SyncToken"]) == (70, "1")
    assert bill["MetaData"]["CreateTime"] == bill["MetaData"]["LastUpdatedTime"]
    after = api.read("Payment", advance["Id"])
    assert (after["UnappliedAmt"], after["SyncToken"], len(after["Line"])) == (0, "1", 1)
    memo = credit(api, 20)
    assert (memo["RemainingCredit"], memo["SyncToken"]) == (0, "1")
    assert api.read("Invoice", bill["Id"])["Balance"] == 50
    newest = api.query("select * from Payment where CustomerRef = '3' and TotalAmt = '0'")
    assert len(newest) == 1
    assert whole(emulator)


def test_a_sales_receipt_and_a_refund_do_not_touch_what_the_customer_owes(
    api: Api, emulator: Emulator
) -> None:
    receipt = api.create("SalesReceipt", CustomerRef={"value": "3"}, Line=[sale_line(40)])
    assert (receipt["Balance"], receipt["DepositToAccountRef"]) == (
        0,
        {"value": "4", "name": "Undeposited Funds"},
    )
    assert voided(api, "SalesReceipt", receipt)["TotalAmt"] == 0
    assert refusal(lambda: api.create("RefundReceipt", Line=[sale_line(10)])).code == "2020"
    refund = api.create(
        "RefundReceipt",
        CustomerRef={"value": "3"},
        Line=[sale_line(10)],
        DepositToAccountRef={"value": "35"},
        PaymentRefNum="To Print",
    )
    assert (refund["TotalAmt"], refund["Balance"], refund["PaymentRefNum"]) == (10, 0, "To Print")
    assert api.read("Customer", "3")["Balance"] == 0
    assert whole(emulator)


def test_a_person_may_deactivate_a_customer_who_owes_and_the_books_stay_whole(
    api: Api, emulator: Emulator
) -> None:
    emulator.control.edit(SAMPLE, "Customer", "7", {}, "deactivate")
    assert (api.read("Customer", "8")["Active"], api.read("Customer", "8")["Balance"]) == (False, 0)
    assert whole(emulator)


def test_merging_customers_moves_their_transactions(api: Api, emulator: Emulator) -> None:
    bill = invoice(api, 100, customer="3")
    pay(api, 40, bill["Id"], customer="3")
    emulator.control.merge(SAMPLE, "Customer", "3", "4")
    moved = api.read("Invoice", bill["Id"])
    assert moved["CustomerRef"] == {"value": "4", "name": "Diego Rodriguez"}
    assert (api.read("Customer", "4")["Balance"], api.read("Customer", "3")["Balance"]) == (60, 0)
    assert whole(emulator)


@pytest.mark.parametrize("missing", ["TxnId", "TxnType"])
def test_a_link_without_its_id_or_type_is_refused(api: Api, missing: str) -> None:
    link = {"TxnId": "1", "TxnType": "Invoice"}
    del link[missing]
    for fields in ({"Line": [{"Amount": 5, "LinkedTxn": [link]}]}, {"LinkedTxn": [link]}):
        with pytest.raises(Refusal) as refused:
            api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=5, **fields)
        assert (refused.value.code, refused.value.element) == ("2020", f"LinkedTxn.{missing}")
