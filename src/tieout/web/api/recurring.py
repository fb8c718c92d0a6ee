"""Decides nothing: the operations on recurring invoices."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import QuerySet

from tieout.practice.access import require
from tieout.practice.actions.recurring import change_recurring, create_recurring, write_due_invoices
from tieout.practice.billing_access import access_document, visible_documents
from tieout.practice.permissions import Permission
from tieout.practice.recurring import RECURRING_INVOICE, RecurringInvoice
from tieout.web.api.calling import ApiRequest, carry_out
from tieout.web.api.history import HISTORY, Change, history_of_one
from tieout.web.api.invoice_shapes import RecurringContent
from tieout.web.api.kinds_of_value import Day, Given, Instant, RowId, Shown, ShownDay, Text, left_out
from tieout.web.api.routes import Record, Section
from tieout.web.billing.recurring_list import SHOWN, narrowed
from tieout.web.listing import Asked, Column, ListKind

section = Section(
    "Recurring invoices", "What to bill, to whom, and when. The invoices write themselves each day."
)
VIEW, EDIT = Permission.VIEW_BILLING, Permission.EDIT_INVOICES


class Recurring(Shown):
    id: int
    version: int
    name: str
    client_id: int
    frequency: str
    every: int
    first_date: ShownDay
    last_count: int | None
    last_date: ShownDay | None
    finalise: bool
    is_active: bool
    content: dict[str, Any]
    done: int
    next_date: ShownDay | None
    problem: str
    created_at: Instant
    updated_at: Instant


class RecurringChange(Given):
    name: Text = left_out()
    frequency: Literal["daily", "weekly", "monthly", "yearly"] = left_out()
    every: int = left_out()
    first_date: Day = left_out()
    last_count: RowId | None = left_out()
    last_date: Day | None = left_out()
    finalise: bool = left_out()
    is_active: bool = left_out()
    """false: paused."""
    content: RecurringContent = left_out()


class RecurringNew(RecurringChange):
    frequency: Literal["daily", "weekly", "monthly", "yearly"]
    first_date: Day
    content: RecurringContent


class Written(Shown):
    """What one recurring invoice wrote now, and why it stopped; empty when all that was due is written."""

    recurring_id: int
    invoice_ids: list[int]
    problem: str


class AllWritten(Shown):
    data: list[Written]


RECURRING = ListKind(
    columns=(
        Column("created", "Made", "id"),
        Column("next", "Next invoice", "next_date"),
        Column("updated", "Last change", "updated_at"),
    ),
    filters=(SHOWN,),
    sort="-created",
    ids=("client",),
)


def found(request: ApiRequest, asked: Asked) -> QuerySet[RecurringInvoice]:
    return narrowed(asked, visible_documents(request.member, RecurringInvoice), request.member)


def shows(request: ApiRequest, recurring_id: int) -> RecurringInvoice:
    return access_document(request.member, RecurringInvoice, recurring_id)


def finds(request: ApiRequest, recurring_id: int) -> RecurringInvoice:
    return access_document(request.member, RecurringInvoice, recurring_id, to_edit=True)


def shows_made(request: ApiRequest, recurring: RecurringInvoice) -> RecurringInvoice:
    return recurring


def write_due(request: ApiRequest) -> dict[str, Any]:
    """Of the whole firm, so it asks for the right to see all of it."""
    require(request.member, Permission.VIEW_ALL_CLIENTS)
    return {
        "data": [
            {
                "recurring_id": each.recurring_id,
                "invoice_ids": [invoice.pk for invoice in each.invoices],
                "problem": each.problem,
            }
            for each in carry_out(request, write_due_invoices)
        ]
    }


ONE = "/recurring-invoices/{recurring_id}"
one = Record(section, ONE, Recurring, shows, finds)
section.rows(
    "/recurring-invoices",
    VIEW,
    "list_recurring_invoices",
    kind=RECURRING,
    shape=Recurring,
    found=found,
    summary="Recurring invoices",
)
section.act(
    "/recurring-invoices",
    EDIT,
    "create_recurring_invoice",
    create_recurring,
    takes=RecurringNew,
    shape=Recurring,
    shows=shows_made,
    makes="get_recurring_invoice",
    summary="Make a recurring invoice",
)
one.get(VIEW, "get_recurring_invoice", summary="One recurring invoice")
one.act(
    "",
    EDIT,
    "change_recurring_invoice",
    change_recurring,
    method="PATCH",
    takes=RecurringChange,
    summary="Change, pause or resume",
)
section.rows(
    f"{ONE}/history",
    VIEW,
    "list_recurring_invoice_history",
    kind=HISTORY,
    shape=Change,
    found=history_of_one(shows, RECURRING_INVOICE),
    searches=False,
    summary="A recurring invoice's history",
)
section.custom(
    "POST",
    "/recurring-invoices/write-due",
    EDIT,
    "write_due_invoices",
    write_due,
    shape=AllWritten,
    apart=True,
    summary="Write what is due now, without waiting for the daily run",
)
