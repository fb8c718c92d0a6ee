"""Decides what becomes of a choice from the lists of another of the ledger's companies. Part of ``plan``; pure.

The same id stands for something else in each company, so such a choice counts as not made: the record shows it empty and
says so in a fact. Empty is not what the person chose, though. So nothing is sent in its place until somebody has
chosen again; only what the ledger has there may fill it, as it fills whatever is empty here.
"""

from __future__ import annotations

from tieout.reconcile.outcome import Blocked, Why
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present

FACT = "other_company"
"""The fact of a practice record that names such units, with spaces between."""


def units(record: Present) -> tuple[str, ...]:
    return tuple(str(record.facts.get(FACT) or "").split())


def refused(spec: EntitySpec, key: Key, record: Present) -> Blocked | None:
    """Why a new record may not be sent; the first of such units is named."""
    found = units(record)
    return blocked(spec, key, found[0]) if found else None


def blocked(spec: EntitySpec, key: Key, unit: str) -> Blocked:
    sentence = (
        f"{spec.unit(unit).label}: what is chosen is of another QuickBooks company. It is not sent to this one. "
        "Choose from the lists of the connected company."
    )
    return Blocked(key, Why.OTHER_COMPANY, sentence, unit)
