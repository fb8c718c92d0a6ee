"""Acts: what QuickBooks applies by itself: old credits and unapplied payments to a new invoice, a new credit to old
invoices. Behind SalesFormsPrefs.AutoApplyCredit.

A credit is used through a Payment of 0 that carries both lines (help pages); an unapplied payment gets another line
(recorded). Oldest first, of the same customer record only (both switches).
"""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator.entities import settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.forms.payments import extended
from quickbooks_emulator.forms.settle import refresh
from quickbooks_emulator.forms.shapes import ZERO, padded
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.post import follow
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record


def use_credits(change: Change) -> None:
    """A new invoice takes credits, then unapplied payments."""
    if change.old is not None or not _on(change.books):
        return
    books, invoice = change.books, change.after.id
    customer = change.body["CustomerRef"]["value"]
    for credit in _of(books, "CreditMemo", customer):
        left = _left(books, invoice)
        part = min(left, Decimal(credit.body["RemainingCredit"]))
        if part > 0:
            _apply_credit(books, customer, invoice, credit.id, part)
    for payment in _of(books, "Payment", customer):
        part = min(_left(books, invoice), Decimal(payment.body["UnappliedAmt"]))
        if part > 0:
            _extend(books, payment, invoice, part)


def use_new_credit(change: Change) -> None:
    """A new credit memo goes to the oldest open invoices at once (recorded: one second later)."""
    if change.old is not None or not _on(change.books):
        return
    books, customer, left = (
        change.books,
        change.body["CustomerRef"]["value"],
        Decimal(change.body["TotalAmt"]),
    )
    for invoice in _of(books, "Invoice", customer):
        part = min(left, Decimal(invoice.body["Balance"]))
        if part > 0:
            left -= part
            _apply_credit(books, customer, invoice.id, change.after.id, part)


def _on(books: Books) -> bool:
    return settings.preference(books, "SalesFormsPrefs", "AutoApplyCredit") is True


def _of(books: Books, entity: str, customer: str) -> list[Record]:
    found = [one for name in _family(books, customer) for one in books.named(entity, "CustomerRef", name)]
    newest_first = entity != "Invoice" and books.knobs.auto_apply_newest_first
    order = sorted(found, key=lambda record: (record.body["TxnDate"], len(record.id), record.id))
    return order[::-1] if newest_first else order


def _family(books: Books, customer: str) -> list[str]:
    """The customer; by a switch also those above and below."""
    if not books.knobs.auto_apply_family:
        return [customer]
    found, record = [customer], books.get("Customer", customer)
    while record is not None and "ParentRef" in record.body:
        record = books.get("Customer", record.body["ParentRef"]["value"])
        found += [record.id] if record is not None else []
    return [*found, *(one.id for one in books.descendants("Customer", customer))]


def _left(books: Books, invoice: str) -> Decimal:
    record = books.get("Invoice", invoice)
    return Decimal(record.body["Balance"]) if record else ZERO


def _apply_credit(books: Books, customer: str, invoice: str, credit: str, part: Decimal) -> None:
    kind = books.entities["Payment"]
    target = books.get("Invoice", invoice)
    assert target is not None
    lines = [
        extended(books, {"Amount": padded(part), "LinkedTxn": [{"TxnId": txn, "TxnType": entity}]})
        for entity, txn in (("Invoice", invoice), ("CreditMemo", credit))
    ]
    body: Body = {
        "CustomerRef": {"value": customer},
        "DepositToAccountRef": {"value": accounts.undeposited(books)},
        "TotalAmt": ZERO,
        "UnappliedAmt": ZERO,
        "ProcessPayment": False,
        "TxnDate": target.body["TxnDate"],
        "CurrencyRef": target.body["CurrencyRef"],
        "PrivateNote": "Created by QB Online to link credits to charges.",
        "Line": lines,
    }
    if "ExchangeRate" in target.body:
        body["ExchangeRate"] = target.body["ExchangeRate"]
    payment = books.insert(kind, body)
    books.tell(kind, "Create", payment.id)
    follow(books, kind, payment)
    refresh(books, "Invoice", invoice)
    refresh(books, "CreditMemo", credit)


def _extend(books: Books, payment: Record, invoice: str, part: Decimal) -> None:
    kind = books.entities["Payment"]
    line = extended(books, {"Amount": padded(part), "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]})
    body = {
        **payment.body,
        "Line": [*payment.body.get("Line", ()), line],
        "UnappliedAmt": padded(Decimal(payment.body["UnappliedAmt"]) - part),
    }
    stored = books.update(kind, payment, body, bump=books.knobs.touched_payments_get_token)
    books.tell(kind, "Update", payment.id)
    follow(books, kind, stored)
    refresh(books, "Invoice", invoice)
