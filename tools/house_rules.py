"""Decides which lines of the tracked files break a house rule. ``python -m tools.house_rules`` lists them.

A rule is a row: where it holds, what is wrong, why. Each has a good and a bad example in tests/run.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST_MODULE = 400
VENDORED = ("src/*/static/vendor/*", "tests/e2e/vendor/*", "tools/*.whl")
NOT_COUNTED = ("*/migrations/*",)


@dataclass(frozen=True, slots=True)
class Rule:
    """``wrong`` is searched in every line of the files that ``where`` names."""

    name: str
    where: tuple[str, ...]
    wrong: re.Pattern[str]
    why: str


RULES = (
    Rule(
        "index-address",
        ("*",),
        re.compile(r"https?://[^\s\"'<>]*?(?:pypi|/simple\b|/packages/|npmjs|registry)[^\s\"'<>]*"),
        "the package index is the installer's own setting, and a mirror's name is nobody else's business",
    ),
    Rule(
        "machine-path",
        ("*",),
        re.compile(r"(?<![\w.~}\-])/(?:root|work|home/[a-z]\w*|Users/[A-Za-z]\w*)/[\w.]"),
        "a path of one machine means nothing on another",
    ),
    Rule(
        "vendor-name",
        ("src/tieout/*", "README.md"),
        re.compile(r"\bQBO\b|\bqbo_|_qbo\b"),
        "Intuit asks for QuickBooks or QuickBooks Online, in full; our identifiers say quickbooks",
    ),
    Rule(
        "inline-script-or-style",
        ("src/tieout/web/templates/*.html",),
        re.compile(
            r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=[\"']|\son(?:click|load|change|submit|input)="
        ),
        "the content security policy would block it",
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


def findings_in(path: str, text: str) -> Iterator[Finding]:
    """Every break of a rule in one file. ``path`` is relative to the root, with forward slashes."""
    lines = text.splitlines()
    for rule in RULES:
        if _matches(path, rule.where):
            for number, line in enumerate(lines, start=1):
                if found := rule.wrong.search(line):
                    yield Finding(path, number, rule.name, f"{found.group().strip()!r}: {rule.why}")
    if path.endswith(".py") and len(lines) > LONGEST_MODULE and not _matches(path, NOT_COUNTED):
        why = f"over {LONGEST_MODULE} lines there are two things in one room; split it by meaning"
        yield Finding(path, len(lines), "module-size", why)


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)


def files(root: Path) -> Iterator[tuple[str, str]]:
    """Path and text of every file that is or would be tracked, without vendored and binary ones."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for path in filter(None, listed.split("\0")):
        if _matches(path, VENDORED) or not (root / path).is_file():
            continue
        try:
            yield path, (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def main() -> int:
    found = [finding for path, text in files(ROOT) for finding in findings_in(path, text)]
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
