"""Decides: small scenarios for the switches about what records do to each other: lists, ledger, links, reports. Played by
test_switches, like those of `scenarios`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from quickbooks_emulator.faults import Fault
from tests.emulator.client import LIVE, SAMPLE, Api, Refusal
from tests.emulator.scenarios import batch, invoice, pay, refusal, taxed

_BOUGHT = "AccountBasedExpenseLineDetail"


def bought(amount: int, account: str = "13") -> dict[str, Any]:
    return {"Amount": amount, "DetailType": _BOUGHT, _BOUGHT: {"AccountRef": {"value": account}}}


def code_or(work: Any) -> Any:
    """What the work gives, or the code of its fault."""
    try:
        return work()
    except Refusal as refused:
        return refused.code


# reads


def by_second_link(api: Api) -> bool:
    links = [{"EntityRef": {"type": kind, "value": "3"}} for kind in ("Customer", "Item")]
    made = api.create("Attachable", Note="two", AttachableRef=links)["Id"]
    found = api.query("select * from Attachable where AttachableRef.EntityRef.Type = 'Item'")
    return made in [one["Id"] for one in found]


def since_now(api: Api) -> int:
    api.emulator.clock.advance(60)
    api.create("Term", Name="At once", DueDays=1)
    since = api.emulator.clock.now().isoformat()
    (group,) = api.get("/cdc", entities="Term", changedSince=since)["CDCResponse"][0]["QueryResponse"]
    return len(group.get("Term", ()))


def metered_batch(api: Api) -> int:
    api.emulator.log.clear()
    batch(api, *[{"Query": "select * from Term"}] * 3)
    return api.emulator.log.meter()["coreplus"]


def metered_read(api: Api) -> int:
    api.emulator.log.clear()
    with Api(api.emulator, LIVE) as live:
        live.read("Customer", "1")
    in_production = api.emulator.log.meter()["coreplus"]
    assert in_production == 1
    api.read("Customer", "1")
    return api.emulator.log.meter()["coreplus"] - in_production


def too_large_batch(api: Api) -> str:
    try:
        batch(api, *[{"Query": "select * from Term"}] * 2)
    except Refusal as refused:
        return f"{refused.code} {refused.detail}"
    return ""


# lists


def write_while_paused(api: Api) -> str:
    api.emulator.control.set_plan(SAMPLE, status="PAUSED")
    return refusal(lambda: api.create("Term", Name="Late", DueDays=9))


def deactivate_twice(api: Api) -> str:
    api.sparse("Customer", "3", Active=False)
    again = api.create("Customer", DisplayName="Cool Cars")["Id"]
    return str(code_or(lambda: api.sparse("Customer", again, Active=False)["DisplayName"]))


def tokens_below_a_rename(api: Api) -> tuple[str, str]:
    above = api.create("Customer", DisplayName="Above")["Id"]
    job = api.create("Customer", DisplayName="Below", Job=True, ParentRef={"value": above})["Id"]
    north = api.create("Class", Name="North")["Id"]
    part = api.create("Class", Name="Harbor", SubClass=True, ParentRef={"value": north})["Id"]
    api.sparse("Customer", above, DisplayName="Higher")
    api.sparse("Class", north, Name="South")
    return api.read("Customer", job)["SyncToken"], api.read("Class", part)["SyncToken"]


def name_after_a_rename(api: Api) -> str:
    sold = invoice(api)["Id"]
    api.sparse("Customer", "3", DisplayName="Renamed")
    noted = api.sparse("Invoice", sold, PrivateNote="later")
    assert api.sparse("Invoice", sold, PrivateNote="later") == noted, "a reference sent again is no change"
    return str(noted["CustomerRef"]["name"])


def unflagged_class(api: Api) -> bool:
    north = api.create("Class", Name="North")["Id"]
    part = api.create("Class", Name="Harbor", SubClass=True, ParentRef={"value": north})["Id"]
    after = api.sparse("Class", part, Name="Harbor", SubClass=False)
    return "ParentRef" in after


def moved_address(api: Api) -> bool:
    before = api.read("Customer", "3")["BillAddr"]
    same = api.sparse("Customer", "3", BillAddr=before, Notes="same place")["BillAddr"]
    assert same == before
    after = api.sparse("Customer", "3", BillAddr={**before, "Line1": "elsewhere"})["BillAddr"]
    return bool(before["Id"] == after["Id"])


def deactivate_with_hours(api: Api) -> str:
    customer = api.create("Customer", DisplayName="Hourly")["Id"]
    api.create("TimeActivity", NameOf="Employee", EmployeeRef={"value": "54"}, CustomerRef={"value": customer},
               ItemRef={"value": "2"}, Hours=2, HourlyRate=10, BillableStatus="Billable")  # fmt: skip
    try:
        api.emulator.control.edit(SAMPLE, "Customer", customer, operation="deactivate")
    except Fault as fault:
        return str(fault.code)
    return ""


def typeless_item(api: Api) -> str:
    return refusal(lambda: api.create("Item", Name="Plain", IncomeAccountRef={"value": "1"}))


# the ledger


def returned_stock(api: Api) -> int:
    stock = api.create(
        "Item", Name="Bricks", Type="Inventory", TrackQtyOnHand=True, QtyOnHand=10, InvStartDate="2020-01-01",
        PurchaseCost=2, IncomeAccountRef={"value": "79"}, ExpenseAccountRef={"value": "80"},
        AssetAccountRef={"value": "81"},
    )["Id"]  # fmt: skip
    detail = {"ItemRef": {"value": stock}, "Qty": 1, "UnitPrice": 7}
    line = {"Amount": 7, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    api.create("CreditMemo", CustomerRef={"value": "3"}, Line=[line])
    return int(api.read("Item", stock)["QtyOnHand"] - 10)


def negative_openings(api: Api) -> tuple[int, int]:
    customer = api.create("Customer", DisplayName="Ahead", Balance=-30)["Id"]
    vendor = api.create("Vendor", DisplayName="Behind", Balance=-20)["Id"]
    assert api.emulator.control.ledger(SAMPLE)["discrepancies"] == []
    return api.read("Customer", customer)["Balance"], api.read("Vendor", vendor)["Balance"]


def opened_against(api: Api) -> list[str]:
    def balances() -> dict[str, Any]:
        rows = api.emulator.control.ledger(SAMPLE)["accounts"]
        return {one["Name"]: one["Balance"] for one in rows if "Accounts" not in one["Name"]}

    found = []
    for entity in ("Customer", "Vendor"):
        before = balances()
        api.create(entity, DisplayName=f"New {entity}", Balance=40)
        after = balances()
        found += [name for name in after if after[name] != before.get(name, 0)]
    return found


def lines_of_a_bundle(api: Api) -> str:
    parts = [{"ItemRef": {"value": one}, "Qty": 1} for one in ("1", "2")]
    bundle = api.emulator.control.edit(
        SAMPLE,
        "Item",
        None,
        {"Name": "Kit", "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": parts}},
        "create",
    )["Id"]
    inside = [{**taxed()[0], "Amount": 5}] * 6
    group = {"GroupItemRef": {"value": bundle}, "Quantity": 1, "Line": inside}
    line = {"DetailType": "GroupLineDetail", "GroupLineDetail": group}
    return refusal(lambda: invoice(api, Line=[line]))


def discount_turned_off(api: Api) -> Any:
    api.emulator.control.set_preferences(SAMPLE, {"SalesFormsPrefs": {"AllowDiscount": False}})
    line = {
        "Amount": 10,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    off = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 50},
    }
    return code_or(lambda: invoice(api, Line=[line, off])["TotalAmt"])


def shared_out_tax(api: Api) -> list[Any]:
    rates = [
        {"TaxRateName": f"Third {one}", "RateValue": 1, "TaxAgencyId": "1", "TaxApplicableOn": "Sales"}
        for one in "abc"
    ]
    made = api.post("/taxservice/taxcode", {"TaxCode": "Thirds", "TaxRateDetails": rates})["TaxCodeId"]
    detail = {"TxnTaxCodeRef": {"value": made}, "TotalTax": "1.00"}
    sold = invoice(api, Line=taxed(), TxnTaxDetail=detail)
    return [one["Amount"] for one in sold["TxnTaxDetail"]["TaxLine"]]


def deposit_above_the_total(api: Api) -> str:
    return refusal(lambda: invoice(api, Deposit=99, DepositToAccountRef={"value": "35"}))


def sent_token(api: Api) -> str:
    sold = invoice(api)["Id"]
    answer = api.http.post(f"/invoice/{sold}/send", params={"sendTo": "books@example.com"})
    assert answer.json()["Invoice"]["EmailStatus"] == "EmailSent"
    return str(api.read("Invoice", sold)["SyncToken"])


# links


def void_twice(api: Api) -> str:
    sold = invoice(api)["Id"]
    api.post("/invoice", {"Id": sold, "SyncToken": "0"}, operation="void")
    return refusal(lambda: api.post("/invoice", {"Id": sold, "SyncToken": "1"}, operation="void"))


def order_after_its_bill(api: Api) -> str:
    order, made = _ordered(api)
    _delete(api, "Bill", made)
    return str(api.read("PurchaseOrder", order)["POStatus"])


def delete_sources(api: Api) -> tuple[str, str]:
    order, _ = _ordered(api)
    estimate = api.create("Estimate", CustomerRef={"value": "3"}, Line=taxed())["Id"]
    invoice(api, LinkedTxn=[{"TxnId": estimate, "TxnType": "Estimate"}])
    return (
        refusal(lambda: _delete(api, "PurchaseOrder", order)),
        refusal(lambda: _delete(api, "Estimate", estimate)),
    )


def delete_used_credit(api: Api) -> tuple[str, int]:
    sold = invoice(api)
    credit = api.create("CreditMemo", CustomerRef={"value": "3"}, Line=sold["Line"][:1])["Id"]
    links = [{"Amount": 10, "LinkedTxn": [{"TxnId": txn, "TxnType": kind}]}
             for txn, kind in ((sold["Id"], "Invoice"), (credit, "CreditMemo"))]  # fmt: skip
    api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=0, Line=links)
    code = refusal(lambda: _delete(api, "CreditMemo", credit))
    return code, api.read("Invoice", sold["Id"])["Balance"]


def shrink_a_paid_invoice(api: Api) -> list[Any]:
    sold = invoice(api)
    payments = [pay(api, sold, 5)["Id"] for _ in range(2)]
    smaller = [{**sold["Line"][0], "Amount": 6}]
    api.sparse("Invoice", sold["Id"], Line=smaller)
    return [api.read("Payment", one)["UnappliedAmt"] for one in payments]


def token_of_a_released_payment(api: Api) -> str:
    sold = invoice(api)
    paid = pay(api, sold, 10)["Id"]
    _delete(api, "Invoice", sold["Id"])
    after = api.read("Payment", paid)
    assert after["UnappliedAmt"] == 10
    return str(after["SyncToken"])


def deposit_a_part(api: Api) -> str:
    paid = pay(api, invoice(api), 10)["Id"]
    line = {"Amount": 4, "LinkedTxn": [{"TxnId": paid, "TxnType": "Payment", "TxnLineId": "0"}]}
    code = refusal(lambda: api.create("Deposit", DepositToAccountRef={"value": "35"}, Line=[line]))
    assert api.emulator.control.ledger(SAMPLE)["discrepancies"] == []
    return code


def transfer_nothing(api: Api) -> str:
    accounts = {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "36"}}
    return refusal(lambda: api.create("Transfer", Amount=0, **accounts))


def credit_of_the_parent(api: Api) -> int:
    above = api.create("Customer", DisplayName="Above")["Id"]
    below = api.create("Customer", DisplayName="Below", Job=True, ParentRef={"value": above})["Id"]
    line = [
        {
            "Amount": 10,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
        }
    ]
    credit = api.create("CreditMemo", CustomerRef={"value": above}, Line=line)["Id"]
    api.emulator.control.set_preferences(SAMPLE, {"SalesFormsPrefs": {"AutoApplyCredit": True}})
    invoice(api, CustomerRef={"value": below})
    assert api.emulator.control.ledger(SAMPLE)["discrepancies"] == []
    return int(api.read("CreditMemo", credit)["RemainingCredit"])


def weeks(api: Api) -> list[str]:
    """The first days of this week and of the next one; the emulator's first day is Monday, 2 March 2026."""
    found = []
    for macro in ("this week", "next week"):
        report = api.get("/reports/ProfitAndLoss", date_macro=macro)
        found.append(report["Header"]["StartPeriod"])
    assert (api.emulator.clock.now() + timedelta(hours=-8)).date().isoformat() == "2026-03-02"
    return found


def _ordered(api: Api) -> tuple[str, str]:
    """A purchase order and the bill it became."""
    order = api.create("PurchaseOrder", VendorRef={"value": "30"}, Line=[bought(50)])["Id"]
    link = [{"TxnId": order, "TxnType": "PurchaseOrder"}]
    made = api.create("Bill", VendorRef={"value": "30"}, Line=[bought(50)], LinkedTxn=link)["Id"]
    return order, made


def _delete(api: Api, entity: str, record: str) -> Any:
    token = api.read(entity, record)["SyncToken"]
    return api.post(f"/{entity.lower()}", {"Id": record, "SyncToken": token}, operation="delete")
