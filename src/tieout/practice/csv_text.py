"""Decides: how a table becomes a CSV file and back, whatever program wrote it. Pure; knows no clients.

Out: UTF-8 with a byte order mark, so that Excel reads names right, and no cell a spreadsheet would run as a
formula (OWASP "CSV injection"). In: any of the usual delimiters, and a sentence for a file that cannot be read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

LARGEST_FILE = 10 * 1024 * 1024
"""In bytes."""
DELIMITERS = ",;\t"
_RUNS = re.compile("(?!-[0-9]+[.][0-9]+\\Z)'*[=+\\-@\\t\\r＝＋－＠]")
"""What a spreadsheet may take for a formula, the wide forms of East Asian keyboards included. A negative amount is
none, and has to stay a number to be summed."""
_RUNS_ESCAPED = re.compile("'+[=+\\-@\\t\\r＝＋－＠]")
BOM = b"\xef\xbb\xbf"
"""Tells Excel that what follows is UTF-8."""
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SAVE_AS = "In Excel choose “Save As”, then “CSV UTF-8 (Comma delimited)”, and upload that file."


class BadFile(Exception):
    """The file as a whole cannot be read. ``str()`` says why and what to do; nothing was imported."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the file."""

    number: int
    """The line it begins on, as an editor counts; the header is line 1."""
    cells: tuple[str, ...]


def safe_cell(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would run it. ``plain_cell`` undoes exactly this."""
    return f"'{text}" if _RUNS.match(text) else text


def plain_cell(text: str) -> str:
    return text[1:] if _RUNS_ESCAPED.match(text) else text


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    file = io.StringIO(newline="")
    write_rows(file, header, rows)
    return BOM + file.getvalue().encode()


def write_rows(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write them one after the other as they come, after the heading. Returns how many; a mark before it is the file's."""
    writer = csv.writer(file)
    writer.writerow(header)
    many = 0
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        many += 1
    return many


def decode(content: bytes) -> str:
    """The file as text: UTF-8, or UTF-16 if it says so. Any other encoding would be a guess, so it is refused."""
    if len(content) > LARGEST_FILE:
        raise BadFile(
            f"This file is larger than {LARGEST_FILE // 1024**2} MB. Split it and import the parts."
        )
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadFile(f"This is a spreadsheet file, not a CSV file. {_SAVE_AS}")
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadFile(f"Line {line} has a character that is not UTF-8. {_SAVE_AS}") from error
    if "\x00" in text:
        raise BadFile(f"This file is not text, or is saved in an encoding that cannot be told. {_SAVE_AS}")
    return text


def read_lines(text: str, known: Collection[str]) -> Iterator[Line]:
    """All records that are not blank, the header first. ``known``: headings that tell the delimiter, lower case.

    Raises BadFile for broken quoting.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, known), strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Line(start, tuple(plain_cell(cell.strip()) for cell in cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(
            f"The quotation marks from line {start} on do not match up, so the rest cannot be read. "
            "Correct that line and upload the file again."
        ) from error


def _delimiter(text: str, known: Collection[str]) -> str:
    """The one that splits the first line into the most headings we know; a comma when none does."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def recognized(delimiter: str) -> int:
        return sum(cell.strip().strip('"').strip().lower() in known for cell in first.split(delimiter))

    return max(DELIMITERS, key=recognized)
