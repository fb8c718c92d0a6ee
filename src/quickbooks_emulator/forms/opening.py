"""Acts: opening balances of names, and the entry that empties a name a person deactivates."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.forms.basics import today
from quickbooks_emulator.forms.shapes import ZERO, padded
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.post import follow, name_balance
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

NOTE = "Opening Balance"
_INCOME = ("ServiceFeeIncome", "Uncategorized Income", "Income")
_EXPENSE = ("OtherMiscellaneousServiceCost", "Uncategorized Expense", "Expense")


def open_customer(change: Change) -> None:
    """Balance given on create makes an opening-balance invoice (documented), a negative one a credit memo (a
    switch); the other side is Opening Balance Equity, as an account's (a switch)."""
    given = _given(change)
    if not given:
        return
    body = _base(change, "CustomerRef", abs(given))
    body["Line"] = [
        {
            "Id": "1",
            "LineNum": 1,
            "Description": NOTE,
            "Amount": abs(given),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "ItemAccountRef": {"value": _other_side(change.books, *_INCOME)},
                "TaxCodeRef": {"value": "NON"},
            },
        },
        {"Amount": abs(given), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ]
    body |= {"TxnTaxDetail": {"TotalTax": ZERO}, "PrintStatus": "NotSet", "EmailStatus": "NotSet"}
    if given > 0:
        _insert(change.books, "Invoice", {**body, "LinkedTxn": [], "DueDate": body["TxnDate"]})
    else:
        _insert(change.books, "CreditMemo", {**body, "RemainingCredit": abs(given)})


def open_vendor(change: Change) -> None:
    """Balance given on create makes an opening-balance bill, a negative one a vendor credit (a switch)."""
    given = _given(change)
    if not given:
        return
    body = _base(change, "VendorRef", abs(given))
    body["Line"] = [
        {
            "Id": "1",
            "LineNum": 1,
            "Description": NOTE,
            "Amount": abs(given),
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {
                "AccountRef": {"value": _other_side(change.books, *_EXPENSE)},
                "BillableStatus": "NotBillable",
                "TaxCodeRef": {"value": "NON"},
            },
        }
    ]
    currency = body["CurrencyRef"]["value"]
    body["APAccountRef"] = {"value": accounts.payable(change.books, currency)}
    if given > 0:
        _insert(change.books, "Bill", {**body, "LinkedTxn": [], "DueDate": body["TxnDate"]})
    else:
        _insert(change.books, "VendorCredit", body)


def empty_inactive(change: Change) -> None:
    """A person may deactivate a name with a balance: QuickBooks writes an adjusting entry (help pages), for the
    sub-customers that go along too."""
    books, entity = change.books, change.entity.name
    if change.old is None or not change.old.active or change.after.active or not books.person:
        return
    below = books.descendants(entity, change.after.id) if entity == "Customer" else ()
    for record in (change.after, *below):
        balance = name_balance(books, record.id)
        if balance and not record.active:
            _adjust(books, entity, record, balance)


def _adjust(books: Books, entity: str, record: Record, balance: Decimal) -> None:
    customer = entity == "Customer"
    currency = record.body["CurrencyRef"]["value"]
    account = accounts.receivable(books, currency) if customer else accounts.payable(books, currency)
    owes = balance if customer else -balance
    sides = ("Credit", "Debit") if owes > 0 else ("Debit", "Credit")
    name = {"Type": entity, "EntityRef": {"value": record.id}}
    lines = [
        _journal_line("0", abs(balance), sides[0], account, name),
        _journal_line("1", abs(balance), sides[1], accounts.opening_equity(books), None),
    ]
    body: Body = {
        "Adjustment": False,
        "TxnDate": today(books),
        "CurrencyRef": record.body["CurrencyRef"],
        "PrivateNote": "Created by QuickBooks Online to adjust balance for deletion",
        "Line": lines,
        "_lines": 1,
        "TxnTaxDetail": {},
    }
    _insert(books, "JournalEntry", body)


def _given(change: Change) -> Decimal:
    """The opening balance a new name comes with; 0 for none."""
    given = padded(Decimal(change.given.get("Balance") or 0))
    if change.old is not None or (given < 0 and not change.books.knobs.negative_opening_balance_kept):
        return ZERO
    return given


def _other_side(books: Books, subtype: str, name: str, account_type: str) -> str:
    if books.knobs.opening_balances_to_equity:
        return accounts.opening_equity(books)
    return accounts.by_name(books, subtype, name, account_type)


def _base(change: Change, reference: str, amount: Decimal) -> Body:
    return {
        "TxnDate": change.given.get("OpenBalanceDate") or today(change.books),
        "CurrencyRef": change.body["CurrencyRef"],
        "PrivateNote": NOTE,
        reference: {"value": change.after.id},
        "TotalAmt": amount,
        "Balance": amount,
        "_lines": 1,
    }


def _insert(books: Books, entity: str, body: Body) -> None:
    declared = books.entities[entity]
    record = books.insert(declared, body)
    books.tell(declared, "Create", record.id)
    follow(books, declared, record)


def _journal_line(number: str, amount: Decimal, side: str, account: str, entity: Body | None) -> Body:
    detail: Body = {"PostingType": side, "AccountRef": {"value": account}}
    if entity is not None:
        detail["Entity"] = entity
    return {
        "Id": number,
        "Amount": amount,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }
