"""Decides who works in the sample firm, and how they sign in."""

from __future__ import annotations

from dataclasses import dataclass

FIRM = "Reyes & Ito Accounting"
PASSWORD = "tied-out-demo"  # noqa: S105 - printed at the start; the demonstration listens on this machine only


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in. ``preset`` is one of the practice's preset roles."""

    name: str
    email: str
    preset: str


PEOPLE = (
    Person("Dana Reyes", "dana@reyes-ito.example", "admin"),
    Person("Sam Ito", "sam@reyes-ito.example", "admin"),
    Person("Priya Nair", "priya@reyes-ito.example", "staff-all"),
)
