"""CSV out and in: nothing a spreadsheet would run, nothing lost on the way round, a sentence for every bad file."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.practice.client_csv import (
    HEADINGS,
    KnownFacts,
    ReadFile,
    example_rows,
    export_row,
    read_clients,
)
from tieout.practice.clients import Client, Contact, Kind
from tieout.practice.csv_text import (
    LARGEST_FILE,
    BadFile,
    decode,
    plain_cell,
    read_lines,
    safe_cell,
    write_csv,
)

NOTHING_KNOWN = KnownFacts(frozenset(), frozenset(), {})


def read(text: str, known: KnownFacts = NOTHING_KNOWN) -> ReadFile:
    return read_clients(text, known, firm_id=1)


def sentences(text: str, known: KnownFacts = NOTHING_KNOWN) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.sentence) for each in read(text, known).problems]


@given(st.text())
def test_no_cell_is_one_a_spreadsheet_would_run_and_each_comes_back_as_it_was(text: str) -> None:
    cell = safe_cell(text)
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
    assert plain_cell(cell) == text


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"])).map(str.strip)
"""As the verbs keep texts: trimmed, without control characters."""


@given(st.lists(st.lists(CELL, min_size=3, max_size=3)))
def test_a_table_written_and_read_is_the_same_table(rows: list[list[str]]) -> None:
    text = decode(write_csv(("Name", "Phone", "Notes"), rows))
    header, *lines = read_lines(text, {"name", "phone", "notes"})
    assert header.cells == ("Name", "Phone", "Notes")
    assert [list(line.cells) for line in lines] == [row for row in rows if any(row)]


@pytest.mark.parametrize("hostile", ["=1+1", "+1 555", "-2", "@SUM(A1)", "=cmd|' /C calc'!A0", "'=1"])
def test_a_hostile_name_is_exported_as_text_and_imported_as_it_was(hostile: str) -> None:
    client = Client(name=hostile, kind=Kind.BUSINESS)
    content = write_csv(HEADINGS, [export_row(client, Contact())])
    assert content.startswith(b"\xef\xbb\xbf")
    (_, cells) = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert cells[0] == f"'{hostile}"
    (row,) = read(decode(content)).rows
    assert (row.fields["name"], row.problems) == (hostile, ())


def test_the_example_file_imports_without_a_single_problem() -> None:
    file = read(decode(write_csv(HEADINGS, example_rows())))
    assert [(row.kind, row.fields["name"]) for row in file.valid] == [
        ("individual", "Ada Byrne"),
        ("business", "Quay Boats LLC"),
    ]
    assert file.invalid == []
    assert file.ignored == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_all_separate(delimiter: str) -> None:
    text = (
        delimiter.join(("Name", "E-mail")) + "\n" + delimiter.join(("Ada Byrne", "ada@byrne.example")) + "\n"
    )
    assert read(text).rows[0].fields["email"] == "ada@byrne.example"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_names_survive_every_encoding_that_says_what_it_is(encoding: str) -> None:
    assert (
        read(decode("Name\nZoë Ørsted 株式会社\n".encode(encoding))).rows[0].fields["name"]
        == "Zoë Ørsted 株式会社"
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\n \n,,\n", "empty"),
        (b"Name\n", "no rows"),
        (b"Phone,City\n1,2\n", "no column called Name"),
        (b"Ada Byrne,ada@byrne.example\n", "no column called Name"),
        (b"Name,Display name\na,b\n", "Two columns mean Name"),
        ("Name\nAda\nZoë\n".encode("latin-1"), "Line 3 has a character that is not UTF-8"),
        ("Name\nAda\n".encode("utf-16-le"), "not text"),
        (b"PK\x03\x04rest of a workbook", "spreadsheet file"),
        (b'Name,Notes\nAda,"never closed\nBen,x\n', "from line 2 on do not match up"),
        (b"Name\n" + b"x" * LARGEST_FILE, "larger than 10 MB"),
        (b"Name\n" + b"a\n" * 20_001, "more than 20,000 rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence):
        read(decode(content))


def test_each_bad_cell_is_named_by_its_line_and_column() -> None:
    text = (
        "Name,Type,Relation,E-mail,Status,Assigned to\n"
        "Ada Byrne,individual,client,ada@byrne.example,active,dana@firm.example\n"
        '"Two\nlines",robot,friend,none,gone,eve@firm.example\n'
        "\n"
        ",,,,,\n"
        ",business,,x@y.example,,\n"
    )
    known = KnownFacts(frozenset(), frozenset(), {"dana@firm.example": 7})
    assert sentences(text, known) == [
        (3, "Name", "Name has a line break or another invisible character in it; type it again."),
        (3, "Type", "Type is Individual or Business, or empty."),
        (3, "Relation", "Relation is Client, Prospect or Other, or empty."),
        (3, "E-mail", "Enter an e-mail address such as name@example.com; separate several by commas."),
        (3, "Status", "Status is Active or Archived, or empty."),
        (3, "Assigned to", "Nobody in your firm signs in as eve@firm.example."),
        (7, "Name", "Name is needed."),
    ]
    assert read(text, known).valid[0].fields["assigned_to_id"] == 7


def test_repetitions_in_the_file_and_taken_external_ids_are_refused() -> None:
    text = "Name,External ID\nAda,1\nBen,2\nAda,1\nCleo,2\nDan,9\nAda,\nAda,\n"
    known = KnownFacts(frozenset({"9"}), frozenset({"ben"}), {})
    assert sentences(text, known) == [
        (4, "Row", "This row repeats line 2 word for word."),
        (5, "External ID", "Line 3 of this file has the same external ID."),
        (6, "External ID", "A client of your firm already has the external ID 9."),
        (8, "Row", "This row repeats line 7 word for word."),
    ]
    assert [row.line for row in read(text, known).lookalikes] == [3, 7]


def test_a_row_with_too_many_cells_is_refused_and_unknown_columns_are_told() -> None:
    file = read("Name,Shoe size\nAda,44\nByrne, Ben,44\n")
    assert file.ignored == ("Shoe size",)
    assert [(each.line, "more cells" in each.sentence) for each in file.problems] == [(3, True)]


def test_headings_are_known_by_their_other_names_and_the_kind_is_guessed() -> None:
    file = read("Company,First Name,LAST NAME,Email,Zip\nQuay LLC,,,,\n,Ada,Byrne,ada@b.example,97201\n")
    quay, ada = file.valid
    assert (quay.kind, quay.fields["name"]) == ("business", "Quay LLC")
    assert (ada.kind, ada.fields["name"]) == ("individual", "Ada Byrne")
    assert (ada.fields["email"], ada.fields["billing_postal_code"]) == ("ada@b.example", "97201")
