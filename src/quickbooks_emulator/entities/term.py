"""Decides: what a Term is, and the due date that follows from one."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from quickbooks_emulator import faults
from quickbooks_emulator.entities import tree
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Body,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    ignored,
    name_text,
    read_only,
)
from quickbooks_emulator.forms.shapes import number_field, whole


def settle_type(change: Change) -> None:
    """Type is read-only and follows from the members: DueDays makes it STANDARD, DayOfMonthDue DATE_DRIVEN
    (documented). One of the two is needed (2020)."""
    body = change.body
    if body.get("DueDays") is None and body.get("DayOfMonthDue") is None:
        raise faults.required("DueDays")
    body["Type"] = "STANDARD" if body.get("DueDays") is not None else "DATE_DRIVEN"


def due_date(term: Body, issued: date) -> date:
    """TxnDate + DueDays (recorded). Date driven: that day of this month, or of the next when fewer than
    DueNextMonthDays remain (documented)."""
    if term.get("DueDays") is not None:
        return issued + timedelta(days=int(term["DueDays"]))
    due = _in_month(issued.year, issued.month, int(term["DayOfMonthDue"]))
    if (due - issued).days < max(int(term.get("DueNextMonthDays") or 0), 0) or due < issued:
        year, month = divmod(issued.year * 12 + issued.month, 12)
        due = _in_month(year, month + 1, int(term["DayOfMonthDue"]))
    return due


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


TERM = Entity(
    name="Term",
    family=Family.NAME_LIST,
    noun="term",
    sequence="terms",
    name_field="Name",
    order_field="Name",
    reference_label="Terms",
    fields=(
        name_text("Name", 31).queried(),
        boolean("Active", default=True, sticky=True).queried(),
        read_only("Type").queried(),
        number_field("DiscountPercent"),
        Field("DueDays", Kind.NUMBER, form=whole(0, 999)).queried(),
        Field("DiscountDays", Kind.NUMBER, form=whole(0, 999)),
        Field("DayOfMonthDue", Kind.NUMBER, form=whole(1, 31)),
        Field("DueNextMonthDays", Kind.NUMBER, form=whole(0, 999)),
        Field("DiscountDayOfMonth", Kind.NUMBER, form=whole(1, 31)),
        BASE,
        ignored("SalesTermEx"),
        ignored("AttachableRef"),
    ),
    rules=(*tree.FLAT, settle_type, *tree.NAMED),
    indexed=("Name",),
)
