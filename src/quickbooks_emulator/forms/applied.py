"""Decides: what is applied to what: payments to invoices and credits, bill payments to bills and vendor credits.

The lines of a payment are the one source of truth; balances and LinkedTxn of the others follow from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.forms.shapes import ZERO
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.store.books import Books, id_order
from quickbooks_emulator.store.documents import Record

PAYERS = {"Payment": "Payment", "BillPayment": "BillPayment"}
CHARGES = {"Invoice": 1, "Bill": 1, "CreditMemo": -1, "VendorCredit": -1}
"""Which side of a payment a transaction stands on: 1 is owed, -1 is a credit. A journal entry may be either, and so
may an expense (see `owed_amount`)."""
SPENT = {"Expense": "Purchase", "Check": "Purchase", "CreditCardCredit": "Purchase"}
"""What a payment's link calls a Purchase (documented)."""
_EITHER = ("JournalEntry", "Purchase")
_TYPE_NAMES = {"BillPayment": {"Check": "BillPaymentCheck", "CreditCard": "BillPaymentCreditCard"}}


@dataclass(frozen=True, slots=True)
class Link:
    """One application: `amount` of a payment's line on the transaction `entity`/`txn`."""

    entity: str
    txn: str
    amount: Decimal


def links_of(body: Body) -> Iterator[Link]:
    """All applications of a payment. A line with two links applies its amount to both (reported)."""
    for line in body.get("Line", ()):
        for link in line.get("LinkedTxn", ()):
            yield Link(entity_of(link["TxnType"]), link["TxnId"], Decimal(line["Amount"]))


def entity_of(kind: str) -> str:
    """The entity behind the TxnType of a payment's link."""
    return SPENT.get(kind, kind)


def spent_as(body: Body) -> str:
    """The TxnType a Purchase is linked under."""
    if body["PaymentType"] == "Check":
        return "Check"
    return "CreditCardCredit" if body["PaymentType"] == "CreditCard" and body.get("Credit") else "Expense"


def linked_ids(record: Record) -> list[str]:
    """For the index of payments by what they pay, deposits by what they hold, invoices by their estimate."""
    found = [link["TxnId"] for link in record.body.get("LinkedTxn", ())]
    for line in record.body.get("Line", ()):
        found += [link["TxnId"] for link in line.get("LinkedTxn", ())]
    return list(dict.fromkeys(found))


def linking(books: Books, entity: str, txn: str) -> list[Record]:
    """Transactions of `entity` that link to `txn`, oldest first."""
    if entity not in books.entities:
        return []
    table = books.table(entity)
    index = table.indexes["linked"]
    found = [table.rows[key] for key in index.find(txn)]  # type: ignore[attr-defined]
    return sorted(found, key=lambda record: id_order(record.id))


def payers(books: Books, txn: str) -> list[tuple[str, Record, Decimal]]:
    """Who pays (or uses up) a transaction: the payment's entity, the payment, how much; oldest first."""
    found = []
    for entity in PAYERS:
        for record in linking(books, entity, txn):
            amount = sum((link.amount for link in links_of(record.body) if link.txn == txn), ZERO)
            found.append((entity, record, amount))
    return found


def applied_to(books: Books, txn: str) -> Decimal:
    return sum((amount for _, _, amount in payers(books, txn)), ZERO)


def payment_links(books: Books, txn: str) -> list[Body]:
    """LinkedTxn of what was paid: payments, newest first (recorded)."""
    return [
        {"TxnId": record.id, "TxnType": _printed(entity, record)}
        for entity, record, _ in reversed(payers(books, txn))
    ]


def open_amount(books: Books, entity: str, record: Record) -> Decimal:
    """What is still open of a transaction that can be paid or used; negative for a credit."""
    if entity in _EITHER:
        whole = owed_amount(books, record.body)
    else:
        whole = CHARGES[entity] * (
            Decimal(record.body.get("TotalAmt", 0)) - Decimal(record.body.get("Deposit", 0) or 0)
        )
    used = applied_to(books, record.id)
    return whole - used if whole >= 0 else whole + used


def name_of(body: Body) -> str:
    """The customer or vendor of a transaction, the payee of an expense."""
    for name in ("CustomerRef", "VendorRef", "EntityRef"):
        if name in body:
            return str(body[name]["value"])
    for line in body.get("Line", ()):
        entity = line.get("JournalEntryLineDetail", {}).get("Entity", {}).get("EntityRef")
        if entity:
            return str(entity["value"])
    return ""


def owed_amount(books: Books, body: Body) -> Decimal:
    """The side of a journal entry or an expense that can be paid: what it debits to A/R is owed, what it debits to A/P
    is a credit. A check to a customer that is booked on A/R is owed (help pages: it is how a credit is paid back), a
    card credit from one is a credit."""
    return sum((amount for _, amount in _owed_parts(books, body)), ZERO)


_SIDES = {accounts.RECEIVABLE: 1, accounts.PAYABLE: -1}


def _owed_parts(books: Books, body: Body) -> Iterator[tuple[str, Decimal]]:
    """(account type, amount) of each line on A/R or A/P."""
    for line in body.get("Line", ()):
        if "JournalEntryLineDetail" in line:
            detail = line["JournalEntryLineDetail"]
            is_debit = detail.get("PostingType") == "Debit"
        elif "AccountBasedExpenseLineDetail" in line:
            detail = line["AccountBasedExpenseLineDetail"]
            is_debit = not body.get("Credit")
        else:
            continue
        account = books.get("Account", detail.get("AccountRef", {}).get("value", ""))
        type_ = account.body["AccountType"] if account is not None else ""
        if type_ in _SIDES:
            yield type_, _SIDES[type_] * (1 if is_debit else -1) * Decimal(line["Amount"])


def open_owed_amounts(books: Books, account_type: str = accounts.RECEIVABLE) -> Iterator[tuple[str, Decimal]]:
    """(name, open amount) of each journal entry and expense with a line on A/R (or A/P)."""
    for entity in _EITHER:
        for record in books.table(entity).values():
            if any(type_ == account_type for type_, _ in _owed_parts(books, record.body)):
                yield name_of(record.body), open_amount(books, entity, record)


def _printed(entity: str, record: Record) -> str:
    return _TYPE_NAMES.get(entity, {}).get(record.body.get("PayType", ""), PAYERS[entity])
