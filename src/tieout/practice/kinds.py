"""Decides: is a record that came from elsewhere a person or a business? Used once, when the client is created."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tieout.practice.clients import Kind

LEGAL_FORMS = frozenset(
    [
        "llc",
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "ltd",
        "limited",
        "llp",
        "lllp",
        "pllc",
        "plc",
        "gmbh",
    ]
)
"""Say "business" wherever they stand in a name."""
CLOSING_WORDS = LEGAL_FORMS | frozenset(
    [
        "co",
        "company",
        "lp",
        "pc",
        "trust",
        "foundation",
        "associates",
        "partners",
        "partnership",
        "group",
        "holdings",
        "enterprises",
        "services",
    ]
)
"""Say "business" only as the last word: "Ada Co Byrne" is a person."""


def guess_kind(units: Mapping[str, Any]) -> Kind:
    """Business by a company name, a legal form in the name, or no person's name at all; else individual."""
    person = units.get("person") or {}
    words = _words(str(units.get("name") or ""))
    if str(units.get("company_name") or "").strip():
        return Kind.BUSINESS
    if LEGAL_FORMS.intersection(words) or (words and words[-1] in CLOSING_WORDS):
        return Kind.BUSINESS
    if any(str(person.get(part) or "").strip() for part in ("given", "family")):
        return Kind.INDIVIDUAL
    return Kind.BUSINESS


def _words(name: str) -> list[str]:
    """Lower-case words without dots, so that "L.L.C." and "Inc." are the forms they mean."""
    return re.findall(r"[^\W_]+", name.lower().replace(".", ""))
