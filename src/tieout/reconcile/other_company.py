"""Decides what becomes of a choice from the lists of another of the ledger's companies. Part of ``plan``; pure.

The same id stands for something else in each company, so such a choice counts as not made: the record shows it empty and
says so in a fact. Empty is not what the person chose, though. So nothing is sent in its place until somebody has
chosen again; only what the ledger has there may fill it, as it fills whatever is empty here.

What only goes along with a row, as the tax code that its rate stands for, says so in the row: it stands in the way of
sending that row, and of nothing else.
"""

from __future__ import annotations

from tieout.reconcile.outcome import Blocked, Why
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present, Value

FACT = "other_company"
"""The fact of a practice record that names such units, with spaces between."""

PART = "other_company"
"""The part of a row that names what goes along with it and is of another company; missing where nothing is."""


def units(record: Present) -> tuple[str, ...]:
    return tuple(str(record.facts.get(FACT) or "").split())


def in_rows(value: Value) -> str:
    """The first thing that would go along with these rows and is of another company; empty when nothing is."""
    rows = value if isinstance(value, tuple) else ()
    return next((str(row[PART]) for row in rows if row.get(PART)), "")


def refused(spec: EntitySpec, key: Key, record: Present) -> Blocked | None:
    """Why a new record may not be sent; the first of such units is named."""
    if found := units(record):
        return blocked(spec, key, found[0])
    beside = ((unit.name, in_rows(record.units.get(unit.name))) for unit in spec.units)
    return next((blocked(spec, key, name, what) for name, what in beside if what), None)


def blocked(spec: EntitySpec, key: Key, unit: str, what: str = "what is chosen") -> Blocked:
    sentence = (
        f"{spec.unit(unit).label}: {what} is of another QuickBooks company. It is not sent to this one. "
        "Choose from the lists of the connected company."
    )
    return Blocked(key, Why.OTHER_COMPANY, sentence, unit)
