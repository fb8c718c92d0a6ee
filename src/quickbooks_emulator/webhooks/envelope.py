"""Decides: the bytes and headers of one delivery, in the CloudEvents form or the legacy one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from datetime import UTC, datetime, timedelta

from quickbooks_emulator import formats
from quickbooks_emulator.store.documents import Event

_SOURCE = "intuit." + base64.b64encode(b"quickbooks-emulator").decode()
_VERBS = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Merge": "merged",
    "Void": "void",
    "Emailed": "emailed",
}


def signature(verifier_token: str, body: bytes) -> str:
    """base64(HMAC-SHA256(verifier token, raw body)), the value of the intuit-signature header."""
    return base64.b64encode(hmac.new(verifier_token.encode(), body, hashlib.sha256).digest()).decode()


def cloud_events(events: tuple[Event, ...]) -> bytes:
    return formats.to_json([_cloud_event(event) for event in events])


def legacy(events: tuple[Event, ...]) -> bytes:
    by_realm: dict[str, list[dict[str, str]]] = {}
    for event in events:
        entity = {
            "name": event.entity,
            "id": event.record,
            "operation": event.operation,
            "lastUpdated": instant(event.at_ms),
        }
        if event.deleted is not None:
            entity["deletedId"] = event.deleted
        by_realm.setdefault(event.realm, []).append(entity)
    notifications = [
        {"realmId": realm, "dataChangeEvent": {"entities": entities}} for realm, entities in by_realm.items()
    ]
    return formats.to_json({"eventNotifications": notifications})


def headers(form: str, verifier_token: str, body: bytes, now_ms: int, trace: str) -> dict[str, str]:
    """The recorded headers (May 2026) for CloudEvents, the documented ones for the legacy form."""
    common = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip,deflate",
        "intuit-created-time": instant(now_ms),
        "intuit-t-id": trace,
        "intuit-signature": signature(verifier_token, body),
    }
    if form == "legacy":
        return {
            **common,
            "Content-Type": "application/json",
            "User-Agent": "intuit_notification_server/0.1",
            "intuit-notification-schema-version": "0.1",
        }
    return {
        **common,
        "Content-Type": "application/cloudevents-batch+json; charset=utf-8",
        "User-Agent": "intuit_notification_server/1.0",
        "intuit-notification-schema-version": "2.0",
        "intuit-signature-algorithm": "HMAC-SHA256",
        "intuit-signature-id": _uuid(f"signature/{trace}"),
    }


def instant(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cloud_event(event: Event) -> dict[str, object]:
    entity = event.entity.lower()
    return {
        "specversion": "1.0",
        "id": _uuid(f"{event.id}/{event.at_ms}"),
        "source": _SOURCE,
        "type": f"qbo.{entity}.{_VERBS[event.operation]}.v1",
        "datacontenttype": "application/json",
        "time": instant(event.at_ms),
        "intuitentityid": event.record,
        "intuitaccountid": event.realm,
        "data": {} if event.deleted is None else {"deletedid": event.deleted},
    }


def _uuid(text: str) -> str:
    """A repeatable uuid: the same event has the same id in each delivery."""
    return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=4))
