"""Decides: who owed what on a day, by open transaction. From the ledger's A/R postings, so its sum is the A/R balance.

A payment posts to A/R as a whole; its lines say which charge each part settles, so a part moves from the payment to
the charge it pays when both had happened by that day. Nothing is made or lost on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from quickbooks_emulator.entities import settings
from quickbooks_emulator.entities.declaration import ZERO, Body
from quickbooks_emulator.forms.applied import CHARGES, links_of, name_of, owed_amount
from quickbooks_emulator.forms.basics import home_amount
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.documents import Entry
from quickbooks_emulator.ledger.post import table
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record


@dataclass(frozen=True, slots=True)
class OpenItem:
    """`amount`: what the transaction added to A/R; `open_`: what was left of it on the day (both in home currency, a
    debt positive). `due`: the day its age is counted from."""

    entity: str
    record: Record
    customer: str
    day: str
    due: str
    amount: Decimal
    open_: Decimal


def open_items(books: Books, on: date) -> list[OpenItem]:
    """Everything open at the end of `on`, oldest first."""
    last = on.isoformat()
    receivables = {one.id for one in accounts.of_type(books, accounts.RECEIVABLE)}
    posted: dict[tuple[str, str], Decimal] = {}
    entries: dict[str, Entry] = {}
    for entry in table(books).values():
        if entry.date > last:
            continue
        for posting in entry.postings:
            if posting.account in receivables:
                key = (entry.txn, posting.name)
                posted[key] = posted.get(key, ZERO) + posting.amount
                entries[entry.txn] = entry
    left = dict(posted)
    for entry in entries.values():
        if entry.entity == "Payment":
            _settle(books, entry, entries, left)
    from_due = not settings.preference(books, "ReportPrefs", "CalcAgingReportFromTxnDate", False)
    found = []
    for (txn, customer), amount in left.items():
        if not amount:
            continue
        entry = entries[txn]
        record = books.get(entry.entity, txn)
        assert record is not None, f"{entry.entity} {txn} has postings and no record"
        due = record.body.get("DueDate") if from_due else None
        found.append(
            OpenItem(
                entry.entity, record, customer, entry.date, due or entry.date, posted[(txn, customer)], amount
            )
        )
    return sorted(found, key=lambda item: (item.due, item.day, len(item.record.id), item.record.id))


def _settle(
    books: Books, entry: Entry, entries: dict[str, Entry], left: dict[tuple[str, str], Decimal]
) -> None:
    payment = books.get("Payment", entry.txn)
    assert payment is not None
    for link in links_of(payment.body):
        target = books.get(link.entity, link.txn)
        if target is None or link.txn not in entries:
            continue
        part = _side(books, link.entity, target.body) * home_amount(target.body, link.amount)
        customer = name_of(target.body)
        left[(link.txn, customer)] = left.get((link.txn, customer), ZERO) - part
        left[(entry.txn, customer)] = left.get((entry.txn, customer), ZERO) + part


def _side(books: Books, entity: str, body: Body) -> int:
    if entity in CHARGES:
        return CHARGES[entity]
    return 1 if owed_amount(books, body) >= 0 else -1
