"""Decides which tax code each row of an invoice is sent with, and what of the codes counts as a change. Pure.

A row of the practice names its tax rate (``tax_rate``) and the code that this stands for (``tax_code``). Which code that
is, and how a rate is called, the firm may change at any time: that concerns what is written from then on, and rewrites
no document. So neither is compared; and one that is written for another reason keeps the codes it was sent with, as
far as its rates are still the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from tieout.quickbooks.sales_lines import LINE_CODES, Row, item_rows
from tieout.reconcile.other_company import PART as OF_ANOTHER_COMPANY
from tieout.reconcile.state import Units, Value, same

RATE, CODE = "tax_rate", "tax_code"
BESIDE = frozenset({CODE, OF_ANOTHER_COMPANY})


def alike(ours: Value, before: Value) -> bool:
    """Whether rows of ours say what others of ours said, whatever their rates stand for and are called."""
    if not (isinstance(ours, tuple) and isinstance(before, tuple)):
        return same(ours, before)
    return len(ours) == len(before) and all(
        same(*(_compared(row, was) for row in (one, was))) for one, was in zip(ours, before, strict=True)
    )


def _compared(row: Row, was: Row) -> Row:
    left_out = BESIDE if was.get(RATE) else BESIDE | {RATE}  # what was sent long ago does not name its rates
    if row.get("kind") == "tax":
        left_out |= {"description"}
    return {part: value for part, value in row.items() if part not in left_out}


def with_standing_codes(ours: Value, base_ours: Value, base_theirs: Value, facts: Units) -> Value:
    """Our rows, each with the code that its rate has on the document already. ``facts``: the document's."""
    if not isinstance(ours, tuple):
        return ours
    standing = _standing(ours, _rows(base_ours), _rows(base_theirs), facts)
    return tuple(_with(row, standing) for row in ours)


def _with(row: Row, standing: Mapping[str, str]) -> Row:
    rate = str(row.get(RATE) or "")
    if row.get("kind") != "item" or rate not in standing:
        return row
    rest = {part: value for part, value in row.items() if part not in BESIDE}
    return {**rest, CODE: standing[rate]} if standing[rate] else rest


def _standing(
    ours: tuple[Row, ...], before: tuple[Row, ...], there: tuple[Row, ...], facts: Units
) -> dict[str, str]:
    """Rate -> its code there; "" for none of its own. Rates that are new to the document are missing."""
    rates = {str(row[RATE]) for row in item_rows(ours) if row.get(RATE)}
    known = rates & _rates_before(ours, before)
    lines = str(facts.get(LINE_CODES) or "").split()
    if lines:
        codes = _codes_of_lines(before, lines)
        return {rate: code for rate in known if (code := codes.get(rate) or codes.get(""))}
    taxes = [row for row in there if row.get("kind") == "tax"]
    # One code for the whole document: a rate that is new to it may ask for another.
    return dict.fromkeys(rates, str(taxes[0].get(CODE) or "")) if taxes and known == rates else {}


def _rates_before(ours: tuple[Row, ...], before: tuple[Row, ...]) -> set[str]:
    """The rates that the document had; where it does not name them, those that are still called the same."""
    named = {str(row[RATE]) for row in before if row.get(RATE)}
    called = {row.get("description") for row in before if row.get("kind") == "tax"}
    return named or {str(row.get(RATE)) for row in ours if row.get("description") in called}


def _codes_of_lines(before: tuple[Row, ...], lines: list[str]) -> dict[str, str]:
    """Rate -> the one code that all its lines have there; under "" for lines that do not name theirs."""
    items = item_rows(before)
    if len(items) != len(lines):
        return {}
    found: dict[str, set[str]] = {}
    for row, code in zip(items, lines, strict=True):
        if row.get("taxable"):
            found.setdefault(str(row.get(RATE) or ""), set()).add(code)
    return {rate: codes.pop() for rate, codes in found.items() if len(codes) == 1}


def _rows(value: Value) -> tuple[Row, ...]:
    return value if isinstance(value, tuple) else ()
