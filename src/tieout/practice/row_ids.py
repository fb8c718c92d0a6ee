"""Decides: which texts name a row: what stands in an address, a form or a file, before the database is asked. Pure."""

from __future__ import annotations

LONGEST = 18
"""Digits. As many always fit the column of an id."""


def row_id(text: object) -> int | None:
    """The id a text writes in plain digits; None for every other text, such as "\u00b2", which is a digit to Python."""
    said = str(text)
    return int(said) if said.isascii() and said.isdigit() and len(said) <= LONGEST else None
