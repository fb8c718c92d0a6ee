"""Shows that what we serve to browsers is what its list says, and that no page brings scripts or styles of its own."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "src" / "tieout" / "web"
VENDOR = WEB / "static" / "vendor"
LISTED = dict(re.findall(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", (VENDOR / "README.md").read_text(), re.M))
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


def test_every_vendored_file_is_listed_with_its_sum() -> None:
    files = {p.relative_to(VENDOR).as_posix() for p in VENDOR.rglob("*") if p.suffix in (".js", ".css")}
    assert files == set(LISTED)


@pytest.mark.parametrize("name", sorted(LISTED))
def test_a_vendored_file_is_unchanged(name: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == LISTED[name]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: p.relative_to(WEB / "templates").as_posix())
def test_a_template_has_no_inline_script_or_style(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:|hx-on", text, re.I)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text, re.I)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: p.relative_to(WEB / "templates").as_posix())
def test_a_template_says_quickbooks_in_full(template: Path) -> None:
    assert not re.search(r"\bQBO?\b", template.read_text())
