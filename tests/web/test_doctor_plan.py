"""Shows what the settings doctor says of the plan the QuickBooks company is on."""

from __future__ import annotations

import pytest

from tieout.web.integrations.findings import findings


@pytest.mark.parametrize(
    ("plan", "look", "words"),
    [
        ("QuickBooks Online Plus", "done", "all that Tieout uses"),
        ("QuickBooks Online Simple Start", "info", "no classes and no locations"),
        ("", "info", "does not tell"),
    ],
)
def test_the_plan_is_judged_by_what_it_lacks(plan: str, look: str, words: str) -> None:
    (found,) = [one for one in findings({"plan": plan, "preferences": {}}) if one.title == "Plan"]
    assert found.look == look
    assert words in found.sentence
