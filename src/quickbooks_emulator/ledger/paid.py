"""Decides: what payments, deposits, journal entries and transfers post."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from quickbooks_emulator.entities.declaration import Body, Post
from quickbooks_emulator.forms.applied import CHARGES, links_of, name_of, owed_amount
from quickbooks_emulator.forms.basics import home_amount
from quickbooks_emulator.forms.shapes import ZERO
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.documents import Posting
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record


def payment(books: Books, record: Record) -> Iterator[Posting]:
    """Debit the deposit account, credit A/R: what is applied under the charge's customer and at its rate, the rest
    under the payment's. What rates differ by is an exchange gain or loss."""
    body = record.body
    total = Decimal(body["TotalAmt"])
    received = home_amount(body, total)
    yield Posting(body["DepositToAccountRef"]["value"], received)
    yield from _settled(
        books,
        record,
        accounts.receivable(books, body["CurrencyRef"]["value"]),
        sign=-1,
        money=received,
        unapplied=Decimal(body.get("UnappliedAmt", 0)),
    )


def bill_payment(books: Books, record: Record) -> Iterator[Posting]:
    """Credit the bank or card, debit A/P under the vendor; what is not applied is the vendor's credit."""
    body = record.body
    total = Decimal(body["TotalAmt"])
    spent = home_amount(body, total)
    yield Posting(paying_account(body), -spent)
    used = sum(
        (link.amount if CHARGES.get(link.entity, 1) > 0 else -link.amount for link in links_of(body)), ZERO
    )
    yield from _settled(
        books,
        record,
        accounts.payable(books, body["CurrencyRef"]["value"]),
        sign=1,
        money=-spent,
        unapplied=total - used,
    )


def paying_account(body: Body) -> str:
    """The bank or card account a bill payment is made from; "" where none is named."""
    for group, name in (("CheckPayment", "BankAccountRef"), ("CreditCardPayment", "CCAccountRef")):
        if name in body.get(group, {}):
            return str(body[group][name]["value"])
    return ""


def _settled(
    books: Books, record: Record, account: str, *, sign: int, money: Decimal, unapplied: Decimal
) -> Iterator[Posting]:
    body = record.body
    is_foreign = body["CurrencyRef"]["value"] != books.company.currency
    left = -money
    for link in links_of(body):
        target = books.get(link.entity, link.txn)
        if target is None:
            continue
        if link.entity in CHARGES:
            side = CHARGES[link.entity]
        else:
            side = 1 if owed_amount(books, target.body) >= 0 else -1
        amount = sign * side * link.amount
        home = home_amount(target.body, amount)
        left -= home
        yield Posting(account, home, name_of(target.body), amount if is_foreign else None)
    rest = sign * unapplied
    home = home_amount(body, rest)
    left -= home
    yield Posting(account, home, name_of(body), rest if is_foreign else None)
    if left:
        yield Posting(accounts.exchange(books), left)


def deposit(books: Books, record: Record) -> Iterator[Posting]:
    """Debit the bank and the cash back, credit where the linked money lay and the accounts of direct lines."""
    body = record.body
    total = ZERO
    for line in body.get("Line", ()):
        amount = home_amount(body, Decimal(line["Amount"]))
        total += amount
        detail = line.get("DepositLineDetail", {})
        if line.get("LinkedTxn"):
            link = line["LinkedTxn"][0]
            source = books.get(link["TxnType"], link["TxnId"])
            held = source.body.get("DepositToAccountRef", {}).get("value") if source else None
            yield Posting(held or accounts.undeposited(books), -amount)
        else:
            entity = detail.get("Entity", {}).get("value", "")
            yield Posting(detail["AccountRef"]["value"], -amount, entity)
    back = body.get("CashBack")
    if back:
        amount = home_amount(body, Decimal(back["Amount"]))
        total -= amount
        yield Posting(back["AccountRef"]["value"], amount)
    yield Posting(body["DepositToAccountRef"]["value"], total)


def journal(books: Books, record: Record) -> Iterator[Posting]:
    body = record.body
    is_foreign = body["CurrencyRef"]["value"] != books.company.currency
    left = ZERO
    for line in body["Line"]:
        if "JournalEntryLineDetail" not in line:
            continue
        detail = line["JournalEntryLineDetail"]
        amount = Decimal(line["Amount"]) * (1 if detail["PostingType"] == "Debit" else -1)
        home = home_amount(body, amount)
        left -= home
        name = detail.get("Entity", {}).get("EntityRef", {}).get("value", "")
        yield Posting(detail["AccountRef"]["value"], home, name, amount if is_foreign else None)
    if left:
        yield Posting(accounts.exchange(books), left)


def between(to: str, source: str, amount_field: str) -> Post:
    """Money moved from one account to another: Transfer, CreditCardPayment."""

    def post(books: Books, record: Record) -> Iterator[Posting]:
        body = record.body
        amount = home_amount(body, Decimal(body[amount_field]))
        yield Posting(body[to]["value"], amount)
        yield Posting(body[source]["value"], -amount)

    return post
