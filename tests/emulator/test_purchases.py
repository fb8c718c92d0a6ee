"""What the emulator's vendor side does: bills, their payments and credits, orders, expenses, transfers, time, stock."""

from __future__ import annotations

from typing import Any

import pytest

from quickbooks_emulator import Emulator
from tests.emulator.books import gone, sale_line, whole
from tests.emulator.client import SAMPLE, Api, Refusal

_ACCOUNT, _ITEM = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"


def refusal(call) -> Refusal:  # type: ignore[no-untyped-def]
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value


def bought(amount: Any, account: str = "13") -> dict[str, Any]:
    return {"Amount": amount, "DetailType": _ACCOUNT, _ACCOUNT: {"AccountRef": {"value": account}}}


def bill(api: Api, amount: Any = 100, **fields: Any) -> dict[str, Any]:
    return api.create("Bill", VendorRef={"value": "30"}, Line=[bought(amount)], **fields)


def check(api: Api, amount: Any, *targets: tuple[str, str], total: Any = None) -> dict[str, Any]:
    return api.create(
        "BillPayment",
        VendorRef={"value": "30"},
        PayType="Check",
        CheckPayment={"BankAccountRef": {"value": "35"}},
        TotalAmt=amount if total is None else total,
        Line=[{"Amount": amount, "LinkedTxn": [{"TxnId": txn, "TxnType": kind}]} for kind, txn in targets],
    )


def test_a_bill_has_the_recorded_shape_and_moves_the_vendors_balance(api: Api, emulator: Emulator) -> None:
    made = bill(api, 900, SalesTermRef={"value": "3"}, TxnDate="2026-02-02")
    assert {
        "Balance": 900,
        "TotalAmt": 900,
        "DueDate": "2026-03-04",
        "VendorRef": {"value": "30", "name": "Books by Bessie"},
        "APAccountRef": {"value": "33", "name": "Accounts Payable (A/P)"},
    }.items() <= made.items()
    (line,) = made["Line"]
    assert (line["Id"], line["LineNum"]) == ("1", 1)
    assert line[_ACCOUNT] == {
        "AccountRef": {"value": "13", "name": "Meals and Entertainment"},
        "BillableStatus": "NotBillable",
        "TaxCodeRef": {"value": "NON"},
    }
    assert api.read("Vendor", "30")["Balance"] == 900
    assert refusal(lambda: api.create("Bill", Line=[bought(1)])).element == "VendorRef"
    assert whole(emulator)


def test_a_check_pays_a_bill_as_recorded_and_its_deletion_reopens_it(api: Api, emulator: Emulator) -> None:
    owed = bill(api, 100)
    made = check(api, 60, ("Bill", owed["Id"]))
    assert made["Line"] == [{"Amount": 60, "LinkedTxn": [{"TxnId": owed["Id"], "TxnType": "Bill"}]}]
    assert made["CheckPayment"]["BankAccountRef"] == {"value": "35", "name": "Checking"}
    after = api.read("Bill", owed["Id"])
    assert (after["Balance"], after["SyncToken"]) == (40, "1")
    assert after["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "BillPaymentCheck"}]
    gone(api, "BillPayment", made)
    assert (api.read("Bill", owed["Id"])["Balance"], api.read("Vendor", "30")["Balance"]) == (100, 100)
    assert whole(emulator)


def test_a_vendor_credit_is_used_by_a_payment_of_nothing(api: Api, emulator: Emulator) -> None:
    owed = bill(api, 100)
    credit = api.create("VendorCredit", VendorRef={"value": "30"}, Line=[bought(30)])
    check(api, 30, ("Bill", owed["Id"]), ("VendorCredit", credit["Id"]), total=0)
    assert api.read("Bill", owed["Id"])["Balance"] == 70
    assert api.read("VendorCredit", credit["Id"])["Balance"] == 0
    assert whole(emulator)


def test_a_payment_from_the_wrong_kind_of_account_is_refused(api: Api) -> None:
    fields = {"VendorRef": {"value": "30"}, "PayType": "Check", "TotalAmt": 5}
    wrong = {"CheckPayment": {"BankAccountRef": {"value": "41"}}}
    assert refusal(lambda: api.create("BillPayment", **fields, **wrong)).code == "6430"
    assert refusal(lambda: api.create("BillPayment", **fields)).code == "2020"


def test_a_bill_closes_the_order_it_came_from(api: Api, emulator: Emulator) -> None:
    order = api.create("PurchaseOrder", VendorRef={"value": "30"}, Line=[bought(50)])
    assert (order["POStatus"], order["TotalAmt"]) == ("Open", 50)
    made = bill(api, 50, LinkedTxn=[{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}])
    closed = api.read("PurchaseOrder", order["Id"])
    assert (closed["POStatus"], closed["SyncToken"]) == ("Closed", "1")
    assert closed["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Bill"}]
    gone(api, "Bill", made)
    assert api.read("PurchaseOrder", order["Id"])["POStatus"] == "Open"
    assert whole(emulator)


def test_an_order_carries_the_custom_fields_of_the_preferences(api: Api, emulator: Emulator) -> None:
    crew = {"DefinitionId": "1", "Name": "Crew #", "Type": "StringType"}
    rep = {"DefinitionId": "2", "Name": "Sales Rep", "Type": "StringType"}

    def order(*sent: dict[str, Any]) -> dict[str, Any]:
        return api.create(
            "PurchaseOrder", VendorRef={"value": "30"}, Line=[bought(50)], CustomField=list(sent)
        )

    assert order()["CustomField"] == [crew, rep]
    made = order(
        {"DefinitionId": "2", "Type": "StringType", "StringValue": "Ida"},
        {"DefinitionId": "7", "Type": "StringType", "StringValue": "nobody's"},
    )
    assert made["CustomField"] == [crew, {**rep, "StringValue": "Ida"}]
    kept = api.sparse("PurchaseOrder", made["Id"], VendorRef=made["VendorRef"], Memo="soon")
    assert kept["CustomField"] == made["CustomField"]
    names = {"Name": "PurchasePrefs.PurchaseCustomName3", "Type": "StringType", "StringValue": "Yard"}
    used = [
        {
            "Name": f"PurchasePrefs.UsePurchaseCustom{number}",
            "Type": "BooleanType",
            "BooleanValue": number == 3,
        }
        for number in (1, 2, 3)
    ]
    fields = [{"CustomField": used}, {"CustomField": [names]}]
    emulator.control.set_preferences(SAMPLE, {"VendorAndPurchasesPrefs": {"POCustomField": fields}})
    assert order()["CustomField"] == [{"DefinitionId": "3", "Name": "Yard", "Type": "StringType"}]
    sold = api.create("Invoice", CustomerRef={"value": "3"}, Line=[sale_line(5)])
    assert sold["CustomField"] == [crew], "sales forms have fields of their own"
    emulator.control.set_preferences(SAMPLE, {"VendorAndPurchasesPrefs": {"POCustomField": None}})
    assert order()["CustomField"] == []


def test_stock_is_bought_and_counted(api: Api, emulator: Emulator) -> None:
    detail = {"ItemRef": {"value": "11"}, "Qty": 8, "UnitPrice": 10}
    line = {"Amount": 80, "DetailType": _ITEM, _ITEM: detail}
    api.create("Bill", VendorRef={"value": "46"}, Line=[line])
    assert api.read("Item", "11")["QtyOnHand"] == 33
    kind = "ItemAdjustmentLineDetail"
    counted = {"DetailType": kind, kind: {"ItemRef": {"value": "11"}, "QtyDiff": -3}}
    made = api.create("InventoryAdjustment", AdjustAccountRef={"value": "88"}, Line=[counted])
    assert made["Line"][0][kind]["ItemRef"]["name"] == "Pump"
    assert api.read("Item", "11")["QtyOnHand"] == 30
    assert whole(emulator)


def test_an_expense_is_paid_at_once_and_a_card_credit_gives_it_back(api: Api, emulator: Emulator) -> None:
    before = api.read("Account", "41")["CurrentBalance"]
    card = {"PaymentType": "CreditCard", "AccountRef": {"value": "41"}}
    made = api.create("Purchase", **card, EntityRef={"value": "41", "type": "Vendor"}, Line=[bought(42.4)])
    assert made["EntityRef"] == {"value": "41", "name": "Hicks Hardware", "type": "Vendor"}
    assert made["PurchaseEx"]["any"][0]["value"] == {"Name": "TxnType", "Value": "1"}
    assert api.read("Account", "41")["CurrentBalance"] == pytest.approx(before + 42.4)
    api.create("Purchase", **card, Credit=True, Line=[bought(42.4)])
    assert api.read("Account", "41")["CurrentBalance"] == pytest.approx(before)
    wrong = {"PaymentType": "Check", "AccountRef": {"value": "41"}}
    assert refusal(lambda: api.create("Purchase", **wrong, Line=[bought(1)])).code == "6430"
    assert whole(emulator)


def test_money_moves_between_accounts(api: Api, emulator: Emulator) -> None:
    api.create("Transfer", FromAccountRef={"value": "35"}, ToAccountRef={"value": "36"}, Amount=100)
    assert api.read("Account", "36")["CurrentBalance"] == 900
    card = {"BankAccountRef": {"value": "35"}, "CreditCardAccountRef": {"value": "41"}}
    api.create("CreditCardPayment", **card, Amount="57.72")
    assert api.read("Account", "41")["CurrentBalance"] == 100
    same = {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "35"}, "Amount": 1}
    assert refusal(lambda: api.create("Transfer", **same)).code == "6000"
    assert whole(emulator)


def test_time_is_kept_but_not_in_change_data(api: Api) -> None:
    fields = {"NameOf": "Employee", "EmployeeRef": {"value": "54"}, "Hours": 3, "Minutes": 30}
    made = api.create("TimeActivity", **fields)
    assert (made["Hours"], made["BillableStatus"], made["ItemRef"]["name"]) == (3, "NotBillable", "Services")
    assert refusal(lambda: api.create("TimeActivity", NameOf="Employee", Hours=1)).element == "EmployeeRef"
    asked = lambda: api.get("/cdc", entities="TimeActivity", changedSince="2026-03-01")  # noqa: E731
    assert refusal(asked).code == "4001"


def test_a_recurring_template_is_kept_as_sent_and_posts_nothing(api: Api, emulator: Emulator) -> None:
    template = {
        "CustomerRef": {"value": "3"},
        "Line": [sale_line(10)],
        "RecurringInfo": {"Name": "Monthly", "RecurType": "Automated", "Active": True},
    }
    made = api.create("RecurringTransaction", Invoice=template)
    assert made["Invoice"]["RecurringInfo"]["Name"] == "Monthly"
    assert refusal(lambda: api.create("RecurringTransaction", Invoice={})).code == "2020"
    assert api.read("Customer", "3")["Balance"] == 0
    assert whole(emulator)


def test_a_duplicate_bill_number_is_refused_only_with_its_warning_on(api: Api, emulator: Emulator) -> None:
    bill(api, 1, DocNumber="B-1")
    bill(api, 1, DocNumber="B-1")
    pairs = emulator.control.records(SAMPLE, "Preferences")[0]["OtherPrefs"]["NameValue"]
    others = [one for one in pairs if one["Name"] != "WarnDuplicateBillNumber"]
    warn = {"NameValue": [*others, {"Name": "WarnDuplicateBillNumber", "Value": "true"}]}
    emulator.control.set_preferences(SAMPLE, {"OtherPrefs": warn})
    assert refusal(lambda: bill(api, 1, DocNumber="B-1")).code == "6140"


@pytest.mark.parametrize(
    "entity",
    [
        "Bill", "BillPayment", "CreditCardPayment", "CreditMemo", "Deposit", "Estimate", "InventoryAdjustment",
        "Invoice", "JournalEntry", "Payment", "Purchase", "PurchaseOrder", "RefundReceipt", "SalesReceipt",
        "Transfer", "VendorCredit",
    ],
)  # fmt: skip
def test_every_transaction_reads_back_updates_and_deletes(api: Api, emulator: Emulator, entity: str) -> None:
    if entity == "InventoryAdjustment":
        kind = "ItemAdjustmentLineDetail"
        line = {"DetailType": kind, kind: {"ItemRef": {"value": "11"}, "QtyDiff": 1}}
        api.create(entity, AdjustAccountRef={"value": "88"}, Line=[line])
    if entity == "Transfer":
        api.create(entity, FromAccountRef={"value": "35"}, ToAccountRef={"value": "36"}, Amount=5)
    if entity == "VendorCredit":
        api.create(entity, VendorRef={"value": "30"}, Line=[bought(5)])
    rows = api.query(f"select * from {entity} maxresults 100")
    free = [one for one in rows if not any(link["TxnType"] == "Deposit" for link in one.get("LinkedTxn", ()))]
    found = free[0]
    again = api.post(f"/{entity.lower()}", found)[entity]
    assert again == found
    noted = api.sparse(entity, found["Id"], PrivateNote="seen")
    assert (noted["PrivateNote"], int(noted["SyncToken"])) == ("seen", int(found["SyncToken"]) + 1)
    gone(api, entity, noted)
    assert refusal(lambda: api.read(entity, found["Id"])).code == "610"
    assert whole(emulator)


def test_a_batch_voids_numbers_twice_and_refuses_item_by_item(api: Api, emulator: Emulator) -> None:
    sale = {"CustomerRef": {"value": "3"}, "Line": [sale_line(10)], "DocNumber": "1015"}
    paid = api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=10)
    known = {"Id": paid["Id"], "SyncToken": "0"}
    items = [
        {"bId": "1", "operation": "create", "Invoice": sale},
        {"bId": "2", "operation": "create", "Invoice": sale, "optionsData": "allowduplicatedocnum"},
        {"bId": "3", "operation": "update", "Payment": known, "optionsData": "void"},
    ]
    refused, twice, voided = api.post("/batch", {"BatchItemRequest": items})["BatchItemResponse"]
    assert refused["Fault"]["Error"][0]["code"] == "6140"
    assert twice["Invoice"]["DocNumber"] == "1015"
    assert voided["Payment"]["TotalAmt"] == 0
    assert whole(emulator)


def test_change_data_shows_what_a_payment_touched(api: Api, emulator: Emulator) -> None:
    emulator.clock.advance(60)
    since = emulator.clock.now().isoformat()
    (invoice,) = api.query("select * from Invoice where DocNumber = '1015'")
    line = {"Amount": 1, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    api.create("Payment", CustomerRef={"value": "18"}, TotalAmt=1, Line=[line])
    groups = api.get("/cdc", entities="Payment,Invoice,Customer,Account,Item", changedSince=since)[
        "CDCResponse"
    ][0]
    found = {name: [one["Id"] for one in rows] for group in groups["QueryResponse"] for name, rows in group.items() if isinstance(rows, list)}  # fmt: skip
    assert found["Invoice"] == [invoice["Id"]]
    assert found["Customer"] == ["18"]
    assert sorted(found["Account"]) == ["4", "84"]
    assert "Item" not in found
