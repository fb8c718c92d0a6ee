"""The emulator's state: immutable documents in named collections, changed only in transactions."""

from quickbooks_emulator.store.collection import Collection, Index, Store, Transaction
from quickbooks_emulator.store.indexes import HashIndex, OrderIndex
from quickbooks_emulator.store.sqlite import SqliteJournal

__all__ = ["Collection", "HashIndex", "Index", "OrderIndex", "SqliteJournal", "Store", "Transaction"]
