"""Acts: the verbs on recurring invoices, and the run that writes those that have come due.

Each occurrence is written once: the row's count moves in the transaction that writes it, and the database refuses
the same occurrence twice. One that cannot be written says why and waits; the others go on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from tieout.practice.actions.invoices import create_invoice, finalise_invoice, prepare
from tieout.practice.actions.recording import (
    check_version,
    given,
    record_changed,
    record_created,
    set_values,
)
from tieout.practice.actor import Actor
from tieout.practice.billing_access import row_to_change, rows_of
from tieout.practice.billing_settings import settings_of
from tieout.practice.billing_validation import Checks
from tieout.practice.groups import ClientGroup
from tieout.practice.invoice_fields import InvoiceFields
from tieout.practice.invoice_terms import LATEST_DUE, Terms, due_on, said_day
from tieout.practice.invoices import Invoice
from tieout.practice.recurrence import Frequency
from tieout.practice.recurring import RECURRING_INVOICE, RecurringInvoice
from tieout.practice.row_ids import row_id
from tieout.practice.validation import Invalid, TextRule

NAME = TextRule("Name", 200)
MOST_EVERY = Decimal(366)
MOST_COUNT = Decimal(10_000)
MOST_AT_ONCE = 100
"""Occurrences of one recurring invoice written in one run; the rest follows in the next."""
FARTHEST_BACK = timedelta(days=366)
MOST_MISSED = 60
"""Invoices for days that have passed which one change may set off: a year of weeks, two months of days.

A slip in a year, or a pause of years that ends, would otherwise write, number and perhaps finalize thousands.
"""
_SETS_OFF = frozenset({"first_date", "frequency", "every", "last_count", "last_date", "is_active"})
"""What can make invoices of the past due at once."""
_NOT_RECURRING = frozenset({"number", "date", "due_date"})


class RecurringFields(TypedDict, total=False):
    name: str
    frequency: str
    every: int | str
    first_date: date | str
    last_count: int | str | None
    last_date: date | str | None
    finalise: bool
    is_active: bool
    content: InvoiceFields
    """What each invoice says: client or group, terms, lines, discount, memo ..."""


def create_recurring(
    *, firm_id: int, actor: Actor, today: date, **fields: Unpack[RecurringFields]
) -> RecurringInvoice:
    """A new recurring invoice; its first date may be in the future. Raises Invalid."""
    with transaction.atomic():
        recurring = RecurringInvoice(firm_id=firm_id)
        asked: RecurringFields = {"frequency": "", "first_date": "", "content": {}, **fields}
        values = _values(firm_id, asked, recurring, today)
        for column, value in values.items():
            setattr(recurring, column, value)
        _refuse_to_catch_up(recurring, today, "first_date")
        _set_next(recurring)
        recurring.save()
        record_created(recurring, RECURRING_INVOICE, actor, given(values))
    return recurring


def change_recurring(
    *,
    firm_id: int,
    recurring_id: int | str,
    actor: Actor,
    today: date,
    expected_version: int | None = None,
    **fields: Unpack[RecurringFields],
) -> RecurringInvoice:
    """Set the given fields, for the invoices that are still to come; ``is_active`` False pauses it.

    The first date and the frequency stay once an invoice was written: make another one.
    Raises RecordChangedMeanwhile, NotYours, Invalid.
    """
    with transaction.atomic():
        recurring = row_to_change(RecurringInvoice, firm_id, recurring_id)
        check_version(recurring, RECURRING_INVOICE, expected_version)
        values = _values(firm_id, fields, recurring, today)
        changes = set_values(recurring, values)
        if recurring.done and {"first_date", "frequency", "every"} & changes.keys():
            raise Invalid(
                {
                    "first_date": "Invoices have been written already. End this one and make another for the new dates."
                }
            )
        if changes:
            if values.get("is_active") and "is_active" in changes and (problem := _archived(recurring)):
                raise Invalid({"is_active": problem})
            if _SETS_OFF & changes.keys():
                dates = {"first_date", "frequency", "every"} & changes.keys()
                field = "first_date" if dates else "is_active" if "is_active" in changes else "last_date"
                _refuse_to_catch_up(recurring, today, field)
            recurring.problem = ""
            _set_next(recurring)
            record_changed(recurring, RECURRING_INVOICE, "changed", actor, changes)
    return recurring


@dataclass(frozen=True, slots=True)
class Occurred:
    """What one run did for one recurring invoice."""

    recurring_id: int
    invoices: tuple[Invoice, ...]
    problem: str
    """Why it stopped; empty when all that was due is written."""
    paused: str = ""
    """Why it was paused instead: its client is archived."""


def write_due_invoices(*, firm_id: int, actor: Actor, today: date, now: datetime) -> list[Occurred]:
    """Write every invoice that has come due, those missed included, each dated on its own day."""
    due = rows_of(RecurringInvoice, firm_id).filter(is_active=True, next_date__lte=today)
    return [
        _catch_up(firm_id, pk, actor, today, now)
        for pk in due.order_by("next_date", "id").values_list("pk", flat=True)
    ]


def _catch_up(firm_id: int, recurring_id: int, actor: Actor, today: date, now: datetime) -> Occurred:
    written: list[Invoice] = []
    try:
        while len(written) < MOST_AT_ONCE:
            invoice = _write_next(firm_id, recurring_id, actor, today, now)
            if invoice is None:
                break
            written.append(invoice)
    except Invalid as invalid:
        rows_of(RecurringInvoice, firm_id).filter(pk=recurring_id).update(problem=str(invalid))
        return Occurred(recurring_id, tuple(written), str(invalid))
    after = rows_of(RecurringInvoice, firm_id).get(pk=recurring_id)
    return Occurred(recurring_id, tuple(written), "", "" if after.is_active else after.problem)


def _write_next(firm_id: int, recurring_id: int, actor: Actor, today: date, now: datetime) -> Invoice | None:
    """The oldest occurrence that is due, written; None when none is. Raises Invalid with nothing written."""
    with transaction.atomic():
        recurring = row_to_change(RecurringInvoice, firm_id, recurring_id)
        upcoming = next(recurring.schedule.due(recurring.done, today), None)
        if upcoming is None or not recurring.is_active:
            return None
        if problem := _archived(recurring):
            recurring.is_active, recurring.problem = False, problem
            record_changed(recurring, RECURRING_INVOICE, "paused", actor, {"is_active": [True, False]})
            return None
        number, when = upcoming
        content: Any = recurring.content
        invoice = create_invoice(firm_id=firm_id, actor=actor, today=today, **{**content, "date": when})
        Invoice.objects.filter(pk=invoice.pk).update(recurring=recurring, occurrence=number)
        invoice.recurring, invoice.occurrence = recurring, number
        recurring.done = number + 1
        recurring.problem = ""
        _set_next(recurring)
        recurring.save()
        if recurring.finalise:
            return finalise_invoice(firm_id=firm_id, invoice_id=invoice.pk, actor=actor, today=today, now=now)
    return invoice


def _archived(recurring: RecurringInvoice) -> str:
    """That its client is archived, with the way on; empty when it is not. For a group: the client who is billed now."""
    group_id = recurring.content.get("group_id")
    group = (
        rows_of(ClientGroup, recurring.firm_id).select_related("billed_client").filter(pk=group_id).first()
        if group_id
        else None
    )
    client = (group and group.billed_client) or recurring.client
    return (
        ""
        if client.is_active
        else f"{client.name} is archived. Restore the client, then let this go on here."
    )


def _refuse_to_catch_up(recurring: RecurringInvoice, today: date, field: str) -> None:
    """Raises Invalid when this schedule, if it is on, would at once write more of the past than anybody means."""
    schedule, done = recurring.schedule, recurring.done
    missed = schedule.count_due(done, today, MOST_MISSED + 1) if recurring.is_active else 0
    if missed > MOST_MISSED:
        told = f"This would write more than {MOST_MISSED} invoices for days that have passed, all at once."
    elif missed and today - schedule.on(done) > FARTHEST_BACK:
        told = "This would write invoices for days more than a year back."
    else:
        return
    farthest = FARTHEST_BACK
    if schedule.frequency is Frequency.DAILY:
        farthest = min(farthest, timedelta(days=schedule.every * (MOST_MISSED - 1)))
    begin = f"a first date from {said_day(today - farthest)} on"
    mend = (
        f"Choose {begin}, and bill what is older with one invoice."
        if field == "first_date"
        else f"Leave this one as it is, and make another with {begin}."
    )
    raise Invalid({field: f"{told} {mend}"})


def _set_next(recurring: RecurringInvoice) -> None:
    schedule, done = recurring.schedule, recurring.done
    recurring.next_date = schedule.on(done) if schedule.has(done) else None


def _values(firm_id: int, fields: RecurringFields, now: RecurringInvoice, today: date) -> dict[str, Any]:
    """Valid values of what is given. Raises Invalid; problems of the content are named ``content.<field>``."""
    checks = Checks()
    values: dict[str, Any] = {
        each: bool(fields[each]) for each in ("finalise", "is_active") if each in fields
    }
    if "name" in fields:
        values["name"] = checks.text("name", fields["name"], NAME)
    if "frequency" in fields:
        values["frequency"] = checks.choice(
            "frequency", fields["frequency"], list(Frequency), "Choose daily, weekly, monthly or yearly."
        )
    if "every" in fields:
        values["every"] = int(
            checks.number("every", fields["every"], "The interval", places=0, most=MOST_EVERY, least=1)
        )
    if "first_date" in fields:
        values["first_date"] = checks.day("first_date", fields["first_date"], "The first date")
        if values["first_date"] is None:
            checks.problem("first_date", "The first date is needed.")
        elif values["first_date"] - today > LATEST_DUE:
            checks.problem("first_date", "The first date is more than ten years away; check it.")
        elif today - values["first_date"] > FARTHEST_BACK and values["first_date"] != now.first_date:
            checks.problem(
                "first_date",
                f"The first date is more than a year back. Choose one from {said_day(today - FARTHEST_BACK)} on; "
                "bill what is older with invoices of its own.",
            )
    if "last_date" in fields:
        values["last_date"] = checks.day("last_date", fields["last_date"], "The last date")
    if "last_count" in fields:
        count = fields["last_count"]
        values["last_count"] = (
            None
            if count is None or count == ""
            else int(checks.number("last_count", count, "The count", places=0, most=MOST_COUNT, least=1))
        )
    first = values.get("first_date", now.first_date)
    last = values.get("last_date", now.last_date)
    if first and last and last < first:
        checks.problem("last_date", "The last date cannot be before the first.")
    if values.get("last_count", now.last_count) and last:
        checks.problem("last_count", "Let it end after a number of invoices or on a date, not both.")
    if "content" in fields:
        values |= _content(firm_id, fields["content"], today, checks)
    checks.done()
    return values


def _content(firm_id: int, content: InvoiceFields, today: date, into: Checks) -> dict[str, Any]:
    """The content as it will be kept, once it would make an invoice today."""
    for field in sorted(_NOT_RECURRING & content.keys()):
        into.problem(f"content.{field}", "Each invoice gets its own number and dates.")
    settings = settings_of(firm_id)
    terms = settings.terms
    probe = Invoice(
        firm_id=firm_id,
        date=today,
        terms=terms,
        due_date=due_on(terms, today, None),
        currency=settings.currency,
    )
    asked: InvoiceFields = {"client_id": None, "lines": [], **content}
    if content.get("terms") == Terms.CUSTOM:
        into.problem("content.terms", "Choose terms that count from the invoice date, such as Net 30.")
    try:
        clean = prepare(firm_id, probe, asked, today)
    except Invalid as invalid:
        for field, sentence in invalid.problems.items():
            into.problem(f"content.{field}", sentence)
        return {}
    if not clean.lines:
        into.problem("content.lines", "Add at least one line.")
    kept = json.loads(json.dumps(_plain(asked), cls=DjangoJSONEncoder))
    return {
        "content": kept,
        "client": clean.values["client"],
        "terms": clean.values.get("terms", terms),
    }


def _plain(value: Any) -> Any:
    """Ready for JSON: ids as numbers, so that items can be counted; sequences as lists."""
    if isinstance(value, Mapping):
        return {
            key: number
            if key.endswith("_id") and isinstance(inner, str) and (number := row_id(inner)) is not None
            else _plain(inner)
            for key, inner in value.items()
        }
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value
