"""What an invoice has to do with stock, estimates, questions and customers."""

from __future__ import annotations

import pytest

from quickbooks_emulator import Emulator
from tests.emulator import scenarios
from tests.emulator.books import gone, invoice, sale_line, voided, whole
from tests.emulator.client import SAMPLE, Api, Refusal


def refusal(call) -> Refusal:  # type: ignore[no-untyped-def]
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value


def test_stock_leaves_with_a_sale_and_comes_back_with_a_void(api: Api, emulator: Emulator) -> None:
    item = api.create(
        "Item",
        Name="Bricks",
        Type="Inventory",
        TrackQtyOnHand=True,
        QtyOnHand=10,
        UnitPrice=5,
        PurchaseCost=2,
        InvStartDate="2026-01-01",
        IncomeAccountRef={"value": "79"},
        ExpenseAccountRef={"value": "80"},
        AssetAccountRef={"value": "81"},
    )["Id"]
    line = sale_line(15, item=item, Qty=3, UnitPrice=5)
    made = api.create("Invoice", CustomerRef={"value": "3"}, Line=[line])
    sold = api.read("Item", item)
    assert (sold["QtyOnHand"], sold["SyncToken"]) == (7, "0")
    voided(api, "Invoice", made)
    assert api.read("Item", item)["QtyOnHand"] == 10
    early = {"CustomerRef": {"value": "3"}, "Line": [line], "TxnDate": "2025-12-31"}
    assert refusal(lambda: api.create("Invoice", **early)).code == "6270"
    assert whole(emulator)


def test_an_estimate_closes_with_its_invoice_and_opens_again_without_it(api: Api, emulator: Emulator) -> None:
    estimate = api.create("Estimate", CustomerRef={"value": "3"}, Line=[sale_line(100)])
    assert (estimate["TxnStatus"], estimate["DocNumber"]) == ("Pending", "1003")
    emulator.clock.advance(60)
    made = invoice(api, 100, LinkedTxn=[{"TxnId": estimate["Id"], "TxnType": "Estimate"}])
    assert made["LinkedTxn"] == [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    assert made["Line"][0]["LinkedTxn"] == made["LinkedTxn"]
    closed = api.read("Estimate", estimate["Id"])
    assert (closed["TxnStatus"], closed["SyncToken"]) == ("Closed", "0")
    assert closed["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Invoice"}]
    assert closed["MetaData"]["LastUpdatedTime"] == made["MetaData"]["CreateTime"]
    second = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    assert refusal(lambda: invoice(api, 1, LinkedTxn=second)).code == "620"
    gone(api, "Invoice", made)
    assert api.read("Estimate", estimate["Id"])["TxnStatus"] == "Accepted"


def test_invoices_are_found_by_their_filterable_members(api: Api) -> None:
    made = invoice(api, 77, DocNumber="FIND-ME")
    assert api.query("select * from Invoice where DocNumber = 'find-me'")[0]["Id"] == made["Id"]
    assert api.count("select count(*) from Invoice where CustomerRef = '3' and Balance > '76'") == 1
    assert api.query("select * from Invoice where TotalAmt = '77'")[0]["Id"] == made["Id"]
    assert refusal(lambda: api.query("select * from Invoice where PrivateNote = 'x'")).code == "4001"
    assert refusal(lambda: api.query("select * from Invoice orderby CustomerRef")).code == "4001"


def test_an_inactive_customer_cannot_be_invoiced(api: Api) -> None:
    api.sparse("Customer", "3", Active=False)
    refused = refusal(lambda: invoice(api, customer="3"))
    assert refused.code == "2500"
    assert "made inactive" in refused.detail


def test_an_opening_balance_makes_an_invoice(api: Api, emulator: Emulator) -> None:
    made = api.create("Customer", DisplayName="Late Starter", Balance=250, OpenBalanceDate="2026-01-01")
    assert made["Balance"] == 250
    (opening,) = api.query(f"select * from Invoice where CustomerRef = '{made['Id']}'")
    assert (opening["TotalAmt"], opening["TxnDate"], opening["PrivateNote"]) == (
        250,
        "2026-01-01",
        "Opening Balance",
    )
    assert whole(emulator)


def test_a_location_stands_on_the_header_while_they_are_tracked(api: Api, emulator: Emulator) -> None:
    place = api.create("Department", Name="North")["Id"]
    sold = scenarios.invoice(api, DepartmentRef={"value": place})
    assert sold["DepartmentRef"] == {"value": place, "name": "North"}
    assert [one["Id"] for one in api.query(f"select * from Invoice where DepartmentRef = '{place}'")] == [
        sold["Id"]
    ]
    emulator.control.set_preferences(SAMPLE, {"AccountingInfoPrefs": {"TrackDepartments": False}})
    assert "DepartmentRef" not in scenarios.invoice(api, DepartmentRef={"value": place})


def test_copies_go_where_the_company_sends_them(api: Api, emulator: Emulator) -> None:
    emulator.control.set_preferences(
        SAMPLE, {"SalesFormsPrefs": {"SalesEmailCc": {"Address": "cc@example.com"}}}
    )
    assert scenarios.invoice(api)["BillEmailCc"] == {"Address": "cc@example.com"}
    own = scenarios.invoice(api, BillEmailCc={"Address": "own@example.com"})
    assert own["BillEmailCc"] == {"Address": "own@example.com"}
    assert "BillEmailCc" not in api.sparse("Invoice", own["Id"], BillEmailCc="")


def test_a_link_to_pay_is_shown_only_where_it_was_asked_for(api: Api, emulator: Emulator) -> None:
    sold = scenarios.invoice(api, BillEmail={"Address": "someone@example.com"})
    asked = {"include": "invoiceLink", "minorversion": "75"}
    path = f"/invoice/{sold['Id']}"
    assert "InvoiceLink" not in api.get(path, **asked)["Invoice"]
    emulator.control.set_preferences(SAMPLE, {"SalesFormsPrefs": {"ETransactionPaymentEnabled": True}})
    assert api.get(path, **asked)["Invoice"]["InvoiceLink"].startswith("http://quickbooks.test/")
    assert "InvoiceLink" not in api.get(path)["Invoice"]
    without = scenarios.invoice(api)
    assert "InvoiceLink" not in api.get(f"/invoice/{without['Id']}", **asked)["Invoice"]
