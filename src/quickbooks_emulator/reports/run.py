"""Decides: which report a name means and what it answers. Called by the routes and by batch items."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from quickbooks_emulator import faults
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.reports import receivables, statements
from quickbooks_emulator.reports.asked import Asked, read
from quickbooks_emulator.reports.transactions import transaction_list
from quickbooks_emulator.store.books import Books

# name: (what makes it, the period it shows when the call names none)
REPORTS: dict[str, tuple[Callable[[Books, Asked], Body], str]] = {
    "AgedReceivableDetail": (receivables.aged_detail, "today"),
    "AgedReceivables": (receivables.aged_summary, "today"),
    "BalanceSheet": (statements.balance_sheet, "this calendar year-to-date"),
    "CustomerBalance": (receivables.balances, "all"),
    "ProfitAndLoss": (statements.profit_and_loss, "this calendar year-to-date"),
    "TransactionList": (transaction_list, "this month-to-date"),
}
_BY_NAME = {name.lower(): name for name in REPORTS}


def run(books: Books, name: str, params: Mapping[str, str]) -> Body:
    """The report's document; it has no `time` beside it (recorded). Parameter names are lower case.

    Raises Fault: 5020 for a report the service or this emulator does not have (a switch), others for wrong values.
    """
    known = _BY_NAME.get(name.lower())
    if known is None:
        if books.knobs.unknown_report_code == "500":
            raise faults.unsupported(f"report {name}")
        raise faults.Fault(
            "5020",
            "Permission Denied Error",
            f"Permission Denied Error : The report {name} is not available.",
            element="ReportName",
        )
    make, macro = REPORTS[known]
    return make(books, read(books, known, params, macro))
