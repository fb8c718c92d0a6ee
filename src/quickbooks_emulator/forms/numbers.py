"""Decides: document numbers: the running sequence of each family, and duplicates.

Invoice, SalesReceipt, CreditMemo and RefundReceipt share one sequence; the others have their own (recorded).
"""

from __future__ import annotations

import re

from quickbooks_emulator import faults
from quickbooks_emulator.entities import settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Rule
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

SALES = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")
AUTO = "AUTO_GENERATE"
_FIRST = "1001"
_ENDS_IN_DIGITS = re.compile(r"(.*?)(\d+)$", re.DOTALL)
_PRINTED = {
    "SalesReceipt": "Sales Receipt", "CreditMemo": "Credit Memo", "RefundReceipt": "Refund",
    "JournalEntry": "Journal Entry", "BillPayment": "Bill Payment",
}  # fmt: skip
ALLOW = "allowduplicatedocnum"


def number(family: tuple[str, ...], *, automatic: bool = True, warning: str | None = None) -> Rule:
    """The rule for DocNumber. `automatic`: numbered by the server unless CustomTxnNumbers is on; a number sent is
    taken either way (recorded), AUTO_GENERATE always numbers (documented). `warning`: the preference that makes
    duplicates 6140; None: the sales forms' warning, which the API does not show (a knob)."""

    def rule(change: Change) -> None:
        body = change.body
        sent = body.get("DocNumber")
        custom = bool(settings.preference(change.books, "SalesFormsPrefs", "CustomTxnNumbers"))
        if sent == AUTO or (sent is None and automatic and not custom):
            kept = change.before.get("DocNumber") if sent is None else None
            body["DocNumber"] = kept or next_number(change.books, family)
        if "DocNumber" not in body or not change.changed("DocNumber"):
            return
        if _refused(change, warning):
            _require_free(change, family)
        _remember(change.books, family, body["DocNumber"])

    return rule


def next_number(books: Books, family: tuple[str, ...]) -> str:
    """The last used number and one; a text that ends in digits counts on in them (a switch)."""
    last = books.collection("numbers").get(family[0])
    if last is None:
        return _FIRST if len(family) > 1 or family[0] == "Estimate" else "1"
    match = _ENDS_IN_DIGITS.match(last)
    assert match is not None
    return f"{match[1]}{int(match[2]) + 1:0{len(match[2])}}"


def _remember(books: Books, family: tuple[str, ...], used: str) -> None:
    last: str | None = books.collection("numbers").get(family[0])
    if used.isdigit() and used.isascii():
        if last is not None and last.isdigit() and int(last) >= int(used):
            return
    elif not (books.knobs.auto_number_after_text and _ENDS_IN_DIGITS.match(used) and used[-1].isascii()):
        return
    books.transaction.put(books.collection("numbers").name, family[0], used)


def _refused(change: Change, warning: str | None) -> bool:
    if ALLOW in change.books.options or change.books.person:
        return False
    if warning is None:
        return change.books.knobs.duplicate_numbers_refused
    return settings.other_preference(change.books, warning).lower() == "true"


def _require_free(change: Change, family: tuple[str, ...]) -> None:
    wanted = change.body["DocNumber"]
    for entity in family:
        if entity not in change.books.entities:
            continue
        for holder in change.books.named(entity, "DocNumber", wanted.strip().casefold()):
            if not _is_self(change, entity, holder):
                raise faults.duplicate_number(wanted, _PRINTED.get(entity, entity), holder.id)


def _is_self(change: Change, entity: str, holder: Record) -> bool:
    return change.old is not None and entity == change.entity.name and holder.id == change.old.id
