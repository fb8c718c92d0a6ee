"""A balance sheet split by days: each column is the balance sheet of its last day, and looks as recorded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.client import Api
from tests.emulator.test_reports import report


@pytest.mark.parametrize("method", ["Accrual", "Cash"])
@pytest.mark.parametrize("by", ["Month", "Quarter", "Year"])
def test_a_balance_sheet_by_parts_is_the_balance_sheet_at_the_end_of_each(
    api: Api, by: str, method: str
) -> None:
    split = report(
        api, "BalanceSheet", start_date="2025-12-15", end_date="2026-02-20", summarize_column_by=by,
        accounting_method=method,
    )  # fmt: skip
    ends = [
        next(one["Value"] for one in one_column["MetaData"] if one["Name"] == "EndDate")
        for one_column in split["Columns"]["Column"][1:]
    ]
    assert ends[-1] == "2026-02-20"
    for place, end in enumerate(ends, 1):
        whole_ = report(api, "BalanceSheet", end_date=end, accounting_method=method)
        assert column(split, place) == column(whole_, 1)


def test_a_balance_sheet_by_years_has_the_recorded_columns(api: Api) -> None:
    """ruckus/quickbooks-ruby spec/fixtures/balance_sheet_with_year_summary.xml
    @63a80071dbbe0858d7b1f00af9131617376cabc7: no total, and the titles of a part, a whole and a part of a year."""
    found = report(
        api, "BalanceSheet", start_date="2013-07-04", end_date="2015-06-21", summarize_column_by="Year"
    )
    assert [one["ColTitle"] for one in found["Columns"]["Column"]] == [
        "", "Jul 4 - Dec 31, 2013", "Jan - Dec 2014", "Jan 1 - Jun 21, 2015",
    ]  # fmt: skip
    assert found["Columns"]["Column"][2]["MetaData"] == [
        {"Name": "StartDate", "Value": "2014-01-01"},
        {"Name": "EndDate", "Value": "2014-12-31"},
    ]
    assert found["Header"]["SummarizeColumnsBy"] == "Year"


def column(found: Any, place: int) -> dict[str, str]:
    """What a column says of each account and each total that is not zero."""
    shown: dict[str, str] = {}

    def walk(rows: Any) -> None:
        for row in rows:
            for cells in (row.get("ColData"), row.get("Summary", {}).get("ColData")):
                if cells and cells[place]["value"] not in ("", "0.00"):
                    shown[cells[0]["value"]] = cells[place]["value"]
            walk(row.get("Rows", {}).get("Row", ()))

    walk(found["Rows"]["Row"])
    assert shown
    return shown
