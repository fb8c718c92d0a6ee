"""Acts: the verbs on a firm's billing settings: terms, memo, late fees, and where its numbers start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import Q

from tieout.practice.actions.recording import check_version, record_draft, set_values
from tieout.practice.actor import Actor, Changes
from tieout.practice.billing_access import rows_of
from tieout.practice.billing_settings import (
    BILLING_SETTINGS,
    BillingSettings,
    FirmLogo,
    LateFee,
    NumberSequence,
)
from tieout.practice.billing_validation import MOST_PERCENT, Checks, Number
from tieout.practice.charging_by import offered_processors
from tieout.practice.credits import Credit
from tieout.practice.invoice_fields import MEMO
from tieout.practice.invoice_mail import PLACES, unknown_places
from tieout.practice.invoice_terms import MOST_DAYS as MOST_TERMS_DAYS
from tieout.practice.invoice_terms import Terms, days_of, is_terms, own_terms
from tieout.practice.invoices import Invoice
from tieout.practice.logo import clean_logo
from tieout.practice.money import CURRENCIES
from tieout.practice.number_text import LONGEST, number_problem
from tieout.practice.numbering import FIRST, lock_sequence
from tieout.practice.payment_methods import Method
from tieout.practice.payments import Payment
from tieout.practice.service_items import ServiceItem
from tieout.practice.validation import CLIENT_RULES, TextRule

MOST_DAYS = Decimal(365)
MOST_OWN_TERMS = 20
TEXTS: Mapping[str, TextRule] = {
    "memo": MEMO,
    "letterhead": TextRule("The letterhead", 500, prose=True),
    "footer": TextRule("The text at the end", 1000, prose=True),
    "mail_subject": TextRule("The subject", 200, required=True),
    "mail_text": TextRule("The text of the mail", 4000, required=True, prose=True),
    "reply_to": TextRule("The address for answers", 254, form=CLIENT_RULES["email"].form),
}


class SettingsFields(TypedDict, total=False):
    currency: str
    terms: str
    memo: str
    letterhead: str
    footer: str
    mail_subject: str
    mail_text: str
    reply_to: str
    payment_methods: Sequence[str]
    own_terms: str
    """Days until due, separated by commas."""
    processor: str
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


def has_documents(firm_id: int) -> bool:
    """Whether the firm has billed, taken or credited anything yet. From then on its currency stays."""
    return any(rows_of(each, firm_id).exists() for each in (Invoice, Payment, Credit))


def set_logo(*, firm_id: int, actor: Actor, content: bytes | None, now: datetime) -> None:
    """The picture at the head of the firm's invoices; None takes it away. Raises Invalid."""
    kept = None if content is None else clean_logo(content)
    with transaction.atomic():
        BillingSettings.objects.bulk_create([BillingSettings(firm_id=firm_id)], ignore_conflicts=True)
        settings = rows_of(BillingSettings, firm_id).select_for_update().get()
        if kept is None:
            FirmLogo.objects.filter(firm_id=firm_id).delete()
        else:
            FirmLogo.objects.update_or_create(firm_id=firm_id, defaults={"content": kept, "updated_at": now})
        told: Changes = {"logo": [None, "a picture" if kept else ""]}
        record_draft(settings, BILLING_SETTINGS, "changed", actor, told)


def _clean(firm_id: int, fields: SettingsFields, now: BillingSettings) -> dict[str, Any]:
    checks = Checks()
    values: dict[str, Any] = {}
    if "currency" in fields:
        values["currency"] = checks.choice(
            "currency", fields["currency"], CURRENCIES, f"Choose one of {', '.join(CURRENCIES)}."
        )
        if values["currency"] != now.currency and has_documents(firm_id):
            checks.problem(
                "currency",
                f"Your firm has invoices, payments or credits in {now.currency}, so it goes on billing in "
                f"{now.currency}: amounts in two currencies cannot be added up.",
            )
    if "terms" in fields:
        values["terms"] = terms = fields["terms"]
        if not is_terms(terms) or days_of(terms) is None:
            checks.problem("terms", "Choose terms such as Net 30.")
    if "own_terms" in fields:
        values["own_terms"] = _days(fields["own_terms"], checks)
    for field, rule in TEXTS.items():
        if field in fields:
            values[field] = checks.text(field, fields[field], rule)  # type: ignore[literal-required]
    for field in ("mail_subject", "mail_text"):
        if field in values and (unknown := unknown_places(values[field])):
            known = ", ".join(f"{{{each}}}" for each in PLACES)
            checks.problem(field, f"There is no place {{{unknown[0]}}}. The places are {known}.")
    if "payment_methods" in fields:
        chosen = set(fields["payment_methods"])
        values["payment_methods"] = [each for each in Method.values if each in chosen]
        if not chosen or not chosen <= set(Method.values):
            checks.problem("payment_methods", "Choose at least one of the ways money can come.")
    if "processor" in fields:
        values["processor"] = checks.choice(
            "processor",
            fields["processor"],
            ["", *offered_processors()],
            "Choose one of the processors, or none.",
        )
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
        kept = Q(pk=now.late_fee_item_id)
        items = rows_of(ServiceItem, firm_id).filter(Q(is_active=True) | kept).in_bulk()
        values["late_fee_item"] = checks.row(
            "late_fee_item_id",
            fields["late_fee_item_id"],
            items,
            "Choose a service item that is not archived.",
        )
    _late_fee_is_complete({**_late_fee_of(now), **values}, checks)
    checks.done()
    return values


def _days(text: str, checks: Checks) -> list[int]:
    """ "21, 90" as numbers, in order, without those that are among the usual terms."""
    days = set()
    for each in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        number = int(each) if each.isascii() and each.isdigit() and len(each) < 5 else 0
        if not 1 <= number <= MOST_TERMS_DAYS:
            checks.problem(
                "own_terms", f"Enter days from 1 to {MOST_TERMS_DAYS}, separated by commas: 21, 90."
            )
        days.add(number)
    if len(days) > MOST_OWN_TERMS:
        checks.problem("own_terms", f"A firm can have at most {MOST_OWN_TERMS} terms of its own.")
    return sorted(day for day in days if own_terms(day) not in list(Terms))


def _late_fee_of(now: BillingSettings) -> dict[str, Any]:
    return {name: getattr(now, name) for name in ("late_fee_kind", "late_fee_percent", "late_fee_amount")}


def _late_fee_is_complete(values: dict[str, Any], checks: Checks) -> None:
    if values["late_fee_kind"] == LateFee.PERCENT and not values["late_fee_percent"]:
        checks.problem("late_fee_percent", "Enter how many percent the late fee is.")
    if values["late_fee_kind"] == LateFee.AMOUNT and not values["late_fee_amount"]:
        checks.problem("late_fee_amount", "Enter how much the late fee is.")
