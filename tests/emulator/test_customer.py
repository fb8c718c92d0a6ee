"""What the emulator's customers do: defaults, updates, jobs, names, deactivation. Facts from recorded answers."""

from __future__ import annotations

import pytest

from quickbooks_emulator import Emulator, Knobs
from tests.emulator.client import Api, Refusal


def test_a_minimal_create_is_filled_with_the_recorded_defaults(api: Api) -> None:
    made = api.create("Customer", DisplayName="Lumen Optics")
    assert {
        "Taxable": True,
        "Job": False,
        "BillWithParent": False,
        "Balance": 0,
        "BalanceWithJobs": 0,
        "PreferredDeliveryMethod": "Print",
        "FullyQualifiedName": "Lumen Optics",
        "PrintOnCheckName": "Lumen Optics",
        "Active": True,
        "SyncToken": "0",
        "domain": "QBO",
        "sparse": False,
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
        "DefaultTaxCodeRef": {"value": "2"},
    }.items() <= made.items()
    assert made["Id"] == "56"
    assert made["MetaData"] == {
        "CreateTime": "2026-03-02T09:00:00-08:00",
        "LastUpdatedTime": "2026-03-02T09:00:00-08:00",
    }
    assert "GivenName" not in made


def test_a_display_name_is_built_from_the_name_parts(api: Api) -> None:
    made = api.create("Customer", Title="Dr.", GivenName="Ada", FamilyName="Abbott", Suffix="Jr.")
    assert made["DisplayName"] == "Dr. Ada Abbott Jr."


def test_a_customer_without_any_name_is_refused(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.create("Customer", CompanyName="Nameless")
    assert refused.value.code == "6080"


def test_a_sparse_update_keeps_what_it_leaves_out_and_raises_the_token(api: Api) -> None:
    before = api.read("Customer", "1")
    after = api.sparse("Customer", "1", Notes="Calls on Mondays")
    assert after["Notes"] == "Calls on Mondays"
    assert after["SyncToken"] == "1"
    assert after["PrimaryPhone"] == before["PrimaryPhone"]


def test_a_full_update_clears_what_it_leaves_out(api: Api) -> None:
    after = api.post("/customer", {"Id": "1", "SyncToken": "0", "DisplayName": "Amy's Bird Sanctuary"})[
        "Customer"
    ]
    assert "PrimaryPhone" not in after
    assert "BillAddr" not in after
    assert after["Balance"] == 239.00
    assert after["Active"] is True


def test_a_full_update_without_a_display_name_rebuilds_it_from_the_parts(api: Api) -> None:
    after = api.post("/customer", {"Id": "1", "SyncToken": "0", "GivenName": "Amy", "FamilyName": "L"})[
        "Customer"
    ]
    assert after["DisplayName"] == after["PrintOnCheckName"] == "Amy L"


def test_an_empty_string_clears_a_member_in_a_sparse_update(api: Api) -> None:
    after = api.sparse("Customer", "1", CompanyName="", PrimaryPhone={"FreeFormNumber": ""})
    assert "CompanyName" not in after
    assert "PrimaryPhone" not in after


def test_a_stale_token_is_refused_and_nothing_changes(api: Api) -> None:
    api.sparse("Customer", "1", Notes="first")
    with pytest.raises(Refusal) as refused:
        api.sparse("Customer", "1", SyncToken="0", Notes="second")
    assert refused.value.code == "5010"
    assert refused.value.element == ""
    assert refused.value.detail == (
        "Stale Object Error : You and Craig Carlson were working on this at the same time. "
        "Craig Carlson finished before you did, so your work was not saved."
    )
    assert api.read("Customer", "1")["Notes"] == "first"


def test_a_newer_token_than_the_present_one_is_refused_too(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.sparse("Customer", "1", SyncToken="7", Notes="x")
    assert refused.value.code == "5010"


def test_an_update_that_changes_nothing_keeps_token_and_time(api: Api, emulator: Emulator) -> None:
    before = api.sparse("Customer", "1", Notes="same")
    emulator.clock.advance(600)
    after = api.sparse("Customer", "1", Notes="same")
    assert after == before


def test_an_unknown_property_is_refused_by_name(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.create("Customer", DisplayName="X", FavoriteColor="blue")
    assert refused.value.code == "2010"
    assert refused.value.element is None
    assert refused.value.detail.startswith(
        'Property Name:Unrecognized field "FavoriteColor" (class com.intuit.schema.finance.v3.Customer), '
        "not marked as ignorable ("
    )


def test_an_unknown_member_of_an_address_is_refused_as_an_address(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.create("Customer", DisplayName="X", BillAddr={"Street": "1 Main"})
    assert refused.value.code == "2010"
    assert "v3.PhysicalAddress" in refused.value.detail


@pytest.mark.parametrize(
    ("fields", "code", "element"),
    [
        ({"DisplayName": "x" * 501}, "2050", "DisplayName"),
        ({"DisplayName": "X", "GivenName": "g" * 101}, "2050", "GivenName"),
        ({"DisplayName": "X", "Notes": "n" * 2001}, "2050", "Notes"),
        (
            {"DisplayName": "X", "PrimaryPhone": {"FreeFormNumber": "1" * 31}},
            "2050",
            "PrimaryPhone.FreeFormNumber",
        ),
        ({"DisplayName": "X", "BillAddr": {"City": "c" * 256}}, "2050", "BillAddr.City"),
        ({"DisplayName": "a:b"}, "2040", "DisplayName"),
        ({"DisplayName": "a\tb"}, "2040", "DisplayName"),
        ({"DisplayName": "X", "PrimaryEmailAddr": {"Address": "nobody"}}, "2210", "PrimaryEmailAddr"),
        ({"DisplayName": "X", "PrimaryEmailAddr": {"Address": "a@b"}}, "2210", "PrimaryEmailAddr"),
        ({"DisplayName": "X", "Active": "maybe"}, "2230", "Active"),
        ({"DisplayName": "X", "PreferredDeliveryMethod": "Pigeon"}, "2170", ""),
        ({"Id": "1.5", "SyncToken": "0", "DisplayName": "X"}, "2030", "Id"),
        ({"Id": "1", "DisplayName": "X"}, "2020", "SyncToken"),
    ],
)
def test_a_malformed_member_is_refused_with_its_code_and_name(
    api: Api, fields: dict, code: str, element: str
) -> None:  # type: ignore[type-arg]
    with pytest.raises(Refusal) as refused:
        api.post("/customer", fields)
    assert (refused.value.code, refused.value.element) == (code, element)


def test_the_length_fault_carries_the_recorded_text(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.create("Customer", DisplayName="X", WebAddr={"URI": "u" * 1001})
    assert refused.value.detail == (
        "String length specified does not match the supported length. Min:0 Max:1,000 supported. "
        "Supplied length:1,001"
    )


def test_reading_a_missing_customer_is_610(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.read("Customer", "999")
    assert (refused.value.code, refused.value.status, refused.value.element) == ("610", 400, "")


def test_a_name_is_unique_over_customers_vendors_and_employees(api: Api) -> None:
    for name, words in (
        (" amy's BIRD sanctuary ", ": null"),
        ("Pam Seitz", "Another customer, vendor or employee is already using this name."),
        ("Emily Platt", "Another customer, vendor or employee is already using this name."),
    ):
        with pytest.raises(Refusal) as refused:
            api.create("Customer", DisplayName=name)
        assert refused.value.code == "6240"
        assert refused.value.element is None
        assert words in refused.value.detail
    with pytest.raises(Refusal) as refused:
        api.create("Vendor", DisplayName="Cool Cars")
    assert refused.value.code == "6240"


def test_a_customer_cannot_be_deleted_only_deactivated(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.post("/customer", {"Id": "3", "SyncToken": "0"}, operation="delete")
    assert refused.value.code == "500"


def test_deactivating_appends_the_suffix_and_frees_the_name(api: Api) -> None:
    gone = api.sparse("Customer", "3", Active=False)
    assert gone["DisplayName"] == gone["FullyQualifiedName"] == "Cool Cars (deleted)"
    assert gone["PrintOnCheckName"] == "Cool Cars"
    assert api.create("Customer", DisplayName="Cool Cars")["Id"] == "56"
    again = api.sparse("Customer", "56", Active=False)
    assert again["DisplayName"] == "Cool Cars (deleted) 1"


def test_deactivating_twice_changes_nothing(api: Api) -> None:
    gone = api.sparse("Customer", "3", Active=False)
    assert api.sparse("Customer", "3", Active=False) == gone


def test_an_inactive_customer_refuses_any_other_edit(api: Api) -> None:
    api.sparse("Customer", "3", Active=False)
    with pytest.raises(Refusal) as refused:
        api.sparse("Customer", "3", Notes="hello")
    assert refused.value.code == "6000"
    assert (
        refused.value.detail
        == "Business Validation Error: You cannot modify a list element that has been deleted."
    )


def test_reactivating_takes_the_suffix_off(api: Api) -> None:
    api.sparse("Customer", "3", Active=False)
    assert api.sparse("Customer", "3", Active=True)["DisplayName"] == "Cool Cars"


def test_reactivating_into_a_taken_name_is_refused(api: Api) -> None:
    api.sparse("Customer", "3", Active=False)
    api.create("Customer", DisplayName="Cool Cars")
    with pytest.raises(Refusal) as refused:
        api.sparse("Customer", "3", Active=True)
    assert refused.value.code == "6240"


def test_by_a_switch_reactivating_keeps_the_suffix() -> None:
    emulator = Emulator(knobs=Knobs(reactivate_strips_suffix=False))
    with Api(emulator) as api:
        api.sparse("Customer", "3", Active=False)
        assert api.sparse("Customer", "3", Active=True)["DisplayName"] == "Cool Cars (deleted)"
        assert api.sparse("Customer", "3", DisplayName="Cool Cars")["DisplayName"] == "Cool Cars"


def test_a_customer_with_a_balance_cannot_be_deactivated_over_the_api(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.sparse("Customer", "1", Active=False)
    assert refused.value.code == "6220"
    assert refused.value.detail.endswith("This customer cannot be deleted because it has a non-zero balance")
    assert api.read("Customer", "1")["Active"] is True


def test_a_job_is_named_by_its_path_and_counts_in_its_parents_balance(api: Api) -> None:
    parent = api.read("Customer", "7")
    assert (parent["Balance"], parent["BalanceWithJobs"]) == (0, 562.50)
    made = api.create("Customer", DisplayName="Roof", Job=True, ParentRef={"value": "8"})
    assert made["Level"] == 2
    assert made["FullyQualifiedName"] == "Freeman Sporting Goods:0969 Ocean View Road:Roof"
    assert made["ParentRef"] == {"value": "8"}


def test_a_new_job_touches_its_parents_time_but_not_its_token(api: Api) -> None:
    api.create("Customer", DisplayName="Roof", Job=True, ParentRef={"value": "7"})
    parent = api.read("Customer", "7")
    assert parent["SyncToken"] == "0"
    assert parent["MetaData"]["LastUpdatedTime"] == "2026-03-02T09:00:00-08:00"


def test_renaming_a_parent_renames_the_paths_below_it(api: Api) -> None:
    api.create("Customer", DisplayName="Roof", Job=True, ParentRef={"value": "8"})
    api.sparse("Customer", "7", DisplayName="Freeman Sports")
    assert api.read("Customer", "8")["FullyQualifiedName"] == "Freeman Sports:0969 Ocean View Road"
    assert api.read("Customer", "8")["SyncToken"] == "0"
    assert api.read("Customer", "56")["FullyQualifiedName"] == "Freeman Sports:0969 Ocean View Road:Roof"


def test_six_levels_are_too_many(api: Api) -> None:
    parent = "3"
    for level in range(2, 6):
        parent = api.create("Customer", DisplayName=f"Level {level}", Job=True, ParentRef={"value": parent})[
            "Id"
        ]
    with pytest.raises(Refusal) as refused:
        api.create("Customer", DisplayName="Level 6", Job=True, ParentRef={"value": parent})
    assert refused.value.code == "6180"
    with pytest.raises(Refusal) as refused:
        api.sparse("Customer", "3", Job=True, ParentRef={"value": "4"})
    assert refused.value.code == "6180"


def test_a_customer_cannot_hang_below_itself(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.sparse("Customer", "7", Job=True, ParentRef={"value": "8"})
    assert refused.value.code == "900"


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"Job": True}, "6150"), ({"Job": True, "ParentRef": {"value": "999"}}, "2500")],
)
def test_a_job_needs_a_parent_that_exists(api: Api, fields: dict, code: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(Refusal) as refused:
        api.create("Customer", DisplayName="Roof", **fields)
    assert refused.value.code == code


def test_a_missing_parent_is_named_as_recorded(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.create("Customer", DisplayName="Roof", Job=True, ParentRef={"value": "583"})
    assert refused.value.detail == "Invalid Reference Id : Names element id 583 not found"


def test_an_inactive_parent_is_refused_in_other_words(api: Api) -> None:
    api.sparse("Customer", "3", Active=False)
    with pytest.raises(Refusal) as refused:
        api.create("Customer", DisplayName="Roof", Job=True, ParentRef={"value": "3"})
    assert refused.value.code == "2500"
    assert "made inactive" in refused.value.detail


def test_deactivating_a_parent_takes_its_jobs_along(api: Api) -> None:
    job = api.create("Customer", DisplayName="Roof", Job=True, ParentRef={"value": "3"})
    api.sparse("Customer", "3", Active=False)
    below = api.read("Customer", job["Id"])
    assert below["Active"] is False
    assert below["FullyQualifiedName"] == "Cool Cars (deleted):Roof (deleted)"


def test_a_parent_whose_job_has_a_balance_cannot_be_deactivated(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.sparse("Customer", "7", Active=False)
    assert refused.value.code == "6220"
    assert api.read("Customer", "8")["Active"] is True


def test_a_foreign_currency_is_refused_without_multicurrency(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.create("Customer", DisplayName="Maple", CurrencyRef={"value": "CAD"})
    assert refused.value.code == "6000"


def test_read_only_members_are_ignored_when_sent(api: Api) -> None:
    after = api.sparse("Customer", "1", Balance=1, BalanceWithJobs=1, FullyQualifiedName="Nonsense", Level=4)
    assert (after["Balance"], after["FullyQualifiedName"], after["SyncToken"]) == (
        239.00,
        "Amy's Bird Sanctuary",
        "0",
    )


def test_vendors_and_employees_follow_the_same_rules(api: Api) -> None:
    vendor = api.create("Vendor", DisplayName="Nautilus Supply", Vendor1099=True)
    assert (vendor["Balance"], vendor["Vendor1099"], vendor["Id"]) == (0, True, "56")
    employee = api.create("Employee", GivenName="Rosa", FamilyName="Vargas")
    assert (employee["DisplayName"], employee["Id"]) == ("Rosa Vargas", "57")
    gone = api.sparse("Employee", "55", Active=False)
    assert (gone["DisplayName"], gone["PrintOnCheckName"]) == ("Emily Platt (deleted)", "Emily Platt")


def test_company_info_and_preferences_are_single_objects(api: Api) -> None:
    by_realm = api.get(f"/companyinfo/{api.realm}")["CompanyInfo"]
    assert by_realm == api.get("/companyinfo/1")["CompanyInfo"]
    assert by_realm["CompanyName"] == "Craig's Design and Landscaping Services"
    assert by_realm["CompanyAddr"]["Country"] == "USA"
    assert api.query("select * from CompanyInfo")[0]["Id"] == "1"
    assert api.get("/preferences")["Preferences"]["TaxPrefs"]["UsingSalesTax"] is True


def test_preferences_are_updated_by_group_and_keep_the_read_only_switches(api: Api) -> None:
    body = {"SyncToken": "0", "SalesFormsPrefs": {"CustomTxnNumbers": True, "AutoApplyCredit": True}}
    after = api.post("/preferences", body)["Preferences"]
    assert after["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert "AutoApplyCredit" not in after["SalesFormsPrefs"]
    assert after["SalesFormsPrefs"]["AllowDiscount"] is True
    assert after["SyncToken"] == "1"
