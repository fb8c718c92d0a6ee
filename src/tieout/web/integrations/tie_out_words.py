"""Decides: how the tie-out reads: its one sentence, the reasons' titles, its rows as a file, its course as a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tieout.practice.billing_settings import currency_of
from tieout.practice.money import shown
from tieout.reconcile.tie_out import Because
from tieout.sync import tie_out
from tieout.sync.issues import CAUSES
from tieout.sync.models import Connection, TieOut, TieOutLine

TITLES: Mapping[str, str] = {
    Because.MADE_THERE: "Made in QuickBooks",
    Because.REFUND: "Refunds, which QuickBooks keeps apart",
    Because.NOT_LINKED: "Clients and customers that are not linked",
    Because.UNEXPLAINED: "Unexplained",
    "waits": "On the way",
    "not_set_up": "Not set up with QuickBooks yet",
}
HEADER = (
    "Client",
    "Owed here",
    "Owed in QuickBooks",
    "Difference",
    "Document",
    "Date",
    "Document here",
    "Document in QuickBooks",
    "Document's difference",
    "Why",
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The tie-out in one sentence."""

    look: str
    """A key of ``templatetags.page.LOOKS``."""
    sentence: str


def agreement(found: TieOut | None, currency: str = "USD") -> Agreement:
    """ "Books agree: $0.00 unexplained across 214 clients", or by how much they do not."""
    if found is None:
        return Agreement("info", "The books have not been compared yet.")
    clients = f"{found.clients:,} client{'' if found.clients == 1 else 's'}"
    if found.agrees:
        return Agreement(
            "done", f"Books agree: {shown(found.unexplained, currency)} unexplained across {clients}"
        )
    return Agreement("problem", f"{shown(found.unexplained, currency)} unexplained across {clients}")


def agreement_line(connection: Connection | None, today: date) -> dict[str, Any]:
    """What ``quickbooks/agreement.html`` needs; nothing without a connection. ``today``: at the firm."""
    if connection is None:
        return {}
    found = tie_out.latest(connection)
    first = found is not None and tie_out.is_first_agreement(found)
    return {
        "agreement": agreement(found, currency_of(connection.firm_id)),
        "tied_out": found,
        "as_of": found.day if found is not None and found.day != today else None,
        "first_agreement": first,
    }


def title_of(cause: str) -> str:
    if cause in TITLES:
        return TITLES[cause]
    return CAUSES.get(cause, CAUSES["bug"]).title


def reasons(found: TieOut) -> list[tuple[str, str, int, Decimal]]:
    """(cause, title, documents, their difference), unexplained first, then the largest."""
    rows = [
        (cause, title_of(cause), int(count), Decimal(amount))
        for cause, (count, amount) in found.causes.items()
    ]
    return sorted(rows, key=lambda row: (row[0] != Because.UNEXPLAINED, -abs(row[3]), row[1]))


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a difference as drawn."""

    label: str
    day: str
    here: Decimal
    there: Decimal
    difference: Decimal
    title: str
    sentence: str
    kind: str
    practice_id: str
    ledger_id: str
    alarms: bool


def documents(line: TieOutLine) -> list[Document]:
    return [_document(part) for part in line.parts]


def _document(part: Mapping[str, Any]) -> Document:
    here, there = Decimal(part["here"]), Decimal(part["there"])
    return Document(
        part["label"],
        part["day"],
        here,
        there,
        here - there,
        title_of(part["cause"]),
        part["sentence"],
        part["kind"],
        part["practice_id"],
        part["ledger_id"],
        part["cause"] == Because.UNEXPLAINED,
    )


def rows(lines: Iterable[TieOutLine]) -> Iterator[tuple[str, ...]]:
    """Every client once, or once for each document it differs by. Amounts as plain numbers, for sums in a sheet."""
    for line in lines:
        own = (line.name, str(line.here), str(line.there), str(line.difference))
        if not line.parts:
            yield (*own, "", "", "", "", "", "")
        for one in documents(line):
            amounts = (str(one.here), str(one.there), str(one.difference))
            yield (*own, one.label, one.day, *amounts, f"{one.title}. {one.sentence}")


# -- over time -----------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, EDGE = 600, 120, 6


@dataclass(frozen=True, slots=True)
class Drawing:
    """Two lines and the days on which something was unexplained, in a box of ``WIDTH`` by ``HEIGHT``."""

    here: str
    there: str
    alarms: tuple[tuple[int, int, str], ...]
    """Where to put a mark, and what it says."""


def drawing(course: Sequence[TieOut], currency: str = "USD") -> Drawing | None:
    """What was owed on each side over the days compared; None while one point makes no line."""
    if len(course) < 2:
        return None
    amounts = [amount for one in course for amount in (one.here, one.there)]
    least, most = min(amounts), max(amounts)
    span = most - least or Decimal(1)
    first, last = course[0].day, course[-1].day
    days = (last - first).days or 1

    def x(one: TieOut) -> int:
        return EDGE + (one.day - first).days * (WIDTH - 2 * EDGE) // days

    def y(amount: Decimal) -> int:
        return HEIGHT - EDGE - int((amount - least) * (HEIGHT - 2 * EDGE) / span)

    return Drawing(
        " ".join(f"{x(one)},{y(one.here)}" for one in course),
        " ".join(f"{x(one)},{y(one.there)}" for one in course),
        tuple(
            (x(one), y(one.here), f"{one.day}: {shown(one.unexplained, currency)} unexplained")
            for one in course
            if not one.agrees
        ),
    )
