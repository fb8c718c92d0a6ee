"""Decides: which faults that nobody injects have come about, by what passed between us and QuickBooks. Fed by ``town`` and
``storm``, which count what it finds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
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

    def repeated(self, answer: bytes, token_now: str | None) -> None:
        """A write under a request id that was sent before was answered from QuickBooks' memory.

        ``token_now``: the record's version as the answer leaves; None when it is gone. An answer that shows another is
        older than an edit made since.
        """
        if document := written(answer):
            self.faults["F8"] += document[1].get("SyncToken") != token_now

    def told(self, gone: Iterator[Gone]) -> None:
        """The change feed or a delivery said that these are gone."""
        for one in {*gone} & self.unseen:
            self.unseen.discard(one)
            self.faults["F38"] += 1

    def delivered(self, body: bytes) -> None:
        """A delivery of webhooks was taken in."""
        self.told(gone_by_delivery(body))
        self.faults["F34"] += len(companies_of(body)) > 1


def written(answer: bytes) -> tuple[str, dict[str, Any]] | None:
    """QuickBooks' word and the document of an answer to a write; None where it has none."""
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    rows = said.items() if isinstance(said, dict) else ()
    return next(((word, one) for word, one in rows if isinstance(one, dict) and "SyncToken" in one), None)


def gone_by_feed(answer: bytes) -> Iterator[Gone]:
    """Of an answer of the change feed, or of a batch that holds one."""
    if b'"Deleted"' not in answer:
        return
    try:
        waiting: list[tuple[str, Any]] = [("", json.loads(answer))]
    except ValueError:
        return
    while waiting:
        word, said = waiting.pop()
        if isinstance(said, list):
            waiting += [(word, each) for each in said]
        elif isinstance(said, dict):
            if said.get("status") == "Deleted":
                yield (word.lower(), str(said.get("Id")))
            waiting += said.items()


def gone_by_delivery(body: bytes) -> Iterator[Gone]:
    """Of one delivery, in either envelope. Of a merge it is the record that was merged away."""
    for _, word, record_id, verb, loser in _events(body):
        if verb in GONE_WORDS:
            yield (word, loser or record_id)


def companies_of(body: bytes) -> set[str]:
    return {company for company, *_ in _events(body)}


def _events(body: bytes) -> Iterator[tuple[str, str, str, str, str]]:
    """Company, word, id, verb, and the id of what was merged away."""
    told = json.loads(body)
    if isinstance(told, list):
        for one in told:
            word, verb = one["type"].split(".")[1:3]
            loser = str(one.get("data", {}).get("deletedid", ""))
            yield one["intuitaccountid"], word, str(one["intuitentityid"]), verb, loser
        return
    for notice in told["eventNotifications"]:
        for one in notice["dataChangeEvent"]["entities"]:
            verb, loser = one["operation"].lower(), str(one.get("deletedId", ""))
            yield notice["realmId"], one["name"].lower(), str(one["id"]), verb, loser
