"""Each name list does its whole round: created, read, queried, updated sparsely and in full, made inactive, revived. And the
lists with ways of their own: rates without an Id, currencies, bundles that can only be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from quickbooks_emulator import Emulator
from quickbooks_emulator.entities import ENTITIES
from quickbooks_emulator.entities.declaration import Family
from tests.emulator.client import Api, Refusal

MINIMAL: dict[str, dict[str, Any]] = {
    "Account": {"Name": "Petty cash", "AccountType": "Bank"},
    "Class": {"Name": "North"},
    "CompanyCurrency": {"Code": "CHF"},
    "Customer": {"DisplayName": "Ada Lumen"},
    "Department": {"Name": "Harbor"},
    "Employee": {"GivenName": "Ida", "FamilyName": "Holm"},
    "Item": {"Name": "Survey", "Type": "Service", "IncomeAccountRef": {"value": "1"}},
    "PaymentMethod": {"Name": "Barter"},
    "Term": {"Name": "Net 45", "DueDays": 45},
    "Vendor": {"DisplayName": "Quarry Ltd"},
}
ELSEWHERE = {
    "Attachable": "test_attachments",
    "ExchangeRate": "below",
    "RecurringTransaction": "test_purchases",
    "TaxAgency": "test_lists: only created",
    "TaxCode": "test_lists: through the tax service",
    "TaxRate": "test_lists: through the tax service",
}
NAMED = {
    "Customer": "DisplayName", "Vendor": "DisplayName", "Employee": "DisplayName", "CompanyCurrency": "Code",
}  # fmt: skip


@pytest.fixture
def api() -> Iterator[Api]:
    """A Canadian company: it has several currencies."""
    with Api(Emulator(world="canada")) as client:
        yield client


def test_no_list_is_forgotten_here() -> None:
    lists = {one.name for one in ENTITIES.values() if one.family is Family.NAME_LIST}
    assert lists - set(ELSEWHERE) == set(MINIMAL)


@pytest.mark.parametrize("entity", sorted(MINIMAL))
def test_a_list_does_its_whole_round(api: Api, entity: str) -> None:
    made = api.create(entity, **MINIMAL[entity])
    assert made["SyncToken"] == "0"
    assert api.read(entity, made["Id"]) == made
    name = NAMED.get(entity, "Name")
    found = api.query(f"select * from {entity} where {name} = '{made[name]}'")
    assert [one["Id"] for one in found] == [made["Id"]]
    assert api.post(f"/{entity.lower()}", made)[entity] == made, "sent back in full it is no change"

    text = "Code" if entity == "CompanyCurrency" else name
    renamed = api.sparse(entity, made["Id"], **{text: "NOK" if text == "Code" else "Another name"})
    assert (renamed[text] != made[text], renamed["SyncToken"]) == (True, "1")
    with pytest.raises(Refusal) as stale:
        api.sparse(entity, made["Id"], SyncToken="0", Active=False)
    assert stale.value.code == "5010"

    gone = api.sparse(entity, made["Id"], Active=False)
    assert gone["Active"] is False
    query = f"select * from {entity} where Id = '{made['Id']}'"
    assert api.query(query) == []
    assert [one["Id"] for one in api.query(f"{query} and Active IN (true, false)")] == [made["Id"]]
    with pytest.raises(Refusal) as refused:
        api.post(f"/{entity.lower()}", {"Id": made["Id"], "SyncToken": "2"}, operation="delete")
    assert refused.value.code == "500"
    assert api.sparse(entity, made["Id"], Active=True)["Active"] is True


def test_a_rate_is_asked_for_by_currency_and_day_and_replaced_by_them(api: Api) -> None:
    def rate(day: str) -> Any:
        return api.get("/exchangerate", sourcecurrencycode="USD", asofdate=day)["ExchangeRate"]["Rate"]

    for value, day in (("1.40", "2026-02-01"), ("1.45", "2026-02-20"), ("1.41", "2026-02-01")):
        answer = api.post("/exchangerate", {"SourceCurrencyCode": "USD", "Rate": value, "AsOfDate": day})
        assert answer["ExchangeRate"]["TargetCurrencyCode"] == "CAD"
    assert (rate("2026-02-01"), rate("2026-02-19"), rate("2026-02-25")) == (1.41, 1.41, 1.45)
    rows = api.query(
        "select * from ExchangeRate where SourceCurrencyCode = 'USD' and AsOfDate = '2026-02-01'"
    )
    assert [one["Rate"] for one in rows] == [1.41]
    sold = api.create(
        "Invoice", CustomerRef={"value": "6"}, TxnDate="2026-02-10",
        Line=[{"Amount": 100, "DetailType": "SalesItemLineDetail",
               "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "2"}}}],
    )  # fmt: skip
    assert (sold["CurrencyRef"]["value"], sold["ExchangeRate"], sold["HomeTotalAmt"]) == ("USD", 1.41, 141)


def test_a_currency_stands_once_and_only_where_there_are_several(api: Api) -> None:
    api.create("CompanyCurrency", Code="eur")
    (euro,) = api.query("select * from CompanyCurrency where Code = 'EUR'")
    assert euro["Name"] == "Euro"
    for code, expected in (("EUR", "6240"), ("E1R", "2220")):
        with pytest.raises(Refusal) as refused:
            api.create("CompanyCurrency", Code=code)
        assert refused.value.code == expected
    with Api(Emulator(world="sample")) as single, pytest.raises(Refusal) as refused:
        single.create("CompanyCurrency", Code="EUR")
    assert refused.value.code == "5030"


def test_a_bundle_made_in_quickbooks_is_read_and_not_made_over_the_api(api: Api) -> None:
    parts = [{"ItemRef": {"value": "1"}, "Qty": 2}, {"ItemRef": {"value": "2"}, "Qty": 1}]
    fields = {"Name": "Garden kit", "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": parts}}
    with pytest.raises(Refusal) as refused:
        api.create("Item", **fields)
    assert refused.value.code == "6000"
    made = api.emulator.control.edit(api.realm, "Item", None, fields, "create")
    found = api.read("Item", made["Id"])
    assert found["Type"] == "Group"
    assert [one["Qty"] for one in found["ItemGroupDetail"]["ItemGroupLine"]] == [2, 1]
    assert [one["Id"] for one in api.query("select * from Item where Type = 'Group'")] == [made["Id"]]
