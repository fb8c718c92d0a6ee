"""Acts: stands beside the wire and notes what QuickBooks made of each write of ours, in the instant in which it made it.

What is deleted, unmarked or voided afterwards tells nothing at rest any more: that it was made twice, or that a person's
money lay on it when it was voided. Independent of the engine and of its answers, which may be lost.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.sim.books import linked_to
from tests.sim.memory import DOCUMENTS

if TYPE_CHECKING:
    import httpx2

    from tests.sim.town import Town

Document = Mapping[str, Any]
_WORDS = {word.lower(): word for word in DOCUMENTS.values()}
CLOSED = b'"code":"6210"'
"""QuickBooks' refusal of a document in a period that is closed."""


def is_void(document: Document) -> bool:
    return str(document.get("PrivateNote") or "").startswith("Voided")


class Witness:
    """Of one seed, in one town."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.made: dict[str, list[tuple[str, str]]] = defaultdict(list)
        """Request id of ours -> (QuickBooks' word, id) of every document it has made."""
        self.by_hand: set[str] = set()
        """Payments in QuickBooks that a person has received there."""
        self.allowed: dict[str, set[str]] = defaultdict(set)
        """Invoice in QuickBooks -> the payments a person knew to lie on it when they had it voided."""
        self.voided_over: list[tuple[str, list[str]]] = []
        """Invoices that we voided there -> the payments by hand on them that nobody had given up."""
        self.voided_as_asked = 0
        self.closed_unread: list[str] = []
        """Bodies refused for closed books although the closing date had been read."""
        self.saw_a_refresh = False
        """Whether the last call was one that gives a new pair of tokens."""
        self._closing_date: tuple[object, str | None] = (None, None)
        """Who has read it, as the process that called remembers it, and what it was."""

    @contextmanager
    def beside(self, request: httpx2.Request, about: str) -> Iterator[None]:
        """Within: one call."""
        self.saw_a_refresh = b"grant_type=refresh_token" in request.read()
        word = _WORDS.get(request.url.path.rpartition("/")[2])
        if about != "write" or word is None:
            yield
            return
        before = self._documents(word)
        lying = {one: self.lying_on(one) for one in before} if word == "Invoice" and self.by_hand else {}
        try:
            yield
        finally:
            self._compare(word, request.url.params["requestid"], before, lying)

    def _compare(
        self, word: str, request_id: str, before: Mapping[str, Document], lying: Mapping[str, set[str]]
    ) -> None:
        for ledger_id, document in self._documents(word).items():
            if ledger_id not in before:
                self.made[request_id].append((word, ledger_id))
            elif is_void(document) and not is_void(before[ledger_id]) and lying.get(ledger_id):
                unasked = lying[ledger_id] - self.allowed[ledger_id]
                self.voided_as_asked += not unasked
                if unasked:
                    self.voided_over.append((ledger_id, sorted(unasked)))

    def answered(self, request: httpx2.Request, answer: bytes) -> None:
        """What an answer of QuickBooks, as it reached us, says of closed books."""
        read_by, known = self._closing_date
        if b"AccountingInfoPrefs" in answer and request.method == "GET":
            self._closing_date = (self._town.provider, _closing_date_in(answer))
        elif CLOSED in answer and read_by is self._town.provider and known == self._closing_date_now():
            self.closed_unread.append(request.read().decode()[:300])

    def lying_on(self, invoice: str) -> set[str]:
        """The payments received by hand that settle some of it now."""
        payments = self._documents("Payment")
        return {
            one for one in self.by_hand & payments.keys() if linked_to(payments[one], "Invoice").get(invoice)
        }

    def allow(self, invoice: str) -> None:
        """A person has asked to have it voided, with all that lies on it now."""
        self.allowed[invoice] |= self.lying_on(invoice)

    def _closing_date_now(self) -> str | None:
        (row,) = self._town.emulator.control.records(self._town.realm, "Preferences")
        return _closing_date_of(row)

    def _documents(self, word: str) -> dict[str, Document]:
        rows = self._town.emulator.control.records(self._town.realm, word)
        return {str(one["Id"]): one for one in rows}


def _closing_date_of(preferences: Document) -> str | None:
    found = preferences.get("AccountingInfoPrefs", {}).get("BookCloseDate")
    return str(found) if found else None


def _closing_date_in(answer: bytes) -> str | None:
    """None too for an answer that was cut off on its way: then nothing is known."""
    try:
        told = json.loads(answer)
    except ValueError:
        return None
    rows = told.get("QueryResponse", {}).get("Preferences", [told.get("Preferences", {})])
    return _closing_date_of(rows[0]) if rows else None
