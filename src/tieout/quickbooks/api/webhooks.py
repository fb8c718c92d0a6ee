"""Decides whether a delivery is Intuit's, and what it says. Whoever receives it stores the notices and answers 200.

A notice carries no facts, only a key that may have changed: order and completeness are not promised. Two formats:
CloudEvents (an array; everybody since July 2026) and the older envelope. The content type is not looked at:
Intuit sends ``application/cloudevents-batch+json``, which many frameworks do not take for JSON.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from tieout.quickbooks.api.reading import Shape, lowered, sniff

SIGNATURE_HEADER = "intuit-signature"
MAX_BYTES = 2 * 1024 * 1024
"""Larger deliveries are refused unread; Intuit speaks of about 1 MB."""


class Operation(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    MERGED = "merged"
    VOIDED = "voided"
    EMAILED = "emailed"


@dataclass(frozen=True, slots=True)
class Notice:
    """One key that may have changed."""

    event_id: str
    """Opaque; the same event delivered again has the same one."""
    company_id: str
    entity: str
    """As in the data service: ``Customer``, ``BillPayment``."""
    record_id: str
    operation: Operation
    at: datetime | None
    """When it happened, by Intuit's clock; None when unreadable. For ordering at most, never as a cursor."""
    deleted_id: str = ""
    """For a merge: the record that was absorbed into ``record_id``."""
    by_the_second: bool = False
    """Two changes of one record within a second have the same ``event_id``: this format has no ids of its own."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything one request said. ``not_understood`` counts what we left out: worth a log line, not an error."""

    notices: tuple[Notice, ...]
    not_understood: int = 0


_ENTITIES = {
    name.lower(): name
    for name in (
        "Account",
        "Bill",
        "BillPayment",
        "Budget",
        "ChangeOrder",
        "Class",
        "CompanyCurrency",
        "CreditMemo",
        "Currency",
        "Customer",
        "Department",
        "Deposit",
        "Employee",
        "Estimate",
        "Invoice",
        "Item",
        "JournalCode",
        "JournalEntry",
        "Payment",
        "PaymentMethod",
        "Preferences",
        "Purchase",
        "PurchaseOrder",
        "RefundReceipt",
        "SalesReceipt",
        "TaxAgency",
        "Term",
        "TimeActivity",
        "Transfer",
        "Vendor",
        "VendorCredit",
    )
}
"""Intuit's event list: lower case in CloudEvents types, camel case in the older envelope."""

_OPERATIONS = {
    **{one.value: one for one in Operation},
    "void": Operation.VOIDED,
    "create": Operation.CREATED,
    "update": Operation.UPDATED,
    "delete": Operation.DELETED,
    "merge": Operation.MERGED,
}


def signature(token: str, body: bytes) -> str:
    """What Intuit puts in ``intuit-signature`` for these bytes."""
    return base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest()).decode("ascii")


def is_genuine(body: bytes, given: str, verifier_tokens: Collection[str]) -> bool:
    """Whether one of our verifier tokens signed exactly these bytes. Takes as long for a wrong one as for a right one.

    Several tokens count while one is being replaced. No token, or an empty signature, is never genuine.
    """
    wanted = given.strip().encode("ascii", "replace")
    matches = [
        hmac.compare_digest(signature(token, body).encode(), wanted) for token in verifier_tokens if token
    ]
    return any(matches)


def read_delivery(body: bytes) -> Delivery:
    """The notices in a body of either format. Never raises: answering an error makes Intuit repeat the whole batch."""
    shape, data = sniff(body)
    if shape is not Shape.JSON:
        return Delivery((), not_understood=1)
    read = list(_cloud_events(data) if isinstance(data, list) else _envelope(data))
    notices = tuple(one for one in read if one is not None)
    return Delivery(notices, not_understood=len(read) - len(notices))


def _cloud_events(events: list[Any]) -> Iterator[Notice | None]:
    for event in events:
        fields = lowered(event)
        # qbo.customer.created.v1
        vendor, entity, operation, *_ = [*_text(fields.get("type")).lower().split("."), "", "", ""]
        yield _notice(
            event_id=_text(fields.get("id")),
            company_id=_text(fields.get("intuitaccountid")),
            entity=entity if vendor == "qbo" else "",
            record_id=_text(fields.get("intuitentityid")),
            operation=operation,
            at=_text(fields.get("time")),
            deleted_id=_text(lowered(fields.get("data")).get("deletedid")),
        )


def _envelope(document: Any) -> Iterator[Notice | None]:
    """``{"eventNotifications": [{"realmId", "dataChangeEvent": {"entities": [...]}}]}``."""
    blocks = lowered(document).get("eventnotifications")
    if not isinstance(blocks, list):
        yield None
        return
    for block in map(lowered, blocks):
        company_id = _text(block.get("realmid"))
        entities = lowered(block.get("datachangeevent")).get("entities")
        for one in map(lowered, entities if isinstance(entities, list) else ()):
            name, record_id = _text(one.get("name")), _text(one.get("id"))
            operation, at = _text(one.get("operation")), _text(one.get("lastupdated"))
            yield _notice(
                event_id="|".join((company_id, name, record_id, operation, at)),
                company_id=company_id,
                entity=name,
                record_id=record_id,
                operation=operation,
                at=at,
                deleted_id=_text(one.get("deletedid")),
                by_the_second=True,
            )


def _notice(
    *,
    event_id: str,
    company_id: str,
    entity: str,
    record_id: str,
    operation: str,
    at: str,
    deleted_id: str,
    by_the_second: bool = False,
) -> Notice | None:
    known_entity = _ENTITIES.get(entity.lower())
    known_operation = _OPERATIONS.get(operation.lower())
    if not (event_id and company_id and record_id and known_entity and known_operation):
        return None
    when = _instant(at)
    return Notice(
        event_id, company_id, known_entity, record_id, known_operation, when, deleted_id, by_the_second
    )


def _instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
