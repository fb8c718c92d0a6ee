"""Decides nothing: the operations on credits: given, applied, taken off again, void."""

from __future__ import annotations

from django.db.models import QuerySet

from tieout.practice.actions.credits import (
    apply_credit,
    change_credit,
    create_credit,
    unapply_credit,
    void_credit,
)
from tieout.practice.billing_access import access_document, not_there, visible_documents
from tieout.practice.credits import CREDIT, Credit, CreditApplication
from tieout.practice.permissions import Permission
from tieout.web.api.calling import ApiRequest
from tieout.web.api.history import HISTORY, Change, history_of_one
from tieout.web.api.kinds_of_value import (
    Day,
    Exact,
    Given,
    Instant,
    Money,
    NumberText,
    RowId,
    Shown,
    ShownDay,
    Text,
    left_out,
)
from tieout.web.api.payments import Applied
from tieout.web.api.routes import Record, Section
from tieout.web.billing.payment_list import CREDITS, narrowed_credits
from tieout.web.listing import Asked

section = Section("Credits", "What a client need not pay: given, applied to invoices, taken off again.")
VIEW, EDIT = Permission.VIEW_BILLING, Permission.RECORD_PAYMENTS


class Application(Shown):
    """The part of a credit on one invoice. ``is_void``: taken off again."""

    id: int
    invoice_id: int
    amount: Money
    date: ShownDay
    is_void: bool


class CreditRow(Shown):
    """A credit in a list."""

    id: int
    version: int
    number: str
    client_id: int
    date: ShownDay
    item_id: int | None
    description: str
    quantity: Exact
    rate: Exact
    amount: Money
    currency: str
    memo: str
    applied: Money
    left: Money
    is_void: bool
    created_at: Instant
    updated_at: Instant


class CreditFull(CreditRow):
    """A credit with where it was applied."""

    applications: list[Application]


class CreditNew(Given):
    client_id: RowId
    date: Day | None = left_out()
    item_id: RowId | None = left_out()
    description: Text = left_out()
    quantity: NumberText = left_out()
    rate: NumberText | None = left_out()
    memo: Text = left_out()


class CreditChanged(Given):
    number: Text = left_out()
    memo: Text = left_out()


def found(request: ApiRequest, asked: Asked) -> QuerySet[Credit]:
    member = request.member
    return narrowed_credits(asked, visible_documents(member, Credit), member)


def shows(request: ApiRequest, credit_id: int, **_: int) -> Credit:
    return access_document(request.member, Credit, credit_id)


def finds(request: ApiRequest, credit_id: int) -> Credit:
    return access_document(request.member, Credit, credit_id, to_edit=True)


def finds_application(request: ApiRequest, credit_id: int, application_id: int) -> Credit:
    credit = finds(request, credit_id)
    if not credit.applications.filter(pk=application_id).exists():
        raise not_there(CreditApplication)
    return credit


def shows_made(request: ApiRequest, credit: Credit) -> Credit:
    return credit


ONE = "/credits/{credit_id}"
one = Record(section, ONE, CreditFull, shows, finds)
section.rows("/credits", VIEW, "list_credits", kind=CREDITS, shape=CreditRow, found=found, summary="Credits")
section.act(
    "/credits",
    EDIT,
    "create_credit",
    create_credit,
    takes=CreditNew,
    shape=CreditFull,
    shows=shows_made,
    makes="get_credit",
    summary="Credit a client",
)
one.get(VIEW, "get_credit", summary="One credit")
one.act(
    "",
    EDIT,
    "change_credit",
    change_credit,
    method="PATCH",
    takes=CreditChanged,
    summary="Change a credit's number or notes",
)
one.act("/apply", EDIT, "apply_credit", apply_credit, takes=Applied, summary="Put a credit on invoices")
one.act("/void", EDIT, "void_credit", void_credit, summary="Void a credit")
one.act(
    "/applications/{application_id}",
    EDIT,
    "unapply_credit",
    unapply_credit,
    method="DELETE",
    finds=finds_application,
    summary="Take a credit off an invoice",
)
section.rows(
    f"{ONE}/history",
    VIEW,
    "list_credit_history",
    kind=HISTORY,
    shape=Change,
    found=history_of_one(shows, CREDIT),
    searches=False,
    summary="A credit's history",
)
