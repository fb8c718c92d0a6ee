"""Decides: what becomes of two clients that are one: which empty fields are filled, which notes and contacts stay.

Pure, from loaded rows; ``actions.merging`` carries it out, and the page that asks beforehand shows the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tieout.practice.clients import Client, Contact

_ADDRESS = ("line1", "line2", "line3", "city", "state", "postal_code", "country")
UNITS: tuple[tuple[str, ...], ...] = (
    ("company_name",),
    ("email",),
    ("phone",),
    ("mobile",),
    ("website",),
    tuple(f"billing_{part}" for part in _ADDRESS),
    tuple(f"mailing_{part}" for part in _ADDRESS),
    ("external_id",),
)
"""Fields that are taken over together or not at all: half of one address and half of another is no address."""
_PERSON = ("title", "given", "middle", "family", "suffix", "email", "phone")


@dataclass(frozen=True, slots=True)
class Filled:
    """A field of the client that stays, empty so far, and what the other one has there."""

    name: str
    value: str


def fields_to_fill(stays: Client, goes: Client) -> list[Filled]:
    found = []
    for unit in UNITS:
        if not any(getattr(stays, name) for name in unit):
            found += [Filled(name, getattr(goes, name)) for name in unit if getattr(goes, name)]
    return found


def notes_together(stays: Client, goes: Client) -> str:
    """Both, the other's under its name; as they are when it has none."""
    if not goes.notes.strip() or goes.notes.strip() == stays.notes.strip():
        return stays.notes
    added = f"From {goes.name}:\n{goes.notes}"
    return f"{stays.notes}\n\n{added}" if stays.notes.strip() else added


def contacts_to_drop(stays: Sequence[Contact], goes: Sequence[Contact]) -> list[Contact]:
    """Those of the client that goes who are nobody, or are at the one that stays already."""
    known = {_person(each) for each in stays}
    return [each for each in goes if not any(_person(each)) or _person(each) in known]


def _person(contact: Contact) -> tuple[Any, ...]:
    return tuple(getattr(contact, name).strip().lower() for name in _PERSON)
