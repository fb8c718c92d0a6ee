"""The README shows what the code declares."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import quickbooks_emulator
from quickbooks_emulator import coverage
from quickbooks_emulator.__main__ import arguments, main
from quickbooks_emulator.control.api import ROUTES
from quickbooks_emulator.entities import ENTITIES
from quickbooks_emulator.trouble.rules import EFFECTS

README = Path(quickbooks_emulator.__file__).parent / "README.md"


@pytest.mark.parametrize("option", ["--coverage", "--switches"])
def test_the_table_in_the_readme_is_the_one_the_code_prints(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([option]) == 0
    printed = capsys.readouterr().out.strip()
    text = README.read_text(encoding="utf-8")
    again = coverage.in_document(text)
    assert text == again, (
        f"put the output of `python -m quickbooks_emulator {option}` between the marks in README.md"
    )
    assert printed in text


def test_every_row_of_the_tables_has_as_many_cells_as_its_head() -> None:
    for text in (coverage.table(), coverage.switches()):
        rows = [line for line in text.splitlines() if line.startswith("|")]
        assert len({row.count(" | ") for row in rows}) == 1


def test_the_readme_names_every_option_effect_and_control_call() -> None:
    text = README.read_text(encoding="utf-8")
    options = [one for action in arguments()._actions for one in action.option_strings]
    missing = [one for one in options if one.startswith("--") and one != "--help" and one not in text]
    missing += [effect for effect in EFFECTS if f"`{effect}`" not in text]
    for _, pattern, _ in ROUTES:
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", pattern)
        if path not in text.replace("/faults/{id}", "/faults/{rule}"):
            missing.append(path)
    assert missing == []


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
