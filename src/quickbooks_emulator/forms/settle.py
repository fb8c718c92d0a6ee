"""Acts: brings invoices, bills and credits in step with the payments that link to them, and payments with those."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from quickbooks_emulator import faults
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.forms.applied import (
    CHARGES,
    applied_to,
    entity_of,
    linking,
    links_of,
    name_of,
    open_amount,
    owed_amount,
    payers,
    payment_links,
)
from quickbooks_emulator.forms.shapes import ZERO, padded
from quickbooks_emulator.ledger.post import follow, unpost
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

_REMAINS = {"CreditMemo": ("RemainingCredit", "Balance"), "VendorCredit": ("Balance",)}
WRITABLE_LINKS = ("Estimate", "TimeActivity", "ReimburseCharge", "StatementCharge", "PurchaseOrder")


def set_balance(change: Change) -> None:
    """Rule: Balance = TotalAmt - applied - Deposit, never writable; LinkedTxn shows payments before the links a
    client may write (documented, recorded)."""
    balance_of(change.books, change.entity.name, change.old.id if change.old else "", change.body)


def balance_of(books: Books, entity: str, txn: str, body: Body) -> None:
    used = applied_to(books, txn) if txn else ZERO
    left = padded(Decimal(body["TotalAmt"]) - Decimal(body.get("Deposit", 0) or 0) - used)
    if entity in _REMAINS:
        for name in _REMAINS[entity]:
            body[name] = left
        return
    body["Balance"] = left
    kept = [link for link in body.get("LinkedTxn", ()) if link["TxnType"] in WRITABLE_LINKS]
    body["LinkedTxn"] = [*(payment_links(books, txn) if txn else ()), *kept]


def refresh(books: Books, entity: str, txn: str) -> None:
    """A payment came, changed or went: the other side gets balance, links, a new token, one time (recorded)."""
    record = books.get(entity, txn)
    if record is None or entity not in CHARGES:
        return
    body = dict(record.body)
    balance_of(books, entity, txn, body)
    if body != record.body:
        books.update(books.entities[entity], record, body)
        books.tell(books.entities[entity], "Update", txn)


def refresh_linked(change: Change) -> None:
    """Rule of payments: what they pay now and what they paid before follows."""
    targets = {(link.entity, link.txn): None for link in links_of(change.before)}
    if change.record is not None:
        targets |= {(link.entity, link.txn): None for link in links_of(change.after.body)}
    for entity, txn in targets:
        refresh(change.books, entity, txn)


def trim(change: Change) -> None:
    """Rule of charges and credits, after a change: what is applied beyond the new total goes back to the payments
    as UnappliedAmt, newest first (a switch)."""
    if change.old is None:
        return
    books, entity = change.books, change.entity.name
    if _renamed(change):
        for payer, record, _ in payers(books, change.old.id):
            follow(books, books.entities[payer], record)
    over = -open_amount(books, entity, change.after) * CHARGES[entity]
    if over > 0:
        _take_back(books, change.after.id, over, credit=CHARGES[entity] < 0)
        record = books.get(entity, change.after.id) or change.after
        body = dict(record.body)
        balance_of(books, entity, record.id, body)
        change.record = books.amend(change.entity, record, body)


def release(change: Change) -> None:
    """Rule after a void or deletion: every payment loses its line for it; the payment stays (documented)."""
    assert change.old is not None
    over = applied_to(change.books, change.old.id)
    credit = _is_credit_body(change.books, change.entity.name, change.before)
    _take_back(change.books, change.old.id, over, credit=credit)


def refuse_void_of_paid(change: Change) -> None:
    """By a switch a paid invoice cannot be voided (one report); by default its links are cut (documented)."""
    assert change.old is not None
    if not change.books.knobs.void_unlinks_payments and applied_to(change.books, change.old.id):
        raise faults.business("You can't void a transaction that has payments. Unapply them first.")


def refuse_below_applied(change: Change) -> None:
    """A credit cannot be made smaller than what was used of it (6000; a switch)."""
    if not change.books.knobs.credit_below_applied_refused:
        return
    if change.old is not None and Decimal(change.body["TotalAmt"]) < applied_to(change.books, change.old.id):
        raise faults.business("The amount of a credit can't be less than what has been applied of it.")


def keep_owed(change: Change) -> None:
    """What payments have used of a journal entry or an expense must stay (6000; a switch)."""
    if change.old is None or not change.books.knobs.linked_entry_change_refused:
        return
    used = applied_to(change.books, change.old.id)
    if not used:
        return
    before, now = owed_amount(change.books, change.before), owed_amount(change.books, change.body)
    if before * now <= 0 or abs(now) < used or name_of(change.before) != name_of(change.body):
        raise faults.business(f"A payment is linked to this {change.entity.noun}. Unapply it first.")


def trim_owed(change: Change) -> None:
    """Rule of journal entries and expenses, after a change the switch let pass: what is applied beyond what is still
    owed goes back to the payments, and they follow another name."""
    if change.old is None or change.books.knobs.linked_entry_change_refused:
        return
    books, txn = change.books, change.old.id
    before, now = owed_amount(books, change.before), owed_amount(books, change.body)
    used = applied_to(books, txn)
    _take_back(books, txn, used - (abs(now) if before * now > 0 else ZERO), credit=before < 0)
    for payer, record, _ in payers(books, txn):
        follow(books, books.entities[payer], record)


def refuse_deletion_of_used(change: Change) -> None:
    """By a switch a credit that was used cannot be deleted; by default its applications go with it."""
    assert change.old is not None
    if not change.books.knobs.applied_credit_deletable and applied_to(change.books, change.old.id):
        raise faults.business("This credit has been applied. Unapply it first.")


def refuse_deposited(change: Change) -> None:
    """6540: what a deposit holds cannot be changed or deleted (documented)."""
    if change.old is not None and linking(change.books, "Deposit", change.old.id):
        raise faults.deposited()


def refuse_changed_name(change: Change) -> None:
    """The customer (or vendor) of a paid transaction cannot be changed (reported; a switch)."""
    if change.old is None or not change.books.knobs.paid_invoice_keeps_customer or not _renamed(change):
        return
    if applied_to(change.books, change.old.id):
        raise faults.business("You can't change the name of a transaction that has payments linked to it.")


def _renamed(change: Change) -> bool:
    return change.changed("CustomerRef") or change.changed("VendorRef")


def _take_back(books: Books, txn: str, over: Decimal, *, credit: bool) -> None:
    found = payers(books, txn)
    for payer, record, amount in reversed(found) if books.knobs.released_newest_first else found:
        if over <= 0:
            return
        back = min(over, amount)
        over -= back
        _reduce(books, payer, record, txn, back, credit=credit)


def _reduce(books: Books, payer: str, record: Record, txn: str, back: Decimal, *, credit: bool) -> None:
    """Take `back` off the payment's line for `txn` and keep the payment whole: a charge set free uses less credit
    first; a credit taken away pays less of the charges."""
    touched = {(link.entity, link.txn) for link in links_of(record.body)}
    body = {**record.body, "Line": _less(record.body.get("Line", ()), txn, back)}
    total = Decimal(body["TotalAmt"])
    charges, credits = sides(books, body)
    if credit and charges > total + credits:
        body["Line"] = _shrink(books, body["Line"], charges - total - credits, credit=False)
    elif not credit and credits:
        spare = total + credits - charges
        body["Line"] = _shrink(books, body["Line"], min(spare, credits), credit=True)
    declared = books.entities[payer]
    if not body["Line"]:
        del body["Line"]
    if not total and "Line" not in body:
        books.delete(declared, record)
        books.tell(declared, "Delete", record.id)
        unpost(Change(books, declared, record, {}, dict(record.body)))
    else:
        if "UnappliedAmt" in body:
            charges, credits = sides(books, body)
            body["UnappliedAmt"] = padded(total + credits - charges)
        stored = books.update(declared, record, body, bump=books.knobs.touched_payments_get_token)
        books.tell(declared, "Update", record.id)
        follow(books, declared, stored)
    for entity, other in touched:
        if other != txn:
            refresh(books, entity, other)


def sides(books: Books, body: Body) -> tuple[Decimal, Decimal]:
    """(charges, credits) of a payment's lines."""
    charges = credits = ZERO
    for link in links_of(body):
        if _is_credit(books, link.entity, link.txn):
            credits += link.amount
        else:
            charges += link.amount
    return charges, credits


def _is_credit(books: Books, entity: str, txn: str) -> bool:
    record = books.get(entity, txn)
    return record is not None and _is_credit_body(books, entity, record.body)


def _is_credit_body(books: Books, entity: str, body: Body) -> bool:
    if entity in CHARGES:
        return CHARGES[entity] < 0
    return owed_amount(books, body) < 0


def _less(lines: Iterable[Body], txn: str, back: Decimal) -> list[Body]:
    kept = []
    for line in lines:
        if back and any(link["TxnId"] == txn for link in line.get("LinkedTxn", ())):
            taken = min(back, Decimal(line["Amount"]))
            back -= taken
            left = Decimal(line["Amount"]) - taken
            if not left:
                continue
            line = {**line, "Amount": padded(left)}
        kept.append(line)
    return kept


def _shrink(books: Books, lines: list[Body], over: Decimal, *, credit: bool) -> list[Body]:
    """Take `over` off the lines of one side, last line first."""
    kept: list[Body] = []
    for line in reversed(lines):
        link = line["LinkedTxn"][0]
        if over > 0 and _is_credit(books, entity_of(link["TxnType"]), link["TxnId"]) is credit:
            taken = min(over, Decimal(line["Amount"]))
            over -= taken
            if taken == Decimal(line["Amount"]):
                continue
            line = {**line, "Amount": padded(Decimal(line["Amount"]) - taken)}
        kept.append(line)
    return kept[::-1]
