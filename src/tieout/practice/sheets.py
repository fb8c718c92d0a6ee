"""Decides: a CSV file as rows of named cells, for whatever is imported. Pure; knows columns, not what they are for.

Reading never stops at a bad row: what is wrong with one is told beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tieout.practice.csv_text import BadFile, read_lines

MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class SheetColumn:
    field: str
    label: str
    aliases: tuple[str, ...] = ()
    """What else people call it, in lower case."""
    needed: bool = False
    """The file must have it."""
    shown_only: bool = False
    """Follows from the others: there for who reads an exported file, passed over when it comes back."""


@dataclass(slots=True)
class SheetRow:
    line: int
    cells: dict[str, str]
    """Field -> text; only columns the file has."""
    whole: tuple[str, ...] = ()
    """All its cells."""
    problems: dict[str, str] = field(default_factory=dict)
    """Field -> sentence; an empty name: the row as a whole."""

    def problem(self, name: str, sentence: str) -> None:
        """The first sentence about a field stays."""
        self.problems.setdefault(name, sentence)


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: list[SheetRow]
    ignored: tuple[str, ...]
    """Headings there is no place for."""

    @property
    def valid(self) -> list[SheetRow]:
        return [row for row in self.rows if not row.problems]

    @property
    def invalid(self) -> list[SheetRow]:
        return [row for row in self.rows if row.problems]


def read_sheet(text: str, columns: Sequence[SheetColumn], *, one_of: Collection[str] = ()) -> Sheet:
    """Every row. Raises BadFile when the file as a whole makes no sense.

    ``one_of``: fields of which the file must have at least one; the first column is asked for when it has none.
    """
    known: Mapping[str, str] = {
        name.lower(): column.field
        for column in columns
        for name in (column.label, column.field, *column.aliases)
    }
    lines = read_lines(text, known)
    header = next(lines, None)
    if header is None:
        raise BadFile("This file is empty. Nothing was imported.")
    fields = [known.get(heading.lower(), "") for heading in header.cells]
    missing = [column.label for column in columns if column.needed and column.field not in fields]
    if one_of and not set(one_of) & set(fields):
        missing.append(columns[0].label)
    if missing:
        told = ", ".join(f"“{cell}”" for cell in header.cells[:6])
        raise BadFile(
            f"There is no column called {missing[0]}. The first line has to name the columns; it reads {told}. "
            "Add the headings, or start from the example file."
        )
    for column in columns:
        if fields.count(column.field) > 1:
            raise BadFile(f"Two columns mean {column.label}. Remove one of them.")
    used = [
        name if name not in {each.field for each in columns if each.shown_only} else "" for name in fields
    ]
    rows: list[SheetRow] = []
    for line in lines:
        if len(rows) == MOST_ROWS:
            raise BadFile(f"This file has more than {MOST_ROWS:,} rows. Split it and import the parts.")
        cells = {name: cell for name, cell in zip(used, line.cells, strict=False) if name}
        row = SheetRow(line.number, cells, line.cells)
        if any(line.cells[len(fields) :]):
            row.problem(
                "", "This row has more cells than there are headings; a text with the delimiter needs quotes."
            )
        rows.append(row)
    if not rows:
        raise BadFile("This file has headings but no rows under them.")
    left_out = [heading for heading, name in zip(header.cells, fields, strict=True) if heading and not name]
    return Sheet(rows, tuple(left_out))
