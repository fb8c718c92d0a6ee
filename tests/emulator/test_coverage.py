"""The README shows what the code declares."""

from __future__ import annotations

from pathlib import Path

import pytest

import quickbooks_emulator
from quickbooks_emulator import coverage
from quickbooks_emulator.__main__ import main
from quickbooks_emulator.entities import ENTITIES

README = Path(quickbooks_emulator.__file__).parent / "README.md"


def test_the_table_in_the_readme_is_the_one_the_code_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--coverage"]) == 0
    printed = capsys.readouterr().out.strip()
    text = README.read_text(encoding="utf-8")
    again = coverage.in_document(text)
    assert text == again, (
        "put the output of `python -m quickbooks_emulator --coverage` between the marks in README.md"
    )
    assert printed in text


def test_the_table_has_a_line_for_every_entity_and_tells_them_apart() -> None:
    rows = {
        line.split(" | ")[0].strip("| "): line
        for line in coverage.table().splitlines()
        if line.startswith("| ")
    }
    assert set(ENTITIES) <= set(rows)
    assert rows["Invoice"].startswith("| Invoice | yes | yes | yes | yes | yes | yes |")
    assert rows["CreditMemo"].startswith("| CreditMemo | yes | yes | yes | by a person | yes |")
    assert rows["Customer"].startswith("| Customer | yes | yes | inactive | - | - | yes |")


def test_a_document_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        coverage.in_document("# Nothing")
