"""Decides: what an invoice said before each revision, and what each changed, in words. Pure: from what was kept.

An older revision may lack what is kept by now; what it lacks is not told and is no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any

from tieout.practice.invoice_terms import is_terms, label_of
from tieout.practice.invoices import InvoiceRevision
from tieout.practice.money import ZERO, shown, total
from tieout.web.client_history import FieldChange
from tieout.web.templatetags.money import price

Said = Mapping[str, Any]
_HEAD: Mapping[str, str] = {
    "number": "Number",
    "date": "Date",
    "terms": "Terms",
    "due_date": "Due",
    "location": "Location",
    "category": "Category",
    "discount": "Discount",
    "tax_total": "Tax",
    "written_off": "Written off",
    "memo": "Memo",
    "total": "Total",
}
"""What an invoice says besides its lines, in the order it is told."""
_LINE: Mapping[str, str] = {
    "item": "Service item",
    "client": "For",
    "description": "Description",
    "date": "Date",
    "quantity": "Quantity",
    "rate": "Rate",
    "discount": "Discount",
    "tax": "Tax",
    "class": "Class",
    "amount": "Amount",
}
_MONEY = frozenset({"discount", "tax_total", "written_off", "total", "amount"})
_DATES = frozenset({"date", "due_date"})


@dataclass(frozen=True, slots=True)
class LineSaid:
    words: str
    """What was done, how much of it, at which rate."""
    facts: tuple[str, ...]
    amount: str


@dataclass(frozen=True, slots=True)
class Version:
    """What an invoice said until a revision, and what that made of it."""

    revision: InvoiceRevision
    total: str
    facts: tuple[tuple[str, str], ...]
    """Label and value, without those that are empty or nothing."""
    lines: tuple[LineSaid, ...]
    changes: tuple[FieldChange, ...]


def versions(revisions: Sequence[InvoiceRevision], now: Said, currency: str) -> list[Version]:
    """``revisions``: the last one first. ``now``: what the invoice says today."""
    afters = [now, *(each.said for each in revisions)]
    return [
        Version(
            revision=each,
            total=_in_words("total", each.said.get("total"), currency),
            facts=tuple(_facts(each.said, currency)),
            lines=tuple(_line(line, currency) for line in each.said.get("lines", ())),
            changes=tuple(_changes(each.said, after, currency)),
        )
        for each, after in zip(revisions, afters, strict=False)
    ]


def _facts(said: Said, currency: str) -> Iterable[tuple[str, str]]:
    head = _head(said)
    for name, label in _HEAD.items():
        told = _in_words(name, head.get(name), currency)
        if told and name != "total" and not (name in _MONEY and _number(head[name]) == 0):
            yield label, told


def _line(line: Said, currency: str) -> LineSaid:
    rate = _in_words("rate", line.get("rate"), currency)
    words = f"{line.get('quantity', '')} \u00d7 {line.get('description', '')} at {rate}"
    told = []
    for name in ("item", "client", "date", "discount", "tax", "class"):
        value = _line_words(name, line, currency)
        if value and not (name == "discount" and _number(line[name]) == 0):
            told.append(f"{_LINE[name]}: {value}")
    return LineSaid(words, tuple(told), _in_words("amount", line.get("amount"), currency))


def _changes(before: Said, after: Said, currency: str) -> Iterable[FieldChange]:
    one, two = _head(before), _head(after)
    for name, label in _HEAD.items():
        if name in one and name in two and one[name] != two[name]:
            yield FieldChange(
                label, _in_words(name, one[name], currency), _in_words(name, two[name], currency)
            )
    pairs = zip_longest(before.get("lines", ()), after.get("lines", ()))
    for number, (old, new) in enumerate(pairs, start=1):
        yield from _line_changes(f"Line {number}", old, new, currency)


def _line_changes(where: str, old: Said | None, new: Said | None, currency: str) -> Iterable[FieldChange]:
    if old is None or new is None:
        said = [_whole(each, currency) if each is not None else "" for each in (old, new)]
        yield FieldChange(where, *said)
        return
    for name, label in _LINE.items():
        if name in old and name in new:
            pair = [_line_words(name, each, currency) for each in (old, new)]
            if pair[0] != pair[1]:
                yield FieldChange(f"{where}, {label.lower()}", *pair)


def _whole(line: Said, currency: str) -> str:
    told = _line(line, currency)
    return f"{told.words}: {told.amount}"


def _head(said: Said) -> dict[str, Any]:
    """With the invoice's own discount: what was kept has the lines' in it, which each line tells."""
    head = dict(said)
    if "discount_total" in said:
        of_lines = total(_number(line.get("discount")) for line in said.get("lines", ()))
        head["discount"] = str(_number(said["discount_total"]) - of_lines)
    return head


def _line_words(name: str, line: Said, currency: str) -> str:
    if name == "tax" and line.get("tax") and line.get("tax_percent"):
        return f"{line['tax']}, {line['tax_percent']}%"
    return _in_words(name, line.get(name), currency)


def _in_words(name: str, value: Any, currency: str) -> str:
    said = "" if value is None else str(value)
    if said and name in _MONEY:
        return shown(_number(said), currency)
    if name == "terms" and is_terms(said):
        return label_of(said)
    if said and name in _DATES:
        try:
            return f"{date.fromisoformat(said):%b %-d, %Y}"
        except ValueError:
            return said
    return price(_number(said), currency) if said and name == "rate" else said


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value or 0))
    except InvalidOperation:
        return ZERO
