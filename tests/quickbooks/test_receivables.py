"""What customers owed, from a report: every cell counted, and nothing concluded from a report that is not whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tieout.quickbooks import receivables
from tieout.quickbooks.receivables import COLUMNS
from tieout.reconcile.ports import Bug

DAY = date(2026, 3, 2)


class Printed:
    """A client that prints one report, and notes what was asked for."""

    def __init__(self, *rows: Mapping[str, Any], columns: int = len(COLUMNS)) -> None:
        self.document = {"Columns": {"Column": [{}] * columns}, "Rows": {"Row": list(rows)}}

    def report(self, name: str, options: Mapping[str, str]) -> Mapping[str, Any]:
        self.asked = (name, dict(options))
        return self.document


def row(kind: str, id: str, customer: str, amount: str) -> dict[str, Any]:
    values = ["2026-03-02", kind, "1043", "Ada Byrne", "999.00", amount]
    cells: list[dict[str, Any]] = [{"value": value} for value in values]
    cells[1]["id"], cells[3]["id"] = id, customer
    return {"ColData": cells, "type": "Data"}


def section(*rows: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Section", "Header": {"ColData": [{"value": "Current"}]}, "Rows": {"Row": list(rows)}}


def total(amount: str) -> dict[str, Any]:
    cells = [{"value": "TOTAL"}, *[{"value": ""}] * 4, {"value": amount}]
    return {"type": "Section", "group": "GrandTotal", "Summary": {"ColData": cells}}


def test_sums_are_by_customer_over_all_sections_at_the_day_asked_for() -> None:
    client = Printed(
        section(row("Invoice", "130", "58", "1,100.10")),
        section(row("Payment", "140", "58", "-0.10"), row("Credit Memo", "7", "59", "-5.00")),
        total("1,095.00"),
    )
    found = receivables.owed_on(client, DAY)  # type: ignore[arg-type]
    assert found.sums == {"58": Decimal("1100.00"), "59": Decimal("-5.00")}
    assert [(one.entity, one.kind, one.id) for one in found.items] == [
        ("Invoice", "invoice", "130"),
        ("Payment", "payment", "140"),
        ("CreditMemo", "credit", "7"),
    ]
    assert client.asked[0] == "AgedReceivableDetail"
    assert client.asked[1]["report_date"] == "2026-03-02"


def test_nobody_owing_anything_is_an_answer() -> None:
    assert receivables.owed_on(Printed(), DAY).sums == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("client", "says"),
    [
        (Printed(section(row("Invoice", "1", "58", "5.00")), total("6.00")), "adds up to"),
        (Printed(row("Unable to display more data. Please reduce the date range.", "", "", "")), "more than"),
        (Printed(row("Invoice", "1", "58", "five")), "cannot be read"),
        (Printed(columns=3), "other columns"),
    ],
    ids=["does not add up", "cut", "unreadable", "other columns"],
)
def test_a_report_that_is_not_whole_is_no_answer(client: Printed, says: str) -> None:
    with pytest.raises(Bug, match=says):
        receivables.owed_on(client, DAY)  # type: ignore[arg-type]
