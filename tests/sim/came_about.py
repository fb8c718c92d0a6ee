"""Decides: which faults that nobody injects have come about, by what passed between us and QuickBooks. Fed by ``town`` and
``storm``, which count what it finds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

Gone = tuple[str, str]
"""QuickBooks' word in lower case, and the id."""
GONE_WORDS = ("delete", "deleted", "merge", "merged")


class CameAbout:
    """What one storm's calls and deliveries showed."""

    def __init__(self) -> None:
        self.faults: Counter[str] = Counter()
        self.unseen: set[Gone] = set()
        """Records that were deleted, or merged away, before our side had read them once."""
        self._delivered: set[tuple[str, str, str, str]] = set()
        self._latest: dict[str, str] = {}
        """Company -> the latest instant that a delivery has told of."""

    def repeated(self, answer: bytes, token_now: str | None) -> None:
        """A write under a request id that was sent before was answered from QuickBooks' memory.

        ``token_now``: the record's version as the answer leaves; None when it is gone. An answer that shows another is
        older than an edit made since.
        """
        if document := written(answer):
            self.faults["F8"] += document[1].get("SyncToken") != token_now

    def fed(self, answer: bytes, cap: int) -> None:
        """The change feed was asked, alone or in a batch. ``cap``: the most that it tells in one answer."""
        rows = list(rows_of_feed(answer))
        self.told((word, record_id) for word, record_id, gone in rows if gone)
        self.faults["F36"] += len(rows) >= cap

    def told(self, gone: Iterable[Gone]) -> None:
        """The change feed or a delivery said that these are gone."""
        for one in {*gone} & self.unseen:
            self.unseen.discard(one)
            self.faults["F38"] += 1

    def delivered(self, body: bytes) -> None:
        """A delivery of webhooks was taken in."""
        self.told(gone_by_delivery(body))
        self.faults["F34"] += len(companies_of(body)) > 1
        events = [(company, word, record_id, at) for company, word, record_id, _, _, at in _events(body)]
        self.faults["F29"] += any(one in self._delivered for one in events)
        for company, *_, at in events:
            self.faults["F30"] += at < self._latest.get(company, "")
            self._latest[company] = max(at, self._latest.get(company, ""))
        self._delivered.update(events)


def written(answer: bytes) -> tuple[str, dict[str, Any]] | None:
    """QuickBooks' word and the document of an answer to a write; None where it has none."""
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    rows = said.items() if isinstance(said, dict) else ()
    return next(((word, one) for word, one in rows if isinstance(one, dict) and "SyncToken" in one), None)


def rows_of_feed(answer: bytes) -> Iterator[tuple[str, str, bool]]:
    """QuickBooks' word in lower case, the id, and whether it is gone, of an answer of the change feed or a batch with one."""
    try:
        waiting: list[Any] = [json.loads(answer)]
    except ValueError:
        return
    while waiting:
        said = waiting.pop()
        if isinstance(said, list):
            waiting += said
        elif isinstance(said, dict):
            told = said.get("CDCResponse") or ()
            for feed in [told] if isinstance(told, dict) else told:  # a batch has one, not a list of them
                for group in feed.get("QueryResponse") or ():
                    for word, rows in group.items():
                        for row in rows if isinstance(rows, list) else ():
                            yield word.lower(), str(row.get("Id")), row.get("status") == "Deleted"
            waiting += said.get("BatchItemResponse") or ()


def gone_by_delivery(body: bytes) -> Iterator[Gone]:
    """Of one delivery, in either envelope. Of a merge it is the record that was merged away."""
    for _, word, record_id, verb, loser, _ in _events(body):
        if verb in GONE_WORDS:
            yield (word, loser or record_id)


def companies_of(body: bytes) -> set[str]:
    return {company for company, *_ in _events(body)}


def _events(body: bytes) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Company, word, id, verb, the id of what was merged away, and the instant of each."""
    told = json.loads(body)
    if isinstance(told, list):
        for one in told:
            word, verb = one["type"].split(".")[1:3]
            loser = str(one.get("data", {}).get("deletedid", ""))
            yield one["intuitaccountid"], word, str(one["intuitentityid"]), verb, loser, one["time"]
        return
    for notice in told["eventNotifications"]:
        for one in notice["dataChangeEvent"]["entities"]:
            verb, loser = one["operation"].lower(), str(one.get("deletedId", ""))
            yield notice["realmId"], one["name"].lower(), str(one["id"]), verb, loser, one["lastUpdated"]
