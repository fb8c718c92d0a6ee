"""What the emulator's plain lists do: accounts, items, classes, locations, terms, payment methods, tax."""

from __future__ import annotations

import pytest

from quickbooks_emulator import Emulator, Knobs
from tests.emulator.client import SAMPLE, Api, Refusal


def code_of(call) -> str | None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.code


def test_the_sample_company_has_the_recorded_accounts(api: Api) -> None:
    receivable = api.read("Account", "84")
    assert receivable["Name"] == "Accounts Receivable (A/R)"
    assert receivable["Classification"] == "Asset"
    assert receivable["AccountSubType"] == "AccountsReceivable"
    assert api.read("Account", "4")["AccountSubType"] == "UndepositedFunds"
    assert api.read("Account", "90")["Name"] == "Board of Equalization Payable"
    assert api.read("Account", "69")["FullyQualifiedName"] == "Legal & Professional Fees:Accounting"


def test_an_account_needs_a_type_and_takes_its_classification_from_it(api: Api) -> None:
    assert code_of(lambda: api.create("Account", Name="Petty cash")) == "6010"
    made = api.create("Account", Name="Petty cash", AccountSubType="CashOnHand")
    assert (made["AccountType"], made["Classification"], made["CurrentBalance"]) == ("Bank", "Asset", 0)
    assert (
        code_of(lambda: api.create("Account", Name="X", AccountType="Bank", AccountSubType="Travel"))
        == "6430"
    )


def test_a_sub_account_is_named_by_its_path_and_a_taken_name_is_refused(api: Api) -> None:
    made = api.create("Account", Name="Tires", AccountType="Expense", ParentRef={"value": "55"})
    assert (made["SubAccount"], made["FullyQualifiedName"]) == (True, "Automobile:Tires")
    assert (
        code_of(lambda: api.create("Account", Name="tires", AccountType="Expense", ParentRef={"value": "55"}))
        == "6240"
    )
    assert api.create("Account", Name="Tires", AccountType="Expense")["FullyQualifiedName"] == "Tires"


def test_deactivating_an_account_appends_the_suffix_and_repeating_it_changes_nothing(api: Api) -> None:
    gone = api.sparse("Account", "5", Active=False)
    assert (gone["Name"], gone["FullyQualifiedName"]) == ("Fees Billed (deleted)", "Fees Billed (deleted)")
    assert api.sparse("Account", "5", Active=False) == gone
    assert api.query("select * from Account where Name = 'Fees Billed (deleted)'") == []
    assert len(api.query("select * from Account where Active in (true, false) and Id = '5'")) == 1


def test_a_system_account_cannot_be_deactivated(api: Api) -> None:
    assert code_of(lambda: api.sparse("Account", "84", Active=False)) == "6000"


def test_a_service_needs_an_income_account_and_gets_the_recorded_defaults(api: Api) -> None:
    assert code_of(lambda: api.create("Item", Name="Bookkeeping", Type="Service")) == "2020"
    made = api.create("Item", Name="Bookkeeping", Type="Service", IncomeAccountRef={"value": "1"})
    assert (made["UnitPrice"], made["Taxable"], made["TrackQtyOnHand"], made["Active"]) == (
        0,
        False,
        False,
        True,
    )
    assert made["IncomeAccountRef"] == {"value": "1", "name": "Services"}
    assert (
        code_of(lambda: api.create("Item", Name="X", Type="Service", IncomeAccountRef={"value": "35"}))
        == "6430"
    )


def test_an_inventory_item_needs_its_asset_account_in_the_documented_words(api: Api) -> None:
    fields = {
        "Name": "Bricks",
        "Type": "Inventory",
        "IncomeAccountRef": {"value": "79"},
        "ExpenseAccountRef": {"value": "80"},
        "QtyOnHand": 10,
        "PurchaseCost": 2,
        "InvStartDate": "2026-01-01",
    }
    with pytest.raises(Refusal) as refused:
        api.create("Item", **fields)
    assert (refused.value.code, refused.value.detail) == (
        "2020",
        "An inventory assetaccount is required if you are tracking inventory quantities for this product.",
    )
    before = api.read("Account", "81")["CurrentBalance"]
    made = api.create("Item", **fields, AssetAccountRef={"value": "81"})
    assert (made["QtyOnHand"], made["TrackQtyOnHand"]) == (10, True)
    assert api.read("Account", "81")["CurrentBalance"] == before + 20


def test_an_item_hangs_below_a_category_and_follows_its_name(api: Api) -> None:
    category = api.create("Item", Name="Monthly", Type="Category")
    assert "UnitPrice" not in category
    item = api.create(
        "Item",
        Name="Close",
        Type="Service",
        IncomeAccountRef={"value": "1"},
        SubItem=True,
        ParentRef={"value": category["Id"]},
    )
    assert (item["FullyQualifiedName"], item["Level"]) == ("Monthly:Close", 1)
    api.sparse("Item", category["Id"], Name="Recurring")
    assert api.read("Item", item["Id"])["FullyQualifiedName"] == "Recurring:Close"


def test_an_inactive_item_keeps_its_name_reserved_unless_a_switch_frees_it() -> None:
    for reserved in (True, False):
        with Api(Emulator(knobs=Knobs(inactive_item_names_reserved=reserved))) as api:
            api.sparse("Item", "1", Active=False)
            fields = {"Name": "Services", "Type": "Service", "IncomeAccountRef": {"value": "1"}}
            if reserved:
                assert code_of(lambda: api.create("Item", **fields)) == "6240"  # noqa: B023
            else:
                assert api.create("Item", **fields)["Name"] == "Services"


def test_classes_have_long_ids_and_need_a_plan_that_has_them(api: Api, emulator: Emulator) -> None:
    parent = api.create("Class", Name="North")
    assert len(parent["Id"]) == 19
    child = api.create("Class", Name="Retail", SubClass=True, ParentRef={"value": parent["Id"]})
    assert child["FullyQualifiedName"] == "North:Retail"
    off = {"ClassTrackingPerTxn": False, "ClassTrackingPerTxnLine": False}
    emulator.control.set_preferences(SAMPLE, {"AccountingInfoPrefs": off})
    assert code_of(lambda: api.create("Class", Name="South")) == "5030"


def test_a_location_is_a_tree_with_short_ids(api: Api) -> None:
    first = api.create("Department", Name="Tucson")
    below = api.create("Department", Name="East", SubDepartment=True, ParentRef={"value": first["Id"]})
    assert (first["Id"], below["FullyQualifiedName"], below["SubDepartment"]) == ("1", "Tucson:East", True)


def test_a_term_takes_its_type_from_its_members(api: Api) -> None:
    assert [one["Name"] for one in api.query("select * from Term orderby Id")] == [
        "Due on receipt", "Net 15", "Net 30", "Net 60",
    ]  # fmt: skip
    assert api.create("Term", Name="Net 10", DueDays=10)["Type"] == "STANDARD"
    assert api.create("Term", Name="The 15th", DayOfMonthDue=15, DueNextMonthDays=5)["Type"] == "DATE_DRIVEN"
    assert code_of(lambda: api.create("Term", Name="Never")) == "2020"
    assert code_of(lambda: api.create("Term", Name="Long", DueDays=1000)) == "2240"
    assert code_of(lambda: api.create("Term", Name="net 30", DueDays=30)) == "6240"


def test_a_payment_method_is_no_card_unless_it_says_so(api: Api) -> None:
    assert api.create("PaymentMethod", Name="Wire")["Type"] == "NON_CREDIT_CARD"
    assert code_of(lambda: api.create("PaymentMethod", Name="x" * 32)) == "2050"


def test_tax_rows_are_read_only_and_made_through_the_tax_service(api: Api) -> None:
    assert [one["Name"] for one in api.query("select * from TaxCode")] == ["California", "Tucson"]
    assert code_of(lambda: api.create("TaxCode", Name="X")) == "500"
    agency = api.create("TaxAgency", DisplayName="Nevada Department of Taxation")
    answer = api.post(
        "/taxservice/taxcode",
        {
            "TaxCode": "Nevada",
            "TaxRateDetails": [
                {"TaxRateName": "NV State", "RateValue": "6.85", "TaxAgencyId": agency["Id"]},
            ],
        },
    )
    assert answer["TaxCode"] == "Nevada"
    made = api.read("TaxCode", answer["TaxCodeId"])
    assert made["SalesTaxRateList"]["TaxRateDetail"][0]["TaxRateRef"]["name"] == "NV State"
    assert api.query("select * from Account where Name = 'Nevada Department of Taxation Payable'")
    again = {"TaxCode": "Nevada", "TaxRateDetails": [{"TaxRateId": "1"}]}
    assert code_of(lambda: api.post("/taxservice/taxcode", again)) == "6240"
