"""Shows how one field's value reads on the pages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tieout.web.unit_values import said


@pytest.mark.parametrize(
    "value, words",
    [
        ("555-0100", "555-0100"),
        (True, "Yes"),
        (False, "No"),
        ("", "(empty)"),
        (None, "(empty)"),
        (Decimal("1100.01"), "$1,100.01"),
        (Decimal("12.345"), "$12.345"),
        ({"family": "Byrne", "given": "Ada", "title": ""}, "Ada Byrne"),
        (
            {"city": "Palo Alto", "line1": "321 Channing", "state": "CA", "line2": ""},
            "321 Channing, Palo Alto, CA",
        ),
        (({"amount": 1},), "1 line"),
        (({"amount": 1}, {"amount": 2}), "2 lines"),
    ],
)
def test_a_value_reads_as_a_person_would_say_it(value: object, words: str) -> None:
    assert said(value) == words
