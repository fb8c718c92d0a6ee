"""Decides: what a tag may be called, and how several stand in one cell of a file. Pure; ``tags`` keeps them."""

from __future__ import annotations

from collections.abc import Iterable

from tieout.practice.validation import Invalid, TextRule, clean_texts

SEPARATORS = ";,"


def _form(name: str) -> str:
    return (
        "A tag has no comma and no semicolon in its name." if any(each in name for each in SEPARATORS) else ""
    )


NAME = TextRule("Tag", 40, required=True, form=_form)
MOST_OF_A_FIRM = 200
"""So that every tag of a firm can be offered where one is chosen."""
MOST_OF_A_CLIENT = 20
TOO_MANY = f"A client has at most {MOST_OF_A_CLIENT} tags. Take one off first."
TOO_MANY_OF_A_FIRM = f"A firm has at most {MOST_OF_A_FIRM} tags. Delete one that is not needed first."


def clean_name(name: str) -> str:
    """Trimmed, inner spaces single. Raises Invalid."""
    return clean_texts({"name": " ".join(name.split())}, {"name": NAME})["name"]


def in_a_cell(names: Iterable[str]) -> str:
    return "; ".join(sorted(names, key=str.lower))


def from_a_cell(cell: str) -> tuple[str, ...]:
    """The names in a cell, each once whatever its case, as first written. Raises Invalid with the field ``tags``."""
    found: dict[str, str] = {}
    for part in cell.replace(",", ";").split(";"):
        if part.strip():
            try:
                name = clean_name(part)
            except Invalid as problem:
                raise Invalid({"tags": str(problem)}) from problem
            found.setdefault(name.lower(), name)
    if len(found) > MOST_OF_A_CLIENT:
        raise Invalid({"tags": f"A client has at most {MOST_OF_A_CLIENT} tags; this row names {len(found)}."})
    return tuple(found.values())
