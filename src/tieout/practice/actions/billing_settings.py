"""Acts: the verbs on a firm's billing settings: terms, memo, late fees, and where its numbers start."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction

from tieout.practice.actions.recording import check_version, record_draft, set_values
from tieout.practice.actor import Actor
from tieout.practice.billing_access import rows_of
from tieout.practice.billing_settings import BILLING_SETTINGS, BillingSettings, LateFee, NumberSequence
from tieout.practice.billing_validation import MOST_PERCENT, Checks, Number
from tieout.practice.invoice_fields import MEMO
from tieout.practice.invoice_terms import Terms
from tieout.practice.money import CURRENCIES
from tieout.practice.number_text import LONGEST, number_problem
from tieout.practice.numbering import FIRST, lock_sequence
from tieout.practice.service_items import ServiceItem
from tieout.practice.validation import TextRule

MOST_DAYS = Decimal(365)


class SettingsFields(TypedDict, total=False):
    currency: str
    terms: str
    memo: str
    late_fee_kind: str
    late_fee_percent: Number
    late_fee_amount: Number
    late_fee_grace_days: int | str
    late_fee_every_days: int | str
    late_fee_item_id: int | str | None


def change_billing_settings(
    *, firm_id: int, actor: Actor, expected_version: int | None = None, **fields: Unpack[SettingsFields]
) -> BillingSettings:
    """Set the given settings; invoices that exist keep theirs. Raises RecordChangedMeanwhile, Invalid."""
    with transaction.atomic():
        BillingSettings.objects.bulk_create([BillingSettings(firm_id=firm_id)], ignore_conflicts=True)
        settings = rows_of(BillingSettings, firm_id).select_for_update().get()
        check_version(settings, BILLING_SETTINGS, expected_version)
        changes = set_values(settings, _clean(firm_id, fields, settings))
        if changes:
            settings.version += 1
            settings.save()
            record_draft(settings, BILLING_SETTINGS, "changed", actor, changes)
    return settings


def start_numbers_at(*, firm_id: int, kind: str, actor: Actor, number: str) -> NumberSequence:
    """The next automatic number of ``invoice`` or ``credit``; those that are taken are stepped over. Raises Invalid."""
    checks = Checks()
    number = checks.text("number", number, TextRule("The number", LONGEST, required=True))
    if problem := number_problem(number):
        checks.problem("number", problem)
    if not any(each in "0123456789" for each in number):
        checks.problem("number", "The number has to contain a digit to count on from, such as INV-1001.")
    checks.choice("kind", kind, FIRST, "Choose invoices or credits.")
    checks.done()
    with transaction.atomic():
        sequence = lock_sequence(firm_id, kind)
        before, sequence.next = sequence.next, number
        sequence.save(update_fields=["next"])
        settings = rows_of(BillingSettings, firm_id).first() or BillingSettings.objects.create(
            firm_id=firm_id
        )
        record_draft(settings, BILLING_SETTINGS, "changed", actor, {f"next {kind} number": [before, number]})
    return sequence


def _clean(firm_id: int, fields: SettingsFields, now: BillingSettings) -> dict[str, Any]:
    checks = Checks()
    values: dict[str, Any] = {}
    if "currency" in fields:
        values["currency"] = checks.choice(
            "currency", fields["currency"], CURRENCIES, f"Choose one of {', '.join(CURRENCIES)}."
        )
    if "terms" in fields:
        values["terms"] = checks.choice(
            "terms",
            fields["terms"],
            [each for each in Terms if each.days is not None],
            "Choose terms such as Net 30.",
        )
    if "memo" in fields:
        values["memo"] = checks.text("memo", fields["memo"], MEMO)
    if "late_fee_kind" in fields:
        values["late_fee_kind"] = checks.choice(
            "late_fee_kind",
            fields["late_fee_kind"],
            LateFee.values,
            "Choose no late fee, a percentage or an amount.",
        )
    if "late_fee_percent" in fields:
        values["late_fee_percent"] = checks.number(
            "late_fee_percent", fields["late_fee_percent"], "The late fee", places=4, most=MOST_PERCENT
        )
    if "late_fee_amount" in fields:
        values["late_fee_amount"] = checks.amount(
            "late_fee_amount", fields["late_fee_amount"], "The late fee", positive=False
        )
    for field, label in (
        ("late_fee_grace_days", "The days of grace"),
        ("late_fee_every_days", "The days between two fees"),
    ):
        if field in fields:
            days = checks.number(field, fields[field], label, places=0, most=MOST_DAYS)  # type: ignore[literal-required]
            values[field] = int(days)
    if "late_fee_item_id" in fields:
        items = rows_of(ServiceItem, firm_id).filter(is_active=True).in_bulk()
        values["late_fee_item"] = checks.row(
            "late_fee_item_id",
            fields["late_fee_item_id"],
            items,
            "Choose a service item that is not archived.",
        )
    _late_fee_is_complete({**_late_fee_of(now), **values}, checks)
    checks.done()
    return values


def _late_fee_of(now: BillingSettings) -> dict[str, Any]:
    return {name: getattr(now, name) for name in ("late_fee_kind", "late_fee_percent", "late_fee_amount")}


def _late_fee_is_complete(values: dict[str, Any], checks: Checks) -> None:
    if values["late_fee_kind"] == LateFee.PERCENT and not values["late_fee_percent"]:
        checks.problem("late_fee_percent", "Enter how many percent the late fee is.")
    if values["late_fee_kind"] == LateFee.AMOUNT and not values["late_fee_amount"]:
        checks.problem("late_fee_amount", "Enter how much the late fee is.")
