"""Reports come from the ledger: their totals are the balances, on every day and on both accounting methods."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from quickbooks_emulator import Emulator
from quickbooks_emulator.reports.periods import MACROS, Year
from tests.emulator.books import credit, gone, invoice, paid, pay, sale_line, voided, whole
from tests.emulator.client import Api, Refusal

TODAY = date(2026, 3, 2)


def report(api: Api, name: str, **params: str) -> dict[str, Any]:
    return api.get(f"/reports/{name}", **params)


def leaves(rows: Any) -> Iterator[dict[str, Any]]:
    for row in rows.get("Row", ()):
        if row["type"] == "Data":
            yield row
        else:
            yield from leaves(row.get("Rows", {}))


def sections(rows: Any) -> Iterator[dict[str, Any]]:
    for row in rows.get("Row", ()):
        if row["type"] == "Section":
            yield row
            yield from sections(row.get("Rows", {}))


def total(document: dict[str, Any], group: str = "GrandTotal") -> Decimal:
    """The last figure of a group's summary; zero where the report does not have it."""
    for row in sections(document["Rows"]):
        if row.get("group") == group:
            return Decimal(row["Summary"]["ColData"][-1]["value"] or "0")
    return Decimal(0)


def figures(document: dict[str, Any]) -> dict[str, str]:
    """First column's id (or text) -> last column, leaf rows and the headers of sections."""
    found = {}
    for row in leaves(document["Rows"]):
        found[row["ColData"][0].get("id", row["ColData"][0]["value"])] = row["ColData"][-1]["value"]
    for row in sections(document["Rows"]):
        head = row.get("Header", {}).get("ColData", [{}])[0]
        if "id" in head:
            found[head["id"]] = row["Header"]["ColData"][-1]["value"]
    return found


def busy_company(api: Api, seed: int) -> None:
    """Half a year of invoices, payments, credits, corrections, by API only."""
    chance = random.Random(seed)
    made: list[dict[str, Any]] = []
    for step in range(60):
        day = (TODAY - timedelta(days=chance.randrange(180))).isoformat()
        customer = chance.choice(["1", "3", "8", "13"])
        amount = chance.randrange(100, 90_000) / Decimal(100)
        kind = chance.choice(
            ("invoice", "invoice", "invoice", "pay", "pay", "credit", "use", "void", "delete")
        )
        mine = [one for one in made if one["CustomerRef"]["value"] == customer]
        if kind == "invoice" or not mine:
            due = (date.fromisoformat(day) + timedelta(days=chance.choice((0, 15, 30)))).isoformat()
            made.append(invoice(api, str(amount), customer, TxnDate=day, DueDate=due))
        elif kind == "credit":
            credit(api, str(amount), customer, TxnDate=day)
        else:
            target = chance.choice(mine)
            left = Decimal(str(api.read("Invoice", target["Id"])["Balance"]))
            if kind == "pay":
                part = min(left, amount)
                lines = paid(str(part), ("Invoice", target["Id"])) if part else []
                api.create(
                    "Payment", CustomerRef={"value": customer}, TotalAmt=str(amount), Line=lines, TxnDate=day
                )
            elif kind == "use" and left >= 1:
                memo = credit(api, "1.00", customer, TxnDate=day)
                lines = paid("1.00", ("Invoice", target["Id"]), ("CreditMemo", memo["Id"]))
                api.create("Payment", CustomerRef={"value": customer}, TotalAmt=0, Line=lines, TxnDate=day)
            elif kind in ("void", "delete") and step % 3 == 0:
                made.remove(target)
                (voided if kind == "void" else gone)(api, "Invoice", target)


@pytest.mark.parametrize("seed", range(4))
def test_what_customers_owe_is_the_same_in_every_report_and_balance(api: Api, seed: int) -> None:
    busy_company(api, seed)
    assert whole(api.emulator)
    receivable = Decimal(str(api.read("Account", "84")["CurrentBalance"]))
    assert receivable
    assert total(report(api, "AgedReceivables")) == receivable
    assert total(report(api, "AgedReceivableDetail")) == receivable
    assert total(report(api, "CustomerBalance")) == receivable
    assert total(report(api, "BalanceSheet"), "AR") == receivable
    by_customer = {
        key: Decimal(value or "0") for key, value in figures(report(api, "CustomerBalance")).items()
    }
    for customer in api.query("select * from Customer maxresults 1000"):
        assert by_customer.get(customer["Id"], 0) == Decimal(str(customer["Balance"])), customer[
            "DisplayName"
        ]


@pytest.mark.parametrize("seed", range(4))
def test_the_balance_sheet_balances_on_every_day_and_on_both_methods(api: Api, seed: int) -> None:
    busy_company(api, seed)
    for method in ("Accrual", "Cash"):
        for days in (0, 1, 45, 100, 175):
            on = (TODAY - timedelta(days=days)).isoformat()
            sheet = report(api, "BalanceSheet", end_date=on, accounting_method=method)
            assert sheet["Header"]["ReportBasis"] == method
            assert total(sheet, "TotalAssets") == total(sheet, "TotalLiabilitiesAndEquity")
            aged = report(api, "AgedReceivables", report_date=on)
            assert total(sheet, "AR") == (total(aged) if method == "Accrual" else 0)


@pytest.mark.parametrize("method", ["Accrual", "Cash"])
def test_the_net_income_of_the_year_stands_in_both_statements(api: Api, method: str) -> None:
    busy_company(api, 7)
    sheet = report(api, "BalanceSheet", accounting_method=method)
    income = report(api, "ProfitAndLoss", accounting_method=method)
    in_sheet = [one for one in leaves(sheet["Rows"]) if one.get("group") == "NetIncome"]
    assert Decimal(in_sheet[0]["ColData"][1]["value"]) == total(income, "NetIncome") != 0


def test_on_the_cash_basis_income_comes_with_the_money(api: Api) -> None:
    half = invoice(api, 100, TxnDate="2026-02-01")
    pay(api, 60, half["Id"], TxnDate="2026-02-20")
    invoice(api, 70, TxnDate="2026-02-01")
    whole_february = {"start_date": "2026-02-01", "end_date": "2026-02-28"}
    assert total(report(api, "ProfitAndLoss", **whole_february), "NetIncome") == 170
    cash = {"accounting_method": "Cash"}
    assert total(report(api, "ProfitAndLoss", **whole_february, **cash), "NetIncome") == 60
    early = report(api, "ProfitAndLoss", start_date="2026-02-01", end_date="2026-02-19", **cash)
    assert total(early, "NetIncome") == 0
    assert early["Header"]["Option"][-1] == {"Name": "NoReportData", "Value": "true"}


def test_money_that_is_not_applied_is_unapplied_cash_income_on_the_cash_basis(api: Api) -> None:
    api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=25, TxnDate="2026-02-20")
    income = report(api, "ProfitAndLoss", accounting_method="Cash", start_date="2026-02-01")
    names = {row["ColData"][0]["value"]: row["ColData"][1]["value"] for row in leaves(income["Rows"])}
    assert names == {"Unapplied Cash Payment Income": "25.00"}


def test_the_method_of_the_company_is_the_default_one(api: Api) -> None:
    assert report(api, "ProfitAndLoss")["Header"]["ReportBasis"] == "Accrual"
    api.emulator.control.set_preferences(api.realm, {"ReportPrefs": {"ReportBasis": "Cash"}})
    assert report(api, "ProfitAndLoss")["Header"]["ReportBasis"] == "Cash"


def test_an_aged_report_looks_back_before_a_later_payment(api: Api) -> None:
    bill = invoice(api, 100, TxnDate="2026-01-10", DueDate="2026-01-20")
    pay(api, 100, bill["Id"], TxnDate="2026-02-15")
    before = report(api, "AgedReceivables", report_date="2026-02-10", customer="3")
    assert [one["value"] for one in next(leaves(before["Rows"]))["ColData"]] == [
        "Cool Cars", "", "100.00", "", "", "", "100.00",
    ]  # fmt: skip
    assert before["Header"]["Customer"] == "3"
    after = report(api, "AgedReceivables", report_date="2026-02-15", customer="3")
    assert after["Rows"] == {}
    assert after["Header"]["Option"][-1]["Value"] == "true"


def test_ages_are_counted_in_periods_of_the_asked_length(api: Api) -> None:
    for days in (0, 10, 11, 25):
        due = (TODAY - timedelta(days=days)).isoformat()
        invoice(api, days + 1, TxnDate=due, DueDate=due)
    aged = report(api, "AgedReceivables", customer="3", aging_period="10", num_periods="2")
    titles = [column["ColTitle"] for column in aged["Columns"]["Column"]]
    assert titles == ["", "Current", "1 - 10", "11 and over", "Total"]
    assert [one["value"] for one in next(leaves(aged["Rows"]))["ColData"][1:]] == [
        "1.00",
        "11.00",
        "38.00",
        "50.00",
    ]


def test_the_detail_names_each_open_transaction_with_the_asked_columns(api: Api) -> None:
    bill = invoice(api, 100, TxnDate="2026-01-10", DueDate="2026-01-20", DocNumber="A-7")
    detail = report(
        api, "AgedReceivableDetail", customer="3", columns="txn_type,doc_num,due_date,subt_open_bal"
    )
    (section, grand) = detail["Rows"]["Row"]
    assert section["Header"]["ColData"][0] == {"value": "31 - 60 days past due"}
    assert section["Rows"]["Row"][0]["ColData"] == [
        {"value": "Invoice", "id": bill["Id"]},
        {"value": "A-7"},
        {"value": "2026-01-20"},
        {"value": "100.00"},
    ]
    assert section["Summary"]["ColData"][0]["value"] == "Total for 31 - 60 days past due"
    assert grand["group"] == "GrandTotal"


def test_jobs_stand_below_their_customer_with_a_total(api: Api) -> None:
    balances = report(api, "CustomerBalance", customer="7,8,9")
    (freeman, grand) = balances["Rows"]["Row"]
    assert freeman["Header"]["ColData"][0] == {"value": "Freeman Sporting Goods", "id": "7"}
    assert [row["ColData"][0]["id"] for row in leaves(freeman["Rows"])] == ["8", "9"]
    assert freeman["Summary"]["ColData"][1] == grand["Summary"]["ColData"][1] == {"value": "562.50"}


def test_the_transaction_list_shows_both_accounts_and_follows_its_filters(api: Api) -> None:
    bill = api.create(
        "Invoice",
        CustomerRef={"value": "3"},
        Line=[sale_line(30), sale_line(5, item="2")],
        PrivateNote="by hand",
    )
    api.create("Estimate", CustomerRef={"value": "3"}, Line=[sale_line(30)])
    pay(api, 35, bill["Id"])
    credit(api, 4, customer="1")
    rows = list(leaves(report(api, "TransactionList", customer="3")["Rows"]))
    shown = [[one["value"] for one in row["ColData"]] for row in rows]
    assert [row[1] for row in shown] == ["Invoice", "Estimate", "Payment"]
    assert shown[0][3:] == [
        "Yes",
        "Cool Cars",
        "",
        "by hand",
        "Accounts Receivable (A/R)",
        "Services",
        "35.00",
    ]
    assert shown[1][3] == "No"
    assert shown[2][-3:] == ["Undeposited Funds", "Accounts Receivable (A/R)", "35.00"]
    payments = list(leaves(report(api, "TransactionList", transaction_type="ReceivePayment")["Rows"]))
    assert [row["ColData"][1]["value"] for row in payments] == ["Payment"]
    grouped = report(api, "TransactionList", group_by="Customer", columns="txn_type,subt_nat_amount")
    assert {row["Summary"]["ColData"][0]["value"]: row["Summary"]["ColData"][1]["value"] for row in sections(grouped["Rows"])} == {
        "Total for Amy's Bird Sanctuary": "-4.00",
        "Total for Cool Cars": "100.00",
    }  # fmt: skip


def test_a_report_has_the_recorded_members_in_the_recorded_order_and_no_time(api: Api) -> None:
    """minimul/qbo_api spec/vcr/reports/profit_and_loss.yml@34abd0ea: an empty report of customer 1."""
    document = report(
        api, "ProfitAndLoss", customer="1", start_date="2015-01-01", end_date="2015-07-31",
        summarize_column_by="Customers",
    )  # fmt: skip
    assert list(document) == ["Header", "Columns", "Rows"]
    assert list(document["Header"]) == [
        "Time", "ReportName", "ReportBasis", "StartPeriod", "EndPeriod", "SummarizeColumnsBy", "Currency", "Customer",
        "Option",
    ]  # fmt: skip
    assert [one["group"] for one in document["Rows"]["Row"]] == [
        "Income", "GrossProfit", "Expenses", "NetOperatingIncome", "NetIncome",
    ]  # fmt: skip
    assert document["Rows"]["Row"][1] == {
        "Summary": {"ColData": [{"value": "Gross Profit"}, {"value": ""}]},
        "type": "Section",
        "group": "GrossProfit",
    }


@pytest.mark.parametrize(
    "name, params, code",
    [
        ("AgedReceivables", {"report_date": "2026-13-01"}, "2060"),
        ("ProfitAndLoss", {"start_date": "yesterday"}, "2060"),
        ("ProfitAndLoss", {"start_date": "2026-02-01", "end_date": "2026-01-01"}, "2080"),
        ("ProfitAndLoss", {"date_macro": "next to never"}, "2170"),
        ("BalanceSheet", {"accounting_method": "Wishful"}, "2170"),
        ("AgedReceivables", {"num_periods": "many"}, "2090"),
        ("BalanceSheet", {"summarize_column_by": "Customers"}, "2170"),
        ("ProfitAndLoss", {"summarize_column_by": "Moon"}, "2170"),
        ("ProfitAndLoss", {"summarize_column_by": "Days", "start_date": "2000-01-01"}, "10100"),
        ("TransactionList", {"columns": "tx_date,moon"}, "2170"),
        ("NoSuchReport", {}, "5020"),
    ],
)
def test_a_wrong_parameter_is_refused(api: Api, name: str, params: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        report(api, name, **params)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "macro, start, end",
    [
        ("this month", "2026-03-01", "2026-03-31"),
        ("last month-to-date", "2026-02-01", "2026-02-02"),
        ("last fiscal quarter", "2025-10-01", "2025-12-31"),
        ("this week", "2026-03-01", "2026-03-07"),
        ("last calendar year", "2025-01-01", "2025-12-31"),
        ("next 4 weeks", "2026-03-03", "2026-03-30"),
    ],
)
def test_a_named_period_spans_its_days(macro: str, start: str, end: str) -> None:
    assert MACROS[macro](TODAY, Year()) == (date.fromisoformat(start), date.fromisoformat(end))


def test_a_fiscal_year_may_begin_in_any_month() -> None:
    assert MACROS["this fiscal year"](TODAY, Year(7)) == (date(2025, 7, 1), date(2026, 6, 30))
    assert MACROS["this fiscal quarter"](TODAY, Year(2)) == (date(2026, 2, 1), date(2026, 4, 30))


def test_the_income_of_each_day_adds_up_to_the_total(api: Api) -> None:
    """singer tap-quickbooks reads its days from the StartDate of each column."""
    invoice(api, 10, TxnDate="2026-02-01")
    invoice(api, 20, TxnDate="2026-02-03")
    invoice(api, 40, "1", TxnDate="2026-02-03")
    period = {"start_date": "2026-02-01", "end_date": "2026-02-03"}
    days = report(api, "ProfitAndLoss", **period, summarize_column_by="Days")
    starts = [
        pair["Value"]
        for column in days["Columns"]["Column"]
        for pair in column["MetaData"]
        if pair["Name"] == "StartDate"
    ]
    assert starts == ["2026-02-01", "2026-02-02", "2026-02-03"]
    assert [one["value"] for one in days["Rows"]["Row"][-1]["Summary"]["ColData"]] == [
        "Net Income", "10.00", "0.00", "60.00", "70.00",
    ]  # fmt: skip
    assert [one["value"] for one in next(leaves(days["Rows"]))["ColData"]] == [
        "Services", "10.00", "", "60.00", "70.00",
    ]  # fmt: skip
    customers = report(api, "ProfitAndLoss", **period, summarize_column_by="Customers")
    assert [one["ColTitle"] for one in customers["Columns"]["Column"]] == [
        "", "Amy's Bird Sanctuary", "Cool Cars", "TOTAL",
    ]  # fmt: skip
    assert [one["value"] for one in customers["Rows"]["Row"][-1]["Summary"]["ColData"]] == [
        "Net Income", "40.00", "30.00", "70.00",
    ]  # fmt: skip
    months = report(
        api, "ProfitAndLoss", start_date="2025-12-15", end_date="2026-02-03", summarize_column_by="Month"
    )
    assert [one["ColTitle"] for one in months["Columns"]["Column"]] == [
        "",
        "Dec 15 - Dec 31, 2025",
        "Jan 2026",
        "Feb 1 - Feb 3, 2026",
        "Total",
    ]


def test_reports_are_metered_and_read_only(emulator: Emulator, api: Api) -> None:
    before = documents(emulator)
    for name in ("AgedReceivables", "BalanceSheet", "TransactionList"):
        report(api, name)
    assert documents(emulator) == before
    assert emulator.log.meter()["coreplus"] == 3


def documents(emulator: Emulator) -> dict[str, Any]:
    return {name: rows for name, rows in emulator.store.save().items() if rows}
