"""Decides: what a lagging search index shows: nothing of a young record, the earlier version of a changed one."""

from __future__ import annotations

import random
from dataclasses import dataclass

from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record


@dataclass(frozen=True, slots=True)
class Lag:
    """Changes stay invisible to queries and change data for `least` to `most` seconds, drawn per change."""

    least: int
    most: int
    seed: int = 0

    def seconds(self, entity: str, record: Record) -> int:
        if self.least == self.most:
            return self.least
        chance = random.Random(f"{self.seed}/{entity}/{record.id}/{record.seq}")  # noqa: S311 - a simulation
        return chance.randint(self.least, self.most)

    def see(self, books: Books, entity: str, record: Record) -> Record | None:
        """The version of `record` the index knows by now; None when it knows none."""
        if record.updated + self.seconds(entity, record) <= books.now:
            return record
        earlier = books.earlier(entity, record.id)
        if earlier is not None and earlier.updated + self.seconds(entity, earlier) <= books.now:
            return earlier
        return None
