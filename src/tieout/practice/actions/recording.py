"""Acts: what every billing verb leaves behind: a raised version, a history entry and a note in the outbox."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actor import Actor, Changes, history_row
from tieout.practice.billing_rows import BillingRow
from tieout.practice.billing_settings import BILLING_SETTINGS
from tieout.practice.credits import CREDIT, CREDIT_APPLICATION
from tieout.practice.invoices import INVOICE
from tieout.practice.ledger_lists import TAX_RATE
from tieout.practice.money import plain
from tieout.practice.outbox import note_change
from tieout.practice.payments import PAYMENT, REFUND
from tieout.practice.permissions import Module, no_module
from tieout.practice.recurring import RECURRING_INVOICE
from tieout.practice.service_items import SERVICE_ITEM
from tieout.practice.validation import Invalid

NOTED = frozenset({SERVICE_ITEM, INVOICE, PAYMENT, REFUND, CREDIT, CREDIT_APPLICATION})
"""The kinds another system may be kept in step with. Others have a history only."""
BILLED = NOTED | {RECURRING_INVOICE, TAX_RATE, BILLING_SETTINGS}
"""The kinds that come with Time & Billing."""
_WORDS = {CREDIT_APPLICATION: "application of a credit"}


class RecordChangedMeanwhile(ChangedMeanwhile):
    """The same, said of the right kind of record."""

    def __init__(self, kind: str, seen: int, now: int) -> None:
        super().__init__(seen, now)
        self.args = (
            f"Someone changed this {_WORDS.get(kind, kind.replace('_', ' '))} while you were editing. Nothing was "
            "saved; look at it again and repeat what is still needed.",
        )


class KeyUsed(Invalid):
    """The key of a request belongs to another one. ``record_id``: of the record that one is about."""

    def __init__(self, sentence: str, record_id: int) -> None:
        super().__init__({"idempotency_key": sentence})
        self.record_id = record_id


def fingerprint(**asked: object) -> str:
    """What a request with a key asked for, in few characters: what is written on the record changes later."""
    told = json.dumps(asked, sort_keys=True, default=_as_asked)
    return hashlib.sha256(told.encode()).hexdigest()


def _as_asked(value: object) -> str:
    """An amount is the same however many zeros it is written with."""
    if isinstance(value, Decimal):
        return f"{plain(value):f}"
    return str(value.pk) if isinstance(value, Model) else str(value)


def check_version(row: BillingRow, kind: str, expected: int | None) -> None:
    """Raises RecordChangedMeanwhile when the caller saw another version than there is now."""
    if expected is not None and row.version != expected:
        raise RecordChangedMeanwhile(kind, seen=expected, now=row.version)


def set_values(row: Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Put values on the row, not saved. Returns what that changed: field -> [before, after], rows by their names."""
    changes: dict[str, list[Any]] = {}
    for field, value in values.items():
        before = getattr(row, field)
        if before != value:
            changes[field] = [_told(before), _told(value)]
            setattr(row, field, value)
    return changes


def given(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The changes that make a new record: every field that is not empty."""
    return {field: [None, _told(value)] for field, value in values.items() if value not in ("", None)}


def record_created(row: BillingRow, kind: str, actor: Actor, changes: Changes) -> None:
    _record(row, kind, "created", actor, changes)


def record_changed(row: BillingRow, kind: str, verb: str, actor: Actor, changes: Changes) -> None:
    """Save the row as its next version, with its history entry and its note."""
    row.version += 1
    row.updated_at = timezone.now()
    row.save()
    _record(row, kind, verb, actor, changes)


def record_draft(row: BillingRow, kind: str, verb: str, actor: Actor, changes: Changes) -> None:
    """A history entry without a note: what happens to a draft is nobody else's business.

    Every verb of billing ends here or in one of the two above. Raises Invalid in a firm without Time & Billing.
    """
    if kind in BILLED and not row.firm.has_module(Module.TIME_AND_BILLING):
        raise Invalid({"firm": no_module(Module.TIME_AND_BILLING, ())})
    history_row(row.firm_id, kind, str(row.pk), row.version, verb, actor, changes).save()


def _record(row: BillingRow, kind: str, verb: str, actor: Actor, changes: Changes) -> None:
    record_draft(row, kind, verb, actor, changes)
    if kind in NOTED:
        note_change(row.firm_id, kind, str(row.pk), row.version)


def _told(value: Any) -> Any:
    return str(value) if isinstance(value, Model) else value
