"""Decides: whether the books are whole: incremental sums, printed balances and open items against a fresh count."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from quickbooks_emulator.forms.applied import open_owed_amounts
from quickbooks_emulator.forms.settle import sides
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.post import entry_of, name_balance, shown_balance, sums, table
from quickbooks_emulator.ledger.sums import Sums
from quickbooks_emulator.store.books import Books

_ZERO = Decimal(0)
_OPEN = {"Invoice": ("Balance", 1), "CreditMemo": ("RemainingCredit", -1), "Payment": ("UnappliedAmt", -1)}


def discrepancies(books: Books) -> list[str]:
    """One sentence for each thing that does not agree; none in whole books."""
    fresh = {}
    for entity in books.entities.values():
        if entity.post is not None:
            for record in books.table(entity.name).values():
                entry = entry_of(books, entity, record)
                if entry is not None:
                    fresh[entry.txn] = entry
    found = []
    if fresh != table(books).rows:
        different = {key for key in {*fresh, *table(books).rows} if fresh.get(key) != table(books).get(key)}
        found.append(f"Entries differ from their transactions: {', '.join(sorted(different))}.")
    counted = Sums(fresh.values())
    if not counted.same(sums(books)):
        found.append("The sums kept are not the sums counted anew.")
    if sum(counted.accounts.values(), _ZERO):
        found.append("Debits are not credits.")
    return [*found, *_printed(books), *_open_items(books)]


def trial_balance(books: Books) -> list[dict[str, Any]]:
    """Every account with postings: id, name, type, balance (a debit positive)."""
    kept = sums(books).accounts
    rows = []
    for account in books.table("Account").values():
        if account.id in kept:
            rows.append(
                {
                    "Id": account.id,
                    "Name": account.body["FullyQualifiedName"],
                    "AccountType": account.body["AccountType"],
                    "Balance": kept[account.id],
                }
            )
    return sorted(rows, key=lambda row: (len(row["Id"]), row["Id"]))


def _printed(books: Books) -> Iterator[str]:
    for account in books.table("Account").values():
        if account.body.get("CurrentBalance", 0) != shown_balance(books, account):
            yield f"Account {account.id} prints {account.body.get('CurrentBalance')}, not its balance."
    for entity in ("Customer", "Vendor"):
        for record in books.table(entity).values():
            if record.body.get("Balance", 0) != name_balance(books, record.id):
                yield f"{entity} {record.id} prints {record.body.get('Balance')}, not its balance."
    for item in books.table("Item").values():
        if item.body.get("TrackQtyOnHand") and item.body.get("QtyOnHand", 0) != sums(books).item(item.id):
            yield f"Item {item.id} prints {item.body.get('QtyOnHand')}, not its quantity."


def _open_items(books: Books) -> Iterator[str]:
    """Open items of each customer against the balance of the ledger (both in the customer's currency)."""
    open_items: dict[str, Decimal] = {}
    for entity, (field, sign) in _OPEN.items():
        for record in books.table(entity).values():
            customer = record.body["CustomerRef"]["value"]
            open_items[customer] = open_items.get(customer, _ZERO) + record.body.get(field, 0) * sign
    for customer, amount in open_owed_amounts(books):
        open_items[customer] = open_items.get(customer, _ZERO) + amount
    yield from _vendor_items(books)
    receivables = [one.id for one in accounts.of_type(books, accounts.RECEIVABLE)]
    for customer in books.table("Customer").rows:
        held = sums(books).name(customer, receivables)
        if held != open_items.get(customer, _ZERO):
            yield f"Customer {customer}: open items are {open_items.get(customer, _ZERO)}, A/R has {held}."


def _vendor_items(books: Books) -> Iterator[str]:
    """The same for vendors: bills less credits less what bill payments have left."""
    open_items: dict[str, Decimal] = {}

    def count(name: str, amount: Decimal) -> None:
        open_items[name] = open_items.get(name, _ZERO) + amount

    for entity, sign in (("Bill", 1), ("VendorCredit", -1)):
        for record in books.table(entity).values():
            count(record.body["VendorRef"]["value"], Decimal(record.body.get("Balance", 0)) * sign)
    for record in books.table("BillPayment").values():
        charges, credits = sides(books, record.body)
        count(record.body["VendorRef"]["value"], charges - credits - Decimal(record.body["TotalAmt"]))
    for vendor, amount in open_owed_amounts(books, accounts.PAYABLE):
        count(vendor, amount)
    payables = [one.id for one in accounts.of_type(books, accounts.PAYABLE)]
    for vendor in books.table("Vendor").rows:
        held = -sums(books).name(vendor, payables)
        if held != open_items.get(vendor, _ZERO):
            yield f"Vendor {vendor}: open items are {open_items.get(vendor, _ZERO)}, A/P has {held}."
