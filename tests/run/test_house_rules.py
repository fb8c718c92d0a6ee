"""The house rules, each with a line that breaks it and one that does not; and the tracked files keep them all."""

from __future__ import annotations

import pytest
from tools import house_rules

SCHEME = "https:" + "//"  # so that this file keeps the rules it tests
TEMPLATE = "src/tieout/web/templates/page.html"

EXAMPLES = {
    "index-address": (
        "requirements/dev.txt",
        [f"--index-url {SCHEME}mirror.example/simple", f"{SCHEME}registry.example/tabler.tgz"],
        [f"{SCHEME}developer.intuit.com/app", "anyio==4.16.0 \\"],
    ),
    "machine-path": (
        "docs/architecture.md",
        ["see /ro" + "ot/notes.md", "cd /ho" + "me/dana/tieout"],
        ["~/tieout", "/var/lib/tieout", f"{SCHEME}example.org/home/page"],
    ),
    "vendor-name": (
        TEMPLATE,
        ["<h1>Connect QB" + "O</h1>", "qb" + "o_id"],
        ["<h1>Connect QuickBooks</h1>", f"{SCHEME}qbo.intuit.com/app/customerdetail"],
    ),
    "inline-script-or-style": (
        TEMPLATE,
        ["<script>go()</script>", '<p style="color: red">', '<a onclick="go()">'],
        ['<script src="/static/page.js" defer></script>', '<p class="text-red">'],
    ),
}


def test_every_rule_has_examples() -> None:
    assert set(EXAMPLES) == {rule.name for rule in house_rules.RULES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_bad_line_is_found_and_a_good_one_is_not(name: str) -> None:
    path, bad, good = EXAMPLES[name]
    for line in bad:
        assert [each.rule for each in house_rules.findings_in(path, line)] == [name], line
    for line in good:
        assert list(house_rules.findings_in(path, line)) == [], line


@pytest.mark.parametrize(
    ("path", "lines", "found"),
    [
        ("src/tieout/sync/runner.py", 400, []),
        ("src/tieout/sync/runner.py", 401, ["module-size"]),
        ("src/tieout/sync/migrations/0001_initial.py", 401, []),
        ("README.md", 401, []),
    ],
)
def test_a_module_of_more_than_400_lines_is_found(path: str, lines: int, found: list[str]) -> None:
    assert [each.rule for each in house_rules.findings_in(path, "x = 1\n" * lines)] == found
