"""Acts: loads a large company fast: lists through the rules, invoices and payments written as the rules would have
left them, balances brought in step once at the end. A test holds the two ways equal."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.forms.basics import today
from quickbooks_emulator.forms.shapes import ZERO
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.documents import Entry, Posting
from quickbooks_emulator.ledger.post import refresh_account, refresh_name, table
from quickbooks_emulator.service.writes import change_as_person
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Counter, Record

_ITEMS = 200
_PAID_EVERY = 4
_BANK, _INCOME = "35", "1"
_PRICES = tuple(Decimal(price) for price in ("75.00", "120.00", "349.50", "48.25", "1200.00", "15.75"))
_QUANTITIES = (Decimal(1), Decimal(2), Decimal(3))
_SPREAD_DAYS = 300


def load(books: Books, customers: Iterable[tuple[str, Mapping[str, Any]]], invoices: int) -> None:
    """Every fourth invoice is paid in full, all others are open. Items are services sold on account 1."""
    with _no_collector():
        books.loading = True
        for number in range(1, min(_ITEMS, invoices) + 1):
            fields: dict[str, Any] = {"Name": f"Service {number:03}", "Type": "Service"}
            fields |= {"IncomeAccountRef": {"value": _INCOME}, "UnitPrice": _PRICES[number % len(_PRICES)]}
            change_as_person(books, books.entities["Item"], None, fields)
        for entity, row in customers:
            change_as_person(books, books.entities[entity], None, row)
        people = list(books.table("Customer").rows.values())
        if invoices and people:
            _Seller(books, people).sell(invoices)
        books.loading = False
        for account in list(books.table("Account").rows):
            refresh_account(books, account)
        for customer in people:
            refresh_name(books, customer.id)


class _Seller:
    """Writes invoices after the pattern of a first one that went through the rules."""

    def __init__(self, books: Books, people: list[Record]) -> None:
        self.books, self.people = books, people
        self.pattern = self._first()
        begun = date.fromisoformat(self.pattern["TxnDate"])
        days = [begun - timedelta(days=step) for step in range(_SPREAD_DAYS)]
        self.dates = [(day.isoformat(), (day + timedelta(days=30)).isoformat()) for day in days]
        self.services = list(books.table("Item").rows)
        self.receivable = accounts.receivable(books)
        self.txn, self.seq = books.next_number("transactions"), books.next_number("changes")

    def sell(self, count: int) -> None:
        books, number = self.books, int(self.pattern["DocNumber"])
        for step in range(1, count):
            self._invoice(step, str(number + step))
        counters = f"counters/{books.company.realm}"
        books.transaction.put(counters, "transactions", Counter(self.txn - 1))
        books.transaction.put(counters, "changes", Counter(self.seq))
        books.transaction.put(books.collection("numbers").name, "Invoice", str(number + count - 1))

    def _first(self) -> Body:
        detail = {"ItemRef": {"value": "1"}, "UnitPrice": _PRICES[0], "Qty": Decimal(1)}
        line = {"Amount": _PRICES[0], "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
        fields = {"CustomerRef": {"value": self.people[0].id}, "Line": [line], "TxnDate": today(self.books)}
        return change_as_person(self.books, self.books.entities["Invoice"], None, fields).body

    def _invoice(self, step: int, number: str) -> None:
        customer = self.people[step * 7919 % len(self.people)]
        body = self._body(step, number, customer)
        txn, amount, day = str(self.txn), body["TotalAmt"], body["TxnDate"]
        self.txn += 1
        paid = step % _PAID_EVERY == 0
        if paid:
            payment = str(self.txn)
            self.txn += 1
            body["Balance"] = ZERO
            body["LinkedTxn"] = [{"TxnId": payment, "TxnType": "Payment"}]
            self._put("Payment", payment, self._payment(body, txn))
            self._post(
                payment,
                "Payment",
                day,
                Posting(_BANK, amount),
                Posting(self.receivable, -amount, customer.id),
            )
        self._put("Invoice", txn, body, token=int(paid))
        self._post(
            txn, "Invoice", day, Posting(_INCOME, -amount), Posting(self.receivable, amount, customer.id)
        )

    def _body(self, step: int, number: str, customer: Record) -> Body:
        price, quantity = _PRICES[step % len(_PRICES)], _QUANTITIES[step % len(_QUANTITIES)]
        amount = price * quantity
        issued, due = self.dates[step % _SPREAD_DAYS]
        line, subtotal = self.pattern["Line"]
        detail = {
            **line["SalesItemLineDetail"],
            "ItemRef": {"value": self.services[step % len(self.services)]},
            "UnitPrice": price.normalize() if price % 1 else price.quantize(Decimal(1)),
            "Qty": quantity,
        }
        body = {
            **self.pattern,
            "DocNumber": number,
            "TxnDate": issued,
            "DueDate": due,
            "CustomerRef": {"value": customer.id},
            "Line": [
                {**line, "Amount": amount, "SalesItemLineDetail": detail},
                {**subtotal, "Amount": amount},
            ],
            "TotalAmt": amount,
            "Balance": amount,
        }
        body["BillAddr"] = body["ShipAddr"] = customer.body.get("BillAddr")
        if body["BillAddr"] is None:
            del body["BillAddr"], body["ShipAddr"]
        return body

    def _payment(self, invoice: Body, txn: str) -> Body:
        amount = invoice["TotalAmt"]
        line = {
            "Amount": amount,
            "LinkedTxn": [{"TxnId": txn, "TxnType": "Invoice"}],
            "_open": [amount, invoice["DocNumber"]],
        }
        return {
            "CustomerRef": invoice["CustomerRef"],
            "DepositToAccountRef": {"value": _BANK},
            "TotalAmt": amount,
            "UnappliedAmt": ZERO,
            "ProcessPayment": False,
            "TxnDate": invoice["TxnDate"],
            "CurrencyRef": invoice["CurrencyRef"],
            "Line": [line],
        }

    def _put(self, entity: str, txn: str, body: Body, token: int = 0) -> None:
        self.seq += 1
        now = self.books.now
        record = Record(id=txn, token=token, created=now, updated=now, seq=self.seq, body=body)
        self.books.transaction.put(self.books.table(entity).name, txn, record)

    def _post(self, txn: str, entity: str, day: str, *postings: Posting) -> None:
        self.books.transaction.put(table(self.books).name, txn, Entry(txn, entity, day, postings))


@contextmanager
def _no_collector() -> Iterator[None]:
    """Millions of new objects and no garbage: the cyclic collector would only slow this down, now and (frozen out of
    its sight) in every later request."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
