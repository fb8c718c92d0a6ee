"""Acts: keeps the ledger and every balance that is printed from it in step with one changed transaction."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body, Entity, Family
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.documents import Entry, Posting, Unbalanced
from quickbooks_emulator.ledger.sums import Sums
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.collection import Collection
from quickbooks_emulator.store.documents import Record

_ZERO = Decimal(0)


def table(books: Books) -> Collection:
    return books.collection("postings")


def sums(books: Books) -> Sums:
    found: Sums = table(books).indexes["sums"]  # type: ignore[assignment]
    return found


def post(change: Change) -> None:
    """Rule: a stored transaction replaces its entry; what it touched follows."""
    follow(change.books, change.entity, change.after)


def unpost(change: Change) -> None:
    """Rule: a deleted transaction takes its entry along."""
    assert change.old is not None
    _replace(change.books, _key(change.entity, change.old), None)


def follow(books: Books, entity: Entity, record: Record) -> None:
    """Bring the entry of `record` in step with it."""
    _replace(books, _key(entity, record), entry_of(books, entity, record))


def entry_of(books: Books, entity: Entity, record: Record) -> Entry | None:
    """What the transaction posts; None for nothing. Raises Unbalanced."""
    assert entity.post is not None
    postings = tuple(one for one in entity.post(books, record) if one.amount or one.quantity or one.foreign)
    if not postings:
        return None
    difference = sum((one.amount for one in postings), _ZERO)
    if difference:
        raise Unbalanced(f"{entity.name} {record.id}: debits and credits differ by {difference}")
    day = record.body.get("TxnDate") or record.body.get("InvStartDate", "")
    return Entry(_key(entity, record), entity.name, day, postings)


def _key(entity: Entity, record: Record) -> str:
    """Transactions share one sequence of ids; what else posts (stock an item starts with) does not."""
    return record.id if entity.family is Family.TRANSACTION else f"{entity.name}/{record.id}"


def _replace(books: Books, txn: str, entry: Entry | None) -> None:
    found = table(books)
    old: Entry | None = found.get(txn)
    if old == entry:
        return
    if entry is None:
        books.transaction.remove(found.name, txn)
    else:
        books.transaction.put(found.name, txn, entry)
    _ripple(books, (*(old.postings if old else ()), *(entry.postings if entry else ())))


def _ripple(books: Books, postings: tuple[Posting, ...]) -> None:
    """Accounts, names and items that were posted to get the new balance and the time of the write, no new token
    (recorded). A sub-customer's parents get the time too (recorded)."""
    if books.loading:
        return
    for account in dict.fromkeys(one.account for one in postings):
        refresh_account(books, account)
    for name in dict.fromkeys(one.name for one in postings if one.name):
        refresh_name(books, name)
    for item in dict.fromkeys(one.item for one in postings if one.item):
        refresh_item(books, item)


def refresh_account(books: Books, account_id: str) -> None:
    account = books.get("Account", account_id)
    if account is None:
        return
    balance = shown_balance(books, account)
    if account.body["Classification"] not in accounts.BALANCE_SHEET and (
        balance == account.body.get("CurrentBalance")
    ):
        return
    _touch(books, "Account", account, {**account.body, "CurrentBalance": balance})


def shown_balance(books: Books, account: Record) -> Decimal:
    """Debit positive; a credit card shows what is owed as positive; income and expense accounts show 0 (all three
    as in recorded sample companies; the last is a switch)."""
    balance = sums(books).account(account.id)
    if account.body["AccountType"] == "Credit Card":
        return -balance
    if account.body["Classification"] in accounts.BALANCE_SHEET or books.knobs.income_accounts_show_balance:
        return balance
    return _ZERO


def name_balance(books: Books, name: str) -> Decimal:
    """What a customer owes, or what is owed to a vendor, in the name's own currency."""
    if books.get("Customer", name) is not None:
        return sums(books).name(name, (one.id for one in accounts.of_type(books, accounts.RECEIVABLE)))
    return -sums(books).name(name, (one.id for one in accounts.of_type(books, accounts.PAYABLE)))


def refresh_name(books: Books, name: str) -> None:
    entity = "Customer"
    record = books.get(entity, name)
    if record is None:
        entity = "Vendor"
        record = books.get(entity, name)
    if record is None:
        return
    _touch(books, entity, record, {**record.body, "Balance": name_balance(books, name)})
    parent = record.body.get("ParentRef")
    while parent is not None:
        above = books.get(entity, parent["value"])
        if above is None:
            break
        _touch(books, entity, above, above.body)
        parent = above.body.get("ParentRef")


def refresh_item(books: Books, item: str) -> None:
    record = books.get("Item", item)
    if record is not None and record.body.get("TrackQtyOnHand"):
        _touch(books, "Item", record, {**record.body, "QtyOnHand": sums(books).item(item)})


def _touch(books: Books, entity: str, record: Record, body: Body) -> None:
    if record.updated == books.now and record.body == body:
        return
    books.update(books.entities[entity], record, body, bump=False)
