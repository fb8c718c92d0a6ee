"""Decides: what sales forms post: income by line, discount, tax by agency, stock, and who owes or paid."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from quickbooks_emulator.entities.declaration import Body, Post
from quickbooks_emulator.forms.basics import home_amount
from quickbooks_emulator.forms.lines import DISCOUNT, SALES, items_of
from quickbooks_emulator.forms.shapes import ZERO, padded
from quickbooks_emulator.forms.tax import liability_account
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.documents import Posting
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record


def sale(*, owed: bool, sign: int) -> Post:
    """Invoice (owed, 1), CreditMemo (owed, -1), SalesReceipt (1), RefundReceipt (-1). Owed: the customer's A/R takes
    the total; else the deposit account does."""

    def post(books: Books, record: Record) -> Iterator[Posting]:
        body = record.body
        earned = [*_income(body, sign), *_tax(books, body, sign)]
        yield from earned
        total_home = -sum((one.amount for one in earned), ZERO)
        total = Decimal(body["TotalAmt"]) * sign
        customer = body.get("CustomerRef", {}).get("value", "")
        currency = body["CurrencyRef"]["value"]
        foreign = currency != books.company.currency
        if owed:
            paid = Decimal(body.get("Deposit", 0) or 0)
            paid_home = home_amount(body, paid)
            yield Posting(
                accounts.receivable(books, currency),
                total_home - paid_home,
                customer,
                total - paid if foreign else None,
            )
            if paid:
                where = body.get("DepositToAccountRef", {}).get("value") or accounts.undeposited(books)
                yield Posting(where, paid_home)
        else:
            yield Posting(body["DepositToAccountRef"]["value"], total_home)
        if sign > 0 or books.knobs.credits_return_stock:
            yield from _stock(body, sign)

    return post


def _income(body: Body, sign: int) -> Iterator[Posting]:
    for line in items_of(body["Line"]):
        yield Posting(
            line[SALES]["ItemAccountRef"]["value"], -sign * home_amount(body, Decimal(line["Amount"]))
        )
    for line in body["Line"]:
        if line["DetailType"] == DISCOUNT:
            amount = home_amount(body, Decimal(line["Amount"]))
            yield Posting(line[DISCOUNT]["DiscountAccountRef"]["value"], sign * amount)


def _tax(books: Books, body: Body, sign: int) -> Iterator[Posting]:
    """Each rate's tax to its agency's account; an override's rest to the first one."""
    detail = body.get("TxnTaxDetail", {})
    left = Decimal(detail.get("TotalTax", 0))
    for line in detail.get("TaxLine", ()):
        amount = Decimal(line["Amount"])
        account = liability_account(books, line["TaxLineDetail"]["TaxRateRef"]["value"])
        if account is not None:
            left -= amount
            yield Posting(account, -sign * home_amount(body, amount))
    if left:
        account = liability_account(books, None) or accounts.opening_equity(books)
        yield Posting(account, -sign * home_amount(body, left))


def _stock(body: Body, sign: int) -> Iterator[Posting]:
    """Sold stock leaves the asset account at cost; a credit or refund brings it back (a switch)."""
    for item, quantity, cost, asset, expense in body.get("_stock", {}).values():
        moved = Decimal(quantity) * sign
        value = padded(moved * Decimal(cost))
        yield Posting(expense, value)
        yield Posting(asset, -value, item=item, quantity=-moved)
