"""Decides: the lines of a payment: what they may link to, how much, and what is left unapplied."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body, Field
from quickbooks_emulator.forms import basics
from quickbooks_emulator.forms.applied import (
    SPENT,
    entity_of,
    links_of,
    name_of,
    open_amount,
    owed_amount,
    spent_as,
)
from quickbooks_emulator.forms.settle import sides
from quickbooks_emulator.forms.shapes import LINK, ZERO, Shape, many, money_field, padded
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

LINE = Shape(
    "Line",
    (money_field("Amount"), Field("LinkedTxn", form=many(LINK))),
    ignored=(
        "Id",
        "LineNum",
        "Description",
        "DetailType",
        "LineEx",
        "PaymentLineDetail",
        "CustomField",
        "Received",
    ),
)
_UNCHANGED = "_open"


def settle_lines(targets: Iterable[str]) -> Any:
    """The rule for the lines of a payment whose links may point to `targets`. One line for each link; negative
    amounts are 2240 (reported), a missing or voided target is 610 (reported), another customer's 6000 (reports
    differ: a switch), more than its open amount 6000 (reported; a switch). An expense can be linked under its own kind
    and only for what it has on A/R (else 620, documented code)."""
    allowed = tuple(targets)

    def rule(change: Change) -> None:
        lines = []
        for line in change.body.get("Line") or ():
            if "Amount" not in line:
                raise faults.required("Line.Amount")
            if Decimal(line["Amount"]) < 0:
                raise faults.bad_value("2240", "Number Range", line["Amount"], "Line.Amount")
            if Decimal(line["Amount"]):
                lines += _split(change, line, allowed)
        if lines:
            change.body["Line"] = lines
        else:
            change.body.pop("Line", None)

    return rule


def settle_unapplied(change: Change) -> None:
    """What a customer's payment leaves for later. TotalAmt = charges - credits + UnappliedAmt (recorded)."""
    left = _settle(change, "The Amount Received (plus credits) can't be less than the selected charges")
    change.body["UnappliedAmt"] = padded(left)


def settle_paid(change: Change) -> None:
    """The same for a bill payment, which does not print what is left (documented)."""
    _settle(change, "The Amount Paid (plus credits) can't be less than the selected bills")


def _settle(change: Change, too_little: str) -> Decimal:
    """TotalAmt = charges - credits + UnappliedAmt (recorded). No amount and nothing linked: 6000 (documented text);
    charges beyond the amount and the credits: 6000 (reported text). Returns what is left."""
    body = change.body
    total = Decimal(body.get("TotalAmt") or 0)
    if total < 0:
        raise faults.bad_value("2240", "Number Range", total, "TotalAmt")
    if not total and "Line" not in body:
        raise faults.business("You must set a transaction amount.")
    charges, credits = sides(change.books, body)
    if charges > total + credits:
        raise faults.business(too_little)
    if credits and credits > charges:
        raise faults.business("The credits can't be more than the selected charges.")
    body["TotalAmt"] = padded(total)
    return total + credits - charges


def extended(books: Books, line: Body, own: Decimal = ZERO) -> Body:
    """A stored line with what LineEx prints: the open balance before this payment and the number (recorded)."""
    link = line["LinkedTxn"][0]
    entity = entity_of(link["TxnType"])
    target = books.get(entity, link["TxnId"])
    before = abs(open_amount(books, entity, target)) + own if target else ZERO
    return {**line, _UNCHANGED: [before, target.body.get("DocNumber") if target else None]}


def show_lines(books: Books, lines: list[Body]) -> list[Body]:
    """LineEx.any holds txnId, txnOpenBalance, txnReferenceNumber (recorded)."""
    return [_shown(line) for line in lines]


def show_plain_lines(books: Books, lines: list[Body]) -> list[Body]:
    """Bill payments print no LineEx (recorded)."""
    return [{name: value for name, value in line.items() if name != _UNCHANGED} for line in lines]


def void_payment(change: Change) -> None:
    """TotalAmt 0, UnappliedAmt 0, no Line, DepositToAccountRef kept (recorded)."""
    change.body |= {name: ZERO for name in ("TotalAmt", "UnappliedAmt") if name in change.body}
    change.body.pop("Line", None)


def keep_links(change: Change) -> None:
    """LinkedTxn on the header tells of deposits and is the server's (recorded)."""
    if "LinkedTxn" in change.before:
        change.body["LinkedTxn"] = change.before["LinkedTxn"]
    else:
        change.body.pop("LinkedTxn", None)


def _split(change: Change, line: Body, allowed: tuple[str, ...]) -> list[Body]:
    found = []
    for link in line.get("LinkedTxn") or ():
        kind, txn = link.get("TxnType"), str(link.get("TxnId", ""))
        if kind not in allowed:
            raise faults.cannot_link(f"a payment cannot be linked to {kind}.")
        entity = entity_of(kind)
        target = change.books.get(entity, txn)
        if target is None or basics.is_voided(target):
            raise faults.not_found()
        if kind in SPENT and (spent_as(target.body) != kind or not owed_amount(change.books, target.body)):
            raise faults.cannot_link(f"{txn} is no {kind} on accounts receivable.")
        own = sum((one.amount for one in links_of(change.before) if one.txn == txn), ZERO)
        amount = _allowed_amount(change, entity, target, own, Decimal(line["Amount"]))
        if amount:
            plain = {"Amount": padded(amount), "LinkedTxn": [{"TxnId": txn, "TxnType": kind}]}
            found.append(_kept(change, plain) or extended(change.books, plain, own))
    return found


def _kept(change: Change, plain: Body) -> Body | None:
    """The line as it stood before, when nothing about it changed."""
    for line in change.before.get("Line", ()):
        if line["LinkedTxn"] == plain["LinkedTxn"] and Decimal(line["Amount"]) == Decimal(plain["Amount"]):
            kept: Body = line
            return kept
    return None


def _allowed_amount(change: Change, kind: str, target: Record, own: Decimal, amount: Decimal) -> Decimal:
    books = change.books
    if not own and not target_is_related(books, name_of(change.body), name_of(target.body)):
        if books.knobs.foreign_customer_payment_refused:
            raise faults.business("The transaction you are paying belongs to another name.")
        return ZERO
    left = abs(open_amount(books, kind, target)) + own
    if amount > left:
        if books.knobs.overpayment_refused:
            raise faults.business("The payments you entered add up to more than the open balance.")
        return left
    return amount


def target_is_related(books: Books, payer: str, owner: str) -> bool:
    """The same name, or one above or below it (reported for parents paying their sub-customers' invoices)."""
    return payer == owner or payer in _line_of(books, owner) or owner in _line_of(books, payer)


def _line_of(books: Books, name: str) -> list[str]:
    found: list[str] = []
    record = books.get("Customer", name)
    while record is not None and "ParentRef" in record.body:
        found.append(record.body["ParentRef"]["value"])
        record = books.get("Customer", found[-1])
    return found


def _shown(line: Body) -> Body:
    if _UNCHANGED not in line:
        return line
    before, number = line[_UNCHANGED]
    pairs = [("txnId", line["LinkedTxn"][0]["TxnId"]), ("txnOpenBalance", f"{Decimal(before):.2f}")]
    if number is not None:
        pairs.append(("txnReferenceNumber", number))
    printed = {name: value for name, value in line.items() if name != _UNCHANGED}
    printed["LineEx"] = {"any": [_named_value(name, value) for name, value in pairs]}
    return printed


def _named_value(name: str, value: str) -> Body:
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }
