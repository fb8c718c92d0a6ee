"""Decides: what purchase forms post: expense or stock by line, tax, and who is owed or what paid for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from quickbooks_emulator.entities.declaration import Body, Post
from quickbooks_emulator.forms.basics import home_amount
from quickbooks_emulator.forms.purchases import ACCOUNT, ITEM
from quickbooks_emulator.forms.shapes import ZERO, padded
from quickbooks_emulator.forms.tax import liability_account
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.documents import Posting
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

_OWED = (accounts.RECEIVABLE, accounts.PAYABLE)


def bought(*, owed: bool, sign: Callable[[Body], int]) -> Post:
    """Bill and VendorCredit (owed to the vendor) and Purchase (paid from AccountRef). `sign`: 1 buys, -1 gives
    back."""

    def post(books: Books, record: Record) -> Iterator[Posting]:
        body, way = record.body, sign(record.body)
        spent = [*_lines(books, body, way), *_tax(books, body, way)]
        yield from spent
        total_home = sum((one.amount for one in spent), ZERO)
        total = Decimal(body["TotalAmt"]) * way
        currency = body["CurrencyRef"]["value"]
        foreign = -total if currency != books.company.currency else None
        if owed:
            yield Posting(accounts.payable(books, currency), -total_home, body["VendorRef"]["value"], foreign)
        else:
            yield Posting(body["AccountRef"]["value"], -total_home)

    return post


def _lines(books: Books, body: Body, way: int) -> Iterator[Posting]:
    """What an expense has on A/R or A/P stands under its payee."""
    payee = body.get("EntityRef", {}).get("value", "")
    is_foreign = body["CurrencyRef"]["value"] != books.company.currency
    for line in body["Line"]:
        kind = line["DetailType"]
        if kind == ACCOUNT:
            account = books.get("Account", line[ACCOUNT]["AccountRef"]["value"])
            amount = home_amount(body, Decimal(line["Amount"])) * way
            if account is not None and account.body["AccountType"] in _OWED and payee:
                foreign = Decimal(line["Amount"]) * way if is_foreign else None
                yield Posting(account.id, amount, payee, foreign)
            else:
                yield Posting(line[ACCOUNT]["AccountRef"]["value"], amount)
        elif kind == ITEM:
            item, account, quantity = body["_bought"][line["Id"]]
            amount = home_amount(body, Decimal(line["Amount"])) * way
            moved = Decimal(quantity) * way
            yield Posting(account, amount, item=item if moved else "", quantity=moved)


def _tax(books: Books, body: Body, way: int) -> Iterator[Posting]:
    for line in body.get("TxnTaxDetail", {}).get("TaxLine", ()):
        account = liability_account(books, line["TaxLineDetail"]["TaxRateRef"]["value"])
        if account is not None:
            yield Posting(account, home_amount(body, Decimal(line["Amount"])) * way)


def adjusted(books: Books, record: Record) -> Iterator[Posting]:
    """InventoryAdjustment: each line's difference at the item's cost, against the adjusting account."""
    for item, quantity, cost, asset in record.body.get("_moved", ()):
        value = padded(Decimal(quantity) * Decimal(cost))
        yield Posting(asset, value, item=item, quantity=Decimal(quantity))
        yield Posting(record.body["AdjustAccountRef"]["value"], -value)
