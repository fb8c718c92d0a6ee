"""Decides: the balances that follow from the entries. An index of the store, so undoing a transaction, restoring
a snapshot and loading a journal keep it right without a word."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from quickbooks_emulator.ledger.documents import Entry

_ZERO = Decimal(0)


class Sums:
    """Sums over entries: by account (home currency), by name and account (the name's currency), by item."""

    __slots__ = ("accounts", "items", "names")

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.accounts: dict[str, Decimal] = {}
        self.names: dict[str, dict[str, Decimal]] = {}
        self.items: dict[str, Decimal] = {}
        for entry in entries:
            self.add(entry.txn, entry)

    def add(self, key: str, value: Entry) -> None:
        self._count(value, 1)

    def discard(self, key: str, value: Entry) -> None:
        self._count(value, -1)

    def clear(self) -> None:
        self.accounts.clear()
        self.names.clear()
        self.items.clear()

    def account(self, account: str) -> Decimal:
        return self.accounts.get(account, _ZERO)

    def name(self, name: str, accounts: Iterable[str]) -> Decimal:
        """What a customer or vendor has on the given accounts."""
        held = self.names.get(name)
        return sum((held.get(account, _ZERO) for account in accounts), _ZERO) if held else _ZERO

    def item(self, item: str) -> Decimal:
        return self.items.get(item, _ZERO)

    def same(self, other: Sums) -> bool:
        return (self.accounts, self.names, self.items) == (other.accounts, other.names, other.items)

    def _count(self, entry: Entry, sign: int) -> None:
        for posting in entry.postings:
            _put(self.accounts, posting.account, posting.amount * sign)
            if posting.name:
                held = self.names.setdefault(posting.name, {})
                _put(held, posting.account, posting.own * sign)
                if not held:
                    del self.names[posting.name]
            if posting.item:
                _put(self.items, posting.item, posting.quantity * sign)


def _put(sums: dict[str, Decimal], key: str, change: Decimal) -> None:
    found = sums.get(key, _ZERO) + change
    if found:
        sums[key] = found
    else:
        sums.pop(key, None)
