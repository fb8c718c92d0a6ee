"""``./run`` itself, and that the pages which speak of it speak the truth."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    *sorted(map(str, ROOT.glob("docs/decisions/*.md"))),
]


def commands() -> set[str]:
    loader = SourceFileLoader("run_script", str(ROOT / "run"))
    spec = spec_from_loader("run_script", loader)
    assert spec is not None
    script = module_from_spec(spec)
    loader.exec_module(script)
    return set(script.COMMANDS)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, ROOT / "run", *arguments], capture_output=True, text=True)


def test_run_alone_explains_every_command_and_installs_nothing() -> None:
    explained = run()
    assert explained.returncode == 0
    assert set(re.findall(r"^  \./run (\w+)", explained.stdout, re.MULTILINE)) == commands()
    assert "Installing" not in explained.stdout


def test_an_unknown_command_is_named_and_the_known_ones_are_shown() -> None:
    refused = run("tset")
    assert refused.returncode == 2
    assert "no command 'tset'" in refused.stderr
    assert "./run test" in refused.stderr


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_exists(page: str) -> None:
    assert set(re.findall(r"\./run ([a-z]\w*)", (ROOT / page).read_text())) <= commands()


def test_the_clean_machine_runs_the_two_commands_of_the_readme() -> None:
    called = re.findall(r"^\./run (\w+)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert "&& ".join(f"./run {each} " for each in called).strip() in (ROOT / "README.md").read_text()
    assert called == ["check", "test"]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_every_path_that_a_page_links_to_is_there(page: str) -> None:
    text = (ROOT / page).read_text()
    links = [each for each in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in each]
    missing = [each for each in links if not (ROOT / page).parent.joinpath(each).exists()]
    assert links
    assert missing == [each for each in missing if each == "docs/images/review.png"]


def test_every_setting_that_is_read_or_explained_is_in_the_table_of_settings() -> None:
    source = "".join(path.read_text() for path in (ROOT / "src" / "tieout").rglob("*.py"))
    read = set(re.findall(r"""environ\S*?["']((?:TIEOUT|QUICKBOOKS)_[A-Z_]+|DATABASE_URL)["']""", source))
    explained = set(
        re.findall(r"\b(?:TIEOUT|QUICKBOOKS)_[A-Z_]+|DATABASE_URL", (ROOT / "README.md").read_text())
    )
    table = (ROOT / "src/tieout/config/environment.py").read_text().split('"""')[1]
    assert read
    assert {each for each in read | explained if each not in table} == set()
