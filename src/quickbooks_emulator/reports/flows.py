"""Decides: which postings a report counts: all of them as they were made (Accrual), or as money moved (Cash).

On the cash basis an unpaid charge does not exist: what a payment settles brings in the same share of the charge's own
postings, on the later of the two days; what it leaves unapplied is Unapplied Cash Payment Income. Stock stays as made.
What an expense books on A/R or A/P has moved money and earned nothing: it is unapplied the other way around.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from quickbooks_emulator.entities.declaration import ZERO
from quickbooks_emulator.forms.applied import CHARGES, PAYERS, links_of
from quickbooks_emulator.forms.basics import home_amount
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.documents import Entry, Posting
from quickbooks_emulator.ledger.post import table
from quickbooks_emulator.reports.asked import Asked
from quickbooks_emulator.store.books import Books

_CENT = Decimal("0.01")
_UNAPPLIED = {
    "Payment": ("UnappliedCashPaymentIncome", "Unapplied Cash Payment Income", "Income"),
    "BillPayment": ("UnappliedCashBillPaymentExpense", "Unapplied Cash Bill Payment Expense", "Expense"),
}


@dataclass(frozen=True, slots=True)
class Flow:
    """`amount` on `account` (home currency, a debit positive) on `day`, by the transaction `txn` of `entity`."""

    day: str
    account: str
    amount: Decimal
    entity: str
    txn: str


def flows(books: Books, asked: Asked) -> Iterator[Flow]:
    entries: list[Entry] = table(books).values()
    made = _cash(books, entries) if asked.basis == "Cash" else _accrual(entries)
    wanted = asked.customers
    if wanted is None:
        yield from made
        return
    for flow in made:
        record = books.get(flow.entity, flow.txn)
        if record is not None and record.body.get("CustomerRef", {}).get("value") in wanted:
            yield flow


def _accrual(entries: list[Entry]) -> Iterator[Flow]:
    for entry in entries:
        for posting in entry.postings:
            yield Flow(entry.date, posting.account, posting.amount, entry.entity, entry.txn)


def _cash(books: Books, entries: list[Entry]) -> Iterator[Flow]:
    open_accounts = {
        one.id for kind in (accounts.RECEIVABLE, accounts.PAYABLE) for one in accounts.of_type(books, kind)
    }
    by_txn = {entry.txn: entry for entry in entries}
    for entry in entries:
        on_open = any(posting.account in open_accounts for posting in entry.postings)
        if entry.entity in PAYERS:
            yield from _paid(books, entry, by_txn, open_accounts)
        elif entry.entity in CHARGES:
            yield from _paid_at_once(books, entry, open_accounts)
        elif entry.entity == "Purchase":
            yield from _spent(books, entry)
        elif not on_open:
            yield from _accrual([entry])


def _spent(books: Books, entry: Entry) -> Iterator[Flow]:
    receivables = {one.id for one in accounts.of_type(books, accounts.RECEIVABLE)}
    payables = {one.id for one in accounts.of_type(books, accounts.PAYABLE)}
    for posting in entry.postings:
        account = posting.account
        if account in receivables:
            account = accounts.system(books, *_UNAPPLIED["Payment"])
        elif account in payables:
            account = accounts.system(books, *_UNAPPLIED["BillPayment"])
        yield Flow(entry.date, account, posting.amount, entry.entity, entry.txn)


def _paid(books: Books, entry: Entry, by_txn: dict[str, Entry], open_accounts: set[str]) -> Iterator[Flow]:
    record = books.get(entry.entity, entry.txn)
    assert record is not None

    def unapplied() -> str:
        return accounts.system(books, *_UNAPPLIED[entry.entity])

    left = ZERO
    for posting in entry.postings:
        if posting.account not in open_accounts:
            left += posting.amount
            yield Flow(entry.date, posting.account, posting.amount, entry.entity, entry.txn)
    for link in links_of(record.body):
        target, charge = by_txn.get(link.txn), books.get(link.entity, link.txn)
        if target is None or charge is None or link.entity == "Purchase":
            continue
        earned = [one for one in _earned(charge.body, target.postings) if one.account not in open_accounts]
        whole = sum((one.amount for one in earned), ZERO)
        if not whole:
            continue
        part = home_amount(charge.body, link.amount).copy_sign(whole)
        left += part
        day = max(entry.date, target.date)
        if day > entry.date:  # paid before it was charged: unapplied until then
            yield Flow(entry.date, unapplied(), part, entry.entity, entry.txn)
            yield Flow(day, unapplied(), -part, entry.entity, entry.txn)
        for account, amount in _shares(earned, part, whole):
            yield Flow(day, account, amount, target.entity, target.txn)
    if left:
        yield Flow(entry.date, unapplied(), -left, entry.entity, entry.txn)


def _paid_at_once(books: Books, entry: Entry, open_accounts: set[str]) -> Iterator[Flow]:
    """The deposit an invoice says it has received already."""
    record = books.get(entry.entity, entry.txn)
    deposit = home_amount(record.body, Decimal(record.body.get("Deposit", 0) or 0)) if record else ZERO
    if record is None or not deposit:
        return
    earned = [one for one in _earned(record.body, entry.postings) if one.account not in open_accounts]
    whole = sum((one.amount for one in earned), ZERO)
    money = [one for one in entry.postings if one.account not in open_accounts and one not in earned]
    for account, amount in _shares(earned, -deposit, whole) if whole else ():
        yield Flow(entry.date, account, amount, entry.entity, entry.txn)
    for one in money:
        yield Flow(entry.date, one.account, one.amount, entry.entity, entry.txn)


def _earned(body: dict, postings: tuple[Posting, ...]) -> list[Posting]:  # type: ignore[type-arg]
    """What a charge posts beside the debt, without the money a deposit brought in at once."""
    deposit = home_amount(body, Decimal(body.get("Deposit", 0) or 0))
    kept = list(postings)
    if deposit:
        account = body.get("DepositToAccountRef", {}).get("value")
        for one in kept:
            if one.amount == deposit and account in (None, one.account):
                kept.remove(one)
                break
    return kept


def _shares(postings: list[Posting], part: Decimal, whole: Decimal) -> Iterator[tuple[str, Decimal]]:
    """`part` over the postings in proportion, to the cent; the last one takes the rest."""
    left = part
    for number, one in enumerate(postings, 1):
        share = left if number == len(postings) else (one.amount * part / whole).quantize(_CENT)
        left -= share
        yield one.account, share
