"""What the named worlds hold: coherent books from the first second on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quickbooks_emulator import Emulator
from tests.emulator.books import whole
from tests.emulator.client import SAMPLE, SECOND, Api, Refusal


def test_the_sample_company_has_the_balances_of_the_stock_one(api: Api, emulator: Emulator) -> None:
    known = {"84": "5281.52", "4": "2062.52", "33": "-1602.67", "35": "1201.00", "36": "800", "41": "157.72",
             "81": "596.25"}  # fmt: skip
    for account, balance in known.items():
        assert Decimal(str(api.read("Account", account)["CurrentBalance"])) == Decimal(balance), account
    assert api.read("Item", "5")["QtyOnHand"] == 2
    open_invoices = api.query("select * from Invoice where Balance > '0'")
    assert sum(Decimal(str(one["Balance"])) for one in open_invoices) == Decimal("5281.52")
    assert whole(emulator)
    assert whole(emulator, SECOND)


def test_the_big_deposit_of_the_sample_company_is_as_recorded(api: Api) -> None:
    (deposit,) = api.query("select * from Deposit where TotalAmt = '868.15'")
    assert deposit["CashBack"]["Amount"] == 200
    linked = {one["LinkedTxn"][0]["TxnId"] for one in deposit["Line"]}
    payments = api.query("select * from Payment maxresults 100")
    shown = {
        one["Id"]
        for one in payments
        if any(link["TxnType"] == "Deposit" for link in one.get("LinkedTxn", ()))
    }
    assert shown == linked


def test_transactions_come_with_the_last_changed_first(api: Api, emulator: Emulator) -> None:
    emulator.clock.advance(60)
    api.sparse(
        "Invoice", api.query("select * from Invoice where DocNumber = '1015'")[0]["Id"], PrivateNote="x"
    )
    assert api.query("select * from Invoice")[0]["DocNumber"] == "1015"


def test_one_emulator_does_not_see_what_another_of_the_same_world_is_told() -> None:
    with Api(Emulator()) as first, Api(Emulator()) as second:
        before = second.read("Customer", "2")
        first.sparse("Customer", "2", Notes="Only here", BillAddr={"Line1": "1 Elsewhere"})
        invoice = first.query("select * from Invoice where CustomerRef = '2'")[0]
        first.sparse("Invoice", invoice["Id"], Line=[{**invoice["Line"][0], "Description": "Only here"}])
        assert second.read("Customer", "2") == before
        assert second.read("Invoice", invoice["Id"]) == invoice


@pytest.mark.parametrize("world", ["empty", "sample", "large:5:9"])
def test_a_world_tells_nobody_of_its_own_making(world: str) -> None:
    emulator = Emulator(world=world, webhook_url="http://127.0.0.1:1/hook")
    assert emulator.webhooks.pending() == []


def test_a_large_company_is_what_the_rules_would_have_made_of_it() -> None:
    emulator = Emulator(world="large:40:120")
    assert whole(emulator)
    with Api(emulator) as api:
        assert (api.count("select count(*) from Customer"), api.count("select count(*) from Invoice")) == (
            40,
            120,
        )
        for number in ("7", "8", "9"):
            (made,) = api.query(f"select * from Invoice where DocNumber = '{1001 + int(number)}'")
            assert api.post("/invoice", made)["Invoice"] == made
        paid = api.query("select * from Payment maxresults 1")[0]
        assert api.post("/payment", paid)["Payment"] == paid
        fresh = api.create("Invoice", CustomerRef={"value": "1"}, Line=made["Line"])
        assert fresh["DocNumber"] == "1121"
        ids = [int(one["Id"]) for one in api.query("select * from Invoice orderby Id maxresults 1000")]
        assert ids == sorted(ids)
        assert int(fresh["Id"]) == ids[-1]


def test_a_canadian_company_computes_tax_by_line_and_inclusive_as_recorded() -> None:
    emulator = Emulator(world="canada")
    assert whole(emulator)
    with Api(emulator) as api:
        (recorded,) = api.query("select * from Invoice where CustomerRef = '3'")
        assert [one["Amount"] for one in recorded["Line"]] == [7.96, 2.65, 10.61]
        assert recorded["TotalAmt"] == 12
        assert recorded["TxnTaxDetail"]["TotalTax"] == 1.39
        assert recorded["CurrencyRef"] == {"value": "CAD", "name": "Canadian Dollar"}
        assert (recorded["ExchangeRate"], recorded["HomeTotalAmt"]) == (1, 12)
        both = api.query("select * from Invoice where CustomerRef = '4'")[0]
        assert [one["Amount"] for one in both["TxnTaxDetail"]["TaxLine"]] == [60, 119.70]
        line = {
            "Amount": 10,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
        }
        for code in (None, "TAX"):
            detail = {**line["SalesItemLineDetail"], **({"TaxCodeRef": {"value": code}} if code else {})}
            with pytest.raises(Refusal) as refused:
                api.create(
                    "Invoice", CustomerRef={"value": "1"}, Line=[{**line, "SalesItemLineDetail": detail}]
                )
            assert refused.value.code == ("2500" if code else "6000")
        free = api.create(
            "Invoice", CustomerRef={"value": "1"}, Line=[line], GlobalTaxCalculation="NotApplicable"
        )
        assert (free["TotalAmt"], free["TxnTaxDetail"]) == (10, {"TotalTax": 0})
        assert "DefaultTaxCodeRef" not in api.create("Customer", DisplayName="Yukon Gold")


def test_an_inclusive_discount_keeps_the_gross_exact_as_recorded() -> None:
    """Ontario 13%, a recorded answer: 9.00 and 3.00 gross, 20% off: net 7.96 + 2.65, total 9.60, tax 1.11."""
    with Api(Emulator(world="canada")) as api:
        kind = "SalesItemLineDetail"
        lines = [
            {
                "Amount": gross,
                "DetailType": kind,
                kind: {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "4"}},
            }
            for gross in (9, 3)
        ]
        discount = {"PercentBased": True, "DiscountPercent": 20}
        lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": discount})
        made = api.create(
            "Invoice", CustomerRef={"value": "1"}, Line=lines, GlobalTaxCalculation="TaxInclusive"
        )
        assert [one["Amount"] for one in made["Line"]] == [7.96, 2.65, 10.61, 2.12]
        assert (made["TotalAmt"], made["TxnTaxDetail"]["TotalTax"]) == (9.6, 1.11)
        assert made["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"] == 8.49
        assert api.post("/invoice", made)["Invoice"] == made


def test_foreign_money_is_kept_at_its_rate_and_the_difference_is_an_exchange_gain() -> None:
    emulator = Emulator(world="canada")
    with Api(emulator) as api:
        asked = api.get("/exchangerate", sourcecurrencycode="USD", asofdate="2026-01-01")["ExchangeRate"]
        assert (asked["Rate"], asked["TargetCurrencyCode"]) == (1.36, "CAD")
        (invoice,) = api.query("select * from Invoice where CustomerRef = '6'")
        assert invoice["CurrencyRef"]["value"] == "USD"
        assert (invoice["TotalAmt"], invoice["ExchangeRate"], invoice["HomeTotalAmt"]) == (100, 1.36, 136)
        assert api.read("Customer", "6")["Balance"] == 100
        line = {"Amount": 100, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
        api.create("Payment", CustomerRef={"value": "6"}, TotalAmt=100, ExchangeRate="1.40", Line=[line])
        assert api.read("Customer", "6")["Balance"] == 0
        books = emulator.control.ledger(SAMPLE)
        gain = [one for one in books["accounts"] if one["Name"] == "Exchange Gain or Loss"]
        assert [one["Balance"] for one in gain] == [Decimal(-4)]
        with pytest.raises(Refusal) as refused:
            api.create("Payment", CustomerRef={"value": "6"}, TotalAmt=1, CurrencyRef={"value": "CAD"})
        assert refused.value.code == "6000"
        assert whole(emulator)


def test_a_uk_company_is_whole_too() -> None:
    emulator = Emulator(world="uk")
    assert whole(emulator)
    with Api(emulator) as api:
        assert api.get("/companyinfo/1")["CompanyInfo"]["Country"] == "GB"
        (mixed,) = api.query("select * from Invoice where CustomerRef = '2'")
        assert mixed["TotalAmt"] == 60


@pytest.mark.parametrize("world", ["canada", "uk"])
def test_automated_sales_tax_is_for_the_us_alone(world: str) -> None:
    emulator = Emulator(world=world)
    with Api(emulator) as api:
        line = {"Amount": 100, "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "4"}}}  # fmt: skip
        body = {"CustomerRef": {"value": "1"}, "Line": [line], "GlobalTaxCalculation": "TaxExcluded",
                "ShipAddr": {"CountrySubDivisionCode": "CA"}}  # fmt: skip
        before = api.create("Invoice", **body)["TxnTaxDetail"]
        emulator.control.set_preferences(SAMPLE, {"TaxPrefs": {"PartnerTaxEnabled": True}})
        assert api.create("Invoice", **body)["TxnTaxDetail"] == before
        assert before["TotalTax"] > 0
        with pytest.raises(Refusal) as refused:
            api.create(
                "Invoice",
                **{**body, "Line": [{**line, "SalesItemLineDetail": {"TaxCodeRef": {"value": "TAX"}}}]},
            )
        assert refused.value.code == "2500", "TAX and NON are the US's"


def test_a_large_company_follows_from_its_seed() -> None:
    def names(seed: int) -> list[str]:
        emulator = Emulator(world="large:30:0", seed=seed)
        return [one["DisplayName"] for one in emulator.control.records(SAMPLE, "Customer")]

    assert names(1) == names(1)
    assert names(1) != names(2)
