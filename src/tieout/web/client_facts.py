"""Decides: what a client's page lists under Details, and which of it may be a link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tieout.practice.clients import Client, Kind
from tieout.practice.validation import CLIENT_RULES

_WEBSITE = re.compile(r"(https?://)?([\w-]+\.)+[\w-]+(:\d+)?([/?#]\S*)?", re.IGNORECASE)
"""Only what a browser would open as a web page: other schemes (``javascript:``) stay plain text."""


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    text: str
    href: str = ""
    outside: bool = False
    """The link leaves the product."""


def facts_of(client: Client) -> list[Fact]:
    """In the order one looks for them; empty ones are kept, so that what is missing shows."""
    return list(_facts(client))


def _facts(client: Client) -> Iterator[Fact]:
    if client.kind == Kind.BUSINESS or client.company_name:
        yield Fact(CLIENT_RULES["company_name"].label, client.company_name)
    yield Fact("E-mail", client.email, f"mailto:{quote(client.email, safe='@,')}" if client.email else "")
    for name in ("phone", "mobile"):
        number = getattr(client, name)
        yield Fact(CLIENT_RULES[name].label, number, f"tel:{quote(number, safe='+')}" if number else "")
    yield Fact("Website", client.website, _web_address(client.website), outside=True)
    yield Fact("Billing address", _address(client, "billing"))
    yield Fact("Mailing address", _address(client, "mailing"))
    yield Fact("Assigned to", client.assigned_to.user.get_full_name() if client.assigned_to else "")
    yield Fact("External ID", client.external_id)
    yield Fact("Notes (private)", client.notes)


def _web_address(website: str) -> str:
    found = _WEBSITE.fullmatch(website)
    if found is None:
        return ""
    return website if found[1] else f"https://{website}"


def _address(client: Client, which: str) -> str:
    """As on an envelope, without empty lines."""

    def part(name: str) -> str:
        return str(getattr(client, f"{which}_{name}"))

    town = " ".join(
        filter(None, (", ".join(filter(None, (part("city"), part("state")))), part("postal_code")))
    )
    return "\n".join(filter(None, (part("line1"), part("line2"), part("line3"), town, part("country"))))
