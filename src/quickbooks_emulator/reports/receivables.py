"""Decides: AgedReceivables, AgedReceivableDetail and CustomerBalance: what customers owe, by age and by customer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from quickbooks_emulator.entities import settings
from quickbooks_emulator.entities.declaration import ZERO, Body
from quickbooks_emulator.entities.names import SUFFIX
from quickbooks_emulator.reports import shape
from quickbooks_emulator.reports.asked import Asked
from quickbooks_emulator.reports.openitems import OpenItem, open_items
from quickbooks_emulator.reports.shape import Column, amounts, cell, data, section
from quickbooks_emulator.reports.wording import named_columns, type_name
from quickbooks_emulator.store.books import Books

_NOBODY = "Not Specified"


@dataclass(frozen=True, slots=True)
class Ages:
    """Buckets of days past due: 0 is not due yet, then `periods` of `length` days, the last one open."""

    periods: int
    length: int

    def place(self, past: int) -> int:
        return 0 if past <= 0 else min((past - 1) // self.length + 1, self.periods)

    def span(self, place: int) -> str:
        first = (place - 1) * self.length + 1
        return f"{first} and over" if place == self.periods else f"{first} - {place * self.length}"

    def titles(self) -> list[str]:
        return ["Current", *(self.span(place) for place in range(1, self.periods + 1))]

    def heading(self, place: int) -> str:
        if place == 0:
            return "Current"
        first = (place - 1) * self.length + 1
        return (
            f"{first} or more days past due"
            if place == self.periods
            else f"{first} - {place * self.length} days past due"
        )


@dataclass(frozen=True, slots=True)
class _Aging:
    ages: Ages
    on: date
    items: list[OpenItem]

    def place(self, item: OpenItem) -> int:
        return self.ages.place((self.on - date.fromisoformat(item.due)).days)


def aged_summary(books: Books, asked: Asked) -> Body:
    """One line a customer with a column for each age. Jobs stand below their customer."""
    aging = _aging(books, asked)
    figures: dict[str, list[Decimal]] = {}
    for item in aging.items:
        row = figures.setdefault(item.customer, [ZERO] * (aging.ages.periods + 2))
        row[aging.place(item)] += item.open_
        row[-1] += item.open_
    columns = [Column("", "Customer"), *(Column(title, "Money") for title in aging.ages.titles())]
    columns.append(Column("Total", "Money"))
    rows = _customer_rows(books, figures, len(columns) - 1)
    if rows:
        totals = [sum(column, ZERO) for column in zip(*figures.values(), strict=True)]
        rows.append(section(None, (), [cell("TOTAL"), *amounts(totals, "0.00")], "GrandTotal"))
    return shape.report(
        books,
        asked,
        columns,
        rows,
        has_data=bool(figures),
        options=[("report_date", _report_date(asked).isoformat())],
        members=[
            ("DateMacro", "" if asked.day("report_date") else asked.macro),
            ("StartPeriod", _report_date(asked).isoformat()),
            ("EndPeriod", _report_date(asked).isoformat()),
        ],
    )


_DETAIL: dict[str, tuple[str, Callable[[Books, OpenItem, _Aging], Body]]] = {
    "tx_date": ("Date", lambda books, item, aging: cell(item.day)),
    "txn_type": ("Transaction Type", lambda books, item, aging: cell(type_name(item.entity, item.record.body), item.record.id)),
    "doc_num": ("Num", lambda books, item, aging: cell(item.record.body.get("DocNumber", ""))),
    "cust_name": ("Customer", lambda books, item, aging: cell(_full_name(books, item.customer), item.customer)),
    "dept_name": ("Location", lambda books, item, aging: _department(books, item)),
    "memo": ("Memo/Description", lambda books, item, aging: cell(item.record.body.get("PrivateNote", ""))),
    "due_date": ("Due Date", lambda books, item, aging: cell(item.due)),
    "past_due": ("Past Due", lambda books, item, aging: cell(str((aging.on - date.fromisoformat(item.due)).days))),
    "subt_amount": ("Amount", lambda books, item, aging: cell(shape.amount(item.amount, "0.00"))),
    "subt_open_bal": ("Open Balance", lambda books, item, aging: cell(shape.amount(item.open_, "0.00"))),
}  # fmt: skip
_MONEY = ("subt_amount", "subt_open_bal")
_DEFAULT = (
    "tx_date",
    "txn_type",
    "doc_num",
    "cust_name",
    "dept_name",
    "due_date",
    "subt_amount",
    "subt_open_bal",
)


def aged_detail(books: Books, asked: Asked) -> Body:
    """One line an open transaction, the oldest age first. `columns` chooses and orders the columns."""
    aging = _aging(books, asked)
    default = [one for one in _DEFAULT if one != "dept_name" or settings.departments(books)]
    names = named_columns(asked, _DETAIL, default)
    rows: list[Body] = []
    for place in range(aging.ages.periods, -1, -1):
        items = [item for item in aging.items if aging.place(item) == place]
        if items:
            heading = aging.ages.heading(place)
            lines = [data([_DETAIL[name][1](books, item, aging) for name in names]) for item in items]
            total = _detail_total(names, f"Total for {heading}", items)
            rows.append(section([cell(heading), *_blank(len(names) - 1)], lines, total))
    if rows:
        rows.append(section(None, (), _detail_total(names, "TOTAL", aging.items), "GrandTotal"))
    return shape.report(
        books,
        asked,
        [Column(_DETAIL[name][0], name) for name in names],
        rows,
        has_data=bool(rows),
        options=[("report_date", aging.on.isoformat())],
        members=[("EndPeriod", aging.on.isoformat())],
    )


def balances(books: Books, asked: Asked) -> Body:
    """One line a customer with what is owed at the report date."""
    figures: dict[str, list[Decimal]] = {}
    for item in _chosen(open_items(books, _report_date(asked)), asked):
        row = figures.setdefault(item.customer, [ZERO])
        row[0] += item.open_
    rows = _customer_rows(books, figures, 1)
    if rows:
        total = sum((row[0] for row in figures.values()), ZERO)
        rows.append(section(None, (), [cell("TOTAL"), cell(shape.amount(total, "0.00"))], "GrandTotal"))
    return shape.report(
        books,
        asked,
        [Column("", "Customer"), Column("Total", "Money")],
        rows,
        has_data=bool(figures),
        options=[("report_date", _report_date(asked).isoformat())],
        members=[("DateMacro", asked.macro)],
    )


def _report_date(asked: Asked) -> date:
    return asked.day("report_date") or asked.end or asked.today


def _aging(books: Books, asked: Asked) -> _Aging:
    on = _report_date(asked)
    ages = Ages(asked.number("num_periods", 4, 1, 50), asked.number("aging_period", 30, 1))
    counted = on if asked.choice("aging_method", "Report_Date", "Current") == "Report_Date" else asked.today
    least = asked.number("past_due", 0)
    items = _chosen(open_items(books, on), asked)
    first, last = asked.day("start_duedate"), asked.day("end_duedate")
    kept = [
        item
        for item in items
        if (first is None or item.due >= first.isoformat())
        and (last is None or item.due <= last.isoformat())
        and (not least or (counted - date.fromisoformat(item.due)).days >= least)
    ]
    return _Aging(ages, counted, kept)


def _chosen(items: Iterable[OpenItem], asked: Asked) -> list[OpenItem]:
    wanted = asked.customers
    terms = asked.filter("term")
    return [
        item
        for item in items
        if (wanted is None or item.customer in wanted)
        and (not terms or item.record.body.get("SalesTermRef", {}).get("value") in terms)
    ]


def _customer_rows(books: Books, figures: dict[str, list[Decimal]], width: int) -> list[Body]:
    """Customers by name; one with jobs that have figures becomes a section with its own line in the header."""
    children: dict[str, list[str]] = {}
    tops: list[str] = []
    seen: set[str] = set()
    for customer in figures:
        while customer not in seen:
            seen.add(customer)
            record = books.get("Customer", customer)
            parent = record.body.get("ParentRef", {}).get("value") if record else None
            if parent is None:
                tops.append(customer)
                break
            children.setdefault(parent, []).append(customer)
            customer = parent

    def row(customer: str) -> tuple[Body, list[Decimal]]:
        own = figures.get(customer, [ZERO] * width)
        name = _name(books, customer)
        below = [row(one) for one in in_order(children.get(customer, []))]
        if not below:
            return data([cell(name, customer), *amounts(own)]), own
        total = [sum(column, ZERO) for column in zip(own, *(one[1] for one in below), strict=True)]
        made = section(
            [cell(name, customer), *amounts(own)],
            [one[0] for one in below],
            [cell(f"Total {name}"), *amounts(total)],
        )
        return made, total

    def in_order(ids: list[str]) -> list[str]:
        return sorted(ids, key=lambda one: _name(books, one).casefold())

    return [row(one)[0] for one in in_order(tops)]


def _detail_total(names: Sequence[str], title: str, items: list[OpenItem]) -> list[Body]:
    sums = {
        "subt_amount": sum((item.amount for item in items), ZERO),
        "subt_open_bal": sum((item.open_ for item in items), ZERO),
    }
    cells = [cell(shape.amount(sums[name], "0.00")) if name in _MONEY else cell("") for name in names]
    return [cell(title), *cells[1:]]


def _blank(count: int) -> list[Body]:
    return [cell("") for _ in range(count)]


def _name(books: Books, customer: str) -> str:
    record = books.get("Customer", customer)
    if record is None:
        return _NOBODY
    return str(record.body["DisplayName"]).removesuffix(SUFFIX) + ("" if record.active else SUFFIX)


def _full_name(books: Books, customer: str) -> str:
    record = books.get("Customer", customer)
    return _NOBODY if record is None else str(record.body["FullyQualifiedName"])


def _department(books: Books, item: OpenItem) -> Body:
    record_id = item.record.body.get("DepartmentRef", {}).get("value", "")
    record = books.get("Department", record_id)
    return cell(record.body["FullyQualifiedName"], record_id) if record else cell("")
