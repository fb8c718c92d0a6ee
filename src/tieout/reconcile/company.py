"""Decides nothing: what a ledger's company tells of itself, and what a firm can choose for it. Part of ``ports``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Company:
    """The ledger company behind a connection, as it introduces itself."""

    id: str
    name: str
    country: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """One choice a firm makes for its connection; the value is an id of the ledger."""

    key: str
    label: str
    choices: str
    """The entity (practice word) whose records are offered; the setting holds the chosen one's ledger id."""
    needed_for: str
    """What waits while it is not chosen, as a sentence; empty when there is a default."""
    types: tuple[str, ...] = ()
    """Of accounts: the types that are offered; empty: all."""
