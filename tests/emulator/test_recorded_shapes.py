"""Which members a record shows, and in which order, as recorded in real companies.

AB: airbytehq/airbyte integration_tests/expected_records.jsonl @552d154780108024a59ca70b3096dd6000fa969b (US sandbox, 2023).
FY: fylein/qbo-sdk-py test/common/mock_qbo.json @7d80ff7db8eb44b7a7156a7a1e68c7096ee6faed (2019).
QA: minimul/qbo_api spec/vcr @34abd0eaeffccfaa9dffe12e291cdb9c6e8a946f.
Members that are newer than the recordings are left out of the comparison.
"""

from __future__ import annotations

from typing import Any

import pytest

from quickbooks_emulator import Emulator
from tests.emulator.client import SAMPLE, Api

BASE = ["domain", "sparse", "Id", "SyncToken", "MetaData"]
NEWER = {"V4IDPseudonym", "TaxAgencyConfig", "CustomField"}
SPENT = [
    {
        "Amount": 9,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "7"}},
    }
]
SOLD = [
    {"Amount": 9, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}
]
TAIL = ["TotalAmt", "ApplyTaxAfterDiscount", "PrintStatus"]

SHAPES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "AB purchase 143, by card": (
        "Purchase",
        {"PaymentType": "CreditCard", "AccountRef": {"value": "41"}, "EntityRef": {"value": "41"}, "Line": SPENT},
        ["AccountRef", "PaymentType", "EntityRef", "Credit", "TotalAmt", "PurchaseEx", *BASE, "TxnDate", "CurrencyRef", "Line"],
    ),
    "FY purchase 1450, by check": (
        "Purchase",
        {"PaymentType": "Check", "AccountRef": {"value": "35"}, "EntityRef": {"value": "54"}, "Line": SPENT},
        ["AccountRef", "PaymentType", "EntityRef", "TotalAmt", "PrintStatus", "PurchaseEx", *BASE, "TxnDate", "CurrencyRef", "Line"],
    ),
    "AB estimate 41": (
        "Estimate",
        {"CustomerRef": {"value": "10"}, "Line": SOLD, "BillEmail": {"Address": "a@example.com"}},
        [*BASE, "DocNumber", "TxnDate", "CurrencyRef", "TxnStatus", "Line", "TxnTaxDetail", "CustomerRef", "BillAddr", "ShipAddr",
         *TAIL, "EmailStatus", "BillEmail"],
    ),
    "AB estimate 48, to be sent": (
        "Estimate",
        {"CustomerRef": {"value": "10"}, "Line": SOLD, "EmailStatus": "NeedToSend", "BillEmail": {"Address": "a@example.com"}},
        [*BASE, "DocNumber", "TxnDate", "CurrencyRef", "TxnStatus", "Line", "TxnTaxDetail", "CustomerRef", "BillAddr", "ShipAddr",
         *TAIL, "EmailStatus", "BillEmail", "DeliveryInfo"],
    ),
    "AB refund receipt 66": (
        "RefundReceipt",
        {"CustomerRef": {"value": "10"}, "Line": SOLD, "DepositToAccountRef": {"value": "35"}, "PaymentMethodRef": {"value": "2"},
         "BillEmail": {"Address": "a@example.com"}, "CustomerMemo": {"value": "Sorry"}},
        [*BASE, "DocNumber", "TxnDate", "CurrencyRef", "Line", "TxnTaxDetail", "CustomerRef", "CustomerMemo", "BillAddr", "ShipAddr",
         *TAIL, "BillEmail", "Balance", "PaymentMethodRef", "DepositToAccountRef"],
    ),
    "AB purchase order 45": (
        "PurchaseOrder",
        {"VendorRef": {"value": "51"}, "Line": SPENT, "VendorAddr": {"Line1": "x"}, "ShipAddr": {"Line1": "y"}},
        ["VendorAddr", "ShipAddr", "POStatus", *BASE, "DocNumber", "TxnDate", "CurrencyRef", "LinkedTxn", "Line", "VendorRef",
         "APAccountRef", "TotalAmt"],
    ),
    "AB item 3": (
        "Item",
        {"Name": "Gravel", "Type": "Service", "Description": "x", "IncomeAccountRef": {"value": "48"}, "Taxable": True},
        ["Name", "Description", "Active", "FullyQualifiedName", "Taxable", "UnitPrice", "Type", "IncomeAccountRef", "PurchaseCost",
         "TrackQtyOnHand", *BASE],
    ),
    "AB tax agency 2": (
        "TaxAgency",
        {"DisplayName": "Nevada Dept. of Taxation"},
        ["TaxTrackedOnPurchases", "TaxTrackedOnSales", *BASE, "DisplayName"],
    ),
    "QA vendor of vendors_by_5": (
        "Vendor",
        {"DisplayName": "New", "TaxIdentifier": "12", "AcctNum": "7"},
        ["TaxIdentifier", "Balance", "AcctNum", "Vendor1099", "CurrencyRef", *BASE, "DisplayName", "PrintOnCheckName", "Active"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", SHAPES)
def test_a_record_shows_the_recorded_members_in_their_order(api: Api, source: str) -> None:
    entity, body, recorded = SHAPES[source]
    made = api.create(entity, **body)
    assert [name for name in made if name not in NEWER] == recorded


def test_the_lines_of_a_purchase_have_no_number_and_those_of_a_bill_do(api: Api) -> None:
    """AB purchases 140 to 144, FY purchases; AB bills 24, 25, 105."""
    paid = api.create("Purchase", PaymentType="Cash", AccountRef={"value": "35"}, Line=SPENT)
    owed = api.create("Bill", VendorRef={"value": "40"}, Line=SPENT)
    assert list(paid["Line"][0]) == ["Id", "Amount", "DetailType", "AccountBasedExpenseLineDetail"]
    assert list(owed["Line"][0]) == ["Id", "LineNum", "Amount", "DetailType", "AccountBasedExpenseLineDetail"]
    again = api.sparse("Purchase", paid["Id"], Line=[{**paid["Line"][0], "Amount": 4}, *SPENT])
    assert [one["Id"] for one in again["Line"]] == ["1", "2"]


def test_a_deposit_shows_its_payments_without_a_detail_type(api: Api, emulator: Emulator) -> None:
    """AB deposits 62, 102 and 121: a detail only where the payment has a method or a number."""
    paid = [api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=9, **more)
            for more in ({}, {"PaymentMethodRef": {"value": "2"}, "PaymentRefNum": "6552"})]  # fmt: skip
    links = [
        {"Amount": 9, "LinkedTxn": [{"TxnId": one["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
        for one in paid
    ]
    made = api.create("Deposit", DepositToAccountRef={"value": "35"}, Line=links)
    assert made["Line"] == [
        links[0],
        {
            **links[1],
            "DepositLineDetail": {"PaymentMethodRef": {"value": "2"}, "CheckNum": "6552"},
        },
    ]
    assert api.sparse("Deposit", made["Id"], Line=made["Line"]) == made
    assert emulator.control.ledger(SAMPLE)["discrepancies"] == []


def test_an_exchange_rate_has_neither_id_nor_token() -> None:
    """FY exchange_rates."""
    emulator = Emulator("canada")
    with Api(emulator) as api:
        rate = api.get("/exchangerate", sourcecurrencycode="USD")["ExchangeRate"]
        assert list(rate) == ["SourceCurrencyCode", "TargetCurrencyCode", "Rate", "AsOfDate", "MetaData"]
        assert list(rate["MetaData"]) == ["LastUpdatedTime"]
