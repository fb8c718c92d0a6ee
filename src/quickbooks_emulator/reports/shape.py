"""Decides: the form of a report: header, columns, rows. Member order as recorded (minimul/qbo_api spec/vcr/reports)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.entities.render import company_time, money
from quickbooks_emulator.reports.asked import Asked
from quickbooks_emulator.store.books import Books


@dataclass(frozen=True, slots=True)
class Column:
    """`type_` as printed in ColType; `key` goes into MetaData where the real report has it."""

    title: str
    type_: str
    key: str = ""

    def printed(self) -> Body:
        column: Body = {"ColTitle": self.title, "ColType": self.type_}
        if self.key:
            column["MetaData"] = [{"Name": "ColKey", "Value": self.key}]
        return column


def cell(value: str, record_id: str | None = None) -> Body:
    return {"value": value} if record_id is None else {"value": value, "id": record_id}


def amount(value: Decimal | None, zero: str = "") -> str:
    """Two decimals as text; `zero` for nothing (an empty text is recorded)."""
    return f"{money(value):.2f}" if value else zero


def amounts(values: Iterable[Decimal | None], zero: str = "") -> list[Body]:
    return [cell(amount(value, zero)) for value in values]


def data(cells: Sequence[Body], group: str = "") -> Body:
    row: Body = {"ColData": list(cells), "type": "Data"}
    return {**row, "group": group} if group else row


def section(
    header: Sequence[Body] | None, rows: Sequence[Body], summary: Sequence[Body] | None, group: str = ""
) -> Body:
    """A row that holds rows; without rows it is only a total."""
    made: Body = {}
    if header is not None:
        made["Header"] = {"ColData": list(header)}
    if rows:
        made["Rows"] = {"Row": list(rows)}
    if summary is not None:
        made["Summary"] = {"ColData": list(summary)}
    made["type"] = "Section"
    if group:
        made["group"] = group
    return made


def report(
    books: Books,
    asked: Asked,
    columns: Sequence[Column | Body],
    rows: Sequence[Body],
    *,
    has_data: bool,
    options: Sequence[tuple[str, str]] = (),
    members: Sequence[tuple[str, str]] = (),
) -> Body:
    """The whole document. `members`: what this report's header says beside what every header says, in order."""
    header: Body = {
        "Time": company_time(books.now, books.company.time_zone),
        "ReportName": asked.name,
        **{name: value for name, value in members if value},
        "Currency": books.company.currency,
        **{name: ",".join(ids) for name, ids in asked.printed_filters},
    }
    shown = (*options, ("NoReportData", "false" if has_data else "true"))
    header["Option"] = [{"Name": name, "Value": value} for name, value in shown]
    return {
        "Header": header,
        "Columns": {"Column": [one.printed() if isinstance(one, Column) else one for one in columns]},
        "Rows": {"Row": list(rows)} if rows else {},
    }
