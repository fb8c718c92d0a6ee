"""Decides: ProfitAndLoss and BalanceSheet: sums of the counted postings, laid out by account type and account tree."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from quickbooks_emulator.entities.declaration import ZERO, Body
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.accounts import BALANCE_SHEET
from quickbooks_emulator.reports import shape
from quickbooks_emulator.reports.asked import Asked, yesterday
from quickbooks_emulator.reports.flows import Flow, flows
from quickbooks_emulator.reports.shape import Column, cell, data, section
from quickbooks_emulator.reports.slices import Slices, slices
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

_GAAP = ("AccountingStandard", "GAAP")
_CREDIT_SIDE = ("Liability", "Equity", "Revenue")
Amounts = tuple[Decimal, ...]  # one for each money column, the total last
Figures = Mapping[str, Amounts]


@dataclass(frozen=True, slots=True)
class _Part:
    """A section of account types; `total` defaults to "Total <title>"."""

    title: str
    group: str
    types: tuple[str, ...] = ()
    parts: tuple[_Part, ...] = ()
    total: str = ""


_INCOME = _Part("Income", "Income", ("Income",))
_COSTS = _Part("Cost of Goods Sold", "COGS", ("Cost of Goods Sold",))
_EXPENSES = _Part("Expenses", "Expenses", ("Expense",))
_OTHER_INCOME = _Part("Other Income", "OtherIncome", ("Other Income",))
_OTHER_EXPENSES = _Part("Other Expenses", "OtherExpenses", ("Other Expense",))

_ASSETS = _Part(
    "ASSETS", "TotalAssets", total="TOTAL ASSETS", parts=(
        _Part("Current Assets", "CurrentAssets", parts=(
            _Part("Bank Accounts", "BankAccounts", ("Bank",)),
            _Part("Accounts Receivable", "AR", ("Accounts Receivable",)),
            _Part("Other current assets", "OtherCurrentAssets", ("Other Current Asset",)),
        )),
        _Part("Fixed Assets", "FixedAssets", ("Fixed Asset",)),
        _Part("Other Assets", "OtherAssets", ("Other Asset",)),
    ),
)  # fmt: skip
_LIABILITIES = _Part(
    "Liabilities", "Liabilities", parts=(
        _Part("Current Liabilities", "CurrentLiabilities", parts=(
            _Part("Accounts Payable", "AP", ("Accounts Payable",)),
            _Part("Credit Cards", "CreditCards", ("Credit Card",)),
            _Part("Other Current Liabilities", "OtherCurrentLiabilities", ("Other Current Liability",)),
        )),
        _Part("Long-Term Liabilities", "LongTermLiabilities", ("Long Term Liability",)),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Made:
    """A laid out section and its total; no row where nothing is in it."""

    row: Body | None
    total: Amounts


class _Layout:
    """The accounts of a company with their figures, each on the side its type counts on."""

    def __init__(self, books: Books, figures: Figures, width: int = 1) -> None:
        self._none: Amounts = (ZERO,) * width
        self._accounts: dict[str, Record] = {one.id: one for one in books.table("Account").values()}
        self._figures = figures
        self._children: dict[str, list[Record]] = {}
        for account in self._accounts.values():
            parent = account.body.get("ParentRef", {}).get("value", "")
            self._children.setdefault(parent, []).append(account)

    def part(self, part: _Part, extra: Iterable[Body] = (), more: Amounts = ()) -> _Made:
        """The section; `extra` rows and their sum `more` come last."""
        below = [self.part(one) for one in part.parts]
        rows = [one.row for one in below if one.row is not None]
        total = _add(self._none, *(one.total for one in below))
        for account in self._sorted(self._children.get("", ())):
            if account.body["AccountType"] in part.types:
                made = self._account(account)
                total = _add(total, made.total)
                if made.row is not None:
                    rows.append(made.row)
        rows += list(extra)
        total = _add(total, more) if more else total
        if not rows:
            return _Made(None, self._none)
        summary = [cell(part.total or f"Total {part.title}"), *shape.amounts(total, "0.00")]
        header = [cell(part.title), *(cell("") for _ in self._none)]
        return _Made(section(header, rows, summary, part.group), total)

    def _account(self, account: Record) -> _Made:
        own = self.own(account)
        below = [self._account(one) for one in self._sorted(self._children.get(account.id, ()))]
        rows = [one.row for one in below if one.row is not None]
        name = account.body["Name"]
        if not rows:
            shown = data([cell(name, account.id), *shape.amounts(own)]) if any(own) else None
            return _Made(shown, own)
        total = _add(own, *(one.total for one in below))
        header = [cell(name, account.id), *shape.amounts(own)]
        return _Made(section(header, rows, [cell(f"Total {name}"), *shape.amounts(total, "0.00")]), total)

    def own(self, account: Record) -> Amounts:
        debit = self._figures.get(account.id, self._none)
        return _less(self._none, debit) if account.body["Classification"] in _CREDIT_SIDE else debit

    def _sorted(self, found: Iterable[Record]) -> list[Record]:
        return sorted(found, key=lambda account: (account.body["Name"].casefold(), account.id))


def _add(first: Amounts, *others: Amounts) -> Amounts:
    for other in others:
        first = tuple(left + right for left, right in zip(first, other, strict=True))
    return first


def _less(left: Amounts, right: Amounts) -> Amounts:
    return tuple(one - other for one, other in zip(left, right, strict=True))


def profit_and_loss(books: Books, asked: Asked) -> Body:
    """Income and expense of the period. Sections without figures keep their heading where that was recorded."""
    found = list(_counted(books, asked, asked.start, asked.end))
    columns = slices(books, asked, [flow for flow in found if _is_income(books, flow.account)])
    width = len(columns.columns) + 1
    layout = _Layout(books, _by_column(found, columns), width)
    income, costs, expenses = (layout.part(one) for one in (_INCOME, _COSTS, _EXPENSES))
    other_income, other_expenses = layout.part(_OTHER_INCOME), layout.part(_OTHER_EXPENSES)
    gross = _less(income.total, costs.total)
    operating = _less(gross, expenses.total)
    other = _less(other_income.total, other_expenses.total)
    parts = [income, costs, expenses, other_income, other_expenses]
    has_data = any(one.row is not None for one in parts)
    zero = "0.00" if has_data else ""  # recorded: empty texts in a report without data
    rows = [income.row or _empty(_INCOME, width)]
    rows += [costs.row] if costs.row else []
    rows += [_line("Gross Profit", "GrossProfit", gross, zero)]
    rows += [expenses.row or _empty(_EXPENSES, width)]
    rows += [_line("Net Operating Income", "NetOperatingIncome", operating, zero)]
    others = [one.row for one in (other_income, other_expenses) if one.row is not None]
    if others:
        rows += [*others, _line("Net Other Income", "NetOtherIncome", other, zero)]
    rows += [_line("Net Income", "NetIncome", _add(operating, other), zero)]
    return _report(books, asked, rows, has_data, columns.by, columns.printed)


def balance_sheet(books: Books, asked: Asked) -> Body:
    """Balances at the end of the period, or at the end of each part of it and then without a total (recorded). Income of
    earlier fiscal years is in Retained Earnings, this one's in Net Income, as the real report computes them."""
    end = asked.end or asked.today
    found = list(_counted(books, asked, None, end))
    columns = slices(books, asked, found, balances=True)
    lasts = columns.lasts or (end,)
    figures = _balances(found, [last.isoformat() for last in lasts])
    earned = _income_by_day(books, found)
    earlier = tuple(_up_to(earned, yesterday(asked.year.begin(last))) for last in lasts)
    current = _less(tuple(_up_to(earned, last) for last in lasts), earlier)
    none: Amounts = (ZERO,) * len(lasts)
    retained = _retained(books)
    if retained is not None:
        figures = {**figures, retained: _less(figures.get(retained, none), earlier)}
    layout = _Layout(books, figures, len(lasts))
    assets, liabilities = layout.part(_ASSETS), layout.part(_LIABILITIES)
    extra = []
    if any(earlier) and retained is None:
        extra.append(data([cell("Retained Earnings"), *shape.amounts(earlier)]))
    if any(current):
        extra.append(data([cell("Net Income"), *shape.amounts(current)], "NetIncome"))
    more = _add(current, earlier) if retained is None else current
    equity = layout.part(_Part("Equity", "Equity", ("Equity",)), extra, more)
    total = _add(liabilities.total, equity.total)
    parts = [one.row for one in (liabilities, equity) if one.row is not None]
    rows = [assets.row] if assets.row is not None else []
    if parts:
        rows.append(
            section(
                [cell("LIABILITIES AND EQUITY"), *(cell("") for _ in lasts)],
                parts,
                [cell("TOTAL LIABILITIES AND EQUITY"), *shape.amounts(total, "0.00")],
                "TotalLiabilitiesAndEquity",
            )
        )
    printed = list(columns.columns) or columns.printed
    return _report(books, asked, rows, bool(rows), columns.by, printed)


def _counted(books: Books, asked: Asked, start: date | None, end: date | None) -> Iterator[Flow]:
    first, last = start.isoformat() if start else "", end.isoformat() if end else "9999"
    return (flow for flow in flows(books, asked) if first <= flow.day <= last)


def _balances(found: Iterable[Flow], lasts: list[str]) -> Figures:
    """What each account holds at the end of each of the days `lasts`."""
    moved: dict[str, list[Decimal]] = {}
    for flow in found:
        moved.setdefault(flow.account, [ZERO] * len(lasts))[bisect_left(lasts, flow.day)] += flow.amount
    return {account: tuple(accumulate(row)) for account, row in moved.items()}


def _income_by_day(books: Books, found: Iterable[Flow]) -> dict[str, Decimal]:
    counting = {one.id for one in books.table("Account").values() if _is_income(books, one.id)}
    earned: dict[str, Decimal] = {}
    for flow in found:
        if flow.account in counting:
            earned[flow.day] = earned.get(flow.day, ZERO) - flow.amount
    return earned


def _up_to(earned: Mapping[str, Decimal], last: date) -> Decimal:
    until = last.isoformat()
    return sum((amount for day, amount in earned.items() if day <= until), ZERO)


def _by_column(found: Iterable[Flow], columns: Slices) -> Figures:
    width = len(columns.columns) + 1
    sums: dict[str, list[Decimal]] = {}
    for flow in found:
        row = sums.setdefault(flow.account, [ZERO] * width)
        place = columns.place(flow) if width > 1 else None
        if place is not None:
            row[place] += flow.amount
        row[-1] += flow.amount
    return {account: tuple(row) for account, row in sums.items()}


def _is_income(books: Books, account_id: str) -> bool:
    account = books.get("Account", account_id)
    return account is not None and account.body["Classification"] not in BALANCE_SHEET


def _retained(books: Books) -> str | None:
    found = [one.id for one in accounts.of_subtype(books, "RetainedEarnings") if one.active]
    return found[0] if found else None


def _empty(part: _Part, width: int) -> Body:
    blank = [cell("") for _ in range(width)]
    return section([cell(part.title), *blank], (), [cell(f"Total {part.title}"), *blank], part.group)


def _line(title: str, group: str, amounts: Amounts, zero: str) -> Body:
    return section(None, (), [cell(title), *shape.amounts(amounts, zero)], group)


def _report(
    books: Books, asked: Asked, rows: list[Body], has_data: bool, by: str, columns: list[Body]
) -> Body:
    return shape.report(
        books,
        asked,
        [Column("", "Account", "account").printed(), *columns],
        rows,
        has_data=has_data,
        options=[_GAAP],
        members=[
            ("DateMacro", asked.macro),
            ("ReportBasis", asked.basis),
            ("StartPeriod", asked.start.isoformat() if asked.start else ""),
            ("EndPeriod", asked.end.isoformat() if asked.end else ""),
            ("SummarizeColumnsBy", by),
        ],
    )
