"""Decides: a billing record's history in words. The lists of changes come from the verbs, as they were recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from tieout.practice.actor import ActorKind, ChangeRecord
from tieout.practice.invoice_terms import is_terms
from tieout.practice.invoice_terms import label_of as terms_label
from tieout.practice.invoices import Status
from tieout.practice.money import shown, shown_rate
from tieout.practice.payment_methods import Method
from tieout.practice.payments import PaymentStatus, RefundStatus
from tieout.practice.service_items import Charge
from tieout.web.client_history import VIA, Entry, FieldChange

_MONEY = frozenset(
    {
        "amount", "balance", "total", "paid", "credited", "written_off", "left", "refunded", "unapplied", "rate",
    }
)  # fmt: skip
_WORDS: Mapping[str, str] = {
    **dict(Status.choices),
    **dict(Method.choices),
    **dict(PaymentStatus.choices),
    **dict(RefundStatus.choices),
    **dict(Charge.choices),
}
_CODED = frozenset({"status", "method", "charge"})
_LABELS: Mapping[str, str] = {
    "email": "E-mail",
    "is_active": "Active",
    "is_void": "Void",
    "sku": "SKU",
    "tracking_class": "Class",
    "deposit_to": "Deposited to",
    "is_additional": "Retainer",
    "left": "Left to apply",
    "sent_at": "Sent",
    "lines": "Number of lines",
}
_OWN_ACTS = frozenset({"created", "drafted"})
_ACTS: Mapping[str, str] = {
    "paid": "put a payment on this invoice",
    "payment taken off": "took a payment off this invoice",
    "credited": "put a credit on this invoice",
    "credit taken off": "took a credit off this invoice",
    "sent": "marked this invoice as sent",
    "written off": "wrote off part or all of this invoice",
    "claimed again": "undid the write-off of this invoice",
    "late fee added": "added a late fee to this invoice",
    "late fee removed": "took the late fees off this invoice",
    "asked for": "asked the processor for this payment",
    "bounced": "marked this payment as bounced",
}
"""Verbs of the history that do not read well before "this invoice"."""
_INVOICE = re.compile(r"invoice (.+)")


def entries(records: Iterable[ChangeRecord], what: str, currency: str = "USD") -> list[Entry]:
    """Newest first, as given. ``what``: the kind of record as people call it. ``currency``: of its amounts."""
    return [
        Entry(
            at=record.at,
            who=record.actor_label,
            did=_did(record.verb, what),
            via=VIA.get(ActorKind(record.actor_kind), ""),
            fields=tuple(
                field_change(name, pair, currency)
                for name, pair in record.changes.items()
                if record.verb not in _OWN_ACTS
            ),
        )
        for record in records
    ]


def field_change(name: str, pair: list[Any], currency: str = "USD") -> FieldChange:
    """Of lines only the number is recorded; as many as before may still say something else."""
    if name == "lines" and pair[0] == pair[1]:
        return FieldChange("Lines", "", "changed")
    return FieldChange(label_of(name), *(in_words(name, value, currency) for value in pair))


def label_of(name: str) -> str:
    """A field's name as people say it."""
    if found := _INVOICE.fullmatch(name):
        return f"On invoice {found[1]}"
    return _LABELS.get(name, name.removesuffix("_id").replace("_", " ").capitalize())


def in_words(name: str, value: Any, currency: str = "USD") -> str:
    """A recorded value as a person would write it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if name == "terms" and is_terms(str(value)):
        return terms_label(str(value))
    if name in _CODED:
        return _WORDS.get(str(value), str(value))
    if name in _MONEY or _INVOICE.fullmatch(name):
        try:
            amount = Decimal(str(value))
            return shown_rate(amount, currency) if name == "rate" else shown(amount, currency)
        except InvalidOperation:
            return str(value)
    if name == "date" or name.endswith("_date"):
        try:
            return f"{date.fromisoformat(str(value)):%b %-d, %Y}"
        except ValueError:
            return str(value)
    return str(value)


def _did(verb: str, what: str) -> str:
    return _ACTS.get(verb) or (
        f"{verb} this {what}" if " " not in verb else verb.replace("an invoice", f"an invoice: this {what}")
    )
