"""What the emulator's invoices do: recorded defaults, amounts, tax, numbers, dates, void and delete."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quickbooks_emulator import Emulator
from tests.emulator.books import gone, invoice, pay, sale_line, voided, whole
from tests.emulator.client import SAMPLE, Api, Refusal


def refusal(call) -> Refusal:  # type: ignore[no-untyped-def]
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value


def test_a_minimal_invoice_is_filled_with_the_recorded_defaults(api: Api, emulator: Emulator) -> None:
    made = invoice(api, 100)
    assert {
        "AllowIPNPayment": False,
        "AllowOnlinePayment": False,
        "AllowOnlineCreditCardPayment": False,
        "AllowOnlineACHPayment": False,
        "TxnDate": "2026-03-02",
        "DueDate": "2026-04-01",
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
        "LinkedTxn": [],
        "TxnTaxDetail": {"TotalTax": 0},
        "CustomerRef": {"value": "3", "name": "Cool Cars"},
        "TotalAmt": 100,
        "Balance": 100,
        "ApplyTaxAfterDiscount": False,
        "PrintStatus": "NeedToPrint",
        "EmailStatus": "NotSet",
        "SyncToken": "0",
    }.items() <= made.items()
    for name in (
        "SalesTermRef",
        "BillEmail",
        "CustomerMemo",
        "PrivateNote",
        "Deposit",
        "GlobalTaxCalculation",
    ):
        assert name not in made
    assert made["BillAddr"]["Id"] == api.read("Customer", "3")["BillAddr"]["Id"]
    line, subtotal = made["Line"]
    assert (line["Id"], line["LineNum"]) == ("1", 1)
    assert line["SalesItemLineDetail"]["ItemRef"] == {"value": "1", "name": "Services"}
    assert line["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "NON"}
    assert "Qty" not in line["SalesItemLineDetail"]
    assert subtotal == {"Amount": 100, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    assert whole(emulator)


def test_the_customer_and_the_receivable_account_follow_without_a_new_token(
    api: Api, emulator: Emulator
) -> None:
    before, receivable = api.read("Customer", "8"), api.read("Account", "84")
    emulator.clock.advance(60)
    made = invoice(api, 100, customer="8")
    after, parent = api.read("Customer", "8"), api.read("Customer", "7")
    assert after["Balance"] == before["Balance"] + 100
    assert (after["SyncToken"], parent["SyncToken"]) == (before["SyncToken"], "0")
    time = made["MetaData"]["LastUpdatedTime"]
    assert after["MetaData"]["LastUpdatedTime"] == parent["MetaData"]["LastUpdatedTime"] == time
    account = api.read("Account", "84")
    assert account["CurrentBalance"] == receivable["CurrentBalance"] + 100
    assert (account["SyncToken"], account["MetaData"]["LastUpdatedTime"]) == (receivable["SyncToken"], time)


@pytest.mark.parametrize(
    ("fields", "code", "element"),
    [
        ({"Line": [sale_line(1)]}, "2020", "CustomerRef"),
        ({"CustomerRef": {"value": "3"}}, "2020", "Line"),
        ({"CustomerRef": {"value": "3"}, "Line": [{"Amount": 1}]}, "2020", "Line.DetailType"),
        ({"CustomerRef": {"value": "999"}, "Line": [sale_line(1)]}, "2500", ""),
        ({"CustomerRef": {"value": "3"}, "Line": [sale_line(1, item="999")]}, "2500", ""),
        ({"CustomerRef": {"value": "3"}, "Line": [sale_line(1, TaxCodeRef={"value": "5"})]}, "6100", ""),
        ({"CustomerRef": {"value": "3"}, "Line": [sale_line(1)], "DocNumber": "x" * 22}, "2050", "DocNumber"),
        ({"CustomerRef": {"value": "3"}, "Line": [sale_line(-1)]}, "6000", ""),
        (
            {"CustomerRef": {"value": "3"}, "Line": [sale_line(1)], "EmailStatus": "NeedToSend"},
            "6420",
            "BillEmail",
        ),
        ({"CustomerRef": {"value": "3"}, "Line": [sale_line(1)], "TxnDate": "03/02/2026"}, "2060", "TxnDate"),
        ({"CustomerRef": {"value": "3"}, "Line": [sale_line(1)], "Colour": "x"}, "2010", None),
        ({"CustomerRef": {"value": "3"}, "Line": [{**sale_line(1), "Colour": "x"}]}, "2010", None),
    ],
)
def test_a_malformed_invoice_is_refused_with_its_code(
    api: Api, fields: dict, code: str, element: str | None
) -> None:  # type: ignore[type-arg]
    refused = refusal(lambda: api.create("Invoice", **fields))
    assert (refused.code, refused.element) == (code, element)


def test_an_amount_that_is_not_quantity_times_price_is_refused_in_the_production_words(api: Api) -> None:
    def create(amount: str) -> dict:  # type: ignore[type-arg]
        line = sale_line(amount, Qty="14.50", UnitPrice="128.350")
        return api.create("Invoice", CustomerRef={"value": "3"}, Line=[line])

    refused = refusal(lambda: create("1861.07"))
    assert refused.code == "6070"
    assert refused.detail == "Amount is not equal to UnitPrice * Qty. Supplied value:1,861.07"
    assert create("1861.08")["TotalAmt"] == 1861.08


def test_lines_keep_their_ids_and_new_ones_never_reuse_one(api: Api) -> None:
    made = api.create("Invoice", CustomerRef={"value": "3"}, Line=[sale_line(1), sale_line(2), sale_line(3)])
    first, _, third = made["Line"][:3]
    after = api.sparse("Invoice", made["Id"], Line=[third, sale_line(9), first])
    assert [(one["Id"], one["LineNum"]) for one in after["Line"][:3]] == [("3", 1), ("4", 2), ("1", 3)]
    assert after["TotalAmt"] == 13


def test_a_totals_sent_by_the_client_are_ignored(api: Api) -> None:
    made = invoice(api, 10, TotalAmt=999, Balance=1)
    assert (made["TotalAmt"], made["Balance"]) == (10, 10)


@pytest.mark.parametrize(
    ("base", "tax"), [("275", "22.00"), ("291", "23.28"), ("335.25", "26.82"), ("2194", "175.52")]
)
def test_manual_sales_tax_is_computed_as_recorded(api: Api, base: str, tax: str) -> None:
    lines = [sale_line(base, TaxCodeRef={"value": "TAX"}), sale_line("50")]
    detail = {"TxnTaxCodeRef": {"value": "2"}}
    made = api.create("Invoice", CustomerRef={"value": "3"}, Line=lines, TxnTaxDetail=detail)
    assert Decimal(str(made["TxnTaxDetail"]["TotalTax"])) == Decimal(tax)
    (line,) = made["TxnTaxDetail"]["TaxLine"]
    assert line["TaxLineDetail"]["TaxRateRef"] == {"value": "3"}
    assert Decimal(str(line["TaxLineDetail"]["NetAmountTaxable"])) == Decimal(base)
    assert Decimal(str(made["TotalAmt"])) == Decimal(base) + 50 + Decimal(tax)


def test_a_group_of_rates_rounds_each_rate_and_goes_to_its_agency(api: Api, emulator: Emulator) -> None:
    before = Decimal(str(api.read("Account", "89")["CurrentBalance"]))
    lines = [sale_line("345.55", TaxCodeRef={"value": "TAX"})]
    made = api.create(
        "Invoice", CustomerRef={"value": "5"}, Line=lines, TxnTaxDetail={"TxnTaxCodeRef": {"value": "3"}}
    )
    assert [one["Amount"] for one in made["TxnTaxDetail"]["TaxLine"]] == [24.53, 6.91]
    assert made["TxnTaxDetail"]["TotalTax"] == 31.44
    assert Decimal(str(api.read("Account", "89")["CurrentBalance"])) == before - Decimal("31.44")
    assert whole(emulator)


def test_taxable_lines_without_a_code_on_the_transaction_are_not_taxed(api: Api) -> None:
    made = api.create(
        "Invoice", CustomerRef={"value": "3"}, Line=[sale_line(100, TaxCodeRef={"value": "TAX"})]
    )
    assert made["TxnTaxDetail"] == {"TotalTax": 0}


def test_tax_is_recomputed_with_new_lines_and_an_explicit_total_is_honored(api: Api) -> None:
    line = sale_line(100, TaxCodeRef={"value": "TAX"})
    made = api.create(
        "Invoice", CustomerRef={"value": "3"}, Line=[line], TxnTaxDetail={"TxnTaxCodeRef": {"value": "2"}}
    )
    assert made["TotalAmt"] == 108
    more = sale_line(200, TaxCodeRef={"value": "TAX"})
    assert api.sparse("Invoice", made["Id"], Line=[more])["TotalAmt"] == 216
    detail = {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": 5}
    overridden = api.sparse("Invoice", made["Id"], Line=[more], TxnTaxDetail=detail)
    assert overridden["TotalAmt"] == 205
    assert api.sparse("Invoice", made["Id"], PrivateNote="still")["TotalAmt"] == 205


def test_a_percent_discount_follows_the_subtotal(api: Api, emulator: Emulator) -> None:
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    }
    made = api.create("Invoice", CustomerRef={"value": "3"}, Line=[discount, sale_line("87.50")])
    assert [one["DetailType"] for one in made["Line"]] == [
        "SalesItemLineDetail",
        "SubTotalLineDetail",
        "DiscountLineDetail",
    ]
    last = made["Line"][-1]
    assert last["Amount"] == 8.75
    assert last["DiscountLineDetail"]["DiscountAccountRef"] == {"value": "86", "name": "Discounts given"}
    assert made["TotalAmt"] == 78.75
    assert whole(emulator)


def test_tax_comes_before_or_after_the_discount_by_the_flag(api: Api) -> None:
    discount = {
        "Amount": 20,
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": False},
    }
    lines = [sale_line(100, TaxCodeRef={"value": "TAX"}), discount]
    fields = {"CustomerRef": {"value": "3"}, "Line": lines, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}}
    assert api.create("Invoice", **fields)["TotalAmt"] == 88
    assert api.create("Invoice", **fields, ApplyTaxAfterDiscount=True)["TotalAmt"] == 86.40


def test_without_sales_tax_the_tax_input_is_dropped(api: Api, emulator: Emulator) -> None:
    emulator.control.set_preferences(SAMPLE, {"TaxPrefs": {"UsingSalesTax": False}})
    line = sale_line(100, TaxCodeRef={"value": "TAX"})
    made = api.create(
        "Invoice", CustomerRef={"value": "3"}, Line=[line], TxnTaxDetail={"TxnTaxCodeRef": {"value": "2"}}
    )
    assert "TxnTaxDetail" not in made
    assert made["TotalAmt"] == 100


def test_automated_sales_tax_goes_by_the_state_of_the_ship_to_address(api: Api, emulator: Emulator) -> None:
    emulator.control.set_preferences(SAMPLE, {"TaxPrefs": {"PartnerTaxEnabled": True}})
    line = sale_line(100, TaxCodeRef={"value": "TAX"})
    for state, total in (("AZ", 109.10), ("CA", 108), ("OR", 100)):
        made = api.create(
            "Invoice",
            CustomerRef={"value": "5"},
            Line=[line],
            ShipAddr={"Line1": "1 Main", "CountrySubDivisionCode": state},
        )
        assert made["TotalAmt"] == total
    assert whole(emulator)


def test_the_server_numbers_on_from_the_last_number_of_the_family(api: Api) -> None:
    first = invoice(api)["DocNumber"]
    assert invoice(api)["DocNumber"] == str(int(first) + 1)
    assert invoice(api, DocNumber="5000")["DocNumber"] == "5000"
    receipt = api.create("SalesReceipt", Line=[sale_line(5)])
    assert receipt["DocNumber"] == "5001"
    assert invoice(api, DocNumber="INV-9")["DocNumber"] == "INV-9"
    assert invoice(api)["DocNumber"] == "INV-10"


def test_with_custom_numbers_a_number_left_out_stays_away(api: Api, emulator: Emulator) -> None:
    emulator.control.set_preferences(SAMPLE, {"SalesFormsPrefs": {"CustomTxnNumbers": True}})
    assert "DocNumber" not in invoice(api)
    assert invoice(api, DocNumber="AUTO_GENERATE")["DocNumber"].isdigit()


def test_a_duplicate_number_is_refused_with_the_holder_and_can_be_let_through(api: Api) -> None:
    made = invoice(api, DocNumber="A-1")
    refused = refusal(lambda: api.create("SalesReceipt", Line=[sale_line(5)], DocNumber="A-1"))
    assert refused.code == "6140"
    assert refused.detail.endswith(f"DocNumber=A-1 is assigned to TxnType=Invoice with TxnId={made['Id']}")
    body = {"CustomerRef": {"value": "3"}, "Line": [sale_line(5)], "DocNumber": "A-1"}
    assert api.post("/invoice", body, include="allowduplicatedocnum")["Invoice"]["DocNumber"] == "A-1"


def test_the_due_date_follows_the_term(api: Api) -> None:
    assert invoice(api, TxnDate="2026-01-10", SalesTermRef={"value": "2"})["DueDate"] == "2026-01-25"
    assert invoice(api, TxnDate="2026-01-10", DueDate="2026-01-05")["DueDate"] == "2026-01-05"
    api.sparse("Customer", "3", SalesTermRef={"value": "4"})
    assert invoice(api, TxnDate="2026-01-10")["DueDate"] == "2026-03-11"


def test_an_instant_as_transaction_date_is_cut_to_its_date(api: Api) -> None:
    assert invoice(api, TxnDate="2014-02-18T00:59:41.885Z")["TxnDate"] == "2014-02-18"


def test_a_closed_period_refuses_create_update_void_and_delete(api: Api, emulator: Emulator) -> None:
    made = invoice(api, TxnDate="2026-01-31")
    emulator.control.set_preferences(SAMPLE, {"AccountingInfoPrefs": {"BookCloseDate": "2026-01-31"}})
    assert refusal(lambda: invoice(api, TxnDate="2026-01-31")).code == "6210"
    assert refusal(lambda: api.sparse("Invoice", made["Id"], TxnDate="2026-02-01")).code == "6210"
    assert refusal(lambda: voided(api, "Invoice", made)).code == "6210"
    assert refusal(lambda: gone(api, "Invoice", made)).code == "6210"
    later = invoice(api, TxnDate="2026-02-01")
    assert pay(api, 100, later["Id"])["UnappliedAmt"] == 0
    assert pay(api, 100, made["Id"])["UnappliedAmt"] == 0  # a later payment of an old invoice is allowed


def test_a_void_invoice_stays_with_every_amount_zero(api: Api, emulator: Emulator) -> None:
    made = api.create(
        "Invoice",
        CustomerRef={"value": "3"},
        Line=[sale_line(100, Qty=2, UnitPrice=50)],
        PrivateNote="for March",
        DocNumber="V-1",
    )
    after = voided(api, "Invoice", made)
    assert (after["TotalAmt"], after["Balance"], after["SyncToken"]) == (0, 0, "1")
    assert (after["PrivateNote"], after["DocNumber"]) == ("Voided - for March", "V-1")
    detail = after["Line"][0]["SalesItemLineDetail"]
    assert (after["Line"][0]["Amount"], detail["Qty"], detail["UnitPrice"]) == (0, 0, 0)
    assert after["TxnTaxDetail"] == {"TotalTax": 0}
    assert voided(api, "Invoice", made) == after
    assert api.read("Customer", "3")["Balance"] == 0
    assert whole(emulator)


def test_a_deleted_invoice_is_gone_and_leaves_a_stub(api: Api, emulator: Emulator) -> None:
    made = invoice(api)
    assert gone(api, "Invoice", made) == {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}
    assert refusal(lambda: api.read("Invoice", made["Id"])).code == "610"
    answer = api.get("/cdc", entities="Invoice", changedSince="2026-03-01")
    (group,) = answer["CDCResponse"][0]["QueryResponse"]
    assert group["Invoice"][-1]["status"] == "Deleted"
    assert whole(emulator)


def test_classes_go_on_lines_or_on_the_header_by_the_preference(api: Api, emulator: Emulator) -> None:
    north = api.create("Class", Name="North")["Id"]
    fields = {
        "CustomerRef": {"value": "3"},
        "ClassRef": {"value": north},
        "Line": [sale_line(1, ClassRef={"value": north})],
    }
    made = api.create("Invoice", **fields)
    assert "ClassRef" not in made
    assert made["Line"][0]["SalesItemLineDetail"]["ClassRef"]["name"] == "North"
    other = {"ClassTrackingPerTxn": True, "ClassTrackingPerTxnLine": False}
    emulator.control.set_preferences(SAMPLE, {"AccountingInfoPrefs": other})
    made = api.create("Invoice", **fields)
    assert made["ClassRef"] == {"value": north, "name": "North"}
    assert "ClassRef" not in made["Line"][0]["SalesItemLineDetail"]


def test_a_deposit_lowers_the_balance(api: Api, emulator: Emulator) -> None:
    made = invoice(api, 100, Deposit=30, DepositToAccountRef={"value": "35"})
    assert (made["TotalAmt"], made["Balance"], made["Deposit"]) == (100, 70, 30)
    assert whole(emulator)


def test_reading_and_writing_back_an_invoice_changes_nothing(api: Api) -> None:
    made = api.create(
        "Invoice",
        CustomerRef={"value": "3"},
        Line=[sale_line(100, Qty=2, UnitPrice=50, TaxCodeRef={"value": "TAX"})],
        TxnTaxDetail={"TxnTaxCodeRef": {"value": "2"}},
        CustomerMemo={"value": "Thanks"},
        BillEmail={"Address": "a@example.com, b@example.com"},
    )
    assert api.post("/invoice", made)["Invoice"] == made
