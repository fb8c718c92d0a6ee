"""Decides: a large company: N customers with repeatable, plausible names and contacts, some of them jobs."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

_GIVEN = (
    "Ada", "Ben", "Carla", "Dario", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Keiko",
    "Liam", "Mara", "Nadia", "Omar", "Priya", "Quinn", "Rosa", "Sven", "Tara", "Uma", "Victor",
    "Wendy", "Ximena", "Yusuf", "Zoe",
)  # fmt: skip
_FAMILY = (
    "Abbott", "Baker", "Castillo", "Dorsey", "Eriksen", "Fontaine", "Gupta", "Hartmann", "Ibarra",
    "Jensen", "Kowalski", "Lindgren", "Moreau", "Nakamura", "Okafor", "Petrov", "Quintero", "Rossi",
    "Santos", "Tanaka", "Ueda", "Vargas", "Whitfield", "Xu", "Yilmaz", "Zimmerman",
)  # fmt: skip
_TRADE = (
    "Bakery", "Builders", "Catering", "Clinic", "Consulting", "Dental", "Design", "Electric",
    "Farms", "Flooring", "Freight", "Gallery", "Garage", "Imports", "Interiors", "Landscaping",
    "Law", "Logistics", "Media", "Optics", "Outfitters", "Pharmacy", "Plumbing", "Realty", "Studio",
    "Tools",
)  # fmt: skip
_TOWNS = (("Bayshore", "CA", "94326"), ("Middlefield", "CA", "94303"), ("Tucson", "AZ", "85719"))
_JOB_EVERY = 20


def rows(count: int, seed: str = "0") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(entity, fields) for `count` customers; every twentieth is a job of the one before it."""
    chance = random.Random(f"large/{seed}")  # noqa: S311 - made-up data
    for number in range(1, count + 1):
        given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
        town, state, zip_code = chance.choice(_TOWNS)
        name = f"{family} {chance.choice(_TRADE)} {number}"
        fields: dict[str, Any] = {
            "DisplayName": name,
            "CompanyName": name,
            "GivenName": given,
            "FamilyName": family,
            "PrimaryEmailAddr": {"Address": f"{given}.{family}.{number}@example.com".lower()},
            "PrimaryPhone": {"FreeFormNumber": f"(650) 555-{chance.randrange(10_000):04}"},
            "BillAddr": {
                "Line1": f"{chance.randrange(1, 999)} Main St.",
                "City": town,
                "CountrySubDivisionCode": state,
                "PostalCode": zip_code,
            },
        }
        if number % _JOB_EVERY == 0:
            fields |= {"Job": True, "ParentRef": {"value": str(number - 1)}}
        yield "Customer", fields
