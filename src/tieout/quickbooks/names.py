"""Acts: finds out who holds a name that QuickBooks says is taken. Used by ``ledger`` after a refusal, never before.

QuickBooks keeps one pool of names for customers, vendors and employees, and one for each category of items, and often
refuses without saying who it is. For a person it is the whole difference: a customer can be linked, a vendor cannot.
"""

from __future__ import annotations

from tieout.quickbooks.api import fault_meanings as means
from tieout.quickbooks.api.client import Client, Document
from tieout.quickbooks.api.faults import ApiError, Fault, NameHolder, name_holder, ruled
from tieout.quickbooks.api.query import ANY_ACTIVITY, one_of
from tieout.quickbooks.entity import QuickBooksEntity
from tieout.quickbooks.inactive_names import as_marked

DUPLICATE_NAME = 6240

_MEANINGS = {
    "Customer": means.NAME_HELD_BY_CUSTOMER,
    "Vendor": means.NAME_HELD_BY_VENDOR,
    "Employee": means.NAME_HELD_BY_EMPLOYEE,
    "Item": means.NAME_HELD_BY_ITEM,
}


def with_holder_named(error: ApiError, client: Client, entity: QuickBooksEntity, sent: Document) -> ApiError:
    """The same refusal, saying who holds the name if that can be found out; at most one question per kind of record.

    Never makes things worse: when the search fails, the refusal stays as it was.
    """
    name = str(sent.get(entity.name_field, "")).strip()
    if error.fault.code != DUPLICATE_NAME or name_holder(error.fault) is not NameHolder.UNKNOWN or not name:
        return error
    try:
        for kind in entity.name_pool:
            rows = client.rows(kind, one_of(entity.name_field, as_marked(name)), ANY_ACTIVITY)
            others = [row for row in rows if row.get("Id") != sent.get("Id") or kind != entity.resource]
            if others and kind in _MEANINGS:
                return _held_by(error, kind, str(others[0].get("Id")))
    except ApiError:
        return error
    return error


def _held_by(error: ApiError, kind: str, record_id: str) -> ApiError:
    fault = Fault(
        error.fault.code, error.fault.message, f"held by {kind} {record_id}", status=error.fault.status
    )
    return ApiError(fault, ruled(_MEANINGS[kind], fault), reference=error.reference)
