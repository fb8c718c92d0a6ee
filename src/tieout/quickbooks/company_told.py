"""Acts: reads a company's preferences and terms when a document first needs them, and has them remembered. Used by ``ledger``.

Both are metered reads. A refusal of a document throws away what was only remembered: it may be refused because a
setting has changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout.quickbooks.api.client import Client
from tieout.quickbooks.company_rules import CompanyRules, Settings, rules_from
from tieout.reconcile.memory import Memory, NoMemory

TOLD_BY = ("preferences", "term")
"""Whose webhooks say that either has changed (Intuit's table of webhook entities)."""


class CompanyTold:
    """What one company has told, for the life of one ledger."""

    def __init__(self, client: Client, settings: Settings, memory: Memory | None) -> None:
        self._client, self._settings = client, settings
        self._memory: Memory = memory or NoMemory()
        self._told: dict[str, Any] | None = None
        self._rules: CompanyRules | None = None
        self._recalled = False
        self._doubted = False

    def rules(self) -> CompanyRules:
        if self._rules is None:
            self._rules = rules_from(self._what_was_told()["preferences"], self._settings, self._term_of)
        return self._rules

    def doubt(self) -> None:
        """A document was refused. May be said in any thread; what follows waits for ``settle``."""
        self._doubted = self._recalled

    def settle(self) -> None:
        """Forget what is doubted: the next document has it read anew. Once in a ledger's life, however much is refused."""
        if self._doubted:
            self._memory.forget()
            self._told, self._rules = None, None
            self._recalled = self._doubted = False

    def _what_was_told(self) -> dict[str, Any]:
        if self._told is None:
            if (kept := self._memory.recall(TOLD_BY)) is not None and "preferences" in kept:
                self._told, self._recalled = dict(kept), True
            else:
                self._memory.about_to_ask()
                self._told = {"preferences": self._client.preferences()}
                self._memory.keep(self._told)
        return self._told

    def _term_of(self, days: int) -> str:
        """The company's plain terms of that many days; of several the oldest."""
        told = self._what_was_told()
        if "terms" not in told:
            self._memory.about_to_ask()
            rows = sorted(self._client.rows("Term"), key=lambda row: int(str(row["Id"])), reverse=True)
            told["terms"] = {
                str(int(row["DueDays"])): str(row["Id"]) for row in rows if row.get("DueDays") is not None
            }
            self._memory.keep(told)
        terms: Mapping[str, str] = told["terms"]
        return terms.get(str(days), "")
