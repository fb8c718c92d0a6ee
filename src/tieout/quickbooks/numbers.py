"""Acts: after QuickBooks refused a document's number as taken, finds out by whom, and a number that is free.

Used by ``ledger`` after a refusal, never before. When the document that has the number carries our own marker, it is
the very one we sent before and lost the answer of: then there is nothing wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tieout.quickbooks import writing
from tieout.quickbooks.api import query
from tieout.quickbooks.api.client import Client, Document
from tieout.quickbooks.api.faults import ApiError, Fault
from tieout.quickbooks.entity import QuickBooksEntity
from tieout.quickbooks.looking import carries_marker
from tieout.reconcile.ports import PreparedWrite

DUPLICATE_NUMBER = 6140
FAMILY = ("Invoice", "CreditMemo", "RefundReceipt", "SalesReceipt")
"""The documents that share one sequence of numbers (recorded in the sample company)."""
LOOK_AHEAD = 25
LONGEST = 21
_HOLDER = re.compile(r"TxnType=([A-Za-z ]+?) with TxnId=(\d+)")
_ENDS_IN_DIGITS = re.compile(r"(.*?)(\d+)$", re.DOTALL)


def our_own(error: ApiError, client: Client, kind: QuickBooksEntity, write: PreparedWrite) -> Document | None:
    """The document that holds the number, if it is the one this very write made before."""
    held = _HOLDER.search(error.fault.detail)
    if error.fault.code != DUPLICATE_NUMBER or write.record_id or held is None:
        return None
    if held.group(1).replace(" ", "") != kind.resource:
        return None
    found = client.read(kind.resource, held.group(2))
    return found if carries_marker(found, write.request_id) else None


def with_a_free_number(
    error: ApiError, client: Client, kind: QuickBooksEntity, write: PreparedWrite
) -> ApiError:
    """The same refusal, saying which number is free. Never makes things worse: a failed search changes nothing."""
    taken = str(writing.sent_document(write).get(kind.number_field, "")) if kind.number_field else ""
    if error.fault.code != DUPLICATE_NUMBER or not taken:
        return error
    try:
        free = free_number(client, taken)
    except ApiError:
        return error
    if not free:
        return error
    held = _HOLDER.search(error.fault.detail)
    holder = f"{taken} is held by {held.group(1)} {held.group(2)}; " if held else ""
    fault = Fault(
        error.fault.code, error.fault.message, f"{holder}next free number: {free}", status=error.fault.status
    )
    return ApiError(fault, error.ruling, reference=error.reference)


def free_number(client: Client, taken: str) -> str:
    """The first number after ``taken`` that no document of the family has; "" when there is none near. One call."""
    candidates = following(taken)
    if not candidates:
        return ""
    questions = [query.select(one, query.one_of("DocNumber", candidates)) for one in FAMILY]
    used: set[str] = set()
    for answer in client.ask_many(questions):
        if answer.error is not None:
            raise answer.error
        used |= _numbers_in(answer.body)
    return next((one for one in candidates if one.casefold() not in used), "")


def following(number: str) -> list[str]:
    """The numbers after this one: its last digits count on, keeping their width; a text without any gets "-2"."""
    match = _ENDS_IN_DIGITS.fullmatch(number)
    start, digits = (match.group(1), match.group(2)) if match else (f"{number}-", "1")
    found = [f"{start}{int(digits) + step:0{len(digits)}}" for step in range(1, LOOK_AHEAD + 1)]
    return [one for one in found if len(one) <= LONGEST]


def _numbers_in(body: Mapping[str, Any]) -> set[str]:
    groups = (body.get("QueryResponse") or {}).values()
    rows = [row for group in groups if isinstance(group, list) for row in group]
    return {str(row.get("DocNumber", "")).casefold() for row in rows}
