"""Decides: which document number follows another. Pure: "0009" -> "0010", "INV-9" -> "INV-10", "A" -> "A1"."""

from __future__ import annotations

import re

LONGEST = 21
"""Characters. Ledgers keep no more."""
_LAST_DIGITS = re.compile(r"(.*?)([0-9]*)([^0-9]*)", re.DOTALL)


def next_number(number: str) -> str:
    """The last run of digits counts on and keeps its width; a text without digits gets a 1."""
    found = _LAST_DIGITS.fullmatch(number)
    assert found is not None
    before, digits, after = found.groups()
    if not digits:
        return f"{number}1"
    return f"{before}{str(int(digits) + 1).zfill(len(digits))}{after}"


def number_problem(number: str) -> str:
    """Why a typed number cannot be kept, as a sentence; an empty text when it can."""
    if len(number) > LONGEST:
        return f"A number can have at most {LONGEST} characters; this has {len(number)}."
    if not number.isprintable():
        return "The number has an invisible character in it; type it again."
    return ""
