"""Decides: is a record that came from elsewhere a person or a business? Used once, when the client is created."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tieout.practice.clients import Contact, Kind
from tieout.practice.validation import PERSON_RULES

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


@dataclass(frozen=True, slots=True)
class Guess:
    """A kind, and the sentence that says why."""

    kind: Kind
    because: str


def guess(units: Mapping[str, Any]) -> Guess:
    """Business by a company name, a legal form in the name, or no person's name at all; else individual."""
    person = units.get("person") or {}
    words = _words(str(units.get("name") or ""))
    if str(units.get("company_name") or "").strip():
        return Guess(Kind.BUSINESS, "It has a company name.")
    if form := LEGAL_FORMS.intersection(words):
        return Guess(Kind.BUSINESS, f"“{min(form).upper()}” stands in its name.")
    if words and words[-1] in CLOSING_WORDS:
        return Guess(Kind.BUSINESS, f"Its name ends in “{words[-1].capitalize()}”.")
    if any(str(person.get(part) or "").strip() for part in ("given", "family")):
        return Guess(Kind.INDIVIDUAL, "It has a person’s name and no company’s.")
    return Guess(Kind.BUSINESS, "It has no given or family name.")


def guess_kind(units: Mapping[str, Any]) -> Kind:
    return guess(units).kind


def primary_contact(units: Mapping[str, Any], kind: Kind) -> str | None:
    """The name of the primary contact that ``create_client`` makes with it; empty for one without a name yet, None for none."""
    person = units.get("person") or {}
    parts = {part: str(person.get(part) or "").strip() for part in PERSON_RULES}
    if kind is Kind.BUSINESS and not any(parts.values()):
        return None
    return Contact(**parts).full_name


def _words(name: str) -> list[str]:
    """Lower-case words without dots, so that "L.L.C." and "Inc." are the forms they mean."""
    return re.findall(r"[^\W_]+", name.lower().replace(".", ""))
