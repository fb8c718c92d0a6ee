"""Decides: what the lists of payments, refunds and credits show, and what stands in the exports of the latter two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Q, QuerySet

from tieout.practice.billing_figures import found_among
from tieout.practice.credits import Credit
from tieout.practice.firms import Member
from tieout.practice.payment_methods import Method
from tieout.practice.payments import Payment, PaymentStatus, Refund, RefundStatus
from tieout.web.listing import Asked, Column, Filter, ListKind

Document = TypeVar("Document", Payment, Refund, Credit)
PAYMENTS = ListKind(
    columns=(
        Column("date", "Date", "date"),
        Column("client", "Client"),
        Column("method", "Method"),
        Column("reference", "Reference"),
        Column("status", "Status"),
        Column("amount", "Amount", "amount", is_number=True),
        Column("unapplied", "On account", "unapplied", is_number=True),
    ),
    filters=(
        Filter("status", "Status", (("", "All"), ("unapplied", "Money on account"), ("retainer", "Retainers"), ("refunded", "With refunds"), *PaymentStatus.choices)),
        Filter("method", "Method", (("", "All"), *Method.choices)),
    ),
    sort="-date",
    dates=True,
    ids=("client",),
)  # fmt: skip
REFUNDS = ListKind(
    columns=(
        Column("date", "Date", "date"),
        Column("client", "Client"),
        Column("method", "Method"),
        Column("reason", "Reason"),
        Column("status", "Status"),
        Column("amount", "Amount", "amount", is_number=True),
    ),
    filters=(
        Filter("status", "Status", (("", "All"), *RefundStatus.choices)),
        Filter("method", "Method", (("", "All"), *Method.choices)),
    ),
    sort="-date",
    dates=True,
    ids=("client",),
)
REFUNDS_EXPORTED = (
    "Date",
    "Client",
    "Method",
    "Reason",
    "Status",
    "Currency",
    "Amount",
    "Payment of",
    "Payment reference",
)
CREDITS = ListKind(
    columns=(
        Column("number", "Number", "number"),
        Column("client", "Client"),
        Column("date", "Date", "date"),
        Column("description", "For"),
        Column("amount", "Amount", "amount", is_number=True),
        Column("left", "Left", "left", is_number=True),
    ),
    filters=(Filter("status", "Status", (("", "All"), ("left", "Something left"), ("used", "Used up"), ("void", "Void"))),),
    sort="-date",
    dates=True,
    ids=("client",),
)  # fmt: skip
CREDITS_EXPORTED = (
    "Number",
    "Client",
    "Date",
    "For",
    "Currency",
    "Amount",
    "Applied",
    "Left",
    "Void",
    "Notes",
)


def narrowed_payments(asked: Asked, payments: QuerySet[Payment], member: Member) -> QuerySet[Payment]:
    status = asked["status"]
    if status == "unapplied":
        payments = payments.filter(unapplied__gt=0)
    elif status == "retainer":
        payments = payments.filter(is_additional=True)
    elif status == "refunded":
        payments = payments.filter(refunded__gt=0)
    elif status:
        payments = payments.filter(status=status)
    if asked["method"]:
        payments = payments.filter(method=asked["method"])
    payments = _common(asked, payments)
    if asked.search:
        begins = Q(reference__gte=asked.search, reference__lt=f"{asked.search}\U0010ffff")
        payments = found_among(payments, member, asked.search, begins)
    return asked.sorted(payments)


def narrowed_refunds(asked: Asked, refunds: QuerySet[Refund], member: Member) -> QuerySet[Refund]:
    """A search finds the client, or how the reference of the payment begins."""
    for name in ("status", "method"):
        if asked[name]:
            refunds = refunds.filter(**{name: asked[name]})
    refunds = _common(asked, refunds)
    if asked.search:
        end = f"{asked.search}\U0010ffff"
        begins = Q(payment__reference__gte=asked.search, payment__reference__lt=end)
        refunds = found_among(refunds, member, asked.search, begins)
    return asked.sorted(refunds)


def refund_rows(refunds: QuerySet[Refund]) -> Iterator[tuple[str, ...]]:
    for each in refunds.select_related("client", "payment").iterator(chunk_size=2000):
        yield (
            each.date.isoformat(),
            each.client.name,
            each.get_method_display(),
            each.reason,
            each.get_status_display(),
            each.payment.currency,
            str(each.amount),
            each.payment.date.isoformat(),
            each.payment.reference,
        )


def narrowed_credits(asked: Asked, credits: QuerySet[Credit], member: Member) -> QuerySet[Credit]:
    wanted = {"left": Q(left__gt=0), "used": Q(left=0, is_void=False), "void": Q(is_void=True)}
    credits = _common(asked, credits.filter(wanted.get(asked["status"], Q())))
    if asked.search:
        credits = found_among(credits, member, asked.search, Q(number__istartswith=asked.search))
    return asked.sorted(credits)


def _common(asked: Asked, rows: QuerySet[Document]) -> QuerySet[Document]:
    if asked["client"]:
        rows = rows.filter(client_id=asked["client"])
    if since := asked.day("since"):
        rows = rows.filter(date__gte=since)
    if until := asked.day("until"):
        rows = rows.filter(date__lte=until)
    return rows


def credit_rows(credits: QuerySet[Credit]) -> Iterator[tuple[str, ...]]:
    for each in credits.select_related("client").iterator(chunk_size=2000):
        yield (
            each.number,
            each.client.name,
            each.date.isoformat(),
            each.description,
            each.currency,
            str(each.amount),
            str(each.applied),
            str(each.left),
            "Yes" if each.is_void else "No",
            each.memo,
        )
