"""Decides: what of the sync activity an address asks for. Pure; anything unreadable asks for everything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

KINDS = {
    "": "Everything",
    "client": "Clients",
    "service_item": "Service items",
    "invoice": "Invoices",
    "payment": "Payments",
    "credit": "Credits",
    "credit_application": "Credits on invoices",
    "refund": "Refunds",
}
RESULTS = {"": "All", "done": "Done", "waiting": "Waiting", "problem": "Problem", "info": "Decided by people"}
RECORD = re.compile(r"[-\w]{1,60}", re.ASCII)
BY_ITSELF = {"": "Everybody", "itself": "Nobody: by itself"}
SIDES = {"": "Both", "practice": "Here", "ledger": "In QuickBooks"}


@dataclass(frozen=True, slots=True)
class Asked:
    given: Mapping[str, Any]
    """As ``status.activity`` takes it; only what was asked for."""
    fields: Mapping[str, str]
    """As typed, for the form."""

    @property
    def keep(self) -> str:
        """For the addresses of the other pages and of the file."""
        typed = {name: value for name, value in self.fields.items() if value}
        return f"{urlencode(typed)}&" if typed else ""


def asked(query: Mapping[str, str]) -> Asked:
    """``person`` is a member's id or ``itself``; ``run`` one run by its epoch; ``record`` one record of ``entity``, by the
    practice's id."""
    fields = {name: query.get(name, "").strip()[:200] for name in ("entity", "result", "side", "search")}
    for name, known in (("entity", KINDS), ("result", RESULTS), ("side", SIDES)):
        fields[name] = fields[name] if fields[name] in known else ""
    given: dict[str, Any] = {name: value for name, value in fields.items() if value}
    for name in ("since", "until"):
        day = _day(query.get(name, ""))
        fields[name] = day.isoformat() if day else ""
        if day:
            given[name] = day
    person, run = query.get("person", "")[:20], query.get("run", "")[:18]
    fields["person"] = person if person in BY_ITSELF or _number(person) else ""
    if fields["person"]:
        given["person"] = person
    record = query.get("record", "").strip()
    fields["record"] = record if fields["entity"] and RECORD.fullmatch(record) else ""
    if fields["record"]:
        given["record"] = fields["record"]
    fields["run"] = run if _number(run) else ""
    if fields["run"]:
        given["run"] = int(run)
    return Asked(given, fields)


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
